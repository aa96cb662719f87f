"""eSewa ePay v2: the buyer's browser POSTs a signed form to eSewa; we ask its status. Rupees, NPR only.

Source of every field and formula: developer.esewa.com.np/pages/Epay. The two signatures of its examples are tests of
ours. From memory, seen only in part there: the statuses AMBIGUOUS, CANCELED, FULL_REFUND and PARTIAL_REFUND.
There is no call for refunds: they are made by hand in eSewa's merchant portal. Nor is there one for the list of a day:
it is downloaded there, and uploaded at our desk.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import accounts, returning
from payments.gateways import BadSignature, Event, Form, GatewayError, Report, Returned, Started, Word, register, wire
from payments.models import Payment
from showsewa import money
from venues.models import Cinema

CURRENCY = "NPR"
_SIGNED = ("total_amount", "transaction_uuid", "product_code")
_ANSWER_SIGNED = {"transaction_code", "status", "total_amount", "transaction_uuid", "product_code"}
# FULL_REFUND before we knew of the money: it has gone back already. PARTIAL_REFUND: nobody knows how much we have.
_WORDS = {
    "COMPLETE": Word.PAID,
    "PARTIAL_REFUND": Word.PAID,
    "FULL_REFUND": Word.FAILED,
    "CANCELED": Word.FAILED,
    "PENDING": Word.OPEN,
    "AMBIGUOUS": Word.OPEN,
    "NOT_FOUND": Word.OPEN,
}
_FORGOTTEN_AFTER = timedelta(hours=1)


def sign(fields: Mapping[str, str], names: tuple[str, ...] | list[str], key: str) -> str:
    """base64(HMAC-SHA256("name=value,..." in the order of signed_field_names)), each value as it is sent."""
    text = ",".join(f"{name}={fields[name]}" for name in names)
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()


def rupees(amount: Decimal) -> str:
    """As in the examples: "110", not "110.00"; signed, sent and asked about in this very spelling."""
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.2f}"


class Esewa:
    code = "esewa"
    label = "eSewa"
    hint = _("With your eSewa wallet or mobile banking.")

    def serves(self, cinema: Cinema) -> bool:
        return cinema.currency == CURRENCY and accounts.is_set_up(self.code, cinema)

    def start(self, payment: Payment, *, return_path: str) -> Started:
        """eSewa hears of it only by the form; the session (transaction_uuid: letters, digits, hyphen) is our own."""
        _account(payment)
        return Started(str(payment.pk), returning.hand_over_path(payment, return_path), "")

    def hand_over(self, payment: Payment, *, return_url: str) -> Form:
        """total_amount is the sum of the four amounts. Both URLs are one: only success brings `data` along."""
        account, total = _account(payment), rupees(payment.amount)
        fields = {
            "amount": total,
            "tax_amount": "0",
            "product_service_charge": "0",
            "product_delivery_charge": "0",
            "total_amount": total,
            "transaction_uuid": payment.session,
            "product_code": account.merchant,
            "success_url": return_url,
            "failure_url": return_url,
            "signed_field_names": ",".join(_SIGNED),
        }
        signature = sign(fields, _SIGNED, account.secret_key)
        return Form(settings.GATEWAY_URLS["esewa"] + "/api/epay/main/v2/form", fields | {"signature": signature})

    def read_return(self, payment: Payment, params: Mapping[str, str]) -> Returned:
        """`data`: base64 of JSON, signed over the fields it names, itself among them, its numbers as they are spelt."""
        if not params.get("data"):
            return Returned("", is_left=True)
        account = _account(payment)
        try:
            data = params["data"].replace(" ", "+")  # a plus that was not escaped
            said = json.loads(base64.b64decode(data, validate=True), parse_float=str, parse_int=str)
            names = said["signed_field_names"].split(",")
            right = sign(said, names, account.secret_key)
            is_ours = hmac.compare_digest(right.encode(), str(said["signature"]).encode())
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadSignature("This answer of eSewa cannot be read.") from error
        if not is_ours or not set(names) >= _ANSWER_SIGNED or said["product_code"] != account.merchant:
            raise BadSignature("This answer is not signed by eSewa.")
        return Returned(said["transaction_uuid"])

    def look_up(self, payment: Payment) -> Report:
        """GET .../transaction/status/ with what was signed -> {product_code, transaction_uuid, total_amount, status,
        ref_id}; ref_id is null until it is COMPLETE.
        """
        account = _account(payment)
        named = {"product_code": account.merchant, "transaction_uuid": payment.session}
        url = settings.GATEWAY_URLS["esewa_status"] + "/api/epay/transaction/status/"
        answer = wire.ask("GET", url, params=named | {"total_amount": rupees(payment.amount)})
        said = answer.said
        if not answer.is_good or any(said.get(name) != value for name, value in named.items()):
            raise GatewayError(f"eSewa answered {answer.status} about another payment or none")
        status, word = said.get("status"), _WORDS.get(str(said.get("status")))
        if word is None:
            raise GatewayError(f"eSewa's status {str(status)[:40]!r} is not known to us")
        if status == "NOT_FOUND" and timezone.now() > payment.expires_at + _FORGOTTEN_AFTER:
            word = Word.EXPIRED  # until then the form may still lie open in a browser
        if word != Word.PAID:
            return Report(payment.session, word)
        amount = _amount(said.get("total_amount")) if status == "COMPLETE" else None
        return Report(payment.session, word, amount, CURRENCY, str(said.get("ref_id") or "")[:120])

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        reference = payment.gateway_reference or payment.session
        raise GatewayError(
            f"eSewa takes refunds only by hand: give {rupees(amount)} {CURRENCY} of {reference} back in its portal",
            permanent=True,
        )

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        raise BadSignature("eSewa sends no messages.")

    def read(self, body: bytes) -> Event:
        raise BadSignature("eSewa sends no messages.")


register(Esewa())


def _account(payment: Payment) -> accounts.Account:
    account = accounts.of_payment(payment)
    if account is None or not account.secret_key:
        raise GatewayError("there are no keys for eSewa")
    return account


def _amount(given: Any) -> Decimal:
    """A number, or text that may group its thousands."""
    try:
        return money.amount(Decimal(str(given).replace(",", "")))
    except (InvalidOperation, ValueError) as error:
        raise GatewayError("eSewa's amount cannot be read") from error
