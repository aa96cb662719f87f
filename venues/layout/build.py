"""From what a file says to a layout: drafts of its parts, and the rules every hall keeps whatever its format."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from venues.layout.faults import FARTHEST, Faults, is_label
from venues.layout.parts import Aisle, Facility, Layout, Row, Screen, Seat, SeatType, Section

MOST_SEATS = 30_000


@dataclass(slots=True)
class SeatDraft:
    """at: where the file says so; any fault of this seat is reported there."""

    at: str
    id: str
    label: str
    x: float
    y: float
    seat_type: SeatType = SeatType.STANDARD
    companion_of: str | None = None
    pair_with: str | None = None


@dataclass(slots=True)
class RowDraft:
    at: str
    label: str
    seats: list[SeatDraft] = field(default_factory=list)


@dataclass(slots=True)
class SectionDraft:
    at: str
    id: str
    name: str
    zone: str
    level: str = ""
    rows: list[RowDraft] = field(default_factory=list)

    def seats(self) -> Iterator[SeatDraft]:
        for row in self.rows:
            yield from row.seats


class Names(NamedTuple):
    """How the format calls a seat's parts, to point at the right one."""

    id: str = ""
    label: str = ""
    spot: str = ""
    companion_of: str = ""
    pair_with: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    screen: Screen | None = None
    aisles: tuple[Aisle, ...] = ()
    facilities: tuple[Facility, ...] = ()

    def corners(self) -> list[tuple[float, float]]:
        """The left upper corner of everything."""
        parts: list[Aisle | Facility | Screen] = [*self.aisles, *self.facilities]
        parts += [self.screen] if self.screen else []
        return [(part.x, part.y) for part in parts]


_UNNAMED = Names()
_BARE = Surroundings()


def build(
    sections: list[SectionDraft],
    faults: Faults,
    *,
    names: Names = _UNNAMED,
    around: Surroundings = _BARE,
    unread: Collection[str] = (),
) -> Layout:
    """unread: ids of seats left out for their faults. Refuses: LayoutInvalid, with all that `faults` holds by now."""
    _check_rows(sections, faults)
    seats = [seat for section in sections for seat in section.seats()]
    if len(seats) > MOST_SEATS:
        faults.add("", "TOO_MANY_SEATS", f"At most {MOST_SEATS} seats, found {len(seats)}.")
    if not seats and not faults.total:
        faults.add("", "NO_SEATS", "A hall needs at least one seat.")
    _check_seats(seats, faults, names)
    _check_links(seats, faults, names, unread)
    if any(max(abs(x), abs(y)) > FARTHEST for x, y in around.corners()):
        faults.add("", "OUT_OF_RANGE", "The screen, an aisle or a facility lies too far from the seats.")
    faults.settle()
    return Layout(
        sections=tuple(_section(section) for section in sections),
        screen=around.screen,
        aisles=around.aisles,
        facilities=around.facilities,
    )


def _check_rows(sections: list[SectionDraft], faults: Faults) -> None:
    ids: set[str] = set()
    for section in sections:
        if section.id in ids:
            faults.add(section.at, "DUPLICATE_ID", f'There are two sections "{section.id}".')
        ids.add(section.id)
        labels: set[str] = set()
        for row in section.rows:
            if row.label in labels:
                faults.add(row.at, "DUPLICATE_LABEL", f'Section "{section.name}" has two rows "{row.label}".')
            labels.add(row.label)


def _check_seats(seats: list[SeatDraft], faults: Faults, names: Names) -> None:
    ids: dict[str, str] = {}
    labels: dict[str, str] = {}
    spots: dict[tuple[float, float], SeatDraft] = {}
    for seat in seats:
        if seat.id in ids:
            faults.add(seat.at + names.id, "DUPLICATE_ID", f'The id "{seat.id}" is that of {ids[seat.id]} too.')
        if seat.label in labels:
            other = labels[seat.label]
            faults.add(seat.at + names.label, "DUPLICATE_LABEL", f'The seat at {other} is called "{seat.label}" too.')
        if not is_label(seat.label):
            faults.add(seat.at + names.label, "BAD_LABEL", f'"{seat.label}" is not 1 to 12 letters, digits, "-", ".".')
        if max(abs(seat.x), abs(seat.y)) > FARTHEST:
            faults.add(seat.at + names.spot, "OUT_OF_RANGE", "The seat stands too far from the others.")
        other_seat = spots.setdefault((round(seat.x, 2), round(seat.y, 2)), seat)
        if other_seat is not seat:
            faults.add(seat.at + names.spot, "SAME_SPOT", f"Seat {other_seat.label} stands there already.")
        ids.setdefault(seat.id, seat.at)
        labels.setdefault(seat.label, seat.at)


def _check_links(seats: list[SeatDraft], faults: Faults, names: Names, unread: Collection[str]) -> None:
    by_id = {seat.id: seat for seat in seats}
    for seat in seats:
        for target, name in ((seat.companion_of, names.companion_of), (seat.pair_with, names.pair_with)):
            if target == seat.id:
                faults.add(seat.at + name, "POINTS_TO_ITSELF", "This must name another seat.")
            elif target is not None and target not in by_id and target not in unread:
                faults.add(seat.at + name, "POINTS_NOWHERE", f'There is no seat with the id "{target}".')
        partner = by_id.get(seat.pair_with or "")
        if partner is not None and partner.pair_with != seat.id:
            faults.add(seat.at + names.pair_with, "NOT_MUTUAL", f"Seat {partner.label} is not paired with this one.")


def _section(draft: SectionDraft) -> Section:
    return Section(
        id=draft.id,
        name=draft.name,
        zone=draft.zone,
        level=draft.level,
        rows=tuple(Row(row.label, tuple(_seat(seat) for seat in row.seats)) for row in draft.rows),
    )


def _seat(draft: SeatDraft) -> Seat:
    return Seat(
        id=draft.id,
        label=draft.label,
        x=draft.x,
        y=draft.y,
        seat_type=draft.seat_type,
        companion_of=draft.companion_of,
        pair_with=draft.pair_with,
    )
