"""The waiting room: in a rush people choose seats of a showtime in turn, in the order the database saw them arrive.

It opens by itself when more than `limit` want to choose at a time, and closes when nobody waits any more. Whoever
waits looks now and then, and these looks let the next ones in: no timer has to ring, and nobody who does not look is
let in before somebody who does. Kept in the database alone; a showtime without a rush costs one flag in a row that is
read anyway. It is for customers: channels, counters and staff have queues of their own.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import places
from bookings.models import Booking, Visitor, WaitingRoom
from bookings.places import Place, Room
from seatsync import on_sale, opening, seatmaps
from seatsync.models import SeatStatus, ShowInventory, ShowSeat
from showsewa.actors import Actor
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import use_case
from venues import sandbox

_LIVE = (Booking.Status.HELD, Booking.Status.PENDING, Booking.Status.CONFIRMED)

# Whether a visitor v has bought in their turn: a turn is for one purchase, and whoever wants more waits again.
_IS_SPENT = """(v.until IS NOT NULL AND EXISTS (
            SELECT FROM bookings_booking b WHERE b.owner = v.owner AND b.showtime_id = v.showtime_id
                AND b.status IN ('PENDING', 'CONFIRMED') AND b.created_at > v.admitted_at
        ))"""

_HAS_NO_PLACE = f"(v.left_at IS NOT NULL OR v.until <= statement_timestamp() OR {_IS_SPENT})"

# The room's row gives out the numbers; who has a place or a turn is given none. One statement, so that the row is
# locked for no longer than the database takes: everybody who comes needs it. Whoever got a place from another process
# while this one waited for the row keeps that one: the number here is nobody's.
_ARRIVE = f"""
    WITH fresh AS (
        SELECT o.owner, row_number() OVER (ORDER BY o.n) AS n
        FROM unnest(%(owners)s::text[]) WITH ORDINALITY AS o (owner, n)
        LEFT JOIN bookings_visitor v ON v.showtime_id = %(showtime)s AND v.owner = o.owner
        WHERE v.id IS NULL OR {_HAS_NO_PLACE}
    ), room AS (
        UPDATE bookings_waitingroom SET last_number = last_number + (SELECT count(*) FROM fresh)
        WHERE showtime_id = %(showtime)s AND EXISTS (SELECT FROM fresh)
        RETURNING last_number - (SELECT count(*) FROM fresh) AS before
    )
    INSERT INTO bookings_visitor AS v (showtime_id, owner, number, arrived_at, seen_at)
    SELECT %(showtime)s, fresh.owner, room.before + fresh.n, clock_timestamp(), clock_timestamp()
    FROM room, fresh ORDER BY fresh.n
    ON CONFLICT (showtime_id, owner) DO UPDATE
    SET number = excluded.number, arrived_at = excluded.arrived_at, seen_at = excluded.seen_at,
        admitted_at = NULL, entered_at = NULL, until = NULL, left_at = NULL
    WHERE {_HAS_NO_PLACE}
    RETURNING owner, number"""  # noqa: S608 - a constant of this module

# Part of the question a hold begins with: of showtime t with inventory i, whether this owner is not let in yet.
MUST_WAIT = f"""(i.is_crowded AND NOT EXISTS (
            SELECT FROM bookings_visitor v WHERE v.showtime_id = t.id AND v.owner = %(owner)s::text
                AND v.until > statement_timestamp() AND v.left_at IS NULL AND NOT {_IS_SPENT}
        ))"""

# The same for who has no seats of it in hand: those may be changed, or paid for.
_IS_OUT_OF_TURN = f"""
    SELECT {MUST_WAIT} AND NOT EXISTS (
        SELECT FROM bookings_booking h WHERE h.owner = %(owner)s::text AND h.showtime_id = t.id
            AND h.status IN ('HELD', 'PENDING') AND h.expires_at > statement_timestamp()
    )
    FROM seatsync_showinventory i JOIN venues_showtime t ON t.id = i.showtime_id
    WHERE i.showtime_id = %(showtime)s"""  # noqa: S608 - as above

_LOOK = f"""
    SELECT i.is_crowded, r.front, r.rate, r.free, r.held, r.is_sold_out,
        extract(epoch FROM statement_timestamp() - r.advanced_at)::float8, v.number, v.until, v.entered_at
    FROM seatsync_showinventory i
    LEFT JOIN bookings_waitingroom r ON r.showtime_id = i.showtime_id
    LEFT JOIN bookings_visitor v ON v.showtime_id = r.showtime_id AND v.owner = %(owner)s::text
        AND v.left_at IS NULL AND (v.until IS NULL OR v.until > statement_timestamp()) AND NOT {_IS_SPENT}
    WHERE i.showtime_id = %(showtime)s"""  # noqa: S608 - as above

# Those whom another process is just hearing of are left to it.
_HEAR = """
    UPDATE bookings_visitor SET seen_at = statement_timestamp() WHERE id IN (
        SELECT id FROM bookings_visitor
        WHERE showtime_id = %(showtime)s AND owner = ANY(%(owners)s) AND until IS NULL AND left_at IS NULL
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ) RETURNING owner, number"""

# Seconds; of rooms in which nothing has moved since, nobody needs a place any more.
_LONG_AGO = 3600

# What UNSAFE may name (test settings only): let people in from several looks at the same time.
SKIP_TURN = "skip_room_turn"


class NoPlace(NotFound):
    """Take one by POST."""

    code = "NO_PLACE"


class WaitingRoomOpen(Refusal):
    """facts: waitingRoom, where the API gives a place; waitingUrl, the page for people."""

    code = "WAITING_ROOM"
    status = 429
    retry_after = 5


def check_turn(*, showtime_id: uuid.UUID, actor: Actor) -> None:
    """Reads only. Refuses: WaitingRoomOpen, in a rush before it is their turn."""
    if is_out_of_turn(showtime_id=showtime_id, actor=actor):
        raise must_wait(showtime_id)


def is_out_of_turn(*, showtime_id: uuid.UUID, actor: Actor) -> bool:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OUT_OF_TURN, {"showtime": showtime_id, "owner": actor.key})
        row = cursor.fetchone()
    return row is not None and bool(row[0])


def must_wait(showtime_id: uuid.UUID) -> WaitingRoomOpen:
    """What somebody is told who wants seats out of turn."""
    return WaitingRoomOpen(
        _("Many people want seats of this show just now. Take a place in the waiting room: it goes by arrival."),
        waitingRoom=f"/api/v1/showtimes/{showtime_id}/waiting-room",
        waitingUrl=reverse("waiting-room", args=[showtime_id]),
    )


def arrive(*, showtime_id: uuid.UUID, owners: Sequence[str]) -> dict[str, int]:
    """Give each of these people (keys of actors) the next number, in this order; returns those given.

    Who has a place or a turn keeps it. Nobody is given one where nothing is on sale. Locks: the room's row, within one
    statement that is a transaction by itself.
    """
    given = _given(showtime_id, owners)
    # None: they all have a place, or there is no room yet; for a mistyped id there never will be.
    if not given and ShowInventory.objects.filter(pk=showtime_id).exists():
        WaitingRoom.objects.bulk_create([WaitingRoom(showtime_id=showtime_id)], ignore_conflicts=True)
        given = _given(showtime_id, owners)
    return given


def _given(showtime_id: uuid.UUID, owners: Sequence[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVE, {"showtime": showtime_id, "owners": list(owners)})
        return dict(cursor.fetchall())


def hear(*, showtime_id: uuid.UUID, owners: Collection[str]) -> dict[str, int]:
    """These have looked of late. Returns the numbers of those of them who wait still."""
    with connection.cursor() as cursor:
        cursor.execute(_HEAR, {"showtime": showtime_id, "owners": list(owners)})
        return dict(cursor.fetchall())


@use_case
def advance(*, showtime_id: uuid.UUID) -> bool:
    """Let in as many as there is room for, open the room or close it. False when another look is just doing so.

    Locks: a turn of its own without waiting; the room's row, which those who arrive need, only at the end.
    """
    if SKIP_TURN not in settings.UNSAFE:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"room:{showtime_id}"])
            if not cursor.fetchone()[0]:
                return False
    room = WaitingRoom.objects.filter(pk=showtime_id).first()
    if room is None:
        return False
    front = room.front
    room.free, room.held = _count_seats(showtime_id)
    room.is_sold_out = not room.free and not room.held
    is_rush = _let_in(room)
    _open_or_close(room, is_rush, called=room.front - front)
    room.save(update_fields=["opened_at", "is_sold_out", "front", "rate", "free", "held", "advanced_at"])
    return True


def look(*, showtime_id: uuid.UUID, actor: Actor) -> tuple[Room, Place | None]:
    """The room and their place in it; None: they have none, or their turn is over. Lets people in when it is time to.

    Who finds it is their turn begins it with that. Refuses: NotFound.
    """
    sandbox.check_showtime(actor, showtime_id)
    room, place = _look(showtime_id, actor.key)
    is_waiting = room.is_open and place is not None and place.until is None
    if is_waiting and room.age > settings.WAITING.every and advance(showtime_id=showtime_id):
        room, place = _look(showtime_id, actor.key)
    return room, place


@use_case
def leave(*, showtime_id: uuid.UUID, actor: Actor) -> bool:
    """Give a place or a turn up. False when there was none."""
    rows = Visitor.objects.filter(room=showtime_id, owner=actor.key, left_at=None)
    return bool(rows.update(left_at=Now()))


def hand_over(*, giver: Actor, taker: Actor) -> int:
    """Places and turns go with their person who signs in or out; of two in one room the better stays.

    Returns how many went. Caller holds the transaction. Locks: the visitors by id.
    """
    of_late = _after(-_LONG_AGO)
    theirs = Visitor.objects.filter(owner=giver.key, left_at=None, room__advanced_at__gt=of_late)
    rooms = list(theirs.values_list("room_id", flat=True))
    rows = Visitor.objects.select_for_update(no_key=True).filter(room__in=rooms, owner__in=[giver.key, taker.key])
    found = list(rows.order_by("pk").annotate(now=Now())) if rooms else []
    gone = 0
    for given in [row for row in found if row.owner == giver.key]:
        had = next((row for row in found if row.room_id == given.room_id and row.owner == taker.key), None)
        if had is not None and _rank(had) <= _rank(given):
            Visitor.objects.filter(pk=given.pk).update(left_at=Now())
            continue
        Visitor.objects.filter(room=given.room_id, owner=taker.key).delete()
        gone += Visitor.objects.filter(pk=given.pk).update(owner=taker.key)
    return gone


@use_case
def purge(*, now: datetime) -> int:
    """Forget who came, a day after the show began."""
    old = WaitingRoom.objects.filter(showtime__starts_at__lt=now - timedelta(days=1))
    return old.delete()[0]


def _let_in(room: WaitingRoom) -> bool:
    """Who was seen of late, by number. In a rush no more at a time than there are seats to be had.

    Returns whether that leaves anybody waiting. Who comes while this is done is the next one's to see: a look for them
    here would take every two people who come at once for a rush.
    """
    limit = settings.WAITING.limit if room.limit is None else room.limit
    choosing = _choosing(room)
    spare = limit - choosing.count()
    if room.opened_at:  # whoever has not chosen in so long may well have gone, and keeps nobody from the last seats
        spare = min(spare, room.free - choosing.filter(admitted_at__gt=_after(-settings.WAITING.unseen)).count())
    spare = 0 if room.is_sold_out else max(spare, 0)
    waiting = list(_waiting(room).order_by("number").values_list("pk", "number")[: spare + 1])
    chosen = waiting[:spare]
    is_rush = len(waiting) > spare and not room.is_sold_out
    if not chosen:
        return is_rush
    # In a rush they are told by their next look, and their turn begins with it; otherwise they are choosing already.
    lasts = settings.WAITING.unseen if room.opened_at else settings.WAITING.turn
    rows = Visitor.objects.filter(pk__in=[key for key, _number in chosen])
    rows.update(admitted_at=Now(), until=_after(lasts), entered_at=None if room.opened_at else Now())
    room.front = max(room.front, chosen[-1][1])
    return is_rush


def _open_or_close(room: WaitingRoom, is_rush: bool, *, called: int) -> None:
    now = _now()
    if room.opened_at is not None and is_rush:
        took, since = (now - room.advanced_at).total_seconds(), (now - room.opened_at).total_seconds()
        room.rate = places.pace(room.rate, called=called, took=took, since_opening=since)
    elif is_rush != (room.opened_at is not None):
        room.opened_at, room.rate = now if is_rush else None, None
        opening.set_crowded(room.pk, is_rush)
    room.advanced_at = now


def _waiting(room: WaitingRoom) -> QuerySet[Visitor]:
    return room.visitors.filter(until=None, left_at=None, seen_at__gt=_after(-settings.WAITING.unseen))


def _choosing(room: WaitingRoom) -> QuerySet[Visitor]:
    """Whose turn it is and who have no seats yet; who gave theirs back may choose again, and few do."""
    bookings = Booking.objects.filter(owner=OuterRef("owner"), showtime=room.pk)
    has_chosen = bookings.filter(Q(status__in=_LIVE) | Q(created_at__gt=OuterRef("admitted_at")))
    return room.visitors.filter(~Exists(has_chosen), until__gt=Now(), left_at=None)


def _look(showtime_id: uuid.UUID, owner: str) -> tuple[Room, Place | None]:
    found = on_sale.read(_LOOK, {"showtime": showtime_id, "owner": owner})
    is_open, front, rate, free, held, is_sold_out, age, number, until, entered_at = found
    if front is None:
        return Room(), None
    if not is_open:  # nobody waits any more; whether the rush has left any seats
        free, held = _count_seats(showtime_id)
        is_sold_out = not free and not held
    if until is not None and entered_at is None:
        until = _enter(showtime_id, owner)
    room = Room(is_open, front, rate, free, held, is_sold_out, age)
    return room, Place(number, until) if number is not None else None


@use_case
def _enter(showtime_id: uuid.UUID, owner: str) -> datetime:
    """Their turn begins with this look; returns when it ends."""
    now = _now()
    until = now + timedelta(seconds=settings.WAITING.turn)
    rows = Visitor.objects.filter(room=showtime_id, owner=owner, until__isnull=False, entered_at=None)
    rows.update(entered_at=now, until=until)
    return until


def _rank(visitor: Visitor) -> tuple[int, int]:
    """The lower the better: a turn, then a place by its number, then nothing."""
    now: datetime = visitor.now  # type: ignore[attr-defined]  # annotated
    is_over = visitor.left_at is not None or (visitor.until is not None and visitor.until <= now)
    return 2 if is_over else 0 if visitor.until is not None else 1, visitor.number


def _count_seats(showtime_id: uuid.UUID) -> tuple[int, int]:
    """Those to be had now, and those that somebody holds and may not pay for."""
    seats = seatmaps.free([showtime_id]).get(showtime_id)
    held = ShowSeat.objects.filter(showtime_id=showtime_id, status=SeatStatus.HELD, held_until__gt=Now())
    return seats.available if seats else 0, held.count()


def _after(seconds: float) -> ExpressionWrapper:
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
