"""The digits a reader likes: in Nepali Devanagari ones where they were chosen, else those of the world.

Dates, times, sums and counts pass through here. Seats, references, phone numbers and codes do not: they are typed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import translation
from django.utils.translation import get_language

LATIN, DEVANAGARI = "latn", "deva"
CHOICES = (LATIN, DEVANAGARI)

_chosen: ContextVar[str] = ContextVar("digits", default=LATIN)
_IN_DEVANAGARI = "-u-nu-deva"  # as a language tag says it (RFC 6067)
_COUNTED = re.compile(r"%(\(\w+\))?d")
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


def tag(language: str = "") -> str:
    """How the reader of this page wants to be written to, later too: "en", "ne", or "ne-u-nu-deva" for both.

    language: one they chose for that, instead of the page's.
    """
    language = language or get_language() or "en"
    return language + (_IN_DEVANAGARI if language.startswith("ne") and current() == DEVANAGARI else "")


@contextmanager
def speaking(asked: str) -> Iterator[str]:
    """asked: what `tag` said. Words and digits are theirs for as long as this lasts; yields the language alone."""
    language = asked.removesuffix(_IN_DEVANAGARI)
    with translation.override(language), using(LATIN if asked == language else DEVANAGARI):
        yield language


def counted(value: object) -> object:
    """A whole number becomes a Count; all else, and above all text, stays what it is."""
    return Count(value) if isinstance(value, int) and not isinstance(value, bool) else value


def filled(text: str, *args: object, **facts: object) -> str:
    """A translated sentence with its facts: `text % facts`, where %d and %(most)d come in the reader's digits."""
    given = {name: counted(fact) for name, fact in facts.items()} or tuple(counted(arg) for arg in args)
    return _COUNTED.sub(r"%\1s", text) % given
