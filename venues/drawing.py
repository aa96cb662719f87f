"""A hall layout drawn: as SVG for the seat map and as rows of checkboxes for its twin. Pure; states come later.

Seats stand in the drawing in layout order, so the n-th `[data-l]` is the n-th letter of a state string.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from statistics import median

from django.utils.translation import gettext as _

from venues.layout import Layout, Row, Seat, Section
from venues.models import SeatType

PITCH = 40.0  # from seat to seat, in the drawing's own units
_MARGIN = 44.0
_LARGEST = 1.2  # how much it grows to fill a frame: static/js/seatmap/zoom.js

_Spots = dict[str, tuple[int, float]]  # seat id -> its ordinal, and where it is from left to right

# One letter a seat type: the name of its symbol in templates/venues/symbols.svg and of its words in the page.
LETTER = {
    SeatType.STANDARD: "S",
    SeatType.PREMIUM: "P",
    SeatType.VIP: "V",
    SeatType.WHEELCHAIR: "W",
    SeatType.COMPANION: "C",
    SeatType.RECLINER: "R",
    SeatType.SOFA: "F",
}


@dataclass(frozen=True, slots=True)
class _Scale:
    across: float
    down: float
    left: float
    top: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * self.across, (y - self.top) * self.down


def svg(layout: Layout) -> str:
    """The whole drawing but for its symbols. Seats look free and have no name yet: the page knows state and price."""
    scale = _scale(layout)
    spots = {place.seat.id: (n, place.seat.x) for n, place in enumerate(layout.seats())}
    sections = "".join(_section(layout, section, scale, spots) for section in layout.sections)
    left, top, right, bottom = _box(layout, scale)
    size = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    wide = (right - left) * _LARGEST
    return (
        f'<svg id="map" viewBox="{size}" width="{wide:.0f}" role="img" aria-label="{_("Seat map")}">'
        f"{_around(layout, scale)}{sections}</svg>"
    )


def rows(layout: Layout) -> Iterator[tuple[Section, Row, list[tuple[int, Seat]]]]:
    """For the twin: each row with its seats as (ordinal, seat) from left to right, as people find them."""
    ordinal = 0
    for section in layout.sections:
        for row in section.rows:
            seats = list(enumerate(row.seats, start=ordinal))
            ordinal += len(row.seats)
            yield section, row, sorted(seats, key=lambda pair: (pair[1].x, pair[1].y))


def spots(layout: Layout) -> list[tuple[float, float]]:
    """Where each seat stands, in layout order, drawn so that neighbours are PITCH apart."""
    scale = _scale(layout)
    return [scale.point(place.seat.x, place.seat.y) for place in layout.seats()]


def number(row: Row, seat: Seat) -> str:
    """What stands on the chair within its row: "12" of "C12"."""
    rest = seat.label.removeprefix(row.label).lstrip("-.")
    return rest or seat.label


def _scale(layout: Layout) -> _Scale:
    gaps: list[float] = []
    depths: list[float] = []
    for section in layout.sections:
        for row in section.rows:
            spots = sorted((seat.x, seat.y) for seat in row.seats)
            steps = [((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 for a, b in pairwise(spots)]
            gaps += [min(steps)] if steps else []
        lines = sorted(sum(seat.y for seat in row.seats) / len(row.seats) for row in section.rows)
        depths += [b - a for a, b in pairwise(lines)]
    across = PITCH / (median(gaps) if gaps else PITCH)
    # Rows drawn closer than a chair is deep are pulled apart, or the map would be one red carpet.
    close = [depth for depth in depths if depth * across > PITCH / 4]
    down = max(across, PITCH / min(close)) if close else across
    seats = [place.seat for place in layout.seats()]
    return _Scale(across, down, min(seat.x for seat in seats), min(seat.y for seat in seats))


def _box(layout: Layout, scale: _Scale) -> tuple[float, float, float, float]:
    points = [scale.point(place.seat.x, place.seat.y) for place in layout.seats()]
    points += [scale.point(facility.x, facility.y) for facility in layout.facilities]
    for aisle in layout.aisles:
        points += [scale.point(aisle.x, aisle.y), scale.point(aisle.x + aisle.width, aisle.y + aisle.height)]
    for start, end, height in [_screen_line(layout, scale)]:
        points += [(start, height - 34), (end, height)]
    across, down = [x for x, _y in points], [y for _x, y in points]
    return min(across) - _MARGIN, min(down) - 12, max(across) + _MARGIN, max(down) + _MARGIN - 12


def _screen_line(layout: Layout, scale: _Scale) -> tuple[float, float, float]:
    """From, to and height. A layout that does not say gets its screen in front of the first row."""
    xs = [scale.point(place.seat.x, place.seat.y)[0] for place in layout.seats()]
    start, end, height = min(xs), max(xs), -2 * PITCH
    if layout.screen is not None and layout.screen.width > 0:
        start, height = scale.point(layout.screen.x, layout.screen.y)
        end = start + layout.screen.width * scale.across
    if end - start < 4 * PITCH:
        middle = (start + end) / 2
        start, end = middle - 2 * PITCH, middle + 2 * PITCH
    return start, end, height


def _around(layout: Layout, scale: _Scale) -> str:
    start, end, height = _screen_line(layout, scale)
    middle = (start + end) / 2
    label = _(layout.screen.label if layout.screen else "") or _("Screen")
    drawn = [
        f'<g class="screen"><path d="M{start:.0f} {height:.0f}Q{middle:.0f} {height - 26:.0f} {end:.0f} {height:.0f}"/>'
        f'<text x="{middle:.0f}" y="{height + 8:.0f}">{escape(label)}</text></g>'
    ]
    for aisle in layout.aisles:
        x, y = scale.point(aisle.x, aisle.y)
        wide, deep = aisle.width * scale.across, aisle.height * scale.down
        drawn.append(f'<rect class="aisle" x="{x:.0f}" y="{y:.0f}" width="{wide:.0f}" height="{deep:.0f}" rx="6"/>')
    for facility in layout.facilities:
        x, y = scale.point(facility.x, facility.y)
        name = _(facility.label) or _sign(facility.kind)
        drawn.append(f'<text class="sign" x="{x:.0f}" y="{y:.0f}">{escape(name)}</text>')
    return "".join(drawn)


def _sign(kind: str) -> str:
    word = _FACILITIES.get(kind.casefold())
    return word() if word else kind


_FACILITIES: dict[str, Callable[[], str]] = {
    "exit": lambda: _("Exit"),
    "entrance": lambda: _("Entrance"),
    "toilet": lambda: _("Toilets"),
    "bar": lambda: _("Bar"),
    "stairs": lambda: _("Stairs"),
    "lift": lambda: _("Lift"),
}


def _section(layout: Layout, section: Section, scale: _Scale, spots: _Spots) -> str:
    points = [scale.point(seat.x, seat.y) for row in section.rows for seat in row.seats]
    title = ""
    if len(layout.sections) > 1:
        middle = (min(x for x, _y in points) + max(x for x, _y in points)) / 2
        # Rows may be bent: what counts is how high the front row stands where the title goes.
        near = min(abs(x - middle) for x, _y in points) + 2 * PITCH
        top = min(y for x, y in points if abs(x - middle) <= near) - 23
        title = f'<text class="section" x="{middle:.0f}" y="{top:.0f}">{escape(_(section.name))}</text>'
    drawn = "".join(_row(row, scale, spots) for row in section.rows)
    return f'<g data-section="{escape(_(section.name))}">{title}{drawn}</g>'


def _row(row: Row, scale: _Scale, spots: _Spots) -> str:
    points = sorted(scale.point(seat.x, seat.y) for seat in row.seats)
    (left, left_y), (right, right_y) = points[0], points[-1]
    signs = "".join(
        f'<text class="row" x="{x:.0f}" y="{y + 4:.0f}">{escape(row.label)}</text>'
        for x, y in [(left - 31, left_y), (right + 31, right_y)]
    )
    seats = "".join(_seat(row, seat, scale, spots) for seat in row.seats)
    return f'<g data-row="{escape(row.label)}">{signs}{seats}</g>'


def _seat(row: Row, seat: Seat, scale: _Scale, spots: _Spots) -> str:
    x, y = scale.point(seat.x, seat.y)
    letter = shape = LETTER[SeatType(seat.seat_type)]
    links = ""
    if seat.pair_with is not None:
        partner, partner_x = spots[seat.pair_with]
        shape = "FL" if partner_x > seat.x else "FR"
        links = f' data-p="{partner}"'
    if seat.companion_of is not None:
        links += f' data-c="{spots[seat.companion_of][0]}"'
    return (
        f'<g data-l="{escape(seat.label)}" data-t="{letter}"{links} transform="translate({x:.4g} {y:.4g})">'
        f'<use href="#k{shape}"/><text y="4">{escape(number(row, seat))}</text></g>'
    )
