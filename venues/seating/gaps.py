"""Lonely seats: a free one that a choice leaves with nobody free beside it, which hardly anybody buys. Pure."""

from collections.abc import Collection, Iterator, Sequence

from venues.seating.halls import FREE, Hall


def lonely(hall: Hall, state: Sequence[str], chosen: Collection[int]) -> list[int]:
    """The seats this choice would leave alone and that are not so by now. state: what is free to the chooser.

    Walls are aisles, bays and all that is not free. Half a sofa is alone whatever stands on its other side.
    """
    left: set[int] = set()
    for n in chosen:
        half = hall.pair.get(n)
        if half is not None and half not in chosen and state[half] == FREE:
            left.add(half)
        for neighbour in _beside(hall, n):
            is_left = state[neighbour] == FREE and neighbour not in chosen
            if is_left and not any(state[m] == FREE and m not in chosen for m in _beside(hall, neighbour)):
                left.add(neighbour)
    return sorted(left)


def mended(hall: Hall, state: Sequence[str], chosen: Collection[int], *, anywhere: bool) -> list[int] | None:
    """As many seats of the same kinds that leave nobody alone, the nearest to those chosen; None when there are none.

    anywhere: not only along the free seats around those chosen. state: as `lonely` has it.
    """
    parts = _parts(hall, chosen)
    for part in parts:
        rest = [n for n in chosen if n not in part]
        found = _nearest(hall, state, part, rest, _run(hall, state, part[0], rest))
        if found is not None:
            return found
    everyone = sorted(chosen)
    if len(parts) > 1:
        for part in parts:
            found = _nearest(hall, state, everyone, [], _run(hall, state, part[0], []))
            if found is not None:
                return found
    if not anywhere:
        return None
    options = [_nearest(hall, state, everyone, [], run) for run in runs(hall, state)]
    return min((one for one in options if one), key=lambda one: (_way(hall, everyone, one), one), default=None)


def runs(hall: Hall, state: Sequence[str]) -> Iterator[list[int]]:
    """Free seats side by side, as long as they go."""
    for stretch in hall.stretches:
        run: list[int] = []
        for n in stretch:
            if state[n] == FREE:
                run.append(n)
            elif run:
                yield run
                run = []
        if run:
            yield run


def _nearest(
    hall: Hall, state: Sequence[str], part: Sequence[int], rest: Sequence[int], run: Sequence[int]
) -> list[int] | None:
    """The party with this part of it moved along the run, the least far."""
    kinds = sorted(hall.spots[n].kind for n in part)
    best: tuple[float, list[int]] | None = None
    for first in range(len(run) - len(part) + 1):
        block = run[first : first + len(part)]
        if sorted(hall.spots[n].kind for n in block) != kinds:
            continue
        way = _way(hall, part, block)
        if (best is None or way < best[0]) and not lonely(hall, state, [*rest, *block]):
            best = way, sorted([*rest, *block])
    return best[1] if best else None


def _run(hall: Hall, state: Sequence[str], n: int, rest: Collection[int]) -> list[int]:
    """The free seats around one, up to the rest of the party."""
    stretch, at = hall.stretches[hall.stretch_of[n]], hall.place_of[n]
    first = last = at
    while first > 0 and state[stretch[first - 1]] == FREE and stretch[first - 1] not in rest:
        first -= 1
    while last + 1 < len(stretch) and state[stretch[last + 1]] == FREE and stretch[last + 1] not in rest:
        last += 1
    return list(stretch[first : last + 1])


def _parts(hall: Hall, chosen: Collection[int]) -> list[list[int]]:
    """Those of the party who sit side by side, together."""
    parts: list[list[int]] = []
    for n in sorted(chosen, key=lambda n: (hall.stretch_of[n], hall.place_of[n])):
        if parts and hall.is_beside(parts[-1][-1], n):
            parts[-1].append(n)
        else:
            parts.append([n])
    return parts


def _beside(hall: Hall, n: int) -> Iterator[int]:
    stretch, at = hall.stretches[hall.stretch_of[n]], hall.place_of[n]
    if at > 0:
        yield stretch[at - 1]
    if at + 1 < len(stretch):
        yield stretch[at + 1]


def _way(hall: Hall, from_: Sequence[int], to: Sequence[int]) -> float:
    middle = [sum(hall.spots[n].x for n in seats) / len(seats) for seats in (from_, to)]
    depth = [sum(hall.spots[n].y for n in seats) / len(seats) for seats in (from_, to)]
    return abs(middle[0] - middle[1]) + 1.6 * abs(depth[0] - depth[1])
