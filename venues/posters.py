"""Posters for movies that bring no picture: abstract art drawn from title and genre, always the same for the same."""

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from venues.models import Movie

WIDTH, HEIGHT = 400, 600

# night, dusk, glow, light: from the background to the brightest accent.
_PALETTES = (
    ("#1b1036", "#5a1f5c", "#e4572e", "#ffd9a0"),
    ("#0b2239", "#14596b", "#f2a541", "#fff0cf"),
    ("#2a0a18", "#8c1c2f", "#f26b5e", "#ffe3d3"),
    ("#0d1f17", "#1f5f4a", "#d8b24a", "#f6f0d2"),
    ("#161436", "#3b3aa0", "#f06fa2", "#ffe6f1"),
    ("#10202b", "#2f6f8f", "#ff8a5b", "#fdf0e0"),
    ("#231207", "#7b3a12", "#f0a202", "#fff1c9"),
    ("#1d0d2b", "#6a2c91", "#28b5b5", "#e8fffb"),
)


@dataclass(frozen=True, slots=True)
class Poster:
    title: str
    title_ne: str = ""
    genres: tuple[str, ...] = ()
    is_event: bool = False

    @property
    def mark(self) -> str:
        """Changes exactly when the drawing does, so that its address may be cached for ever."""
        text = "\n".join([_EDITION, self.title, self.title_ne, *self.genres, str(self.is_event)])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


_EDITION = "1"


class _Brush:
    """Collects shapes. Chance comes from the title alone."""

    def __init__(self, seed: str, colours: Sequence[str]) -> None:
        self.chance = random.Random(hashlib.sha256(seed.encode()).digest())
        self.night, self.dusk, self.glow, self.light = colours
        self.shapes: list[str] = []

    def path(self, d: str, fill: str, opacity: float = 1.0) -> None:
        self.shapes.append(f'<path d="{d}" fill="{fill}" opacity="{opacity:.2f}"/>')

    def line(self, d: str, colour: str, width: float, opacity: float = 1.0) -> None:
        self.shapes.append(
            f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:.1f}" opacity="{opacity:.2f}"'
            ' stroke-linecap="round"/>'
        )

    def disc(self, x: float, y: float, r: float, fill: str, opacity: float = 1.0) -> None:
        self.shapes.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{fill}" opacity="{opacity:.2f}"/>')

    def between(self, low: float, high: float) -> float:
        return self.chance.uniform(low, high)


def of(movie: Movie) -> Poster:
    return Poster(movie.title, movie.title_ne, tuple(movie.genres), movie.kind == Movie.Kind.EVENT)


def draw(poster: Poster) -> str:
    """The whole SVG document, 2 by 3."""
    digest = hashlib.sha256(poster.title.encode()).digest()
    palette = _PALETTES[digest[0] % len(_PALETTES)]
    brush = _Brush(poster.title, palette)
    _motif(poster)(brush)
    night, dusk, _glow, _light = palette
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="{dusk}"/><stop offset=".75" '
        f'stop-color="{night}"/></linearGradient><linearGradient id="foot" x2="0" y2="1"><stop stop-color="{night}" '
        f'stop-opacity="0"/><stop offset=".6" stop-color="{night}" stop-opacity=".94"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#sky)"/>{"".join(brush.shapes)}'
        f'<rect y="300" width="{WIDTH}" height="300" fill="url(#foot)"/>{_lettering(poster)}</svg>'
    )


def _motif(poster: Poster) -> Callable[[_Brush], None]:
    if poster.is_event:
        return _waves
    for genre in poster.genres:
        if found := _MOTIFS.get(genre.casefold()):
            return found
    return _mountains


def _mountains(brush: _Brush) -> None:
    brush.disc(brush.between(120, 290), brush.between(110, 170), brush.between(62, 92), brush.glow)
    for depth, (fill, opacity) in enumerate([(brush.light, 0.35), (brush.dusk, 1.0), (brush.night, 1.0)]):
        base, points = 215 + depth * 75, [(-40.0, 460.0)]
        for step in range(8):
            height = brush.between(20, 130 - depth * 25) if step % 2 else brush.between(-20, 20)
            points.append((-40 + step * 68 + brush.between(-12, 12), base + 60 - height))
        points.append((460, 460))
        brush.path("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points) + "V620H-40Z", fill, opacity)


def _confetti(brush: _Brush) -> None:
    for _piece in range(26):
        x, y, r = brush.between(0, 400), brush.between(0, 400), brush.between(8, 46)
        fill = brush.chance.choice([brush.glow, brush.light, brush.dusk])
        if brush.chance.random() < 0.5:
            brush.disc(x, y, r, fill, 0.85)
        else:
            brush.path(f"M{x:.0f} {y:.0f}a{r:.0f} {r:.0f} 0 0 1 {2 * r:.0f} 0Z", fill, 0.9)


def _shards(brush: _Brush) -> None:
    x, y = brush.between(140, 260), brush.between(150, 240)
    angle = brush.between(0, 1)
    for step in range(16):
        turn, wide = angle + step * math.tau / 16, brush.between(0.05, 0.17)
        tips = [(x + 560 * math.cos(turn + side), y + 560 * math.sin(turn + side)) for side in (-wide, wide)]
        fill = (brush.glow, brush.light, brush.night)[step % 3]
        brush.path(f"M{x:.0f} {y:.0f}" + "".join(f"L{a:.0f} {b:.0f}" for a, b in tips) + "Z", fill, 0.72)
    brush.disc(x, y, 52, brush.light)
    brush.disc(x, y, 36, brush.night)


def _petals(brush: _Brush) -> None:
    x, y, count = 200, 215, brush.chance.choice([6, 8, 10])
    for ring, (size, fill) in enumerate([(190, brush.dusk), (140, brush.glow), (86, brush.light)]):
        for step in range(count):
            turn = step * math.tau / count + ring * 0.3
            a, b = x + size * 0.5 * math.cos(turn), y + size * 0.5 * math.sin(turn)
            brush.disc(a, b, size * 0.42, fill, 0.42)
    brush.disc(x, y, 26, brush.light)


def _eclipse(brush: _Brush) -> None:
    x, y = brush.between(160, 240), brush.between(170, 230)
    for ring in range(9):
        brush.disc(x, y, 190 - ring * 14, brush.glow, 0.09)
    brush.disc(x, y, 84, brush.light)
    brush.disc(x + brush.between(-22, 22), y + brush.between(-20, 8), 80, brush.night)
    for _tree in range(15):
        root, height = brush.between(-10, 410), brush.between(60, 210)
        brush.line(f"M{root:.0f} 600q{brush.between(-14, 14):.0f} {-height:.0f} {brush.between(-22, 22):.0f} "
                   f"{-height - 150:.0f}", brush.night, brush.between(3, 13))  # fmt: skip


def _stripes(brush: _Brush) -> None:
    centre = brush.between(150, 250)
    for step in range(22):
        y, bend = 18 + step * 22, brush.between(-14, 14)
        width = 3 + 13 * abs(math.sin(step * 0.42 + centre))
        brush.line(
            f"M-20 {y}Q{centre:.0f} {y - 110 + bend:.0f} 420 {y}", (brush.glow, brush.light)[step % 2], width, 0.75
        )
    brush.path(f"M{centre - 60:.0f} 420l60-210 60 210Z", brush.night)
    brush.disc(centre, 190, 30, brush.night)


def _orbits(brush: _Brush) -> None:
    for _star in range(60):
        brush.disc(brush.between(0, 400), brush.between(0, 460), brush.between(0.6, 2.6), brush.light, 0.8)
    x, y, tilt = brush.between(150, 250), 210, brush.between(-32, 32)
    brush.disc(x, y, 92, brush.glow)
    brush.path(f"M{x:.0f} {y - 92}a92 92 0 0 1 0 184a128 128 0 0 0 0-184Z", brush.night, 0.45)
    for ring in range(3):
        wide = 140 + ring * 34
        brush.shapes.append(
            f'<ellipse cx="{x:.0f}" cy="{y}" rx="{wide}" ry="{wide * 0.26:.0f}" fill="none" stroke="{brush.light}" '
            f'stroke-width="{5 - ring * 1.4:.1f}" opacity=".8" transform="rotate({tilt:.0f} {x:.0f} {y})"/>'
        )


def _kites(brush: _Brush) -> None:
    """Dashain's sky: kites over green hills."""
    brush.disc(310, 96, 46, brush.light, 0.9)
    for index in range(6):
        x, y, size = brush.between(40, 350), 50 + index * 48 + brush.between(-12, 12), brush.between(24, 46)
        fill = (brush.glow, brush.light)[index % 2]
        brush.line(f"M{x:.0f} {y + size:.0f}q{brush.between(-60, 60):.0f} 90 {brush.between(-40, 40):.0f} 240",
                   brush.light, 1.5, 0.5)  # fmt: skip
        brush.path(f"M{x:.0f} {y - size:.0f}l{size * 0.72:.0f} {size:.0f}-{size * 0.72:.0f} {size:.0f}-"
                   f"{size * 0.72:.0f}-{size:.0f}Z", fill, 0.95)  # fmt: skip
    brush.path("M-20 420Q90 320 210 400T430 370V620H-20Z", brush.dusk)


def _contours(brush: _Brush) -> None:
    x, y, phase = brush.between(150, 260), brush.between(170, 240), brush.between(0, 6)
    for ring in range(15):
        points = []
        for step in range(36):
            turn = step * math.tau / 36
            reach = 18 + ring * 21 + 12 * math.sin(3 * turn + phase + ring * 0.2) + 9 * math.sin(5 * turn - phase)
            points.append(f"{x + reach * math.cos(turn):.0f} {y + reach * 0.9 * math.sin(turn):.0f}")
        brush.line("M" + "L".join(points) + "Z", (brush.light, brush.glow)[ring % 4 == 0], 2.2, 0.75)


def _waves(brush: _Brush) -> None:
    """A concert: bars of sound under stage light."""
    for beam in range(5):
        top = 40 + beam * 80
        brush.path(f"M{top} -10L{top + brush.between(-190, 60):.0f} 620h{brush.between(90, 150):.0f}Z",
                   (brush.glow, brush.light)[beam % 2], 0.2)  # fmt: skip
    for bar in range(20):
        height = 26 + 150 * abs(math.sin(bar * 0.55 + brush.between(0, 0.8)))
        x = 16 + bar * 19
        brush.line(f"M{x} {260 - height / 2:.0f}v{height:.0f}", (brush.light, brush.glow)[bar % 3 == 0], 9)


_MOTIFS: dict[str, Callable[[_Brush], None]] = {
    "comedy": _confetti,
    "action": _shards,
    "adventure": _mountains,
    "romance": _petals,
    "musical": _petals,
    "horror": _eclipse,
    "mystery": _eclipse,
    "thriller": _stripes,
    "crime": _stripes,
    "science fiction": _orbits,
    "sci-fi": _orbits,
    "fantasy": _orbits,
    "family": _kites,
    "animation": _kites,
    "documentary": _contours,
    "history": _contours,
    "drama": _mountains,
    "concert": _waves,
    "music": _waves,
}


def _lettering(poster: Poster) -> str:
    lines = _wrapped(poster.title)
    size = min(64, 560 // max(map(len, lines)))
    top = 548 - (len(lines) - 1) * size - (30 if poster.title_ne else 0)
    said = [
        f'<text x="28" y="{top + at * size}" font-size="{size}">{escape(line)}</text>' for at, line in enumerate(lines)
    ]
    if poster.title_ne:
        said.append(f'<text x="28" y="560" font-size="25" font-weight="500">{escape(poster.title_ne)}</text>')
    return (
        "<g fill=\"#fff\" font-family=\"system-ui,-apple-system,Roboto,'Noto Sans','Noto Sans Devanagari',sans-serif\" "
        f'font-weight="850" letter-spacing="-1">{"".join(said)}</g>'
    )


def _wrapped(title: str, most: int = 14) -> list[str]:
    """Whole words in at most four lines."""
    lines = [""]
    for word in title.split() or ["?"]:
        if lines[-1] and len(lines[-1]) + len(word) + 1 > most and len(lines) < 4:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
