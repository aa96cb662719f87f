"""How bookings end: their time runs out, somebody cancels, or the years pass over them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from bookings import notices, pricing
from bookings.models import Booking, Ticket
from bookings.services import at_counter, handing, offers, promos, steps, telling
from seatsync import inventory
from showsewa.actors import SYSTEM, Actor
from showsewa.transactions import use_case

_S = Booking.Status


def due(now: datetime) -> Q:
    """Holds past their deadline, and unpaid bookings past theirs plus the grace that late money gets."""
    grace = timedelta(minutes=settings.PAYMENT_GRACE_MINUTES)
    return Q(status=_S.HELD, expires_at__lte=now) | Q(status=_S.PENDING, expires_at__lte=now - grace)


def expire_due(*, now: datetime, most: int = 5000) -> int:
    """End every booking whose time is over, showtime by showtime, and return how many that were."""
    ended = 0
    for showtime_id in _showtimes_with_due(now):
        while ended < most and (count := expire_at_showtime(showtime_id=showtime_id, now=now)):
            ended += count
    return ended


@use_case
def expire_at_showtime(*, showtime_id: uuid.UUID, now: datetime, batch: int = 200) -> int:
    """End up to a batch of one showtime's due bookings with one journal row. Skips what somebody is working on.

    Locks: the bookings by id, then all their seats by id.
    """
    rows = Booking.objects.select_for_update(no_key=True, skip_locked=True).filter(due(now), showtime_id=showtime_id)
    bookings = list(rows.order_by("pk")[:batch])
    if bookings:
        _expire(showtime_id, bookings, now=now)
    return len(bookings)


def cancel(
    booking: Booking,
    *,
    ending: Booking.Ending,
    actor: Actor,
    reason: str,
    now: datetime,
    facts: Mapping[str, str] | None = None,
    host: Booking | None = None,
) -> None:
    """End a booking before its show and free its seats. Caller holds the booking lock and sees to the money.

    facts: what the buyer is told of it (`notices.money_facts`). host: locked too, gets back what a hold had of a party.
    """
    steps.require(booking, _S.HELD, _S.PENDING, _S.CONFIRMED)
    was_sale, was_hold = booking.status == _S.CONFIRMED, booking.status == _S.HELD
    if was_hold:
        offers.end_with(booking, actor=actor, reason="the hold ended")
    # The journal keeps what it is told for ever: a customer's own words, which may name people, stay on the booking.
    said = ending.value if ending == Booking.Ending.CUSTOMER else reason or ending.value
    if not was_hold:
        promos.return_uses([booking])
    handing.let_go(booking, host if was_hold else None, _cause(booking, actor, said))
    booking.ending, booking.cancel_reason, booking.cancelled_at = ending, reason, now
    booking.move(_S.CANCELLED, "ending", "cancel_reason", "cancelled_at")
    if not was_hold and ending != Booking.Ending.CHANNEL:  # a channel that reported it knows
        telling.ended(booking)
    if was_sale:
        notices.promise_for_ending(booking, now=now, facts=facts)


def drop_tickets(booking: Booking, tickets: Sequence[Ticket], *, kept: Decimal, cause: inventory.Cause) -> None:
    """Go on without these seats: they are free again, and the sums are those of the rest.

    kept: what of their price does not come back. Caller holds the booking lock, sees to the money, leaves one ticket.
    """
    steps.free_seats(booking, cause, only=[ticket.show_seat_id for ticket in tickets])
    gone = {ticket.label for ticket in tickets}
    booking.seat_labels = [label for label in booking.seat_labels if label not in gone]
    pricing.count(booking, tickets, -1)
    booking.kept += kept
    booking.save(update_fields=["seat_labels", *pricing.SUMS, "kept"])


def refund_out(booking: Booking, *, actor: Actor, reason: str, now: datetime, facts: Mapping[str, str]) -> None:
    """All the money went back, so the seats come back too. Caller holds the booking lock."""
    promos.return_uses([booking])
    steps.free_seats(booking, _cause(booking, actor, reason or "refunded"))
    booking.ending, booking.cancel_reason, booking.cancelled_at = Booking.Ending.STAFF, reason, now
    booking.move(_S.REFUNDED, "ending", "cancel_reason", "cancelled_at")
    telling.ended(booking)
    notices.promise_for_ending(booking, now=now, facts=facts)


def expire_unpaid(booking: Booking, *, now: datetime) -> None:
    """The gateway says nobody will pay any more: end it now. Caller holds the booking lock."""
    steps.require(booking, _S.PENDING)
    _expire(booking.showtime_id, [booking], now=now)


@use_case
def purge_holds(*, now: datetime) -> int:
    """Delete holds that lapsed a day ago without ever becoming a booking; the journal remembers them.

    Those that friends shared go with their party.
    """
    before = now - timedelta(hours=settings.PURGE_HOLDS_AFTER_HOURS)
    never_booked = Booking.objects.filter(
        status__in=[_S.EXPIRED, _S.CANCELLED],
        reference=None,
        created_at__lt=before,
        payments=None,
        hosts=None,
    )
    return never_booked.delete()[0]


@use_case
def archive_tickets(*, now: datetime) -> int:
    """Move the tickets of bookings that ended unused a month ago out of the way (JOB-3); the bookings stay, and so does
    a ticket somebody went in with.
    """
    ended = [_S.EXPIRED.value, _S.CANCELLED.value, _S.REFUNDED.value]
    with connection.cursor() as cursor:
        cursor.execute(_ARCHIVE, [ended, now - timedelta(days=settings.ARCHIVE_AFTER_DAYS)])
        return cursor.rowcount


_ARCHIVE = """
    WITH old AS (
        DELETE FROM bookings_ticket t USING bookings_booking b
        WHERE t.booking_id = b.id AND t.released_at IS NOT NULL AND b.status = ANY(%s) AND b.created_at < %s
            AND NOT EXISTS (SELECT FROM bookings_checkin c WHERE c.ticket_id = t.id)
        RETURNING t.id, t.booking_id, t.label, t.price, t.discount, t.fee, t.tax, t.released_at
    )
    INSERT INTO bookings_archivedticket (id, booking_id, label, price, discount, fee, tax, released_at, archived_at)
    SELECT id, booking_id, label, price, discount, fee, tax, released_at, statement_timestamp() FROM old"""


def _cause(booking: Booking, actor: Actor, reason: str) -> inventory.Cause:
    return inventory.Cause(actor, booking.source, booking.reference or "", reason)


def _showtimes_with_due(now: datetime) -> list[uuid.UUID]:
    # One showtime after the other, so that a transaction never holds seats of two.
    return list(Booking.objects.filter(due(now)).values_list("showtime_id", flat=True).distinct()[:500])


def _expire(showtime_id: uuid.UUID, bookings: Sequence[Booking], *, now: datetime) -> None:
    claims = [booking.pk for booking in bookings]
    live = Ticket.objects.filter(booking_id__in=claims, released_at=None)
    keys = list(live.order_by("show_seat_id").values_list("show_seat_id", flat=True))
    cause = inventory.Cause(SYSTEM, reason="time over")
    promos.return_uses([booking for booking in bookings if booking.status == _S.PENDING])
    if keys:
        with inventory.release(showtime_id, keys, claims=claims, cause=cause):
            live.update(released_at=Now())
    Booking.objects.filter(pk__in=claims).update(status=_S.EXPIRED, expires_at=None)
    for booking in bookings:
        was_hold = booking.status == _S.HELD
        booking.status, booking.expires_at = _S.EXPIRED, None
        if not was_hold:
            telling.ended(booking)
            if at_counter.is_chosen(booking):
                at_counter.promise_bad_news(booking, now=now)
