"""Seats like those a party has lost, all together and beside the rest of it if that can be had. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from seatsync.seatmaps import Place

_ELSEWHERE = 400.0  # another part of the hall is worse than the far end of a row
_BESIDE = 1000.0  # what sitting beside one's own is worth: more than any walk


def alternatives(
    places: Sequence[Place], *, free: Collection[int], lost: Collection[int], kept: Collection[int]
) -> list[int]:
    """As many free seats as were lost, of the same zone, type and price as each, or as many as there are of them.

    free, lost, kept and what is returned: keys of show seats.
    """
    gone = [place for place in places if place.id in lost]
    party = [place for place in places if place.id in kept]
    chosen: list[Place] = []
    for kind, count in Counter(_kind(place) for place in gone).items():
        fitting = [place for place in places if place.id in free and _kind(place) == kind]
        near = [place for place in gone if _kind(place) == kind]
        chosen += _choose(fitting, count, near, [*party, *chosen])
    return [place.id for place in chosen]


def _choose(fitting: Sequence[Place], count: int, gone: Sequence[Place], party: Sequence[Place]) -> list[Place]:
    runs = sorted(_runs(fitting, count), key=lambda run: (_cost(run, gone, party), run[0].id))
    if runs:
        return list(runs[0])
    found: list[Place] = []  # no so many side by side: one after the other, each near those before
    left = list(fitting)
    while left and len(found) < count:
        best = min(left, key=lambda place: (_cost([place], gone, [*party, *found]), place.id))
        found.append(best)
        left.remove(best)
    return found


def _runs(places: Sequence[Place], count: int) -> Iterator[Sequence[Place]]:
    """Every `count` neighbours in a row."""
    rows: dict[tuple[str, str, str], list[Place]] = {}
    for place in places:
        rows.setdefault((place.level, place.section, place.row), []).append(place)
    for row in rows.values():
        row.sort(key=lambda place: place.number)
        for first in range(len(row) - count + 1):
            run = row[first : first + count]
            if run[-1].number - run[0].number == count - 1:
                yield run


def _cost(run: Sequence[Place], gone: Sequence[Place], party: Sequence[Place]) -> float:
    cost = sum(min(_apart(place, other) for other in gone) for place in run)
    if party:
        cost += 0.7 * min(_apart(place, other) for place in run for other in party)
        cost -= _BESIDE * any(_is_beside(place, other) for place in run for other in party)
    return cost


def _kind(place: Place) -> tuple[str, str, Decimal]:
    return place.zone, place.seat_type, place.price


def _is_beside(one: Place, other: Place) -> bool:
    is_same_row = (one.level, one.section, one.row) == (other.level, other.section, other.row)
    return is_same_row and abs(one.number - other.number) == 1


def _apart(one: Place, other: Place) -> float:
    elsewhere = 0.0 if (one.level, one.section) == (other.level, other.section) else _ELSEWHERE
    return abs((one.x or 0) - (other.x or 0)) + 1.6 * abs((one.y or 0) - (other.y or 0)) + elsewhere
