"""A layout as a text plan: every row where it stands, runs of seats drawn together."""

from collections import Counter
from itertools import pairwise

from venues.formats import words
from venues.formats.drawing import ROW_PITCH, SEAT_PITCH
from venues.formats.text_rows import LETTER_OF, rows_in
from venues.layout import Layout, Row, Seat, SeatType, Section, zone_of
from venues.layout.document import number
from venues.layout.parts import WORD_OF


def write(layout: Layout) -> str:
    lines = ["# A seat plan. How to write one: venues/formats/text.py"]
    if screen := layout.screen:
        lines.append(_said("screen", _measure(screen.x), _measure(screen.y), _measure(screen.width), screen.label))
    lines += [_said("aisle", *map(_measure, (aisle.x, aisle.y, aisle.width, aisle.height))) for aisle in layout.aisles]
    for facility in layout.facilities:
        kind = "-".join(facility.kind.split())
        lines.append(_said("facility", kind, _measure(facility.x), _measure(facility.y), facility.label))
    for section in layout.sections:
        lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> list[str]:
    kinds = Counter(seat.seat_type for row in section.rows for seat in row.seats)
    usual = kinds.most_common(1)[0][0]
    lines = [f"section {section.name}"]
    if section.zone != zone_of(section.name):
        lines.append(f"zone {section.zone}")
    if section.level:
        lines.append(f"level {section.level}")
    lines.append(f"type {WORD_OF[usual]}")
    here: tuple[str, str] | None = None
    for row in section.rows:
        seats = sorted(row.seats, key=lambda seat: (seat.x, seat.y))
        head = row.label if rows_in(row.label, set()) == [row.label] else f'"{row.label}"'
        if _is_straight(seats):
            x, y = seats[0].x, seats[0].y
            if here != (_measure(x), _measure(y)):
                lines.append(_said("at", _measure(x), _measure(y)))
            here = _measure(x), _measure(y + ROW_PITCH)
            lines.append(f"{head}: {_straight(row, seats, usual)}")
        else:
            words_ = [f"{_kind(seat, usual)}{_name(row, seat)}@{_measure(seat.x)},{_measure(seat.y)}" for seat in seats]
            lines.append(f"{head}: {' '.join(words_)}")
            here = None
    return lines


def _is_straight(seats: list[Seat]) -> bool:
    gaps = [after.x - before.x for before, after in pairwise(seats)]
    return all(seat.y == seats[0].y for seat in seats) and min(gaps, default=SEAT_PITCH) >= SEAT_PITCH - 0.01


def _straight(row: Row, seats: list[Seat], usual: SeatType) -> str:
    said: list[str] = []
    run: list[Seat] = []
    for seat in seats:
        gap = (seat.x - run[-1].x) / SEAT_PITCH - 1 if run else 0
        if run and (gap > 0.001 or not _continues(row, run, seat)):
            said.append(_run(row, run, usual))
            run = []
        if gap > 0.001:
            said.append(f"_{gap:.4f}".rstrip("0").rstrip("."))
        run.append(seat)
    return " ".join([*said, _run(row, run, usual)])


def _continues(row: Row, run: list[Seat], seat: Seat) -> bool:
    """Whether the seat's number is the run's next, up or down."""
    numbers = [_plain_number(row, each) for each in (*run[-2:], seat)]
    known = [number for number in numbers if number is not None]
    if seat.seat_type is not run[0].seat_type or len(known) < len(numbers):
        return False
    return {after - before for before, after in pairwise(known)} in ({1}, {-1})


def _run(row: Row, run: list[Seat], usual: SeatType) -> str:
    first, last = _name(row, run[0]), _name(row, run[-1])
    return _kind(run[0], usual) + (first if len(run) == 1 else f"{first}-{last}")


def _plain_number(row: Row, seat: Seat) -> int | None:
    name = words.number_of(row.label, seat.label) or ""
    plain = name.isascii() and name.isdigit() and not name.startswith("0") and len(name) < 7
    return int(name) if plain else None


def _name(row: Row, seat: Seat) -> str:
    name = words.number_of(row.label, seat.label) or ""
    return name if name.isascii() and name.isdigit() and len(name) < 7 else f'"{seat.label}"'


def _kind(seat: Seat, usual: SeatType) -> str:
    return "" if seat.seat_type is usual else LETTER_OF[seat.seat_type]


def _measure(value: float) -> str:
    return str(number(round(value, 2)))


def _said(*parts: str) -> str:
    return " ".join(part for part in parts if part)
