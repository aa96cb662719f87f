"""Links that open a booking by themselves, for mails (whole) and SMS (short). Whoever has one may see and cancel it."""

import uuid

from django.conf import settings
from django.urls import reverse

from bookings import selectors
from bookings.models import Booking
from showsewa import codes

_SHORT = "bookings.links"


def ticket_url(booking: Booking, page: str = "ticket") -> str:
    """page: the name of a route that takes a booking's id."""
    path = reverse(page, args=[booking.pk])
    return f"{settings.BASE_URL}{path}?key={selectors.link_key(booking.pk)}"


def short_url(booking: Booking) -> str:
    return settings.BASE_URL + reverse("short-link", args=[codes.of(booking.pk, _SHORT)])


def read_short(code: str) -> uuid.UUID | None:
    """The booking a short link was made for; None for a link we never gave."""
    booking_id = codes.named(code)
    return booking_id if booking_id is not None and codes.is_of(code, booking_id, _SHORT) else None
