"""Secrets in addresses: the id of a row, and 96 bits that prove that we gave it; and bytes as the letters of one."""

import base64
import uuid

from django.utils.crypto import constant_time_compare, salted_hmac

_PROOF = 12  # bytes: 96 bits cannot be guessed, and an SMS stays short


def of(key: uuid.UUID, purpose: str, said: bytes = b"") -> str:
    """purpose: whose codes these are, so that one opens nothing else. said: what has to be as it was, too."""
    return text(key.bytes + salted_hmac(purpose, key.bytes + said, algorithm="sha256").digest()[:_PROOF])


def is_of(given: str, key: uuid.UUID, purpose: str, said: bytes = b"") -> bool:
    return constant_time_compare(given, of(key, purpose, said))


def named(given: str) -> uuid.UUID | None:
    """The id such a code names, proved or not; None for what is no code."""
    try:
        found = raw(given)
    except ValueError:
        return None
    return uuid.UUID(bytes=found[:16]) if len(found) == 16 + _PROOF else None


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(given: str) -> bytes:
    """ValueError for anything but the one spelling that `text` gives: base64 leaves spare bits in the last letter."""
    found = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
    if text(found) != given:
        raise ValueError(given)
    return found
