"""Seats as good as one that was lost, or better: for a party that must not pay for somebody else's mistake."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from seatsync import feed
from seatsync.models import OWN_COUNTER, OWN_WEB, ShowSeat, Source
from venues import layout as layouts
from venues import nearest
from venues.layout import Layout, Place, SeatType
from venues.models import Showtime

# Who was sold a place for a wheelchair needs one; what only costs as much is no place for them.
_NEEDED = {SeatType.WHEELCHAIR, SeatType.COMPANION}


@dataclass(frozen=True, slots=True)
class Seat:
    """A free seat of a showtime."""

    key: int
    label: str
    price: Decimal


def equal_or_better(showtime: Showtime, lost: int, *, party: Collection[int] = (), source: str) -> list[Seat]:
    """Free seats at the lost one's price or above, the best first. lost, party: keys of show seats.

    source: where the loser bought, for seats allotted to a channel are not for others. Reads without a lock.
    """
    now = feed.snapshot(showtime.pk, viewer=OWN_COUNTER if source == Source.WALK_IN else OWN_WEB)
    rows = ShowSeat.objects.filter(showtime_id=showtime.pk)
    price = {key - now.first_id: amount for key, amount in rows.values_list("pk", "price")}
    kept = [key - now.first_id for key in party]
    layout = layouts.parse(showtime.layout.seat_layout)
    ranked = rank(layout, now.state, lost - now.first_id, price=price, kept=kept)
    return [Seat(now.first_id + n, label, price[n]) for n, label in ranked]


def rank(
    layout: Layout, state: str, lost: int, *, price: Mapping[int, Decimal], kept: Sequence[int] = ()
) -> list[tuple[int, str]]:
    """(place, label) of the free places not cheaper than the lost one. Beside the party comes first, then what is of
    the same kind, then what is near. Pure.
    """
    places = list(layout.seats())
    number = {place.seat.label: n for n, place in enumerate(places)}
    gone, party = places[lost], [places[n] for n in kept]
    near = [number[label] for label in nearest.seats(layout, state, [lost], kept=kept, count=len(places))]
    fitting = [n for n in near if price[n] >= price[lost] and _serves(places[n], gone)]
    fitting.sort(key=lambda n: (not _is_beside(places[n], party), not _is_alike(places[n], gone)))  # stable: then near
    return [(n, places[n].seat.label) for n in fitting]


def _serves(place: Place, gone: Place) -> bool:
    return gone.seat.seat_type not in _NEEDED or place.seat.seat_type == gone.seat.seat_type


def _is_alike(place: Place, gone: Place) -> bool:
    return (place.section.zone, place.seat.seat_type) == (gone.section.zone, gone.seat.seat_type)


def _is_beside(place: Place, party: Sequence[Place]) -> bool:
    """Next to one of them, with no aisle between."""
    return any(
        (place.section.id, place.row.label) == (other.section.id, other.row.label)
        and abs(place.number - other.number) == 1
        and abs(place.seat.x - other.seat.x) < 1.5 * _pitch(place)
        for other in party
    )


def _pitch(place: Place) -> float:
    """How far the chairs of its row stand apart."""
    across = sorted(seat.x for seat in place.row.seats)
    return min((b - a for a, b in pairwise(across) if b > a), default=0.0)
