"""Reading payments and refunds of a booking."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.models import Booking
from payments.gateways import TEST
from payments.models import Case, Payment, Refund
from showsewa.refusals import NotFound
from venues.models import Cinema

# The trouble of a payment that its buyer has left.
LEFT = "left without paying"

_PAYMENT = [field.name for field in Payment._meta.concrete_fields]


def payment_by_intent(booking_id: uuid.UUID, intent: str) -> Payment:
    """The payment of this booking with this intent, for whoever knows both. Refuses: NotFound."""
    found = Payment.objects.filter(booking_id=booking_id, intent=intent).exclude(intent="")
    columns = (f"booking__{name}" for name in ("status", "expires_at", "ending"))
    payment = found.select_related("booking").only(*_PAYMENT, *columns).first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment


def payment_on_its_way(payment_id: uuid.UUID, *, gateway: str = "") -> Payment:
    """A payment whose buyer goes to its gateway or comes back from there. Refuses: NotFound."""
    found = Payment.objects.filter(pk=payment_id, **({"gateway": gateway} if gateway else {}))
    payment = found.select_related("booking__showtime__movie", "booking__showtime__cinema").first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment


def open_payment(booking: Booking) -> Payment | None:
    """The one session that is open for it."""
    return Payment.objects.filter(booking=booking, status=Payment.Status.INITIATED).first()


def payment_in_session(gateway: str, session: str) -> Payment | None:
    return Payment.objects.filter(gateway=gateway, session=session).first()


def is_tried_out(payment: Payment) -> bool:
    """Whether the test gateway may take it: where it is switched on, on a live site for sandbox cinemas alone."""
    if not settings.IS_LIVE:
        return TEST in settings.GATEWAYS
    return Cinema.objects.filter(showtimes__bookings=payment.booking_id, is_sandbox=True).exists()


def payments_of(booking: Booking) -> list[Payment]:
    """All attempts to pay it, the newest first, with their refunds."""
    return list(Payment.objects.filter(booking=booking).prefetch_related("refunds", "cases").order_by("-pk"))


def under_review(payment: Payment) -> Case | None:
    """The case that keeps this money from paying for anything, while it is open."""
    found = (case for case in payment.cases.all() if case.kind == Case.Kind.WRONG_AMOUNT)
    return next((case for case in found if case.status == Case.Status.OPEN), None)


def deciding_payment(booking: Booking) -> Payment | None:
    """The payment that says how things stand: one that succeeded, else the newest."""
    payments = payments_of(booking)
    paid = [payment for payment in payments if payment.status == Payment.Status.SUCCESS]
    return next(iter([*paid, *payments]), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the money of a booking stands, for the person it belongs to. payments: newest first."""

    payments: list[Payment]

    @property
    def refunds(self) -> list[Refund]:
        return [refund for payment in self.payments for refund in payment.refunds.all()]

    @property
    def cases(self) -> list[Case]:
        """Sums that came in wrong and wait for a decision."""
        return [case for payment in self.payments if (case := under_review(payment))]

    @property
    def is_awaited(self) -> bool:
        """A session is open: money may come, or be under way."""
        return any(payment.status == Payment.Status.INITIATED for payment in self.payments)

    @property
    def is_declined(self) -> bool:
        return bool(self.payments) and self.payments[0].status == Payment.Status.FAILED

    @property
    def is_left(self) -> bool:
        """The buyer came back from the gateway without paying: nobody has declined anything."""
        return self.is_declined and self.payments[0].trouble == LEFT

    @property
    def is_moving(self) -> bool:
        """Something may still change by itself, so the page looks again."""
        return self.is_awaited or any(refund.is_open for refund in self.refunds)


def standing(booking: Booking) -> Standing:
    return Standing(payments_of(booking))


def deadline_of_session(gateway: str, session: str) -> datetime | None:
    """When the booking paid for in this session is given up."""
    return Payment.objects.filter(gateway=gateway, session=session).values_list("expires_at", flat=True).first()
