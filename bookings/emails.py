"""Notices as e-mail: HTML and text in the booking's language and digits, at the cinema's time. For `dispatch`."""

import smtplib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.mime.image import MIMEImage
from email.utils import formataddr, parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from bookings import links, qr, selectors
from bookings.models import Booking, Notice, Ticket
from showsewa import numerals
from showsewa.promises import Permanent

_WITH_REFERENCE = (Notice.Kind.PAY_LATER, Notice.Kind.PAY_REMINDER)
_WITH_TICKETS = (Notice.Kind.CONFIRMATION, Notice.Kind.REMINDER, Notice.Kind.SEATS_CHANGED, Notice.Kind.EXCHANGED)


@dataclass(frozen=True, slots=True)
class Letter:
    """images: content id -> PNG, shown where the HTML says cid:..."""

    subject: str
    text: str
    html: str
    images: dict[str, bytes]
    language: str


class _Illustrated(EmailMultiAlternatives):
    """Its only attachments are pictures that its HTML shows."""

    mixed_subtype = "related"


def send(notice: Notice) -> None:
    """Raises: Permanent for an address that is none or is refused; what the mail server raises is tried again."""
    message = compose(notice, render(notice))
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _words in error.recipients.values()):
            raise Permanent(f"refused: {error.recipients}") from error
        raise


def render(notice: Notice) -> Letter:
    booking = notice.booking
    zone = ZoneInfo(booking.showtime.cinema.time_zone)
    with numerals.speaking(booking.language) as language, timezone.override(zone):
        tickets = _with_codes(selectors.seats_of(booking), notice)
        facts = _facts(notice, tickets, zone) | {"language": language}
        images = {ticket["cid"]: qr.png(ticket["code"]) for ticket in tickets if ticket["code"]}
        if notice.kind in _WITH_REFERENCE:
            images[facts["reference_cid"]] = qr.png(booking.reference or "")
        name = f"emails/{notice.kind.lower()}"
        return Letter(
            subject=" ".join(render_to_string(f"{name}.subject.txt", facts).split()),
            text=render_to_string(f"{name}.txt", facts).strip() + "\n",
            html=render_to_string(f"{name}.html", facts),
            images=images,
            language=language,
        )


def compose(notice: Notice, letter: Letter) -> EmailMultiAlternatives:
    """The same notice always carries the same Message-ID, so a mail sent twice is shown once."""
    booking, domain = notice.booking, _domain()
    again = notice.facts.get("again", "").translate(str.maketrans("", "", ":+-"))
    headers = {
        "Message-ID": f"<{'.'.join(filter(None, [notice.pk.hex, again]))}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": letter.language,
    }
    message = _Illustrated(letter.subject, letter.text, to=[_address(booking)], headers=headers)
    message.attach_alternative(letter.html, "text/html")
    for cid, png in letter.images.items():
        image = MIMEImage(png, "png")
        image.add_header("Content-ID", f"<{cid}>")
        image.add_header("Content-Disposition", "inline", filename=f"{cid.partition('@')[0]}.png")
        message.attach(image)
    return message


def _facts(notice: Notice, tickets: list[dict[str, Any]], zone: ZoneInfo) -> dict[str, Any]:
    booking, given = notice.booking, notice.facts
    by, pay_by = given.get("expectedBy"), given.get("payBy")
    return {
        "booking": booking,
        "showtime": booking.showtime,
        "movie": booking.showtime.movie,
        "cinema": booking.showtime.cinema,
        "starts_at": booking.showtime.starts_at.astimezone(zone),
        "seats": ", ".join(booking.seat_labels),
        "tickets": tickets,
        "link": links.ticket_url(booking),
        "calendar_link": links.ticket_url(booking, "calendar"),
        "pdf_link": links.ticket_url(booking, "tickets-pdf"),
        "choice_link": links.ticket_url(booking, "other-seat"),
        "home_link": f"{settings.BASE_URL}/",
        "old_seat": given.get("old", ""),
        "new_seat": given.get("new", ""),
        "dropped": given.get("seats", ""),
        "amount": Decimal(given["amount"]) if given.get("amount") else None,
        "paid": Decimal(given["paid"]) if given.get("paid") else None,
        "currency": given.get("currency", booking.currency),
        "reason": given.get("reason", ""),
        "is_onto_voucher": given.get("onto") == "voucher",
        "expected_by": datetime.fromisoformat(by) if by else None,
        "pay_by": datetime.fromisoformat(pay_by).astimezone(zone) if pay_by else None,
        "reference_cid": f"{booking.reference}@{_domain()}",
        "show_link": settings.BASE_URL + reverse("showtime", args=[booking.showtime_id]),
    } | _of_offer(notice, zone)


def _of_offer(notice: Notice, zone: ZoneInfo) -> dict[str, Any]:
    """Seats that came free for somebody on the waiting list."""
    if notice.kind != Notice.Kind.SEATS_OFFERED:
        return {}
    until = notice.booking.expires_at
    return {
        "details_link": links.ticket_url(notice.booking, "details"),
        "leave_link": settings.BASE_URL + notice.facts["leave"],
        "held_until": until.astimezone(zone) if until else None,
    }


def _with_codes(tickets: list[Ticket], notice: Notice) -> list[dict[str, Any]]:
    """code: what the QR says, "" where no ticket is shown; cid: the name of its picture."""
    is_shown = notice.kind in _WITH_TICKETS
    domain = _domain()
    return [
        {
            "label": ticket.label,
            "seat_type": ticket.show_seat.seat.get_seat_type_display(),
            "section": _section(ticket),
            "paid": ticket.price - ticket.discount,
            "code": qr.sign(ticket) if is_shown else "",
            "cid": f"{ticket.label}.{ticket.pk.hex[:8]}@{domain}",
        }
        for ticket in tickets
    ]


def _section(ticket: Ticket) -> str:
    """Where the seat is, unless that only repeats what it is: "Premium, Premium"."""
    seat = ticket.show_seat.seat
    return "" if seat.section.upper().rstrip("S") == seat.seat_type else seat.section


def _address(booking: Booking) -> str:
    """Name and address, neither of which can end the header line and begin another."""
    try:
        validate_email(booking.email)
    except ValidationError as error:
        raise Permanent(f"not an e-mail address: {booking.email!r}") from error
    name = " ".join("".join(char if char.isprintable() else " " for char in booking.name).split())
    return formataddr((name, booking.email)) if name else booking.email


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
