"""Going to a gateway's page and coming back. Who comes back is asked about; what the address says is not believed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from payments import gateways, returning, selectors
from payments.models import Payment
from payments.services import polling, settling
from payments.services.starting import GatewayDown

logger = logging.getLogger(__name__)

_W = gateways.Word


@dataclass(frozen=True, slots=True)
class HandOver:
    """form: to be POSTed to the gateway; None where the payment's url is simply opened. path: the way back."""

    payment: Payment
    gateway: gateways.Gateway
    path: str
    form: gateways.Form | None


def hand_over(sealed: str, *, now: datetime) -> HandOver | None:
    """How the browser gets to the gateway; None for a payment that is over: its page knows.

    Refuses: NotFound, GatewayDown.
    """
    way = returning.read(sealed)
    payment = selectors.payment_on_its_way(way.payment_id)
    if payment.status != Payment.Status.INITIATED or payment.expires_at <= now:
        return None
    gateway = gateways.get(payment.gateway)
    form = None
    if isinstance(gateway, gateways.TakesForms):
        try:
            form = gateway.hand_over(payment, return_url=returning.return_url(payment, way.path))
        except gateways.GatewayError as error:
            raise GatewayDown(_("This way to pay does not answer right now.")) from error
    return HandOver(payment, gateway, way.path, form)


def come_back(sealed: str, *, gateway: str, params: Mapping[str, str], now: datetime) -> str:
    """The buyer is back from the gateway's page: ask how it stands. Returns the page to go on to. Refuses: NotFound.

    A payment the buyer has left is set aside, so that another way can be taken at once; should money come of it after
    all, it counts: FAILED may still become SUCCESS.
    """
    way = returning.read(sealed)
    payment = selectors.payment_on_its_way(way.payment_id, gateway=gateway)
    if payment.status in (Payment.Status.SUCCESS, Payment.Status.REFUNDED):
        return way.path
    is_left = _is_left(payment, params)
    word = polling.ask_about(payment, now=now)
    if is_left and word in (_W.OPEN, _W.FAILED):
        set_aside(payment, now=now)
    return way.path


def leave(payment: Payment, *, now: datetime) -> None:
    """The buyer wants another way to pay. Only if the gateway knows of no money, and says so."""
    if polling.ask_about(payment, now=now) == _W.OPEN:
        set_aside(payment, now=now)


def set_aside(payment: Payment, *, now: datetime) -> None:
    settling.settle(gateways.Report(payment.session, _W.FAILED), gateway=payment.gateway, now=now)
    Payment.objects.filter(pk=payment.pk, status=Payment.Status.FAILED, trouble="").update(trouble=selectors.LEFT)


def _is_left(payment: Payment, params: Mapping[str, str]) -> bool:
    """Forged words are put aside, not the buyer: asking the gateway does no harm, whoever makes us ask."""
    gateway = gateways.get(payment.gateway)
    if not isinstance(gateway, gateways.Returns):
        return False
    try:
        said = gateway.read_return(payment, params)
    except (gateways.BadSignature, gateways.GatewayError) as error:
        logger.warning("gateway %s, payment %s, return: %s", payment.gateway, payment.pk, error)
        return False
    if said.session not in ("", payment.session):
        logger.warning("gateway %s, payment %s: the return names %r", payment.gateway, payment.pk, said.session[:80])
        return False
    return said.is_left
