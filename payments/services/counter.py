"""Selling at the counter: seats, money and ticket in one transaction. The clerk asks first and gets a plain no."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services import sales
from payments.gateways import counter
from payments.models import Payment
from showsewa.actors import Actor
from showsewa.refusals import Invalid
from showsewa.transactions import use_case

PERMISSION = "bookings.sell_at_counter"
TENDERS = {"CASH": counter.CASH, "CARD": counter.TERMINAL}


@use_case
def sell(
    *, showtime_id: uuid.UUID, seats: Sequence[str], tender: str, actor: Actor, now: datetime, phone: str = ""
) -> Booking:
    """Sell seats to somebody standing here. tender: CASH or CARD (the terminal has said yes).

    Refuses: NotFound (also a cinema not the clerk's), SeatsUnavailable, ShowOver. Locks: seats by id.
    """
    if tender not in TENDERS:
        raise Invalid(_("Pay by CASH or CARD."))
    booking = sales.book_at_counter(showtime_id=showtime_id, seats=seats, actor=actor, now=now, phone=phone)
    if booking.total > 0:
        Payment.objects.create(
            booking=booking,
            gateway=TENDERS[tender],
            session=f"counter_{booking.pk}",
            amount=booking.total,
            currency=booking.currency,
            status=Payment.Status.SUCCESS,
            gateway_reference=actor.key,
            expires_at=now,
            settled_at=now,
        )
    return booking
