"""Hints: the synchronous way into Redis for what may get lost. A dead or hung Redis costs one short wait, then none.

The database says what is true; Redis only says it sooner. So every call here has a 0.5 s timeout, a failure is logged
and forgotten, and after one the process leaves Redis alone for a few seconds.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

T = TypeVar("T")

PAUSE = 5.0
_quiet_until = 0.0


@cache
def client() -> redis.Redis:
    """One pool per process; granian's threads share it."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)


def attempt(call: Callable[[redis.Redis], T], *, otherwise: T) -> T:
    """Do something in Redis, or return `otherwise` when it does not answer."""
    global _quiet_until  # a breaker is process-wide by nature; the race between threads costs one more try
    if time.monotonic() < _quiet_until:
        return otherwise
    try:
        return call(client())
    except redis.RedisError as error:
        _quiet_until = time.monotonic() + PAUSE
        logger.warning("redis does not answer, leaving it alone for %s s: %s", PAUSE, error)
        return otherwise


def forget() -> None:
    """Start over: drop the pool and the memory of failures (tests, and processes that fork)."""
    global _quiet_until
    _quiet_until = 0.0
    client.cache_clear()
