"""Paying by the token of a card form, and asking whether a booking has been paid."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services import checkout, steps
from payments import selectors
from payments.gateways import fake
from payments.models import Payment
from payments.services import polling, refunding, settling
from seatsync import inventory
from showsewa.actors import Actor
from showsewa.refusals import Refusal
from showsewa.transactions import use_case

_SURELY = timedelta(seconds=10)  # the sweep comes every five


class PaymentDeclined(Refusal):
    """The booking still waits: the buyer may try again until it expires."""

    code = "PAYMENT_DECLINED"
    status = 402


class UnderReview(Refusal):
    """Another sum came in than was asked for. facts: caseUntil, by when it goes back if nobody decides otherwise."""

    code = "PAYMENT_UNDER_REVIEW"


class NotPaid(Refusal):
    code = "NOT_PAID"
    status = 402


def charge(*, booking_id: uuid.UUID, intent: str, token: str, now: datetime) -> Payment:
    """Pay a booking's session by a token; a payment still INITIATED has to be finished at its url, or is under way.

    Knowing the intent is the right to pay. Refuses: NotFound, HoldExpired, InvalidState, PaymentDeclined,
    SeatsUnavailable when the money came too late for the seats (it is on its way back).
    """
    payment = selectors.payment_by_intent(booking_id, intent)
    if payment.status not in (Payment.Status.SUCCESS, Payment.Status.REFUNDED):
        checkout.check_payable(payment.booking, now=now)
        if payment.gateway != fake.Fake.code or not selectors.is_tried_out(payment):
            return payment  # real cards are typed at the gateway's own page, never here
        report = fake.charge(payment.session, token, too_late_at=_too_late(payment))
        payment = settling.settle(report, gateway=payment.gateway, now=now)
    _check_outcome(payment, payment.booking)
    return payment


def confirm_paid(*, booking_id: uuid.UUID, actor: Actor, now: datetime) -> Booking:
    """The booking, confirmed if a verified payment of ours covers it; the gateway is asked once more.

    Refuses: NotFound, NotPaid, InvalidState. Locks: booking, seats by id.
    """
    polling.ask(booking_id=booking_id, now=now)
    return _confirm_paid(booking_id=booking_id, actor=actor, now=now)


@use_case
def _confirm_paid(*, booking_id: uuid.UUID, actor: Actor, now: datetime) -> Booking:
    booking = steps.lock_booking(booking_id)
    if booking.status == Booking.Status.CONFIRMED:
        return booking
    steps.require(booking, Booking.Status.HELD, Booking.Status.PENDING)
    if booking.status == Booking.Status.HELD or refunding.due(booking) > 0:
        raise NotPaid(_("No verified payment covers this booking."))
    checkout.confirm(booking, actor=actor, now=now)
    return booking


def _too_late(payment: Payment) -> datetime:
    """When its booking is given up for certain."""
    return payment.expires_at + timedelta(minutes=settings.PAYMENT_GRACE_MINUTES) + _SURELY


def _check_outcome(payment: Payment, booking: Booking) -> None:
    if payment.status == Payment.Status.FAILED:
        raise PaymentDeclined(_("The payment was declined. Please try again or pay in another way."))
    is_paid = payment.status in (Payment.Status.SUCCESS, Payment.Status.REFUNDED)
    if is_paid and booking.status == Booking.Status.CONFIRMED:
        return
    review = selectors.under_review(payment) if is_paid else None
    if review is not None:
        told = _("Another sum came in than was asked for. Somebody decides, or it goes back to you by itself.")
        raise UnderReview(told, caseUntil=review.given_back_by)
    if is_paid and booking.ending in ("", Booking.Ending.SEAT_LOST):
        raise inventory.SeatsUnavailable(_("The seats were gone when the money came. It is on its way back to you."))
    if payment.status != Payment.Status.INITIATED:
        steps.require(booking, Booking.Status.CONFIRMED)
