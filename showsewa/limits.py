"""Rate limits: a counter per caller and minute in Redis. Without Redis nobody is limited; the sale goes on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Allowance:
    limit: int
    remaining: int
    resets_in: int


def spend(actor: Actor, address: str) -> Allowance | None:
    """Count one request on a booking path; None: no limit. A channel has its own, people share their IP's."""
    is_channel = actor.kind == Kind.CHANNEL
    limit = settings.RATE_LIMIT_CHANNEL_PER_MINUTE if is_channel else settings.RATE_LIMIT_PER_MINUTE
    if limit <= 0:
        return None
    now = time.time()
    caller = actor.key if is_channel else f"ip:{address}"
    key = f"limit:{caller}:{int(now // 60)}"
    used = hints.attempt(lambda client: _count(client, key), otherwise=0)
    return Allowance(limit, max(limit - used, -1), 60 - int(now % 60))


def check(actor: Actor, address: str) -> None:
    """`spend` for a page, which has no use for the rest of it. Refuses: TooManyRequests."""
    allowance = spend(actor, address)
    if allowance is not None and allowance.remaining < 0:
        raise _too_many(allowance.resets_in)


@contextmanager
def guessing(address: str) -> Iterator[None]:
    """Let an address guess a few times a minute; what finds something counts for nothing. Refuses: TooManyRequests."""
    limit, now = settings.LOOKUP_MISSES_PER_MINUTE, time.time()
    key = f"limit:guess:{address}:{int(now // 60)}"
    # Counted before the look, not after it: guesses sent all at once do not slip through together.
    if limit > 0 and hints.attempt(lambda client: _count(client, key), otherwise=0) > limit:
        raise _too_many(60 - int(now % 60))
    yield
    if limit > 0:
        hints.attempt(lambda client: client.decr(key), otherwise=0)


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
