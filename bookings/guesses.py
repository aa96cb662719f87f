"""For the edges: how often somebody may try promo codes we do not know."""

from collections.abc import Iterator
from contextlib import contextmanager

from bookings import promos
from showsewa import limits
from showsewa.actors import Actor, Kind
from showsewa.refusals import Refusal


@contextmanager
def promo_code(actor: Actor, address: str, code: str | None) -> Iterator[None]:
    """Around a call that is given a code. A channel speaks for many people, by a key of its own: it is not counted.

    Refuses: TooManyRequests.
    """
    if not code or not code.strip() or actor.kind == Kind.CHANNEL:
        yield
        return
    with limits.guessing(address, is_miss=_is_unknown):
        yield


def _is_unknown(refusal: Refusal) -> bool:
    return isinstance(refusal, promos.Unknown)
