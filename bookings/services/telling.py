"""Telling a channel of its own bookings. Steps: the caller holds the booking lock. The website's have no channel, and
cost nothing here."""

from typing import Any

from bookings.models import Booking
from seatsync import announcing
from seatsync.models import Topic
from showsewa import money


def confirmed(booking: Booking) -> None:
    _tell(Topic.BOOKING_CONFIRMED, booking)


def changed(booking: Booking, **facts: Any) -> None:
    """It has other seats, or fewer. facts: JSON that says why."""
    _tell(Topic.BOOKING_CHANGED, booking, **facts)


def ended(booking: Booking, **facts: Any) -> None:
    """It was opened or sold, and is no more."""
    _tell(Topic.BOOKING_CANCELLED, booking, ending=booking.ending or None, **facts)


def _tell(topic: Topic, booking: Booking, **facts: Any) -> None:
    if booking.channel_id is None:
        return
    data = {
        "bookingId": str(booking.pk),
        "bookingReference": booking.external_reference or booking.reference,
        "status": booking.status,
        "showtimeId": str(booking.showtime_id),
        "seats": list(booking.seat_labels),
        "totalAmount": money.number(booking.total),
        "currency": booking.currency,
    }
    cinema_id = booking.showtime.cinema_id
    announcing.announce(
        topic, cinema_id=cinema_id, showtime_id=booking.showtime_id, to=booking.channel_id, data=data | facts
    )
