"""Cash and the card terminal: money that changes hands at the counter. We only write down what the clerk says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.gateways import BadSignature, Event, GatewayError, Report, Started, Word, register
from payments.models import Payment
from showsewa.refusals import Invalid


class ByHand:
    hint = ""

    def __init__(self, code: str, label: Any) -> None:
        self.code, self.label = code, label

    def start(self, payment: Payment, *, return_path: str) -> Started:
        raise GatewayError("is paid at the counter", permanent=True)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        raise BadSignature("The counter sends no messages.")

    def read(self, body: bytes) -> Event:
        raise BadSignature("The counter sends no messages.")

    def look_up(self, payment: Payment) -> Report:
        return Report(payment.session, Word.PAID, payment.amount, payment.currency, payment.gateway_reference)

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        """The clerk hands it out; the row is the receipt."""
        return f"by hand {key}"


CASH, TERMINAL = "cash", "terminal"
BY_HAND = (CASH, TERMINAL)
TENDERS = {"CASH": CASH, "CARD": TERMINAL}  # as the clerk's page calls them


def of_tender(tender: str) -> str:
    """The gateway of what a clerk was given. Refuses: Invalid."""
    if tender not in TENDERS:
        raise Invalid(gettext("Pay by CASH or CARD."))
    return TENDERS[tender]


register(ByHand(CASH, _("Cash")))
register(ByHand(TERMINAL, _("Card terminal")))
