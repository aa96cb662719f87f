"""Paying at the cinema's counter before the show: where that is allowed, until when, and for whom."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import notices, phones
from bookings.models import Booking, Notice
from showsewa import money, numerals
from showsewa.actors import PEOPLE, Actor
from showsewa.refusals import Invalid, Refusal
from venues.models import Cinema

# Who has not come yet is told once more so long before the deadline, if there is that much time.
REMIND_BEFORE = timedelta(hours=2)
MOST_FOUND = 9
_LOOKALIKES = str.maketrans("OIL", "011")
_REFERENCE = re.compile("B?(?P<rest>K[0-9]{8}[0-9A-Z]{6})")
_CODE = re.compile("[0-9A-Z]{6}")
_OWNERS = tuple(f"{kind}:" for kind in PEOPLE)


class NotOffered(Refusal):
    """This booking cannot be paid at the counter: its cinema does not offer it, or it is too near the show."""

    code = "COUNTER_NOT_OFFERED"


class Limit(Invalid):
    """More than one may have to be paid at the counter: seats, or bookings."""

    code = "COUNTER_LIMIT"


def is_chosen(booking: Booking) -> bool:
    """One that costs nothing is confirmed at once, however it was to be paid."""
    return booking.payment_method == Booking.AT_COUNTER and booking.total > 0


def until(booking: Booking, *, now: datetime) -> datetime | None:
    """By when it can be paid at the counter; None where that is not offered.

    Never for less time than an online payment has: who has so little goes there and buys.
    """
    show = booking.showtime
    if not _is_offered(show.cinema) or not booking.owner.startswith(_OWNERS):
        return None
    deadline = show.starts_at - timedelta(minutes=show.cinema.counter_minutes)
    return deadline if deadline > now + timedelta(minutes=settings.BOOKING_EXPIRY_MINUTES) else None


def has_too_many_seats(booking: Booking) -> bool:
    return len(booking.seat_labels) > booking.showtime.cinema.counter_seats


def find(text: str, *, actor: Actor) -> list[Booking]:
    """What a buyer at the counter may mean, at the clerk's cinemas: a reference (whole, also without the B that
    opened the field, or its last six letters) or the phone it was booked with. Of the website's bookings alone.

    By its whole reference one is found whatever has become of it, else only while it waits for its money.
    """
    rows = Booking.objects.filter(channel=None, reference__isnull=False).select_related(
        "showtime__movie", "showtime__cinema", "showtime__hall", "exchange_of"
    )
    if actor.cinema_ids is not None:
        rows = rows.filter(showtime__cinema__in=actor.cinema_ids)
    typed = "".join(sign for sign in text.upper() if sign.isalnum())
    code = typed.translate(_LOOKALIKES)
    if whole := _REFERENCE.fullmatch(code):
        return list(rows.filter(reference=f"B{whole['rest']}"))
    waiting = rows.filter(status=Booking.Status.PENDING)
    if _CODE.fullmatch(code):
        found = waiting.filter(reference__endswith=code)
    elif tail := phones.tail(typed):
        found = waiting.filter(_of_phone(tail))
    else:
        return []
    return list(found.order_by("showtime__starts_at", "pk")[:MOST_FOUND])


def admit(booking: Booking, *, email: str, phone: str, now: datetime) -> datetime:
    """The deadline of a hold that shall be paid at the counter. Caller holds the booking lock and sets it.

    A person is the owner of the hold, and whoever has the same phone or e-mail: without either nobody is kept seats
    for hours. Refuses: NotOffered, Limit.
    """
    deadline = until(booking, now=now)
    if deadline is None:
        raise NotOffered(_("This booking cannot be paid at the counter. Please pay online."))
    if not email and not phone:
        raise Limit(_("Give a phone number or an e-mail address: that is how the counter finds you."))
    if has_too_many_seats(booking):
        most = booking.showtime.cinema.counter_seats
        told = ngettext(
            "At most %d seat can be paid at the counter.", "At most %d seats can be paid at the counter.", most
        )
        raise Limit(numerals.filled(told, most))
    _wait_for_turn(booking)
    others = _waiting().filter(_of_person(booking.owner, email, phone)).exclude(pk=booking.pk)
    if others.filter(showtime=booking.showtime_id).exists():
        raise Limit(_("You have a booking for this show to be paid at the counter already."))
    if others.count() >= settings.MAX_HOLDS_PER_OWNER:
        raise Limit(_("You have other bookings to be paid at the counter. Please pay those first."))
    return deadline


def promise_notices(booking: Booking, *, now: datetime) -> None:
    """Where, how much and by when, at once; and once more before the deadline. Caller holds the booking lock."""
    if not is_chosen(booking) or booking.expires_at is None:
        return
    facts = notices.money_facts(booking.total, booking.currency) | {"payBy": booking.expires_at.isoformat()}
    notices.promise(booking, Notice.Kind.PAY_LATER, due_at=now, facts=facts)
    remind_at = booking.expires_at - REMIND_BEFORE
    if remind_at > now + REMIND_BEFORE:
        notices.promise(booking, Notice.Kind.PAY_REMINDER, due_at=remind_at, facts=facts)


def promise_bad_news(booking: Booking, *, now: datetime) -> None:
    """Nobody came: the seats are free again. Caller holds the booking lock."""
    facts = notices.money_facts(booking.total or money.ZERO, booking.currency)
    notices.promise(booking, Notice.Kind.NOT_PAID, due_at=now, facts=facts)


def _is_offered(cinema: Cinema) -> bool:
    return cinema.pays_at_counter and not (cinema.is_sandbox and settings.IS_LIVE)


def _waiting() -> QuerySet[Booking]:
    return Booking.objects.filter(status=Booking.Status.PENDING, payment_method=Booking.AT_COUNTER)


def _of_person(owner: str, email: str, phone: str) -> Q:
    person = Q(owner=owner)
    if email:
        person |= Q(email__iexact=email)
    if tail := phones.tail(phone):
        person |= _of_phone(tail)
    return person


def _of_phone(tail: str) -> Q:
    """Callers of the API write numbers as they like."""
    return Q(phone__regex="[^0-9]*".join(tail) + "[^0-9]*$")


def _wait_for_turn(booking: Booking) -> None:
    """One after the other at a show, so that two at once do not each find that there is no other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(booking.showtime_id)])
