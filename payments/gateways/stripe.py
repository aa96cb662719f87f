"""Stripe: cards, by its official library. A PaymentIntent per payment; the card is typed into Stripe's own element.

API version 2026-10-28 as the library pins it. Sources (docs.stripe.com): /api/payment_intents, /api/refunds,
/api/idempotent_requests (a key is kept for 24 h at least), /api/errors, /webhooks#verify-manually (`t=,v1=` over
"t.body", 300 s), /security/guide#content-security-policy, and of amounts /currencies:

    two decimals      all others, NPR among them: NPR 450.00 is 45000
    none              BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF
    written with two  ISK UGX: they have none, but 5 UGX is 500 all the same
    three             BHD JOD KWD OMR TND, the last digit always 0: KWD 5.12 is 5120

Its list of a day: /api/charges/list and /api/refunds/list, newest first, page by page, with the fee of each from its
/api/balance_transactions where that is in the same currency. Other software may use the same account: what carries
none of our marks in its metadata is not ours, neither in the list nor in the messages.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import orjson
import stripe
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import accounts
from payments.gateways import BadSignature, Entry, Event, GatewayError, Report, Started, Word, register
from payments.models import Payment
from venues.models import Cinema

SIGNATURE_HEADER = "Stripe-Signature"
_WAITS = (3, 8)  # seconds: to connect, to be answered
_PAGE = 100  # rows of a list asked for at once; as many as Stripe gives
_TOLERANCE = 300  # seconds, either way
_NO_DECIMALS = ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
_THREE_DECIMALS = ("BHD", "JOD", "KWD", "OMR", "TND")
_MOST = Decimal(10**10)  # what a sum can be in our tables
# Our refund's id in the refund's metadata: how one whose answer was lost is found again.
REFUND_MARK = "showsewa_refund"
# Our payment's id in the intent's metadata: what has none was made by somebody else in the same account.
PAYMENT_MARK = "payment"
_EVENTS = {
    "payment_intent.succeeded": Word.PAID,
    "payment_intent.payment_failed": Word.FAILED,
    "payment_intent.canceled": Word.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Form:
    """What Stripe's element needs to take a card for one payment. client_secret: for nobody but its buyer."""

    publishable_key: str
    client_secret: str = field(repr=False)
    is_open: bool  # a card may be given; otherwise one is being charged, or was


class Stripe:
    code = "stripe"
    label = _("Card")
    hint = _("Visa, Mastercard and others, by Stripe.")

    def serves(self, cinema: Cinema) -> bool:
        return accounts.is_set_up(self.code, cinema)

    def start(self, payment: Payment, *, return_path: str) -> Started:
        """The page with the card element is ours, so the way back is its neighbour: both need the same key."""
        params: dict[str, Any] = {
            "amount": to_minor(payment.amount, payment.currency),
            "currency": payment.currency.lower(),
            "payment_method_types": ["card"],
            "metadata": {PAYMENT_MARK: str(payment.pk), "booking": str(payment.booking_id)},
        }
        with _answers():
            intents = self._client(payment).v1.payment_intents
            intent = intents.create(params, {"idempotency_key": str(payment.pk)})  # type: ignore[arg-type]
        _path, mark, query = return_path.partition("?")
        return Started(intent.id, f"/bookings/{payment.booking_id}/card/{mark}{query}", intent.id)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        header = headers.get(SIGNATURE_HEADER, "")
        if not any(_is_signed(body, header, secret) for secret in _secrets_for(body)):
            raise BadSignature("The signature of this message is missing, wrong or too old.")

    def read(self, body: bytes) -> Event:
        try:
            event = _read(orjson.loads(body))  # strict: UTF-8 only, no lone surrogates, no NaN
        except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
            raise BadSignature("This message cannot be read.") from error
        if not 0 < len(event.event_id) <= 120 or b"\0" in body or b"\\u0000" in body:
            raise BadSignature("This message cannot be read.")
        return event

    def look_up(self, payment: Payment) -> Report:
        return _report(self._retrieve(payment))

    def form(self, payment: Payment) -> tuple[Report, Form]:
        """How a payment stands, and what the page needs for the card element. Raises: GatewayError."""
        intent, account = self._retrieve(payment), _account(payment)
        is_open = intent["status"] in ("requires_payment_method", "requires_confirmation", "requires_action")
        return _report(intent), Form(account.merchant, str(intent["client_secret"]), is_open)

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        """Looks first whether it was given already: the answer to an earlier try may have been lost, and Stripe
        forgets an idempotency key after a day.
        """
        given = self.find_refund(payment, amount, key=key)
        if given is not None:
            return given
        params: dict[str, Any] = {
            "payment_intent": _intent_of(payment),
            "amount": to_minor(amount, payment.currency),
            "metadata": {REFUND_MARK: key},
        }
        with _answers():
            refunds = self._client(payment).v1.refunds
            return _reference(refunds.create(params, {"idempotency_key": key}))  # type: ignore[arg-type]

    def find_refund(self, payment: Payment, amount: Decimal, *, key: str) -> str | None:
        """The reference of the refund made under this key, None if there is none. Raises: GatewayError."""
        with _answers():
            listed = self._client(payment).v1.refunds.list({"payment_intent": _intent_of(payment), "limit": 100})
            for refund in listed.auto_paging_iter():
                if refund.to_dict()["metadata"].get(REFUND_MARK) == key:
                    return _reference(refund)
        return None

    def listing(self, *, since: datetime, until: datetime) -> Sequence[Entry]:
        """All of [since, until), of every account we have a key of. Raises: GatewayError."""
        keys = {account.secret_key for account in accounts.every(self.code)} - {""}
        if not keys:
            raise GatewayError("no key for Stripe is configured")
        with _answers():
            return [entry for key in sorted(keys) for entry in _listed(key, since, until)]

    def _retrieve(self, payment: Payment) -> dict[str, Any]:
        with _answers():
            return self._client(payment).v1.payment_intents.retrieve(_intent_of(payment)).to_dict()

    def _client(self, payment: Payment) -> stripe.StripeClient:
        return client(_account(payment).secret_key, settings.GATEWAY_URLS["stripe"])


register(Stripe())


@lru_cache(maxsize=100)
def client(secret: str, api_base: str) -> stripe.StripeClient:
    """One per account: it keeps its connections. Trying again is left to our promises and polls."""
    return stripe.StripeClient(
        secret,
        base_addresses={"api": api_base},
        http_client=stripe.RequestsClient(timeout=_WAITS),
        max_network_retries=0,
    )


def _listed(key: str, since: datetime, until: datetime) -> Iterator[Entry]:
    api, start, end = client(key, settings.GATEWAY_URLS["stripe"]).v1, since.timestamp(), until.timestamp()
    page: dict[str, Any] = {"expand": ["data.payment_intent", "data.balance_transaction"], "limit": _PAGE}
    after: dict[str, Any] = page | {"created": {"gt": int(start) - 1}}
    for charge in map(stripe.Charge.to_dict, api.charges.list(after).auto_paging_iter()):  # type: ignore[arg-type]
        if charge["status"] == "succeeded" and start <= charge["created"] < end:
            yield from _entry(charge)
    for refund in map(stripe.Refund.to_dict, api.refunds.list(page).auto_paging_iter()):  # type: ignore[arg-type]
        if refund["created"] < start:
            break  # the newest come first
        if refund["status"] not in ("failed", "canceled") and refund["created"] < end:
            yield from _entry(refund, is_refund=True)


def _entry(row: Mapping[str, Any], *, is_refund: bool = False) -> Iterator[Entry]:
    """Under the names we know: of a payment its intent's, of a refund its own. None for what is not ours."""
    intent, currency = row.get("payment_intent") or {}, str(row["currency"]).upper()
    if not _is_ours(intent):
        return
    cost = row.get("balance_transaction") or {}
    fee = from_minor(cost["fee"], currency) if str(cost.get("currency", "")).upper() == currency else Decimal(0)
    name = row["id"] if is_refund else intent["id"]
    yield Entry(name, from_minor(row["amount"], currency), currency, fee, is_refund, session=intent["id"])


def _is_ours(intent: Mapping[str, Any]) -> bool:
    return PAYMENT_MARK in (intent.get("metadata") or {})


def to_minor(amount: Decimal, currency: str) -> int:
    """As Stripe writes a sum; see the table above. Raises: GatewayError for what it cannot write."""
    minor = amount * _units(currency)
    if minor != int(minor):
        raise GatewayError(f"{amount} {currency} has too many decimals", permanent=True)
    return int(minor)


def from_minor(amount: int, currency: str) -> Decimal:
    return Decimal(amount) / _units(currency)


def _units(currency: str) -> int:
    if currency in _NO_DECIMALS:
        return 1
    return 1000 if currency in _THREE_DECIMALS else 100


@contextmanager
def _answers() -> Iterator[None]:
    """Stripe's errors as ours. Only a request it will never accept is permanent: keys are repaired, limits pass."""
    try:
        yield
    except stripe.StripeError as error:
        is_refused = isinstance(error, stripe.InvalidRequestError | stripe.CardError)
        told = " ".join(filter(None, [type(error).__name__, error.code, error.user_message or str(error)]))
        raise GatewayError(told, permanent=is_refused and error.http_status not in (409, 429)) from error


def _account(payment: Payment) -> accounts.Account:
    account = accounts.of_payment(payment)
    if account is None or not account.secret_key:
        raise GatewayError("no key for Stripe is configured")
    return account


def _secrets_for(body: bytes) -> Iterator[str]:
    """Those of the account whose money a message speaks of: each knows its own secret, and must not sign for another.

    What the message says decides no more than which key it has to fit.
    """
    payment = Payment.objects.filter(gateway=Stripe.code, session=_intent_named(body)).first()
    for account in [accounts.of_payment(payment)] if payment else accounts.every(Stripe.code):
        yield from account.webhook_secrets if account else ()


def _intent_named(body: bytes) -> str:
    try:
        return str(orjson.loads(body)["data"]["object"]["id"])[:120].replace("\0", "")
    except (ValueError, KeyError, TypeError):
        return ""


def _is_signed(body: bytes, header: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, header, secret, _TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # TypeError: a signature that is not ASCII
        return False
    # The library forgives any time ahead of ours; a message from the future could be replayed until then.
    at = next(part[2:] for part in header.split(",") if part.startswith("t="))
    return int(at) <= timezone.now().timestamp() + _TOLERANCE


def _read(message: Mapping[str, Any]) -> Event:
    event_id, kind = message["id"], message["type"]
    if not isinstance(event_id, str) or not isinstance(kind, str):
        raise TypeError("id")
    word = _EVENTS.get(kind)
    if word is None:
        return Event(event_id, None)
    intent = message["data"]["object"]
    report = _reported(intent, word)
    return Event(event_id, report if _is_ours(intent) or _is_known(report.session) else None)


def _is_known(session: str) -> bool:
    return Payment.objects.filter(gateway=Stripe.code, session=session.replace("\0", "")).exists()


def _report(intent: Mapping[str, Any]) -> Report:
    status = intent["status"]
    if status == "succeeded":
        return _reported(intent, Word.PAID)
    if status == "canceled":
        return _reported(intent, Word.EXPIRED)
    # A declined card leaves the intent open for another one; so does ours, which may still become a success.
    is_declined = status == "requires_payment_method" and intent.get("last_payment_error")
    return _reported(intent, Word.FAILED if is_declined else Word.OPEN)


def _reported(intent: Mapping[str, Any], word: Word) -> Report:
    """The intent is its own reference: Stripe takes money for it once, whatever its charges are called."""
    session, currency = str(intent["id"])[:120], str(intent["currency"]).upper()[:3]
    if word != Word.PAID:
        return Report(session, word)
    received = int(intent.get("amount_received", intent["amount"]))
    amount = from_minor(received, currency)
    if not 0 < amount < _MOST:
        raise ValueError("amount")
    return Report(session, word, amount, currency, session)


def _reference(refund: stripe.Refund) -> str:
    if refund.status in ("failed", "canceled"):
        raise GatewayError(f"refund {refund.id} {refund.status}: the card's bank did not take it", permanent=True)
    return refund.id


def _intent_of(payment: Payment) -> str:
    return payment.session.partition("#")[0]
