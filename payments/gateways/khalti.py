"""Khalti ePayment (KPG-2): we open a session, the buyer pays at Khalti's page, we look it up. Paisa, NPR only.

Source of fields and addresses: docs.khalti.com/khalti-epayment and public clients, which agree; nothing was run against
Khalti itself. From memory: at least 1000 paisa, and 400 as the status of look-ups of ended sessions. They know no call
for the list of a day: it is downloaded from the merchant dashboard, and uploaded at our desk.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments import accounts, returning
from payments.gateways import BadSignature, Event, GatewayError, Report, Returned, Started, Word, register, wire
from payments.models import Payment, Refund
from showsewa import money
from venues.models import Cinema

CURRENCY = "NPR"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,120}")  # a pidx or transaction_id: it goes into addresses
# Refunded before we knew of the money: it has gone back already. Partially: nobody knows how much we have.
_WORDS = {
    "Completed": Word.PAID,
    "Partially Refunded": Word.PAID,
    "Refunded": Word.FAILED,
    "User canceled": Word.FAILED,
    "Expired": Word.EXPIRED,
    "Pending": Word.OPEN,
    "Initiated": Word.OPEN,
}
# The tries that follow seconds after one of unknown result only ask: the lost call may still be under way.
_ONLY_ASKING_UNTIL = 4


class Khalti:
    code = "khalti"
    label = "Khalti"
    hint = _("With your Khalti wallet, e-banking or mobile banking.")

    def serves(self, cinema: Cinema) -> bool:
        return cinema.currency == CURRENCY and accounts.is_set_up(self.code, cinema)

    def start(self, payment: Payment, *, return_path: str) -> Started:
        """POST /api/v2/epayment/initiate/ -> {pidx, payment_url, expires_at, expires_in}."""
        said = {
            "return_url": returning.return_url(payment, return_path),
            "website_url": settings.BASE_URL,
            "amount": paisa(payment.amount),
            "purchase_order_id": str(payment.pk),
            "purchase_order_name": f"ShowSewa {payment.booking.reference}",
        }
        answer = _post(payment, "/api/v2/epayment/initiate/", said)
        pidx, url = str(answer.said.get("pidx")), str(answer.said.get("payment_url"))
        if not answer.is_good:
            raise GatewayError(f"Khalti refused the session: {_words(answer)}", permanent=True)
        if not _NAME.fullmatch(pidx) or not re.match(r"https?://", url) or len(url) > 500:
            raise GatewayError("Khalti opened a session without a name or a page")
        return Started(pidx, url, "")

    def read_return(self, payment: Payment, params: Mapping[str, str]) -> Returned:
        """pidx, status, transaction_id, amount...: unsigned, so only who comes back is read, never what he paid."""
        return Returned(params.get("pidx", ""), is_left=params.get("status") == "User canceled")

    def look_up(self, payment: Payment) -> Report:
        said = _look_up(payment)
        status = str(said["status"])
        if status not in _WORDS:
            raise GatewayError(f"Khalti's status {status[:40]!r} is not known to us")
        word = _WORDS[status]
        if word != Word.PAID:
            return Report(payment.session, word)
        amount = money.amount(Decimal(_whole(said.get("total_amount"))) / 100) if status == "Completed" else None
        return Report(payment.session, word, amount, CURRENCY, _transaction(said))

    def find_refund(self, payment: Payment, amount: Decimal, *, key: str) -> str | None:
        """Khalti has neither keys nor a list of refunds: it says only that none, some or all of a payment went back."""
        said = _look_up(payment)
        if said["status"] == "Refunded":
            return _transaction(said)
        if said["status"] == "Partially Refunded" or said.get("refunded") is True:
            others = Refund.objects.filter(Q(attempts__gt=0) | Q(done_at__isnull=False), payment=payment)
            if others.exclude(pk=key).exists():
                raise GatewayError("Khalti has given back some, but does not say whether this too", permanent=True)
            return _transaction(said)
        mine = Refund.objects.filter(pk=key).values_list("attempts", flat=True).first() or 0
        if 1 < mine <= _ONLY_ASKING_UNTIL:
            raise GatewayError("not given back yet; the last call may be under way")
        return None

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        """POST /api/merchant-transaction/{transaction_id}/refund/; {} gives all back, {amount: paisa} a part."""
        transaction = payment.gateway_reference
        if not _NAME.fullmatch(transaction):
            raise GatewayError("Khalti's transaction is not known", permanent=True)
        body = {} if amount == payment.amount else {"amount": paisa(amount)}
        answer = _post(payment, f"/api/merchant-transaction/{transaction}/refund/", body)
        if answer.status in (401, 403, 408, 429):  # the key is wrong or we are too fast: both can be mended
            raise GatewayError(f"Khalti refused the refund for now: {_words(answer)}")
        if not answer.is_good:
            raise GatewayError(f"Khalti refused the refund: {_words(answer)}", permanent=True)
        return transaction

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        raise BadSignature("Khalti sends no messages.")

    def read(self, body: bytes) -> Event:
        raise BadSignature("Khalti sends no messages.")


register(Khalti())


def paisa(amount: Decimal) -> int:
    return int(amount * 100)


def _look_up(payment: Payment) -> Mapping[str, Any]:
    """POST /api/v2/epayment/lookup/ {pidx} -> {pidx, total_amount, status, transaction_id, fee, refunded}."""
    session = payment.session.partition("#")[0]
    answer = _post(payment, "/api/v2/epayment/lookup/", {"pidx": session})
    if answer.said.get("pidx") != session or "status" not in answer.said:
        raise GatewayError(f"Khalti answered {answer.status} about another session or none: {_words(answer)}")
    return answer.said


def _post(payment: Payment, path: str, body: Mapping[str, Any]) -> wire.Answer:
    account = accounts.of_payment(payment)
    if account is None or not account.secret_key:
        raise GatewayError("there are no keys for Khalti")
    headers = {"Authorization": f"Key {account.secret_key}"}
    return wire.ask("POST", settings.GATEWAY_URLS["khalti"] + path, headers=headers, body=body)


def _transaction(said: Mapping[str, Any]) -> str:
    return str(said.get("transaction_id") or "")[:120]


def _whole(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise GatewayError("Khalti's amount is no number of paisa")
    return given


def _words(answer: wire.Answer) -> str:
    """What it complains of: {"detail": ...} or {field: [...], "error_key": ...}."""
    return f"{answer.status} {', '.join(f'{name}: {why}' for name, why in answer.said.items())}"[:200]
