"""Everything a report needs at hand: the bookings and seats in play, locked, and what its channel said before."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from bookings.models import Booking
from seatsync import inventory
from seatsync.models import Conflict, SeatStatus, ShowSeat
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Busy
from venues.models import Showtime

TOMBSTONE_LIVES = timedelta(hours=24)


class ChangedHands(Busy):
    """A seat got a holder whom we have not locked. To be begun anew."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The last word of a channel on one of its keys (reference, seat) that counts."""

    status: str
    sold_at: datetime | None


@dataclass(slots=True)
class Desk:
    """seats: by key, as they are now. names: what the report calls them. away: seats somebody else has locked.

    own: this channel's sales by reference. newest: the newest time it gave for a sale. suspects: seat -> references it
    has sold the seat under a second time. conflicts: of the reported seats, whatever their status.
    """

    showtime: Showtime
    actor: Actor
    channel_id: uuid.UUID
    now: datetime
    version: int
    bookings: dict[uuid.UUID, Booking]
    seats: dict[int, inventory.LockedSeat]
    names: dict[str, int]
    away: frozenset[str] = frozenset()
    own: dict[str, Booking] = field(default_factory=dict)
    known: dict[tuple[int, str], Statement] = field(default_factory=dict)
    newest: dict[str, datetime] = field(default_factory=dict)
    suspects: dict[int, dict[str, str]] = field(default_factory=dict)
    conflicts: dict[int, list[Conflict]] = field(default_factory=dict)
    changed_at: dict[int, int] = field(default_factory=dict)

    def seat(self, name: str) -> inventory.LockedSeat:
        return self.seats[self.names[name]]

    def holder(self, seat: inventory.LockedSeat) -> Booking:
        assert seat.claim is not None  # of a seat that is held or sold
        return self.bookings[seat.claim]

    @property
    def is_over(self) -> bool:
        return self.showtime.ends_at <= self.now or self.showtime.cancelled_at is not None


_BOOKING = [str(column.column) for column in Booking._meta.concrete_fields]

# Who has the reported seats, this channel's sales under the reported references, and the offers made to holds that may
# lose a seat now, or the hold an offered seat was meant for.
_BOOKINGS = f"""
    WITH held AS (
        SELECT claim FROM seatsync_showseat
        WHERE showtime_id = %(showtime)s AND (label = ANY(%(labels)s) OR id = ANY(%(keys)s)) AND claim IS NOT NULL
    ), wanted AS (
        SELECT claim AS id FROM held
        UNION SELECT id FROM bookings_booking WHERE channel_id = %(channel)s AND showtime_id = %(showtime)s
            AND external_reference = ANY(%(references)s) AND status = 'CONFIRMED' AND external_reference <> ''
        UNION SELECT b.id FROM bookings_booking b JOIN held ON b.offered_to_id = held.claim WHERE b.status = 'HELD'
        UNION SELECT b.offered_to_id FROM bookings_booking b JOIN held ON b.id = held.claim
            WHERE b.offered_to_id IS NOT NULL
    )
    SELECT {", ".join(f"b.{name}" for name in _BOOKING)} FROM bookings_booking b
    WHERE b.id IN (SELECT id FROM wanted) ORDER BY b.id"""  # noqa: S608 - names of our own columns

# The newest row by arrival is the newest statement: what was older by the channel's own time is stale and not counted.
_COUNTS = """r.channel_id = %(channel)s AND r.showtime_id = %(showtime)s AND r.reference <> ''
    AND r.status IN ('BOOKED', 'AVAILABLE') AND r.outcome NOT IN ('stale', 'rejected', 'busy')
    AND (r.outcome <> 'conflict' OR r.conflict_id IS NOT NULL)
    AND (r.status = 'BOOKED' OR r.outcome NOT IN ('tombstone', 'not_yours', 'duplicate')
        OR r.received_at > %(since)s)"""
_KNOWN = f"""
    SELECT k.seat, k.reference, r.status, r.sold_at
    FROM unnest(%(seats)s::bigint[], %(references)s::text[]) AS k (seat, reference), LATERAL (
        SELECT r.status, r.sold_at FROM seatsync_seatreport r
        WHERE r.seat_id = k.seat AND r.reference = k.reference AND {_COUNTS} ORDER BY r.id DESC LIMIT 1
    ) r"""  # noqa: S608 - constants of this module
_NEWEST = f"""
    SELECT r.reference, max(r.sold_at) FROM seatsync_seatreport r
    WHERE r.reference = ANY(%(references)s) AND r.status = 'BOOKED' AND r.sold_at IS NOT NULL AND {_COUNTS}
    GROUP BY r.reference"""  # noqa: S608
_SUSPECTS = f"""
    SELECT s.seat, s.reference, s.source FROM (
        SELECT DISTINCT ON (r.seat_id, r.reference) r.seat_id AS seat, r.reference, r.source, r.status,
            min(r.id) OVER (PARTITION BY r.seat_id, r.reference) AS first
        FROM seatsync_seatreport r WHERE r.seat_id = ANY(%(seats)s) AND {_COUNTS} AND EXISTS (
            SELECT FROM seatsync_seatreport q WHERE q.seat_id = r.seat_id AND q.reference = r.reference
                AND q.channel_id = r.channel_id AND q.showtime_id = r.showtime_id AND q.outcome = 'duplicate_suspect'
        ) ORDER BY r.seat_id, r.reference, r.id DESC
    ) s WHERE s.status = 'BOOKED' ORDER BY s.first"""  # noqa: S608


def lay_out(
    showtime: Showtime, lines: Iterable[tuple[str, str]], *, actor: Actor, now: datetime, wait: bool = True
) -> Desk:
    """Lock the bookings in play by id, then the seats by id. lines: (seat, reference).

    wait: False to leave out what others have locked. Raises ChangedHands, if waiting.
    """
    assert actor.channel_id is not None  # a report has a channel
    lines = list(lines)
    seats = sorted({seat for seat, _reference in lines})
    references = sorted({reference for _seat, reference in lines if reference})
    bookings = _lock_bookings(showtime, seats, references, channel_id=actor.channel_id, wait=wait)
    open_claims = [b.pk for b in bookings.values() if b.status in (Booking.Status.HELD, Booking.Status.PENDING)]
    locked = inventory.lock_known(showtime.pk, seats, claims=open_claims, wait=wait)
    names = {seat.label: seat.id for seat in locked} | {ids.seat_id(seat.id): seat.id for seat in locked}
    away = _away(showtime, seats, locked, bookings, names, wait=wait)
    desk = Desk(
        showtime, actor, actor.channel_id, now, showtime.inventory.version, bookings,
        {seat.id: seat for seat in locked}, names, away,
    )  # fmt: skip
    sales = [b for b in bookings.values() if b.status == Booking.Status.CONFIRMED and b.external_reference]
    desk.own = {b.external_reference: b for b in sales if b.channel_id == desk.channel_id}
    _remember(desk, lines)
    return desk


def _lock_bookings(
    showtime: Showtime, seats: Sequence[str], references: Sequence[str], *, channel_id: uuid.UUID, wait: bool
) -> dict[uuid.UUID, Booking]:
    keys = [ids.seat_pk(name) for name in seats]
    given: dict[str, Any] = {
        "showtime": showtime.pk,
        "channel": channel_id,
        "labels": [name for name, key in zip(seats, keys, strict=True) if key is None],
        "keys": [key for key in keys if key is not None],
        "references": references,
    }
    lock = "" if inventory.SKIP_LOCK in settings.UNSAFE else " FOR NO KEY UPDATE OF b"
    with connection.cursor() as cursor:
        cursor.execute(_BOOKINGS + lock + ("" if wait or not lock else " SKIP LOCKED"), given)
        found = [Booking.from_db(connection.alias, _BOOKING, list(row)) for row in cursor.fetchall()]
    for booking in found:
        booking.refund_policy = json.loads(booking.refund_policy)  # jsonb arrives as text below the ORM
        booking.charges = json.loads(booking.charges)
        booking.showtime = showtime
    return {booking.pk: booking for booking in found}


def _away(
    showtime: Showtime,
    names: Sequence[str],
    locked: Sequence[inventory.LockedSeat],
    bookings: dict[uuid.UUID, Booking],
    found: dict[str, int],
    *,
    wait: bool,
) -> frozenset[str]:
    """Which of these we cannot decide on now: the seat, its holder or another seat of its hold is locked elsewhere."""
    strangers = {seat.label for seat in locked if seat.claim is not None and seat.claim not in bookings}
    if wait:
        if strangers:
            raise ChangedHands(_("A seat changed hands just now. Please send the report again."))
        return frozenset()
    rows = ShowSeat.objects.filter(showtime_id=showtime.pk)
    keys = {seat.id for seat in locked}
    open_claims = [b.pk for b in bookings.values() if b.status != Booking.Status.CONFIRMED]
    torn = set(rows.filter(claim__in=open_claims).exclude(pk__in=keys).values_list("claim", flat=True))
    strangers |= {seat.label for seat in locked if seat.claim in torn}
    missing = [name for name in names if name not in found]
    there = rows.filter(label__in=missing) | rows.filter(pk__in=[key for name in missing if (key := ids.seat_pk(name))])
    out_of_reach = {*there.values_list("label", flat=True), *strangers}
    out_of_reach |= {ids.seat_id(key) for key in there.values_list("pk", flat=True)}
    return frozenset(out_of_reach | {ids.seat_id(seat.id) for seat in locked if seat.label in strangers})


def _remember(desk: Desk, lines: Sequence[tuple[str, str]]) -> None:
    keys = {(desk.names[seat], reference) for seat, reference in lines if reference and seat in desk.names}
    reported = {desk.names[seat] for seat, _reference in lines if seat in desk.names}
    sold = {key: desk.seats[key] for key in reported if desk.seats[key].status == SeatStatus.BOOKED}
    keys |= {(key, ref) for key, seat in sold.items() if (ref := _own_reference(desk, seat))}
    given: dict[str, Any] = {
        "channel": desk.channel_id,
        "showtime": desk.showtime.pk,
        "since": desk.now - TOMBSTONE_LIVES,
        "seats": [key for key, _reference in keys],
        "references": [reference for _key, reference in keys],
    }
    with connection.cursor() as cursor:
        if keys:
            cursor.execute(_KNOWN, given)
            desk.known = {(seat, reference): Statement(*said) for seat, reference, *said in cursor.fetchall()}
        if desk.own:
            cursor.execute(_NEWEST, given | {"references": list(desk.own)})
            desk.newest = dict(cursor.fetchall())
        if sold:
            cursor.execute(_SUSPECTS, given | {"seats": list(sold)})
            for seat_id, reference, source in cursor.fetchall():
                if reference != _own_reference(desk, sold[seat_id]):  # that one has the seat by now
                    desk.suspects.setdefault(seat_id, {})[reference] = source
    if sold:
        _read_conflicts(desk, list(sold))


def _own_reference(desk: Desk, seat: inventory.LockedSeat) -> str:
    holder = desk.bookings.get(seat.claim) if seat.claim else None
    return holder.external_reference if holder and holder.channel_id == desk.channel_id else ""


def _read_conflicts(desk: Desk, seats: Sequence[int]) -> None:
    rows = Conflict.objects.filter(seat__in=seats).select_related("seat__showtime__showtime", "channel", "new_seat")
    if inventory.SKIP_LOCK not in settings.UNSAFE:
        rows = rows.select_for_update(no_key=True, of=("self",))
    for conflict in rows.order_by("created_at", "pk"):
        desk.conflicts.setdefault(conflict.seat_id, []).append(conflict)
