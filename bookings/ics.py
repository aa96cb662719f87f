"""A booking as a calendar entry (RFC 5545). Pure."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from bookings.models import Booking, Ticket


def entry(booking: Booking, *, url: str, now: datetime, only: Ticket | None = None) -> str:
    """Times in UTC, so that every calendar shows its owner's own; the alarm rings two hours before.

    only: for whoever was given this one seat, and is told of no other.
    """
    showtime, cinema = booking.showtime, booking.showtime.cinema
    place = ", ".join(part for part in (cinema.name, cinema.street, cinema.city) if part)
    if only is None:
        words = _("Seats %(seats)s, %(hall)s. Reference %(reference)s.") % {
            "seats": ", ".join(booking.seat_labels),
            "hall": showtime.hall.name,
            "reference": booking.reference,
        }
    else:
        words = _("Seat %(seat)s, %(hall)s.") % {"seat": only.label, "hall": showtime.hall.name}
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ShowSewa//Tickets//EN",
        "BEGIN:VEVENT",
        f"UID:{only.pk if only else booking.pk}@showsewa",
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
