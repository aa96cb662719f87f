"""What the test gateway's messages say, in each spelling that seeds 003 and 004 know. Pure: bytes in, words out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from payments.gateways import BadSignature, Word

EVENTS = {"payment.success": Word.PAID, "payment.failed": Word.FAILED, "payment.expired": Word.EXPIRED}
_STATUSES_003 = {"succeeded": Word.PAID, "failed": Word.FAILED, "expired": Word.EXPIRED, "canceled": Word.EXPIRED}
_MOST = Decimal(10**10)  # what a sum can be in our tables


@dataclass(frozen=True, slots=True)
class Said:
    """word: None for a type we have no use for. What a spelling leaves out is empty: the gateway's books have it."""

    event_id: str
    word: Word | None
    session: str = ""
    intent: str = ""
    amount: Decimal | None = None
    currency: str = ""
    reference: str = ""


def read(body: bytes) -> Said:
    """A body we signed ourselves may still be nonsense: whoever has the secret is not thereby careful.

    Refuses: BadSignature.
    """
    try:
        message = orjson.loads(body)  # strict: UTF-8 only, no lone surrogates, no NaN
        said = _said(message)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise BadSignature("This message cannot be read.") from error
    if not 0 < len(said.event_id) <= 120 or b"\0" in body or b"\\u0000" in body:
        raise BadSignature("This message cannot be read.")
    return said


def _said(message: Mapping[str, Any]) -> Said:
    if "paymentIntentId" in message:
        return _of_003(message)
    if "sessionId" in message:
        return _of_004(message)
    return _usual(message)


def _usual(message: Mapping[str, Any]) -> Said:
    word = EVENTS.get(message["type"])
    if word is None:
        return Said(_id(message["id"]), None)
    data = message["data"]
    amount = _amount(data["amount"], word)
    session, reference = str(data["sessionId"])[:120], str(data["reference"])[:120]
    return Said(_id(message["id"]), word, session, "", amount, str(data["currency"])[:3], reference)


def _of_003(message: Mapping[str, Any]) -> Said:
    """{paymentIntentId, status}: an intent comes to each end once, so the two together name the event."""
    intent, status = str(message["paymentIntentId"])[:80], str(message["status"])[:30]
    word = _STATUSES_003.get(status)
    return Said(_id(message.get("id") or f"{intent}:{status}"), word, intent=intent, **_money(message, word))


def _of_004(message: Mapping[str, Any]) -> Said:
    """{eventType, sessionId, bookingId, amount, timestamp, gatewayRef}, all on one level."""
    kind, session = str(message.get("eventType") or message["type"])[:30], str(message["sessionId"])[:80]
    reference = str(message.get("gatewayRef") or "")[:120]
    word = EVENTS.get(kind)
    event_id = message.get("id") or f"{session}:{kind}:{reference}"[:120]
    return Said(_id(event_id), word, session, reference=reference, **_money(message, word))


def _money(message: Mapping[str, Any], word: Word | None) -> dict[str, Any]:
    """As far as the message names it."""
    if word is None or message.get("amount") is None:
        return {}
    return {"amount": _amount(message["amount"], word), "currency": str(message.get("currency") or "")[:3]}


def _amount(given: Any, word: Word) -> Decimal:
    amount = Decimal(str(given))
    if not 0 <= amount < _MOST or (word == Word.PAID and amount == 0):
        raise ValueError("amount")
    return amount


def _id(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError("id")
    return given
