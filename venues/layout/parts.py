"""What a hall layout is: sections of rows of seats, in the order they are listed, and what is drawn around them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class SeatType(StrEnum):
    STANDARD = "STANDARD"
    PREMIUM = "PREMIUM"
    VIP = "VIP"
    WHEELCHAIR = "WHEELCHAIR"
    COMPANION = "COMPANION"
    RECLINER = "RECLINER"
    SOFA = "SOFA"


# As the JSON says them (seed 003), and what else it may say.
WORD_OF = {seat_type: seat_type.lower() for seat_type in SeatType} | {SeatType.WHEELCHAIR: "wheelchair accessible"}
TYPE_OF = {word: seat_type for seat_type, word in WORD_OF.items()} | {
    "regular": SeatType.STANDARD,
    "wheelchair": SeatType.WHEELCHAIR,
}


@dataclass(frozen=True, slots=True)
class Seat:
    """x grows to the right as the audience sees it, y away from the screen. Two seats never share a spot."""

    id: str
    label: str
    x: float
    y: float
    seat_type: SeatType = SeatType.STANDARD
    companion_of: str | None = None
    pair_with: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """zone: what its seats cost, as prices name it. level: the floor it is on, "" where there is one."""

    id: str
    name: str
    zone: str
    rows: tuple[Row, ...]
    level: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """A line from x to x + width. label: "Stage" and the like, "" for a cinema screen."""

    x: float
    y: float
    width: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Aisle:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Facility:
    """kind: "exit", "entrance", "bar" ... whatever the page has a sign for."""

    kind: str
    x: float
    y: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A seat with its row and section. number: its place in the row, counted from the left end."""

    section: Section
    row: Row
    seat: Seat
    number: int


@dataclass(frozen=True, slots=True)
class Layout:
    sections: tuple[Section, ...]
    screen: Screen | None = None
    aisles: tuple[Aisle, ...] = ()
    facilities: tuple[Facility, ...] = ()

    @property
    def seat_count(self) -> int:
        return sum(len(row.seats) for section in self.sections for row in section.rows)

    def seats(self) -> Iterator[Place]:
        """Every seat, in the layout's own order."""
        for section in self.sections:
            for row in section.rows:
                from_left = sorted(row.seats, key=lambda seat: (seat.x, seat.y))
                number = {seat.id: place for place, seat in enumerate(from_left, start=1)}
                for seat in row.seats:
                    yield Place(section, row, seat, number[seat.id])


def zone_of(name: str) -> str:
    """The zone a name stands for: "Front stalls" is FRONT_STALLS. A zone's zone is itself."""
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in name)
    return "_".join(kept.upper().split())[:40].strip("_") or "ZONE"
