"""Buying what is held, in one call as API and pages make it: open the booking, then its payment session."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from bookings.models import Booking
from bookings.services import at_counter, checkout
from payments.gateways import fake
from payments.models import Payment
from payments.services import charging, starting
from showsewa.actors import Actor


@dataclass(frozen=True, slots=True)
class Bought:
    """payment: None when the booking costs nothing, is paid, or will be at the counter.

    is_new: this call turned the hold into a booking.
    """

    booking: Booking
    payment: Payment | None
    is_new: bool


def buy(
    *,
    booking_id: uuid.UUID,
    buyer: checkout.Buyer,
    payment_method: str,
    promo_code: str | None = None,
    told: checkout.Told | None = None,
    return_path: str,
    actor: Actor,
    now: datetime,
) -> Bought:
    """Turn a hold into a booking with an open payment session; again, and it is the same booking and session.

    One that costs nothing is confirmed; one to be paid at the counter has no session until its buyer asks for one. The
    gateway is called between two transactions: should it not answer, the booking stands and the call may be repeated.
    Refuses as `open_payment` and `starting.start` do.
    """
    booking, is_new = checkout.open_payment(
        booking_id=booking_id,
        buyer=buyer,
        payment_method=payment_method,
        promo_code=promo_code,
        told=told,
        actor=actor,
        now=now,
    )
    if booking.status == Booking.Status.CONFIRMED or at_counter.is_chosen(booking):
        return Bought(booking, None, is_new)
    gateway = payment_method.lower() if payment_method.lower() in settings.GATEWAYS else ""
    payment, _started = starting.start(
        booking_id=booking.pk, return_path=return_path, actor=actor, now=now, gateway=gateway
    )
    if payment is None:
        booking.refresh_from_db(fields=["status", "expires_at", "confirmed_at"])
    return Bought(booking, payment, is_new)


def pay_at_once(
    *, booking_id: uuid.UUID, buyer: checkout.Buyer, token: str, return_path: str, actor: Actor, now: datetime
) -> Bought:
    """Buy a hold and pay it by a test token in one call. Where the test gateway is off the payment stays INITIATED,
    to be finished at its url. Refuses as `buy` and `charging.charge` do.
    """
    method = fake.Fake.code if fake.Fake.code in settings.GATEWAYS else ""
    bought = buy(
        booking_id=booking_id, buyer=buyer, payment_method=method, return_path=return_path, actor=actor, now=now
    )
    if bought.payment is None:
        return bought
    payment = charging.charge(booking_id=booking_id, intent=bought.payment.intent, token=token, now=now)
    return Bought(payment.booking, payment, bought.is_new)
