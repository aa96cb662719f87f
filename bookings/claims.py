"""The two claims of a conflict side by side, for the people who decide it. Reads only."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bookings.models import Booking
from seatsync import channels, conflicts
from seatsync.models import Conflict
from showsewa import money


@dataclass(frozen=True, slots=True)
class Claim:
    """One side. amount: what its seat cost there; at: when it was sold, by that side's own word; booking: None where
    the reporter's reference has no other seats. gets: what it may be given if it loses.
    """

    side: conflicts.Side
    channel: str
    at: datetime | None
    amount: Decimal
    currency: str
    seats: list[str]
    booking_id: uuid.UUID | None
    reference: str
    buyer: str
    is_favoured: bool
    is_checked_in: bool
    gets: tuple[str, ...]


def of(conflict: Conflict) -> tuple[Claim, Claim]:
    """The holder's and the reporter's. Needs the conflict's seat, showtime and channels."""
    return _holder(conflict), _reporter(conflict)


def favoured(conflict: Conflict) -> Conflict.Winner:
    """Who gets the seat by the cinema's policy."""
    policy = conflict.seat.showtime.showtime.cinema.conflict_policy
    return conflicts.choose(policy, holder=conflict.holder_source, reporter=conflict.source)


def _holder(conflict: Conflict) -> Claim:
    booking = Booking.objects.filter(pk=conflict.holder_claim).first()
    ticket = booking.tickets.filter(show_seat=conflict.seat_id).order_by("released_at").first() if booking else None
    side = conflicts.side(conflict, conflicts.HOLDER)
    is_ours = booking is not None and booking.channel_id is None
    return Claim(
        side=side,
        channel=conflict.holder_channel.name if conflict.holder_channel else "",
        at=booking.confirmed_at if booking else None,
        amount=ticket.paid if ticket else conflict.seat.price,
        currency=conflict.seat.showtime.showtime.cinema.currency,
        seats=list(booking.seat_labels) if booking else [conflict.seat.label],
        booking_id=booking.pk if booking else None,
        reference=conflict.holder_reference,
        buyer=_buyer(booking),
        is_favoured=favoured(conflict) == conflicts.HOLDER,
        is_checked_in=bool(ticket and ticket.checked_in_at),
        gets=(Conflict.Resolution.REBOOKED, Conflict.Resolution.REFUNDED if is_ours else Conflict.Resolution.ACCEPTED),
    )


def _reporter(conflict: Conflict) -> Claim:
    sales = Booking.objects.filter(
        channel=conflict.channel_id, external_reference=conflict.reference, showtime=conflict.seat.showtime_id
    )
    booking = sales.filter(status=Booking.Status.CONFIRMED).first()
    price = conflict.seat.price * channels.price_factor(conflict.channel)
    return Claim(
        side=conflicts.side(conflict, conflicts.REPORTER),
        channel=conflict.channel.name,
        at=conflict.reported_for or conflict.created_at,
        amount=money.amount(price),
        currency=conflict.seat.showtime.showtime.cinema.currency,
        seats=sorted({*(booking.seat_labels if booking else []), conflict.seat.label}),
        booking_id=booking.pk if booking else None,
        reference=conflict.reference,
        buyer=_buyer(booking),
        is_favoured=favoured(conflict) == conflicts.REPORTER,
        is_checked_in=False,
        gets=(Conflict.Resolution.ACCEPTED, Conflict.Resolution.REBOOKED),
    )


def _buyer(booking: Booking | None) -> str:
    return " · ".join(filter(None, [booking.name, booking.email, booking.phone])) if booking else ""
