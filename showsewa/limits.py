"""Rate limits: a counter per caller and minute in Redis. Without Redis nobody is limited; the sale goes on.

People share one allowance per address on the booking paths. A channel's key has three, so that a till that polls maps
or a nightly export never costs it a sale: selling, reading, and administration.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import redis
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from showsewa import hints
from showsewa.actors import Actor, Kind
from showsewa.refusals import Refusal


class TooManyRequests(Refusal):
    code = "RATE_LIMITED"
    status = 429


class Lane(StrEnum):
    """Which allowance a request counts against."""

    BOOKING = "booking"  # people on booking paths, by address
    SELL = "sell"
    READ = "read"
    ADMIN = "admin"


class TooManyHolders(TooManyRequests):
    code = "HOLDER_LIMIT"


@dataclass(frozen=True, slots=True)
class Allowance:
    lane: Lane
    limit: int
    remaining: int
    resets_in: int

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF draft has them: the policy, and what is left of it."""
        return {
            "RateLimit-Policy": f'"{self.lane}";q={self.limit};w=60',
            "RateLimit": f'"{self.lane}";r={max(self.remaining, 0)};t={self.resets_in}',
        }

    def check(self) -> None:
        """Refuses: TooManyRequests."""
        if self.remaining < 0:
            raise _too_many(self.resets_in)


def of_keys() -> dict[Lane, int]:
    """What a channel's key may ask in a minute, by lane; 0: as much as it likes."""
    return {
        Lane.SELL: settings.RATE_LIMIT_CHANNEL_PER_MINUTE,
        Lane.READ: settings.RATE_LIMIT_CHANNEL_READ_PER_MINUTE,
        Lane.ADMIN: settings.RATE_LIMIT_CHANNEL_ADMIN_PER_MINUTE,
    }


def spend(actor: Actor, address: str, lane: Lane = Lane.BOOKING) -> Allowance | None:
    """Count one request; None: no limit. Each key of a channel has its own, people share their address's."""
    is_channel = actor.kind == Kind.CHANNEL
    limit = of_keys()[lane] if is_channel else settings.RATE_LIMIT_PER_MINUTE
    if limit <= 0:
        return None
    now = time.time()
    caller = f"key:{actor.key_id}:{lane}" if is_channel else f"ip:{address}"
    key = f"limit:{caller}:{int(now // 60)}"
    used = hints.attempt(lambda client: _count(client, key), otherwise=0)
    return Allowance(lane, limit, max(limit - used, -1), 60 - int(now % 60))


def check(actor: Actor, address: str) -> None:
    """`spend` for a page of people, which has no use for the rest of it. Refuses: TooManyRequests."""
    allowance = spend(actor, address)
    if allowance is not None:
        allowance.check()


def check_hoard(actor: Actor, address: str, showtime_id: uuid.UUID) -> None:
    """So many holders of one showtime from one address are no family, and no cinema's wireless: a machine.

    Counted for as long as holds last; channels have keys and are not counted. Refuses: TooManyHolders.
    """
    most = settings.MAX_HOLDERS_PER_ADDRESS_AND_SHOW
    if most <= 0 or actor.kind == Kind.CHANNEL or actor.is_staff:
        return
    key = f"limit:hoard:{address}:{showtime_id}"
    if not hints.attempt(lambda client: _is_among(client, key, actor.key, most=most), otherwise=True):
        refusal = TooManyHolders(_("Too many people hold seats of this show from your network. Please wait a little."))
        refusal.retry_after = 60
        raise refusal


@contextmanager
def guessing(address: str, *, is_miss: Callable[[Refusal], bool] = lambda _refusal: True) -> Iterator[None]:
    """Let an address guess a few times a minute; what finds something counts for nothing. Refuses: TooManyRequests.

    is_miss: whether a refusal says that nothing was found.
    """
    limit, now = settings.LOOKUP_MISSES_PER_MINUTE, time.time()
    key = f"limit:guess:{address}:{int(now // 60)}"
    # Counted before the look, not after it: guesses sent all at once do not slip through together.
    if limit > 0 and hints.attempt(lambda client: _count(client, key), otherwise=0) > limit:
        raise _too_many(60 - int(now % 60))
    try:
        yield
    except Refusal as refusal:
        if is_miss(refusal):
            raise
        _uncount(key)
        raise
    _uncount(key)


def address_of(request: HttpRequest) -> str:
    """The caller's address. X-Forwarded-For counts only as far as our own proxies wrote it."""
    trusted = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "")
    if trusted and forwarded:
        hops = [hop.strip() for hop in forwarded.split(",")]
        return hops[-min(trusted, len(hops))]
    return str(request.META.get("REMOTE_ADDR", ""))


def _too_many(resets_in: int) -> TooManyRequests:
    refusal = TooManyRequests(_("Too many requests. Please wait a moment."))
    refusal.retry_after = resets_in
    return refusal


def _count(client: redis.Redis, key: str) -> int:
    pipeline = client.pipeline(transaction=False)
    pipeline.incr(key)
    pipeline.expire(key, 70)
    return int(pipeline.execute()[0])


def _uncount(key: str) -> None:
    if settings.LOOKUP_MISSES_PER_MINUTE > 0:
        hints.attempt(lambda client: client.decr(key), otherwise=0)


def _is_among(client: redis.Redis, key: str, holder: str, *, most: int) -> bool:
    """Whether this holder is one of the first so many; who was let in once stays in."""
    pipeline = client.pipeline(transaction=False)
    pipeline.sadd(key, holder)
    pipeline.expire(key, int(settings.SEAT_HOLD_MINUTES * 60) + 1)
    pipeline.scard(key)
    is_new, _set, count = pipeline.execute()
    if is_new and count > most:
        client.srem(key, holder)
        return False
    return True
