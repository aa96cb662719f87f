"""Paying by card at a page of ours: how the payment stands at its gateway, and what the card element there needs."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from payments import gateways
from payments.gateways import stripe
from payments.models import UNOPENED, Payment
from payments.services import settling
from payments.services.starting import GatewayDown

# A declined card may be followed by a good one on the same page.
_ASKED = (Payment.Status.INITIATED, Payment.Status.FAILED)


def form(*, booking_id: uuid.UUID, now: datetime) -> stripe.Form | None:
    """The form for the card of a booking's payment, or None where none is awaited (any more).

    The gateway is asked first, outside any transaction: a card may just have been charged. Refuses: GatewayDown.
    """
    asked = Payment.objects.filter(booking_id=booking_id, gateway=stripe.Stripe.code, status__in=_ASKED)
    payment = asked.exclude(session__startswith=UNOPENED).order_by("-pk").first()
    if payment is None:
        return None
    gateway = gateways.get(payment.gateway)
    assert isinstance(gateway, stripe.Stripe)
    try:
        report, shown = gateway.form(payment)
    except gateways.GatewayError as error:
        raise GatewayDown(_("This way to pay does not answer right now.")) from error
    if report.word != gateways.Word.OPEN:
        payment = settling.settle(report, gateway=payment.gateway, now=now)
    return shown if payment.status == Payment.Status.INITIATED and shown.is_open else None
