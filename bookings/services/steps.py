"""Steps that several use cases take. None opens a transaction; each says which lock its caller holds."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bookings import policy, pricing
from bookings.models import Booking, InvalidState, PromoCode, Ticket
from seatsync import inventory
from showsewa import ids, money
from showsewa.actors import Kind
from showsewa.refusals import NotFound
from venues.models import Cinema, Showtime

_BOOKING: list[str] = [str(field.column) for field in Booking._meta.concrete_fields]
_SHOWTIME = ["id", "cinema_id", "starts_at", "cancelled_at"]
_CINEMA = ["id", "time_zone", "gateways", "refund_tiers", "is_sandbox"]  # in the order of the model

# By hand, because the ORM takes four times as long to build this query as PostgreSQL to answer it, and every use case
# on a booking begins with it. Of the show it reads only what a rule asks for; the rest is fetched when touched.
_LOCK = f"""
    SELECT {", ".join(f"b.{name}" for name in _BOOKING)}, {", ".join(f"t.{name}" for name in _SHOWTIME)},
        {", ".join(f"c.{name}" for name in _CINEMA)}
    FROM bookings_booking b JOIN venues_showtime t ON t.id = b.showtime_id JOIN venues_cinema c ON c.id = t.cinema_id
    WHERE b.id = %s FOR NO KEY UPDATE OF b"""  # noqa: S608 - names of our own columns

_KEYS = "SELECT show_seat_id FROM bookings_ticket WHERE booking_id = %s AND released_at IS NULL ORDER BY 1"


def lock_booking(booking_id: uuid.UUID) -> Booking:
    """Always the first lock of a use case: booking, then its seats by id, then payments. Refuses: NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [booking_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is no such booking."))
    own, show = len(_BOOKING), len(_BOOKING) + len(_SHOWTIME)
    booking = Booking.from_db(connection.alias, _BOOKING, list(row[:own]))
    booking.refund_policy = json.loads(booking.refund_policy)  # jsonb arrives as text below the ORM
    booking.charges = json.loads(booking.charges)
    booking.showtime = Showtime.from_db(connection.alias, _SHOWTIME, list(row[own:show]))
    cinema = booking.showtime.cinema = Cinema.from_db(connection.alias, _CINEMA, list(row[show:]))
    cinema.refund_tiers = cinema.refund_tiers and json.loads(cinema.refund_tiers)  # jsonb again
    return booking


def lock_to_settle(booking_id: uuid.UUID, *, exchange_of: uuid.UUID | None) -> Booking:
    """The same for who has its money: the sale whose seats it is to exchange is older, and locked before it."""
    if exchange_of is not None:
        lock_booking(exchange_of)
    return lock_booking(booking_id)


def require(booking: Booking, *statuses: Booking.Status) -> None:
    """Refuses: InvalidState unless the booking is one of these. Caller holds the booking lock."""
    if booking.status not in statuses:
        raise InvalidState(
            _("This booking is %(status)s.") % {"status": booking.get_status_display()}, bookingStatus=booking.status
        )


def seat_keys(booking: Booking) -> list[int]:
    """The show seats of its live tickets, in lock order."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [booking.pk])
        return [row[0] for row in cursor.fetchall()]


def free_seats(booking: Booking, cause: inventory.Cause, *, only: Sequence[int] | None = None) -> int:
    """Give the booking's seats (or only these) back and end their tickets. Caller holds the booking lock."""
    keys = seat_keys(booking) if only is None else list(only)
    if not keys:
        return 0
    with inventory.release(booking.showtime_id, keys, claims=[booking.pk], cause=cause) as change:
        Ticket.objects.filter(booking=booking, show_seat_id__in=keys, released_at=None).update(released_at=Now())
    return len(change.seats)


def drop_displaced(displaced: Mapping[uuid.UUID, Sequence[int]]) -> None:
    """End the tickets of claims that just lost these very seats, no others: anything wider would disarm the index.

    Caller holds the seats' locks, which order everyone who ends these tickets.
    """
    for claim, keys in displaced.items():
        Ticket.objects.filter(booking_id=claim, show_seat_id__in=keys, released_at=None).update(released_at=Now())


def ticket(booking: Booking, seat: inventory.LockedSeat, share: pricing.Share) -> Ticket:
    """A seat of it, not saved."""
    return Ticket(booking=booking, show_seat_id=seat.id, label=seat.label, **asdict(share))


def reprice(booking: Booking, tickets: Sequence[Ticket], *, promo: PromoCode | None) -> None:
    """Quote these anew, which are all it has, and write that on them; its sums are for the caller to save."""
    for one, share in zip(tickets, pricing.of(booking, tickets, promo).shares, strict=True):
        one.discount, one.fee, one.fee_kept, one.tax = share.discount, share.fee, share.fee_kept, share.tax
    Ticket.objects.bulk_update(tickets, ["discount", "fee", "fee_kept", "tax"])
    pricing.count_anew(booking, tickets)


def reported_sale(*, showtime: Showtime, channel_id: uuid.UUID, source: str, reference: str, now: datetime) -> Booking:
    """A channel's sale as a booking without a seat yet, not saved: the caller adds tickets, labels and sums under its
    locks and writes it.
    """
    return Booking(
        id=ids.uuid7(),
        showtime=showtime,
        status=Booking.Status.CONFIRMED,
        owner=f"{Kind.CHANNEL}:{channel_id}",
        channel_id=channel_id,
        source=source,
        reference=ids.reference(now.astimezone(ZoneInfo(showtime.cinema.time_zone))),
        external_reference=reference,
        seat_labels=[],
        subtotal=money.ZERO,
        total=money.ZERO,
        currency=showtime.cinema.currency,
        refund_policy=policy.snapshot(showtime.cinema),
        confirmed_at=now,
        created_at=now,
    )
