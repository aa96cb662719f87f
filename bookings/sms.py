"""Notices as SMS: one short text each. Which company carries it is a setting; new carriers are classes like these.

Dates and sums come in the reader's digits: a text in Nepali letters travels as UCS-2 anyway, so Devanagari digits make
it no longer. The day of Bikram Sambat stands beside as long as there is room.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from bookings import links
from bookings.models import Booking, Notice
from showsewa import money, nepali, numerals, tongue
from showsewa.promises import Permanent

logger = logging.getLogger(__name__)

# One SMS in the Latin alphabet; three in Devanagari, which has 67 letters a part.
LONGEST, LONGEST_IN_NEPALI = 160, 201
_SHORTEST_TITLE = 12

# Says a moment: in both calendars, or in that of the world.
Day = Callable[[datetime, str], str]


class Carrier(Protocol):
    def send(self, to: str, text: str, *, key: str) -> None:
        """Hand a text over once per key. Raises: Permanent for a number that does not exist, else to be tried again."""
        ...


class Console:
    """Writes to the log: for trying out, and for houses that send no SMS."""

    def send(self, to: str, text: str, *, key: str) -> None:
        logger.info("SMS %s to %s: %s", key, to, text)


class File:
    """Demo and test: each SMS is one small file beside the mails. The same key is the same file."""

    def send(self, to: str, text: str, *, key: str) -> None:
        folder = Path(settings.MAILBOX)
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f"{key}.part"
        half.write_text(f"To: {to}\n\n{text}\n", encoding="utf-8")
        half.rename(folder / f"{key}.sms")


def send(notice: Notice) -> None:
    """Raises: Permanent when the number is none."""
    to = "".join(char for char in notice.booking.phone if char.isdigit() or char == "+")
    if not 7 <= len(to.lstrip("+")) <= 15:
        raise Permanent(f"not a phone number: {notice.booking.phone!r}")
    carrier: Carrier = import_string(settings.SMS_BACKEND)()
    carrier.send(to, render(notice), key=f"{notice.pk}{notice.facts.get('again', '')}".replace(":", ""))


def render(notice: Notice) -> str:
    """As short as `room` says, if shortening the title or leaving out the second calendar can do it."""
    with numerals.speaking(notice.booking.language):
        title = _title(notice.booking)
        text = fitted(lambda short: _text(notice, short, nepali.both), title)
        return text if len(text) <= room() else fitted(lambda short: _text(notice, short, nepali.alone), title)


def fitted(say: Callable[[str], str], title: str) -> str:
    """What `say` makes of a title, shortened as far as that helps."""
    text = say(title)
    spare = room() - (len(text) - len(title))
    return say(title[: spare - 2].rstrip() + "..") if len(text) > room() and spare >= _SHORTEST_TITLE else text


def room() -> int:
    """Letters of a text in the language now spoken."""
    return LONGEST_IN_NEPALI if tongue.language() == "ne" else LONGEST


def _words(notice: Notice, title: str, day: Day) -> dict[str, object]:
    booking = notice.booking
    showtime = booking.showtime
    starts_at = showtime.starts_at.astimezone(ZoneInfo(showtime.cinema.time_zone))
    return {
        "movie": title,
        "when": day(starts_at, "j M H:i"),
        "hall": showtime.hall.name,
        "seats": ", ".join(booking.seat_labels),
        "reference": booking.reference,
        "amount": _amount(notice),
        "link": links.short_url(booking),
        "old": notice.facts.get("old", ""),
        "new": notice.facts.get("new", ""),
        "dropped": notice.facts.get("seats", ""),
    }


def _text(notice: Notice, title: str, day: Day) -> str:
    words = _words(notice, title, day)
    if notice.kind == Notice.Kind.SEATS_OFFERED:
        return _of_offer(notice, words)
    if notice.kind == Notice.Kind.CONFIRMATION:
        return _("%(movie)s, %(when)s, %(hall)s, %(seats)s. %(reference)s. Tickets: %(link)s") % words
    if notice.kind in _OF_THE_COUNTER:
        return _of_the_counter(notice, words, day)
    if notice.kind == Notice.Kind.REMINDER:
        return _("Reminder: %(movie)s, %(when)s, %(hall)s, %(seats)s. Tickets: %(link)s") % words
    if notice.kind == Notice.Kind.CANCELLATION and words["dropped"]:
        if words["amount"]:
            return (
                _("%(movie)s, %(when)s: %(dropped)s given back, %(amount)s comes back. Yours: %(seats)s. %(link)s")
                % words
            )
        return _("%(movie)s, %(when)s: %(dropped)s given back. Yours: %(seats)s. %(link)s") % words
    if notice.kind == Notice.Kind.CANCELLATION:
        if words["amount"]:
            return _("Cancelled: %(movie)s, %(when)s, %(seats)s. %(amount)s comes back to you. %(link)s") % words
        return _("Cancelled: %(movie)s, %(when)s, %(seats)s. %(reference)s. %(link)s") % words
    if notice.kind == Notice.Kind.EXCHANGED:
        if words["amount"]:
            return _("Exchanged: %(movie)s, %(when)s, %(hall)s, %(seats)s. %(amount)s comes back. %(link)s") % words
        return _("Exchanged: %(movie)s, %(when)s, %(hall)s, %(seats)s. %(link)s") % words
    if notice.kind == Notice.Kind.REFUND and notice.facts.get("onto") == "voucher":
        return _("%(amount)s is back on your gift voucher for %(reference)s, %(movie)s. %(link)s") % words
    if notice.kind == Notice.Kind.REFUND:
        return _("%(amount)s is on its way back to you for %(reference)s, %(movie)s. %(link)s") % words
    if notice.kind == Notice.Kind.SEATS_CHANGED:
        if words["new"]:
            return _("%(movie)s, %(when)s: seat %(old)s was sold twice, you now have %(new)s. Sorry! %(link)s") % words
        return _("%(movie)s, %(when)s: seat %(old)s was sold twice. %(amount)s comes back. Sorry! %(link)s") % words
    return _("We could not use your payment for %(movie)s, %(when)s: %(amount)s goes back to you. %(link)s") % words


_OF_THE_COUNTER = (Notice.Kind.PAY_LATER, Notice.Kind.PAY_REMINDER, Notice.Kind.NOT_PAID)


def _of_the_counter(notice: Notice, words: Mapping[str, object], day: Day) -> str:
    if notice.kind == Notice.Kind.NOT_PAID:
        return _("%(movie)s, %(when)s: not paid in time, %(seats)s are free again. %(link)s") % words
    by, zone = notice.facts.get("payBy"), ZoneInfo(notice.booking.showtime.cinema.time_zone)
    until = day(datetime.fromisoformat(by).astimezone(zone), "j M H:i") if by else ""
    said = _("%(movie)s, %(when)s, %(seats)s: pay %(amount)s at the counter by %(by)s. %(reference)s %(link)s")
    return said % {**words, "by": until}


def _of_offer(notice: Notice, words: Mapping[str, object]) -> str:
    until, zone = notice.booking.expires_at, ZoneInfo(notice.booking.showtime.cinema.time_zone)
    said = _("%(movie)s, %(when)s: %(seats)s came free and are held for you until %(until)s. %(link)s")
    return said % {**words, "until": nepali.alone(until.astimezone(zone), "H:i") if until else ""}


def _amount(notice: Notice) -> str:
    amount = money.amount(notice.facts.get("amount") or "0")
    return money.text(amount, notice.facts.get("currency", notice.booking.currency)) if amount else ""


def _title(booking: Booking) -> str:
    return tongue.named(booking.showtime.movie, "title")
