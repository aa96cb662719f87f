"""What a payment gateway is to us. Each lives in a file of its own; which are on is a setting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from django.conf import settings
from django.utils.translation import gettext as _

from payments.models import Payment
from showsewa.refusals import NotFound, Refusal
from venues.models import Cinema


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


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a gateway's own list of a day. is_refund: money back; amount is never negative.

    session: whose payment it was, where the list says so.
    """

    reference: str
    amount: Decimal
    currency: str
    fee: Decimal = Decimal(0)
    is_refund: bool = False
    session: str = ""


@runtime_checkable
class Lists(Protocol):
    """What a gateway may be beside a `Gateway`: one that tells what it took and gave back."""

    def listing(self, *, since: datetime, until: datetime) -> Sequence[Entry]:
        """All of [since, until), of every cinema. Raises: GatewayError."""
        ...


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


@runtime_checkable
class FindsRefunds(Protocol):
    """A gateway that can say whether it has given money back: asked before a try whose forerunner ended unknown."""

    def find_refund(self, payment: Payment, amount: Decimal, *, key: str) -> str | None:
        """The reference of the refund made under this key, None if there is none. Raises: GatewayError."""
        ...


@runtime_checkable
class OnTerms(Protocol):
    """A gateway that not every cinema can offer."""

    def serves(self, cinema: Cinema) -> bool:
        """Whether it takes this cinema's currency and has its keys."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """What the buyer's browser has to POST to the gateway."""

    action: str
    fields: Mapping[str, str]


@runtime_checkable
class TakesForms(Protocol):
    """A gateway whose session is opened by the buyer's browser, not by us."""

    def hand_over(self, payment: Payment, *, return_url: str) -> Form:
        """Raises: GatewayError."""
        ...


@dataclass(frozen=True, slots=True)
class Returned:
    """What a return URL says, of which nothing is believed. session: "" where it names none.

    is_left: the buyer came back without paying.
    """

    session: str
    is_left: bool = False


@runtime_checkable
class Returns(Protocol):
    """A gateway that sends the buyer back with words of its own."""

    def read_return(self, payment: Payment, params: Mapping[str, str]) -> Returned:
        """Refuses: BadSignature when they are forged."""
        ...


TEST = "fake"  # the gateway of sandboxes

_KNOWN: dict[str, Gateway] = {}


def register(gateway: Gateway) -> None:
    _KNOWN[gateway.code] = gateway


def get(code: str) -> Gateway:
    """Any gateway we have code for: money already in it must find its way back even when it is switched off.

    Refuses: NotFound.
    """
    if code not in _KNOWN:
        raise NotFound(_("There is no such payment gateway."))
    return _KNOWN[code]


def offered(cinema: Cinema) -> list[Gateway]:
    """The ways to pay a buyer may choose from here. On a live site, what is tried out is paid at the test gateway."""
    if cinema.is_sandbox and settings.IS_LIVE:
        return [get(TEST)]
    wanted = [get(code) for code in settings.GATEWAYS if code in (cinema.gateways or settings.GATEWAYS)]
    return [gateway for gateway in wanted if not isinstance(gateway, OnTerms) or gateway.serves(cinema)]


def with_accounts() -> list[Gateway]:
    """Those that are opened with keys of the site's or a cinema's own."""
    return [gateway for gateway in _KNOWN.values() if isinstance(gateway, OnTerms)]


def choose(code: str, *, cinema: Cinema) -> Gateway:
    """A gateway for a new payment: the one asked for, else the first on offer. Refuses: NotFound.

    A sandbox of a live site has but one, whatever was asked for.
    """
    ways = offered(cinema)
    if cinema.is_sandbox and settings.IS_LIVE:
        return ways[0]
    for gateway in ways:
        if code in ("", gateway.code):
            return gateway
    raise NotFound(_("This way to pay is not offered."))


def of_message(code: str = "") -> Gateway:
    """Who sent a message: the one its path names, else the site's first. Refuses: NotFound."""
    if not code and not settings.GATEWAYS:
        raise NotFound(_("This way to pay is not offered."))
    return get(code or settings.GATEWAYS[0])
