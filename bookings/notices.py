"""Promising e-mails and SMS: rows written with their cause. `emails` and `sms` keep them later."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, InvalidState, Notice
from seatsync.models import Source
from showsewa.promises import OPEN
from showsewa.transactions import use_case


def money_facts(
    amount: Decimal, currency: str, *, reason: str = "", expected_by: datetime | None = None
) -> dict[str, str]:
    """What a notice says of money, fixed when it is promised: payments are above us, and rows change until it goes.

    reason: a code of payments' own. expected_by: when the money is back at the latest.
    """
    facts = {"amount": str(amount), "currency": currency, "reason": reason}
    return facts | ({"expectedBy": expected_by.isoformat()} if expected_by else {})


def promise(
    booking: Booking,
    kind: Notice.Kind,
    *,
    due_at: datetime,
    about: str = "",
    facts: Mapping[str, str] | None = None,
) -> None:
    """One row per address the booking has; promising the same twice is one promise."""
    _write(_rows(booking, kind, due_at=due_at, about=about, facts=facts))


def promise_for_sale(booking: Booking, *, now: datetime) -> None:
    """The confirmation at once, the reminder before the show. Sales of other channels are told of by those."""
    if booking.source != Source.SHOWSEWA:
        return
    _write(_rows(booking, Notice.Kind.CONFIRMATION, due_at=now) + _reminders(booking, now=now))


def promise_for_exchange(booking: Booking, *, about: str, facts: Mapping[str, str], now: datetime) -> None:
    """Its new seats, and the reminder before the new show in place of the old one's."""
    _drop_reminders(booking, "The seats were exchanged before.")
    told = _rows(booking, Notice.Kind.EXCHANGED, due_at=now, about=about, facts=facts)
    _write(told + _reminders(booking, about=about, now=now))


@use_case
def send_again(*, booking_id: uuid.UUID, now: datetime) -> int:
    """Send a sale's confirmation once more to every address it has; returns how many. Refuses: InvalidState."""
    booking = Booking.objects.filter(pk=booking_id).first()
    if booking is None or booking.status != Booking.Status.CONFIRMED:
        raise InvalidState(_("Only a confirmed booking has a confirmation."))
    promise(booking, Notice.Kind.CONFIRMATION, due_at=now)
    rows = Notice.objects.filter(booking=booking, kind=Notice.Kind.CONFIRMATION)
    # Said once more on purpose: with the old Message-ID a mail program would hide it as a copy.
    again = {"again": now.isoformat(timespec="seconds")}
    return rows.update(due_at=now, attempts=0, done_at=None, failed_at=None, facts=again)


def promise_for_ending(booking: Booking, *, now: datetime, facts: Mapping[str, str] | None = None) -> None:
    """A cancellation with what comes back, and no reminder any more."""
    _drop_reminders(booking, "The booking was cancelled before.")
    if booking.source == Source.SHOWSEWA:
        promise(booking, Notice.Kind.CANCELLATION, due_at=now, facts=facts)


def _reminders(booking: Booking, *, now: datetime, about: str = "") -> list[Notice]:
    """None where the show is too near to be reminded of."""
    remind_at = booking.showtime.starts_at - timedelta(hours=settings.REMINDER_HOURS)
    return _rows(booking, Notice.Kind.REMINDER, due_at=remind_at, about=about) if remind_at > now else []


def _drop_reminders(booking: Booking, why: str) -> None:
    dropped = {"done_at": timezone.now(), "last_error": why}
    Notice.objects.filter(OPEN, booking=booking, kind=Notice.Kind.REMINDER).update(**dropped)


def _rows(
    booking: Booking,
    kind: Notice.Kind,
    *,
    due_at: datetime,
    about: str = "",
    facts: Mapping[str, str] | None = None,
) -> list[Notice]:
    addresses = ((Notice.Medium.EMAIL, booking.email), (Notice.Medium.SMS, booking.phone))
    return [
        Notice(booking=booking, kind=kind, medium=medium, about=about, due_at=due_at, facts=dict(facts or {}))
        for medium, address in addresses
        if address
    ]


def _write(rows: list[Notice]) -> None:
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
