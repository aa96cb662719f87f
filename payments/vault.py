"""What must not lie open in the database or in an address: sealed with keys made of SECRET_KEY."""

import base64
from functools import cache
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """Not sealed by us for this purpose, or with a SECRET_KEY that is forgotten."""


def seal(value: Any, *, purpose: str) -> str:
    """Whatever JSON can say, as text that is safe in a URL's path."""
    return _keys(purpose).encrypt(orjson.dumps(value)).decode().rstrip("=")


def unseal(text: str, *, purpose: str) -> Any:
    """Raises: Unreadable."""
    return orjson.loads(_open(text, purpose, _keys(purpose).decrypt))


def reseal(text: str, *, purpose: str) -> str:
    """The same with the newest key, before an old one is forgotten. Raises: Unreadable."""
    return _open(text, purpose, _keys(purpose).rotate).decode().rstrip("=")


def _open(text: str, purpose: str, how: Any) -> bytes:
    try:
        opened: bytes = how(text.encode() + b"=" * (-len(text) % 4))
    except InvalidToken as error:
        raise Unreadable(f"not sealed as {purpose!r} by a key we know") from error
    return opened


def _keys(purpose: str) -> MultiFernet:
    """The first seals, all of them open: SECRET_KEY_FALLBACKS keep what older keys sealed."""
    return MultiFernet([_key(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@cache
def _key(secret: str, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"showsewa vault v1 {purpose}".encode()).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
