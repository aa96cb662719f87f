"""Reading payments and refunds of a booking."""

import uuid

from django.utils.translation import gettext as _

from bookings.models import Booking
from payments.models import Payment
from showsewa.refusals import NotFound


def payment_by_intent(booking_id: uuid.UUID, intent: str) -> Payment:
    """The payment of this booking with this intent, for whoever knows both. Refuses: NotFound."""
    found = Payment.objects.filter(booking_id=booking_id, intent=intent).exclude(intent="")
    payment = found.select_related("booking").first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment


def payments_of(booking: Booking) -> list[Payment]:
    """All attempts to pay it, the newest first, with their refunds."""
    return list(Payment.objects.filter(booking=booking).prefetch_related("refunds").order_by("-pk"))


def deciding_payment(booking: Booking) -> Payment | None:
    """The payment that says how things stand: one that succeeded, else the newest."""
    payments = payments_of(booking)
    paid = [payment for payment in payments if payment.status == Payment.Status.SUCCESS]
    return next(iter([*paid, *payments]), None)
