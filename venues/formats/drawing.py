"""What an import does to the drawing and to seats that belong together, whatever format they came in."""

from dataclasses import replace
from itertools import pairwise
from statistics import median

from venues.formats.words import initials
from venues.layout import Aisle, Facility, Layout, Screen, SeatType
from venues.layout.build import RowDraft, SeatDraft, SectionDraft, Surroundings

SEAT_PITCH = 36
ROW_PITCH = 40
_MARGIN = 40
_BEFORE_SCREEN = 80


def pair_sofas(row: RowDraft) -> None:
    """Two sofa seats side by side are one sofa, unless the file has paired them otherwise."""
    free = [seat for seat in _from_left(row) if seat.seat_type is SeatType.SOFA and not seat.pair_with]
    while len(free) > 1:
        left, right = free[0], free[1]
        if right.x - left.x > 1.7 * SEAT_PITCH:
            del free[0]
            continue
        left.pair_with, right.pair_with = right.id, left.id
        del free[:2]


def seat_companions(row: RowDraft) -> None:
    """A companion's seat belongs to the nearest wheelchair place of its row, rather to one that has none yet."""
    served = {seat.companion_of for seat in row.seats}
    wheelchairs = [seat for seat in _from_left(row) if seat.seat_type is SeatType.WHEELCHAIR]
    for seat in _from_left(row):
        if seat.seat_type is not SeatType.COMPANION or seat.companion_of:
            continue
        near = [place for place in wheelchairs if abs(place.x - seat.x) <= 2.7 * SEAT_PITCH]
        near.sort(key=lambda place: (place.id in served, abs(place.x - seat.x)))
        if near:
            seat.companion_of = near[0].id
            served.add(near[0].id)


def part_namesakes(groups: list[tuple[str, list[SectionDraft]]]) -> None:
    """Rename rows whose seats are called as an earlier group's are: row A of the balcony becomes B-A.

    groups: parts of the hall that number their rows for themselves, by name. Ids equal to labels follow.
    """
    taken: set[str] = set()
    for place, (name, sections) in enumerate(groups, start=1):
        rows: dict[str, list[RowDraft]] = {}
        for section in sections:
            for row in section.rows:
                rows.setdefault(row.label, []).append(row)
        for parts in rows.values():
            labels = [seat.label for row in parts for seat in row.seats]
            prefixes = ("", f"{initials(name)}-", f"{place}-")
            prefix = next((prefix for prefix in prefixes if _is_free(prefix, labels, taken)), "")
            _prefix(parts, prefix)
        taken.update(seat.label for section in sections for seat in section.seats())


def _is_free(prefix: str, labels: list[str], taken: set[str]) -> bool:
    return prefix != "-" and taken.isdisjoint(prefix + label for label in labels)


def _prefix(rows: list[RowDraft], prefix: str) -> None:
    for row in rows:
        row.label = prefix + row.label
        for seat in row.seats:
            seat.id = prefix + seat.id if seat.id == seat.label else seat.id
            seat.label = prefix + seat.label


def move(
    seats: list[SeatDraft], around: Surroundings, *, scale: float = 1, right: float = 0, down: float = 0
) -> Surroundings:
    """Scale everything, then shift it. A scale of -1 turns the plan by half a circle: nobody changes sides."""

    def spot(x: float, y: float) -> tuple[float, float]:
        return round(x * scale + right, 2), round(y * scale + down, 2)

    def corner(x: float, y: float, width: float, height: float) -> tuple[float, float]:
        return spot(x, y) if scale > 0 else spot(x + width, y + height)

    size = abs(scale)
    for seat in seats:
        seat.x, seat.y = spot(seat.x, seat.y)
    if screen := around.screen:
        screen = Screen(*corner(screen.x, screen.y, screen.width, 0), max(1, screen.width * size), screen.label)
    return Surroundings(
        screen=screen,
        aisles=tuple(
            Aisle(*corner(aisle.x, aisle.y, aisle.width, aisle.height), aisle.width * size, aisle.height * size)
            for aisle in around.aisles
        ),
        facilities=tuple(Facility(each.kind, *spot(each.x, each.y), each.label) for each in around.facilities),
    )


def scale_of(rows: list[RowDraft]) -> float:
    """What to multiply with so that neighbours sit about one pitch apart; 1 when they do."""
    gaps = [right.x - left.x for row in rows for left, right in pairwise(_from_left(row))]
    usual = median([gap for gap in gaps if gap > 0.5] or [SEAT_PITCH])
    return 1 if 0.8 <= usual / SEAT_PITCH <= 1.4 else SEAT_PITCH / usual


def ordered(layout: Layout) -> Layout:
    """The layout with its rows listed from front to back and their seats from left to right."""
    sections = []
    for section in layout.sections:
        rows = [replace(row, seats=tuple(sorted(row.seats, key=lambda seat: (seat.x, seat.y)))) for row in section.rows]
        rows.sort(key=lambda row: (sum(seat.y for seat in row.seats) / len(row.seats), row.seats[0].x))
        sections.append(replace(section, rows=tuple(rows)))
    return replace(layout, sections=tuple(sections))


def settle(seats: list[SeatDraft], around: Surroundings) -> Surroundings:
    """Move everything together to where the drawing begins, and put a screen before the seats when there is none."""
    if not seats:
        return around
    around = replace(around, screen=around.screen or _usual_screen(seats))
    spots = [(seat.x, seat.y) for seat in seats] + around.corners()
    left, top = min(x for x, _ in spots), min(y for _, y in spots)
    return move(seats, around, right=_MARGIN - left, down=_MARGIN - top)


def screen_before(seats: list[SeatDraft], *, start: float, width: float) -> Screen:
    """A screen in front of the first row. start, width: as parts of the hall's breadth."""
    left, right = min(seat.x for seat in seats), max(seat.x for seat in seats)
    breadth = max(right - left, 2 * SEAT_PITCH)
    front = min(seat.y for seat in seats)
    return Screen(round(left + start * breadth, 2), front - _BEFORE_SCREEN, round(max(width * breadth, 1), 2))


def _usual_screen(seats: list[SeatDraft]) -> Screen:
    return screen_before(seats, start=0.15, width=0.7)


def _from_left(row: RowDraft) -> list[SeatDraft]:
    return sorted(row.seats, key=lambda seat: seat.x)
