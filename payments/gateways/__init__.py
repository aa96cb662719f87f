"""What a payment gateway is to us. Each lives in a file of its own; which are on is a setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from payments.models import Payment
from showsewa.refusals import NotFound, Refusal


class GatewayError(Exception):
    """permanent: the gateway said no for good; otherwise it may be asked again under the same key."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class BadSignature(Refusal):
    """Forged, stale or damaged: nothing of the message is believed, and nothing changes."""

    code = "BAD_SIGNATURE"
    status = 400


class Word(StrEnum):
    """What a gateway says of a session."""

    OPEN = "OPEN"
    PAID = "PAID"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Report:
    """reference: the gateway's own name for this money; a second one for a session is a second payment."""

    session: str
    word: Word
    amount: Decimal | None = None
    currency: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What a message says. report is None for a type we have no use for."""

    event_id: str
    report: Report | None


@dataclass(frozen=True, slots=True)
class Started:
    """url: where the buyer pays; intent: the id for API callers who pay by token."""

    session: str
    url: str
    intent: str


class Gateway(Protocol):
    """label: what a buyer reads who chooses how to pay; hint: one line more, or empty."""

    code: str
    label: Any
    hint: Any

    def start(self, payment: Payment, *, return_path: str) -> Started:
        """Open a session for this payment's amount. Raises: GatewayError."""
        ...

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Check that this raw body was sent by the gateway, just now. Refuses: BadSignature."""
        ...

    def read(self, body: bytes) -> Event:
        """Read a verified body. Refuses: BadSignature when it makes no sense."""
        ...

    def look_up(self, payment: Payment) -> Report:
        """Ask how a session stands. Raises: GatewayError."""
        ...

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        """Give money back, once per key, and return the gateway's reference. Raises: GatewayError."""
        ...


TEST = "fake"  # the gateway of sandboxes

_KNOWN: dict[str, Gateway] = {}


def register(gateway: Gateway) -> None:
    _KNOWN[gateway.code] = gateway


def get(code: str) -> Gateway:
    """Any gateway we have code for: money already in it must find its way back even when it is switched off."""
    if code not in _KNOWN:
        raise NotFound(_("There is no such payment gateway."))
    return _KNOWN[code]


def offered() -> list[Gateway]:
    """The ways to pay a buyer may choose from."""
    return [get(code) for code in settings.GATEWAYS]


def choose(code: str = "", *, is_sandbox: bool = False) -> Gateway:
    """A gateway for a new payment: the one asked for if it is on, else the first that is. Refuses: NotFound.

    is_sandbox: on a live site, what is tried out is paid at the test gateway, whatever was asked for.
    """
    if is_sandbox and settings.IS_LIVE:
        return get(TEST)
    if not settings.GATEWAYS or (code and code not in settings.GATEWAYS):
        raise NotFound(_("This way to pay is not offered."))
    return get(code or settings.GATEWAYS[0])
