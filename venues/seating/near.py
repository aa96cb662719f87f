"""Seats in place of lost ones: near them, near the rest of the party, of the same kind. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from venues.layout import SeatType
from venues.seating import gaps
from venues.seating.halls import FREE, Hall

_RESERVED = {SeatType.WHEELCHAIR, SeatType.COMPANION}
_BESIDE = 25.0  # what sitting beside one's own is worth, in chairs: more than any walk


def near(
    hall: Hall, state: Sequence[str], lost: Sequence[int], *, kept: Collection[int] = (), count: int = 3
) -> list[int]:
    """The free seats nearest to the first lost one and to the rest of the party, the nearest first."""
    ranked = []
    for n, letter in enumerate(state):
        kind = hall.spots[n].seat_type
        is_special = kind in _RESERVED and kind != hall.spots[lost[0]].seat_type
        if letter != FREE or n in kept or n in lost or is_special:
            continue
        from_party = 0.7 * min((hall.apart(n, other) for other in kept), default=0.0)
        ranked.append((round(hall.apart(n, lost[0]) + from_party, 6), n))
    return [n for _cost, n in sorted(ranked)[:count]]


def alike(hall: Hall, state: Sequence[str], *, lost: Collection[int], kept: Collection[int]) -> list[int]:
    """As many free seats as were lost, of the same kind as each, together and beside the rest of the party if that
    can be had, or as many as there are of them.
    """
    chosen: list[int] = []
    for kind, count in Counter(hall.spots[n].kind for n in lost).items():
        gone = [n for n in lost if hall.spots[n].kind == kind]
        fitting = {n for n, letter in enumerate(state) if letter == FREE and hall.spots[n].kind == kind}
        chosen += _alike(hall, state, fitting - set(chosen), count, gone, [*kept, *chosen])
    return chosen


def _alike(
    hall: Hall, state: Sequence[str], fitting: set[int], count: int, gone: Sequence[int], party: Sequence[int]
) -> list[int]:
    blocks = sorted(_blocks(hall, state, fitting, count), key=lambda block: (_cost(hall, block, gone, party), block[0]))
    if blocks:
        return blocks[0]
    found: list[int] = []  # no so many side by side: one after the other, each near those before
    while fitting and len(found) < count:
        best = min(fitting, key=lambda n: (_cost(hall, [n], gone, [*party, *found]), n))
        found.append(best)
        fitting = fitting - {best}
    return found


def _blocks(hall: Hall, state: Sequence[str], fitting: set[int], count: int) -> Iterator[list[int]]:
    for run in gaps.runs(hall, state):
        for first in range(len(run) - count + 1):
            block = run[first : first + count]
            if fitting.issuperset(block):
                yield block


def _cost(hall: Hall, block: Sequence[int], gone: Sequence[int], party: Sequence[int]) -> float:
    cost = sum(min(hall.apart(n, other) for other in gone) for n in block)
    if party:
        cost += 0.7 * min(hall.apart(n, other) for n in block for other in party)
        cost -= _BESIDE * any(hall.is_beside(n, other) for n in block for other in party)
    return round(cost, 6)
