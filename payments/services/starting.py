"""Starting a payment: one open session per booking, reused; the gateway is called outside any transaction."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.services import checkout, steps
from payments import gateways
from payments.models import UNOPENED, Payment
from payments.services import refunding
from showsewa.actors import Actor
from showsewa.refusals import Busy, NotFound, Refusal
from showsewa.transactions import use_case

FIRST_LOOK = timedelta(seconds=settings.PAYMENT_FIRST_LOOK_SECONDS)
OPENS_WITHIN = timedelta(seconds=20)  # longer than any gateway's time-out: whoever was opening the session is gone


class GatewayDown(Refusal):
    """The booking stays as it is; the buyer may try again or choose another way to pay."""

    code = "GATEWAY_UNAVAILABLE"
    status = 503
    retry_after = 5


class BeingOpened(Busy):
    """Another request is just asking the gateway for the session of this booking."""


def start(
    *, booking_id: uuid.UUID, return_path: str, actor: Actor, now: datetime, gateway: str = ""
) -> tuple[Payment | None, gateways.Started | None]:
    """Open a payment session for a booking, or find the one that is open.

    Returns (None, None) for a booking that costs nothing: it is confirmed on the spot.
    Refuses: InvalidState, HoldExpired, NotFound (gateway), GatewayDown, BeingOpened.
    """
    if gateway and gateway not in settings.GATEWAYS:
        raise NotFound(_("This way to pay is not offered."))
    payment, is_new = _prepare(booking_id=booking_id, gateway=gateway, actor=actor, now=now)
    if payment is None:
        return None, None
    if not is_new:
        return payment, _resume(payment)
    try:
        started = gateways.get(payment.gateway).start(payment, return_path=return_path)
    except gateways.GatewayError as error:
        Payment.objects.filter(pk=payment.pk, status=Payment.Status.INITIATED).update(
            status=Payment.Status.FAILED, trouble=str(error)[:255], poll_at=None
        )
        raise GatewayDown(_("This way to pay does not answer right now.")) from error
    unopened = Payment.objects.filter(pk=payment.pk, session=payment.session)
    if not unopened.update(session=started.session, intent=started.intent, url=started.url):
        # We were so slow that another request opened a session; nobody will ever be shown ours.
        payment.refresh_from_db()
        return payment, _resume(payment)
    payment.session, payment.intent, payment.url = started.session, started.intent, started.url
    return payment, started


def _resume(payment: Payment) -> gateways.Started:
    return gateways.Started(payment.session, payment.url, payment.intent)


@use_case
def _prepare(*, booking_id: uuid.UUID, gateway: str, actor: Actor, now: datetime) -> tuple[Payment | None, bool]:
    booking = steps.lock_booking(booking_id)
    checkout.check_payable(booking, now=now)
    tried = list(Payment.objects.filter(booking=booking).order_by("pk"))
    due = refunding.due(booking) if any(one.status == Payment.Status.SUCCESS for one in tried) else booking.total
    if due == 0:
        checkout.confirm(booking, actor=actor, now=now)
        return None, False
    for payment in tried:
        if payment.status == Payment.Status.INITIATED:
            return payment, _is_abandoned(payment, now=now)
    assert booking.expires_at is not None
    payment = Payment(
        booking=booking,
        # What costs nothing needs no way to pay.
        gateway=gateways.choose(gateway, cinema=booking.showtime.cinema).code,
        amount=due,
        currency=booking.currency,
        expires_at=booking.expires_at,
        poll_at=now + FIRST_LOOK,
    )
    payment.session = f"{UNOPENED}{payment.pk}"  # until the gateway has given its own
    payment.save(force_insert=True)
    return payment, True


def _is_abandoned(payment: Payment, *, now: datetime) -> bool:
    """Whether its session still has to be opened, by us: its first opener died. Caller holds the booking lock."""
    if not payment.session.startswith(UNOPENED):
        return False
    if payment.poll_at is None or payment.poll_at > now + FIRST_LOOK - OPENS_WITHIN:
        raise BeingOpened(_("The payment is just being opened. Please try again."))
    payment.poll_at = now + FIRST_LOOK
    payment.save(update_fields=["poll_at"])
    return True
