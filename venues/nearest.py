"""Free seats near those that were lost. Pure; static/js/seatmap/nearest.js does the same in the page."""

from collections.abc import Collection, Sequence

from venues.layout import Layout, Place, SeatType

_RESERVED = {SeatType.WHEELCHAIR, SeatType.COMPANION}


def seats(layout: Layout, state: str, lost: Sequence[int], *, kept: Collection[int] = (), count: int = 3) -> list[str]:
    """Labels of the free seats nearest to the first lost one and to the rest of the party. state: as of the feed."""
    places = list(layout.seats())
    gone = places[lost[0]]
    party = [places[n] for n in kept]
    ranked = []
    for n, place in enumerate(places):
        is_special = place.seat.seat_type in _RESERVED and place.seat.seat_type != gone.seat.seat_type
        if state[n] != "A" or n in kept or n in lost or is_special:
            continue
        from_party = 0.7 * min((_apart(place, other) for other in party), default=0.0)
        ranked.append((_apart(place, gone) + from_party, n, place.seat.label))
    return [label for _cost, _n, label in sorted(ranked)[:count]]


def _apart(one: Place, other: Place) -> float:
    a, b = one.seat, other.seat
    elsewhere = 0 if one.section.id == other.section.id else 400
    return abs(a.x - b.x) + 1.6 * abs(a.y - b.y) + elsewhere
