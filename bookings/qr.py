"""The ticket's QR: who sits where, signed with Ed25519, so that a door device checks it without asking us.

Text = base64url(version, ticket, last eight bytes of the showtime's id, seat label, signature). No personal data.
"""

import base64
import hashlib
import io
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from bookings.models import Ticket
from showsewa import codes
from showsewa.refusals import Invalid

VERSION = 1
_SHOWTIME = 8
_HEAD = 1 + 16 + _SHOWTIME
_SIGNATURE = 64


class BadTicket(Invalid):
    """Forged, damaged, or not one of our tickets."""

    code = "TICKET_INVALID"


@dataclass(frozen=True, slots=True)
class Payload:
    """showtime: the last 16 hex digits of the showtime's id, its random half; enough to tell shows apart at a door."""

    ticket_id: uuid.UUID
    showtime: str
    seat: str

    def is_for(self, showtime_id: uuid.UUID) -> bool:
        return showtime_id.hex.endswith(self.showtime)


def sign(ticket: Ticket) -> str:
    """The text of a ticket's QR; the same ticket always gives the same text. Needs ticket.booking."""
    showtime = ticket.booking.showtime_id.bytes[-_SHOWTIME:]
    body = bytes([VERSION]) + ticket.pk.bytes + showtime + ticket.label.encode()
    return codes.text(body + _private_key().sign(body))


def verify(text: str, public_key: Ed25519PublicKey) -> Payload:
    """Refuses: BadTicket for anything but the very text that was signed."""
    raw = _decode(text)
    body, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(body) <= _HEAD or body[0] != VERSION:
        raise BadTicket(_("This is not a ShowSewa ticket."))
    try:
        public_key.verify(signature, body)
        seat = body[_HEAD:].decode()
    except (InvalidSignature, UnicodeDecodeError) as error:
        raise BadTicket(_("This ticket was not signed by ShowSewa.")) from error
    return Payload(uuid.UUID(bytes=body[1:17]), body[17:_HEAD].hex(), seat)


def public_key() -> Ed25519PublicKey:
    return _private_key().public_key()


def published_key() -> dict[str, Any]:
    """A JSON Web Key Set (RFC 8037) for door devices; a set, so that a key can be changed while old tickets live."""
    raw = public_key().public_bytes_raw()
    key_id = hashlib.sha256(raw).hexdigest()[:16]
    key = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key_id, "x": codes.text(raw)}
    layout = "base64url(version:1, ticket:16, showtime:8, seat:utf-8, signature:64)"
    return {"keys": [key], "version": VERSION, "layout": layout}


def _code(text: str) -> segno.QRCode:
    # One mask for all: signed bytes look like noise, so no mask reads better than another, and trying all eight takes
    # most of the time a mail takes.
    return segno.make(text, error="m", micro=False, mask=2)


def svg(text: str) -> str:
    """Inline SVG that scales with its box: black on white with a quiet zone, in the dark theme too, for cameras."""
    drawn: str = _code(text).svg_inline(
        border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return drawn


def png(text: str) -> bytes:
    """The same for mails, whose readers rarely draw SVG: six dots a module, so that it stays sharp when doubled."""
    drawn = io.BytesIO()
    _code(text).save(drawn, kind="png", scale=6, border=4)
    return drawn.getvalue()


def _decode(text: str) -> bytes:
    try:
        return codes.raw(text)
    except ValueError as error:
        raise BadTicket(_("This is not a ShowSewa ticket.")) from error


def _private_key() -> Ed25519PrivateKey:
    return _key_from(settings.TICKET_SIGNING_KEY, settings.SECRET_KEY)


@cache
def _key_from(given: str, secret: str) -> Ed25519PrivateKey:
    if given:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(given))
    seed = HKDF(SHA256(), length=32, salt=None, info=b"showsewa ticket signing v1").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
