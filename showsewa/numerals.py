"""The digits a reader likes: on Nepali pages Devanagari ones where they were chosen, else those of the world.

Dates, times, sums and counts pass through here. Seats, references, phone numbers and codes do not: they are typed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import get_language

LATIN, DEVANAGARI = "latn", "deva"
CHOICES = (LATIN, DEVANAGARI)

_chosen: ContextVar[str] = ContextVar("digits", default=LATIN)
_TO_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


class Count(int):
    """A number that a sentence may count by, and that is written in the reader's digits."""

    def __str__(self) -> str:
        return said(int(self))


@contextmanager
def using(digits: str) -> Iterator[None]:
    """digits: one of CHOICES, for as long as this lasts; anything else means Latin."""
    before = _chosen.set(digits if digits in CHOICES else LATIN)
    try:
        yield
    finally:
        _chosen.reset(before)


def current() -> str:
    """Those of the page being made: English has none but its own."""
    return _chosen.get() if (get_language() or "").startswith("ne") else LATIN


def voice() -> str:
    """Language and digits of the page being made: what is kept of it, is kept under both."""
    return f"{get_language() or 'en'}-{current()}"


def said(value: object) -> str:
    return str(value).translate(_TO_DEVANAGARI) if current() == DEVANAGARI else str(value)
