"""Who is acting. Edges build an Actor once per request; services write its key into the journal."""

import hashlib
import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    USER = "user"  # signed in on the website, staff included
    GUEST = "guest"  # a browser with our signed cookie
    SESSION = "session"  # an API caller that brought its own sessionToken
    CHANNEL = "channel"  # a theatre's POS or an outside platform, by its key
    GATEWAY = "gateway"  # a payment gateway's signed message
    SYSTEM = "system"  # our own timers
    NOBODY = "nobody"  # an anonymous caller who brought nothing


# Those who come to see a show; everybody else sells.
PEOPLE = (Kind.USER, Kind.GUEST, Kind.SESSION)


@dataclass(frozen=True, slots=True)
class Actor:
    """cinema_ids: where staff or a channel may act; None means everywhere. Guests have no such bound.

    key_id: which of a channel's keys it is. is_test: a channel's test key, to which sandbox cinemas are open and
    nothing else. price_factor: what a channel's sales cost, as a share of the list price. by: who of the staff acts
    in a channel's name.
    """

    kind: Kind
    id: str = ""
    name: str = ""
    user_id: uuid.UUID | None = None
    channel_id: uuid.UUID | None = None
    key_id: uuid.UUID | None = None
    is_staff: bool = False
    permissions: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()
    cinema_ids: frozenset[uuid.UUID] | None = None
    is_test: bool = False
    price_factor: Decimal = Decimal(1)
    by: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)

    @property
    def is_customer(self) -> bool:
        """Somebody who buys for themselves: no channel, counter or staff."""
        return self.kind in PEOPLE and not self.is_staff

    def on_behalf_of(self, customer: str) -> "Actor":
        """A channel acting for one of its customers, so that one's seats do not take the place of another's."""
        return replace(self, id=f"{self.id}/{hashlib.sha256(customer.encode()).hexdigest()[:24]}")

    def reaches(self, cinema_id: uuid.UUID) -> bool:
        return self.cinema_ids is None or cinema_id in self.cinema_ids

    def may(self, name: str) -> bool:
        """name: a scope of a channel's key ("seats:block") or a permission of a staff member ("bookings.refund")."""
        return name in self.scopes or name in self.permissions


SYSTEM = Actor(Kind.SYSTEM)
NOBODY = Actor(Kind.NOBODY)
