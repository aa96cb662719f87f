"""A hall as choosing sees it: seats by their place in the state string, side by side in stretches, and their view."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import hypot
from statistics import median

from venues.layout import Layout, Place, SeatType

FREE, TAKEN = "A", "B"  # as the feed says it
DEEP = 1.5  # a row further is worse than a chair aside
_BROKEN = 1.6  # so many chairs apart, two neighbours have an aisle between them
_SMALL = 10.0  # in a room of so many chairs no seat is a bad one
_CINEMA, _STAGE = 0.66, 0.2  # how far back the best row is: a film wants distance, a singer none


class Hint(StrEnum):
    """What to expect of a seat's view, as a letter a seat."""

    BEST = "V"
    GOOD = "G"
    FRONT = "F"
    SIDE = "S"
    BACK = "B"


@dataclass(frozen=True, slots=True)
class Spot:
    """x, y: in chairs, from the axis of the screen and from the ideal row (below 0: nearer to the screen).

    kind: the same for seats of one zone and type, and so of one price.
    """

    label: str
    x: float
    y: float
    zone: str
    seat_type: SeatType
    kind: int
    section: str
    row: str

    @property
    def cost(self) -> float:
        """What speaks against the view from here: the way to the best spot, a row counting as a chair and a half."""
        return hypot(self.x, DEEP * self.y)


@dataclass(frozen=True)
class Hall:
    """stretches: neighbours with no aisle and no bay between them, from left to right; every seat is in one.

    pair: the other half of a sofa; companions: of a wheelchair's place, anybody's seats when is_released.
    """

    spots: tuple[Spot, ...]
    stretches: tuple[tuple[int, ...], ...]
    stretch_of: tuple[int, ...]
    pair: dict[int, int]
    companions: dict[int, tuple[int, ...]]
    is_released: bool

    @cached_property
    def number(self) -> dict[str, int]:
        return {spot.label: n for n, spot in enumerate(self.spots)}

    @cached_property
    def zones(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(spot.zone for spot in self.spots))

    @cached_property
    def costs(self) -> tuple[float, ...]:
        return tuple(spot.cost for spot in self.spots)

    @cached_property
    def dear(self) -> tuple[bool, ...]:
        """Chairs that nobody is offered who did not ask for them."""
        return tuple(spot.seat_type in _DEAR for spot in self.spots)

    @cached_property
    def reserved(self) -> frozenset[int]:
        """Places for wheelchairs, and companions' seats while these are theirs."""
        return frozenset(self.companions) | frozenset(self.wheelchair_of)

    @cached_property
    def wheelchair_of(self) -> dict[int, int]:
        """Companion's seat -> the place it goes with, while it does."""
        if self.is_released:
            return {}
        return {n: place for place, seats in self.companions.items() for n in seats}

    @cached_property
    def place_of(self) -> tuple[int, ...]:
        """Where in its stretch a seat is."""
        places = {n: at for stretch in self.stretches for at, n in enumerate(stretch)}
        return tuple(places[n] for n in range(len(self.spots)))

    @cached_property
    def hints(self) -> str:
        """One letter a seat."""
        wide = max(abs(spot.x) for spot in self.spots)
        front, back = min(spot.y for spot in self.spots), max(spot.y for spot in self.spots)
        return "".join(_hint(spot, self.view([n]), wide, front, back) for n, spot in enumerate(self.spots))

    def view(self, seats: Sequence[int]) -> int:
        """0 to 100: how good they are among all of this hall."""
        worst = max(*self.costs, _SMALL)
        return round(100 * (1 - sum(self.costs[n] for n in seats) / len(seats) / worst))

    def apart(self, one: int, other: int) -> float:
        """How far from each other two seats are, in chairs; another part of the hall is further than any row."""
        a, b = self.spots[one], self.spots[other]
        return abs(a.x - b.x) + 1.6 * abs(a.y - b.y) + (0 if a.section == b.section else 10)

    def is_beside(self, one: int, other: int) -> bool:
        return self.stretch_of[one] == self.stretch_of[other] and abs(self.place_of[one] - self.place_of[other]) == 1


_RESERVED = {SeatType.WHEELCHAIR, SeatType.COMPANION}
_DEAR = {SeatType.VIP, SeatType.RECLINER, SeatType.SOFA}


def hall(layout: Layout, *, is_released: bool = False) -> Hall:
    """is_released: companions' seats are anybody's by now, and so no longer walls."""
    places = list(layout.seats())
    number = {place.seat.id: n for n, place in enumerate(places)}
    kinds: dict[tuple[str, SeatType], int] = {}
    axis, ideal, chair = _best_spot(layout, places)
    spots = tuple(
        Spot(
            place.seat.label,
            (place.seat.x - axis) / chair,
            (place.seat.y - ideal) / chair,
            place.section.zone,
            place.seat.seat_type,
            kinds.setdefault((place.section.zone, place.seat.seat_type), len(kinds)),
            place.section.id,
            place.row.label,
        )
        for place in places
    )
    walls = {SeatType.WHEELCHAIR} if is_released else _RESERVED
    stretches = tuple(_stretches(places, spots, walls))
    stretch_of = {n: at for at, stretch in enumerate(stretches) for n in stretch}
    companions: dict[int, tuple[int, ...]] = {
        n: () for n, spot in enumerate(spots) if spot.seat_type == SeatType.WHEELCHAIR
    }
    for n, place in enumerate(places):
        if place.seat.companion_of:
            other = number[place.seat.companion_of]
            companions[other] = (*companions.get(other, ()), n)
    pair = {n: number[place.seat.pair_with] for n, place in enumerate(places) if place.seat.pair_with}
    order = tuple(stretch_of[n] for n in range(len(spots)))
    return Hall(spots, stretches, order, pair, companions, is_released)


def _best_spot(layout: Layout, places: Sequence[Place]) -> tuple[float, float, float]:
    """The axis of the screen, the ideal row and the width of a chair, in the layout's own units."""
    gaps = []
    for section in layout.sections:
        for row in section.rows:
            steps = [hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(sorted(row.seats, key=lambda s: (s.x, s.y)))]
            gaps += [min(steps)] if steps else []
    left, right = min(p.seat.x for p in places), max(p.seat.x for p in places)
    front, back = min(p.seat.y for p in places), max(p.seat.y for p in places)
    axis = (left + right) / 2
    if layout.screen is not None and layout.screen.width > 0:
        axis = min(max(layout.screen.x + layout.screen.width / 2, left), right)
    is_stage = layout.screen is not None and layout.screen.label.casefold() == "stage"
    ideal = front + (back - front) * (_STAGE if is_stage else _CINEMA)
    return axis, ideal, (median(gaps) if gaps else 1.0) or 1.0


def _stretches(places: Sequence[Place], spots: Sequence[Spot], walls: set[SeatType]) -> Iterator[tuple[int, ...]]:
    rows: dict[tuple[str, str], list[int]] = {}
    for n, place in enumerate(places):
        rows.setdefault((place.section.id, place.row.label), []).append(n)
    for row in rows.values():
        row.sort(key=lambda n: (spots[n].x, spots[n].y))
        stretch: list[int] = []
        for n in row:
            is_wall = spots[n].seat_type in walls
            if stretch and (is_wall or spots[stretch[-1]].seat_type in walls or _are_broken(spots, stretch[-1], n)):
                yield tuple(stretch)
                stretch = []
            stretch.append(n)
        yield tuple(stretch)


def _are_broken(spots: Sequence[Spot], one: int, other: int) -> bool:
    return hypot(spots[one].x - spots[other].x, spots[one].y - spots[other].y) > _BROKEN


def _hint(spot: Spot, view: int, wide: float, front: float, back: float) -> Hint:
    if view >= 80:
        return Hint.BEST
    if spot.y < 0 and spot.y <= front + (back - front) / 5:
        return Hint.FRONT
    if wide and abs(spot.x) > 0.65 * wide:
        return Hint.SIDE
    return Hint.BACK if spot.y > 0 and spot.y >= back - (back - front) / 8 else Hint.GOOD
