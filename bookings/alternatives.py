"""Seats as good as one that was lost, or better: for a party that must not pay for somebody else's mistake."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from seatsync import feed, seatmaps
from seatsync.models import OWN_COUNTER, OWN_WEB, ShowSeat, Source
from venues import halls, seating
from venues.layout import SeatType
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
    layout_id, first_id = seatmaps.ground(showtime.pk)
    rows = ShowSeat.objects.filter(showtime_id=showtime.pk)
    price = {key - first_id: amount for key, amount in rows.values_list("pk", "price")}
    kept = [key - first_id for key in party]
    hall = halls.seats(layout_id)
    ranked = rank(hall, now.state, lost - first_id, price=price, kept=kept)
    return [Seat(first_id + n, hall.spots[n].label, price[n]) for n in ranked]


def rank(
    hall: seating.Hall, state: str, lost: int, *, price: Mapping[int, Decimal], kept: Sequence[int] = ()
) -> list[int]:
    """The free places not cheaper than the lost one. Beside the party comes first, then what is of the same kind, then
    what is near. Pure.
    """
    gone = hall.spots[lost]
    near = seating.near(hall, state, [lost], kept=kept, count=len(hall.spots))
    is_needed = gone.seat_type in _NEEDED
    serving = [n for n in near if not is_needed or hall.spots[n].seat_type == gone.seat_type]
    fitting = [n for n in serving if price[n] >= price[lost]]
    # Stable: what is equal stays as near as it is.
    return sorted(
        fitting,
        key=lambda n: (not any(hall.is_beside(n, other) for other in kept), hall.spots[n].kind != gone.kind),
    )
