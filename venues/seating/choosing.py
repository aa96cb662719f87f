"""The best seats for a party: side by side where that can be had, nobody left lonely, then by the view. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from venues.seating import gaps
from venues.seating.halls import DEEP, FREE, Hall

# What speaks against a block, the worst first: a chair that costs more and was not asked for, lonely seats left,
# more than one price, the view; the last settles ties, so that the same hall always gives the same seats.
_Block = tuple[bool, int, bool, float, int, list[int]]


class Reason(StrEnum):
    """Why these. Said by the pages in words."""

    TOGETHER = "TOGETHER"
    NEAR = "NEAR"
    ACCESSIBLE = "ACCESSIBLE"
    BEST_ROW = "BEST_ROW"
    MIDDLE = "MIDDLE"
    NOBODY_ALONE = "NOBODY_ALONE"


@dataclass(frozen=True, slots=True)
class Choice:
    """seats: from left to right. view: 0 to 100 among this hall's. lonely: seats it leaves alone, where it must."""

    seats: tuple[int, ...]
    is_together: bool
    view: int
    lonely: tuple[int, ...] = ()


def best(
    hall: Hall,
    state: Sequence[str],
    count: int,
    *,
    zone: str = "",
    is_accessible: bool = False,
    turn: int = 0,
    beside: Collection[int] = (),
) -> Choice | None:
    """The best seats that are free, or None. Those who cannot sit together sit as near as can be.

    zone: only there; without it, no VIP chair, recliner or sofa while there is another. is_accessible: a wheelchair's
    place with its companions'. turn: who comes n-th at the same moment looks at the n-th best, not all at the best.
    beside: the nearest to these seats, of any kind, instead of those with the best view.
    """
    if count < 1:
        return None
    if is_accessible:
        return _accessible(hall, state, count, zone, turn)
    blocks = list(_blocks(hall, state, count, zone, _ways(hall, beside), is_asked=bool(zone or beside)))
    if blocks:
        return _made(hall, state, _at_turn(blocks, turn), is_together=True)
    found = _apart(hall, state, count, zone)
    return _made(hall, state, found, is_together=count == 1) if found else None


def reasons(hall: Hall, choice: Choice, *, is_accessible: bool = False) -> list[Reason]:
    spots = [hall.spots[n] for n in choice.seats]
    found = []
    if is_accessible:
        found.append(Reason.ACCESSIBLE)
    if len(spots) > 1:
        found.append(Reason.TOGETHER if choice.is_together else Reason.NEAR)
    if _away([spot.y for spot in spots], choice.is_together) <= 1.5:
        found.append(Reason.BEST_ROW)
    if _away([spot.x for spot in spots], choice.is_together) <= 2:
        found.append(Reason.MIDDLE)
    if not choice.lonely:
        found.append(Reason.NOBODY_ALONE)
    return found


def _away(places: Sequence[float], is_together: bool) -> float:
    """Of a block its middle; of seats apart the furthest, for half way between two corners nobody sits."""
    return abs(sum(places) / len(places)) if is_together else max(map(abs, places))


def _blocks(
    hall: Hall, state: Sequence[str], count: int, zone: str, costs: Sequence[float], *, is_asked: bool
) -> Iterator[_Block]:
    """Every `count` free seats side by side. The loop runs once a seat, so it sums as it goes."""
    spots, dear = hall.spots, hall.dear
    for run in gaps.runs(hall, state):
        if len(run) < count or run[0] in hall.reserved:
            continue
        cost, last_other, last_dear, change = 0.0, -1, -1, 0
        for at, n in enumerate(run):
            cost += costs[n]
            if zone and spots[n].zone != zone:
                last_other = at
            if dear[n]:
                last_dear = at
            if at and spots[n].kind != spots[run[at - 1]].kind:
                change = at
            first = at - count + 1
            if first > 0:
                cost -= costs[run[first - 1]]
            if first < 0 or last_other >= first:
                continue
            alone = (first == 1) + (len(run) - at == 2)
            if hall.pair:
                alone += _halves(hall, state, run[first : at + 1])
            block = run[first : at + 1]
            yield (not is_asked and last_dear >= first, alone, change > first, round(cost, 6), block[0], block)


def _ways(hall: Hall, beside: Collection[int]) -> Sequence[float]:
    """What speaks against each seat: its view, or its way from the middle of others."""
    if not beside:
        return hall.costs
    x = sum(hall.spots[n].x for n in beside) / len(beside)
    y = sum(hall.spots[n].y for n in beside) / len(beside)
    return [abs(spot.x - x) + DEEP * abs(spot.y - y) for spot in hall.spots]


def _halves(hall: Hall, state: Sequence[str], block: Sequence[int]) -> int:
    """How many sofas it takes half of, of which the other half is free."""
    ends = {block[0], block[-1]}
    return sum(1 for n in ends if (half := hall.pair.get(n)) is not None and half not in block and state[half] == FREE)


def _at_turn(blocks: list[_Block], turn: int) -> list[int]:
    if turn == 0:
        return min(blocks)[-1]
    blocks.sort()
    taken: set[int] = set()
    options: list[list[int]] = []
    for *against, block in blocks:
        if len(options) > turn or (options and against[:2] != list(blocks[0][:2])):
            break
        if taken.isdisjoint(block):
            options.append(block)
            taken.update(block)
    return options[turn % len(options)]


def _apart(hall: Hall, state: Sequence[str], count: int, zone: str) -> list[int]:
    """As many together as there can be, and the others near them."""
    free = [
        n
        for n, letter in enumerate(state)
        if letter == FREE and n not in hall.reserved and (not zone or hall.spots[n].zone == zone)
    ]
    if len(free) < count:
        return []
    longest = max((len(run) for run in gaps.runs(hall, state)), default=1)
    for size in range(min(longest, count - 1), 0, -1):
        blocks = list(_blocks(hall, state, size, zone, hall.costs, is_asked=bool(zone)))
        if blocks:
            core = min(blocks)[-1]
            return core + _near(hall, free, core, count - len(core), zone)
    return []


def _near(hall: Hall, free: Sequence[int], core: Sequence[int], count: int, zone: str) -> list[int]:
    """Whole sofas where that can be; a dear chair is the last choice only of who sits in none."""
    x = sum(hall.spots[n].x for n in core) / len(core)
    y = sum(hall.spots[n].y for n in core) / len(core)
    are_dear = bool(zone) or any(hall.dear[n] for n in core)

    def against(n: int) -> tuple[bool, float, int]:
        spot = hall.spots[n]
        return not are_dear and hall.dear[n], abs(spot.x - x) + 1.6 * abs(spot.y - y), n

    left = dict.fromkeys(sorted((n for n in free if n not in core), key=against))
    found: list[int] = []
    for n in left:
        half = hall.pair.get(n)
        party = [n, half] if half in left else [n]
        if n not in found and len(found) + len(party) <= count:
            found += party
    return found + [n for n in left if n not in found][: count - len(found)]


def _accessible(hall: Hall, state: Sequence[str], count: int, zone: str, turn: int) -> Choice | None:
    """A wheelchair's place, its companions beside it, and whoever else there is as near as can be."""
    free = [n for n, letter in enumerate(state) if letter == FREE and n not in hall.reserved]
    options: list[tuple[int, float, int, list[int]]] = []
    for place, beside in hall.companions.items():
        if state[place] != FREE or (zone and hall.spots[place].zone != zone):
            continue
        party = [place, *[n for n in beside if state[n] == FREE][: count - 1]]
        rest = _near(hall, free, party, count - len(party), zone)
        if len(party) + len(rest) == count:
            options.append((len(rest), hall.costs[place], place, party + rest))
    if not options:
        return None
    options.sort()
    others, _cost, _place, seats = options[turn % len(options)]
    return _made(hall, state, seats, is_together=others == 0)


def _made(hall: Hall, state: Sequence[str], seats: Collection[int], *, is_together: bool) -> Choice:
    ordered = tuple(sorted(seats, key=lambda n: (hall.spots[n].y, hall.spots[n].x)))
    return Choice(ordered, is_together, hall.view(ordered), tuple(gaps.lonely(hall, state, seats)))
