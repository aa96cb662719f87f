"""A booking as a calendar entry (RFC 5545). Pure."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from bookings.models import Booking


def entry(booking: Booking, *, url: str, now: datetime) -> str:
    """Times in UTC, so that every calendar shows its owner's own; the alarm rings two hours before."""
    showtime, cinema = booking.showtime, booking.showtime.cinema
    seats = ", ".join(booking.seat_labels)
    place = ", ".join(part for part in (cinema.name, cinema.street, cinema.city) if part)
    words = _("Seats %(seats)s, %(hall)s. Reference %(reference)s.") % {
        "seats": seats,
        "hall": showtime.hall.name,
        "reference": booking.reference,
    }
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ShowSewa//Tickets//EN",
        "BEGIN:VEVENT",
        f"UID:{booking.pk}@showsewa",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(showtime.starts_at)}",
        f"DTEND:{_utc(showtime.ends_at)}",
        f"SUMMARY:{_text(showtime.movie.title)}",
        f"LOCATION:{_text(place)}",
        f"GEO:{cinema.latitude};{cinema.longitude}",
        f"DESCRIPTION:{_text(words)}",
        f"URL:{url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT2H",
        f"DESCRIPTION:{_text(showtime.movie.title)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> str:
    """At most 75 bytes a line, never cutting a letter in two."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 73:
            parts.append("")
            size = 0
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts)
