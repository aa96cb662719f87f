"""Links that open a booking by themselves, for mails (whole) and SMS (short). Whoever has one may see and cancel it."""

import base64
import binascii
import uuid

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from bookings import selectors
from bookings.models import Booking

_PROOF = 12  # bytes: 96 bits cannot be guessed, and an SMS stays short


def ticket_url(booking: Booking, page: str = "ticket") -> str:
    """page: the name of a route that takes a booking's id."""
    path = reverse(page, args=[booking.pk])
    return f"{settings.BASE_URL}{path}?key={selectors.link_key(booking.pk)}"


def short_url(booking: Booking) -> str:
    return settings.BASE_URL + reverse("short-link", args=[_code(booking.pk.bytes + _proof(booking.pk))])


def read_short(code: str) -> uuid.UUID | None:
    """The booking a short link was made for; None for a link we never gave."""
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _PROOF or _code(raw) != code:  # spare bits of the last letter would make twins of a link
        return None
    booking_id = uuid.UUID(bytes=raw[:16])
    return booking_id if constant_time_compare(raw[16:], _proof(booking_id)) else None


def _code(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _proof(booking_id: uuid.UUID) -> bytes:
    return salted_hmac("bookings.links", booking_id.bytes, algorithm="sha256").digest()[:_PROOF]
