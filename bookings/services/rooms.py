"""The waiting room: in a rush people choose seats of a showtime in turn, in the order the database saw them arrive.

It opens by itself when more than `limit` want to choose at a time, and closes when nobody waits any more. Whoever
waits looks now and then, and these looks let the next ones in: no timer has to ring, and nobody who does not look is
let in before somebody who does. Kept in the database alone; a showtime without a rush costs one flag in a row that is
read anyway.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking, Visitor, WaitingRoom
from seatsync import opening, seatmaps
from seatsync.models import SeatStatus, ShowInventory, ShowSeat
from showsewa.actors import Actor, Kind
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import use_case
from venues import sandbox

_S = Booking.Status

# In one statement, so that the room's row, which gives out the numbers, is locked for no longer than that.
_ARRIVE = """
    WITH room AS (
        INSERT INTO bookings_waitingroom AS r (showtime_id, last_number)
        VALUES (%(showtime)s, cardinality(%(owners)s::text[]))
        ON CONFLICT (showtime_id) DO UPDATE SET last_number = r.last_number + cardinality(%(owners)s::text[])
        RETURNING last_number - cardinality(%(owners)s::text[]) AS before
    )
    INSERT INTO bookings_visitor AS v (showtime_id, owner, number, arrived_at, seen_at)
    SELECT %(showtime)s, o.owner, room.before + o.n, statement_timestamp(), statement_timestamp()
    FROM room, unnest(%(owners)s::text[]) WITH ORDINALITY AS o (owner, n)
    ON CONFLICT (showtime_id, owner) DO UPDATE
    SET number = excluded.number, arrived_at = excluded.arrived_at, seen_at = excluded.seen_at,
        admitted_at = NULL, entered_at = NULL, until = NULL, left_at = NULL
    WHERE v.left_at IS NOT NULL OR v.until <= statement_timestamp()"""

# Part of the question a hold begins with: of showtime t with inventory i, whether this owner is not let in yet.
MUST_WAIT = """(i.is_crowded AND NOT EXISTS (
            SELECT FROM bookings_visitor v WHERE v.showtime_id = t.id AND v.owner = %(owner)s::text
                AND v.until > statement_timestamp() AND v.left_at IS NULL
        ))"""

# The rate is that of so many seconds.
_LOOK_BACK = 120.0


class NoPlace(NotFound):
    """Take one by POST."""

    code = "NO_PLACE"


class WaitingRoomOpen(Refusal):
    """facts: waitingRoom, where the API gives a place; waitingUrl, the page for people."""

    code = "WAITING_ROOM"
    status = 429
    retry_after = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. place: 1 is the next; None for who may choose now, until `until` if there is a room.

    seconds: an honest guess of how long it takes, None when nobody can say. free, held: seats, as of the last look.
    look_in: seconds after which to look again.
    """

    place: int | None = None
    seconds: int | None = None
    until: datetime | None = None
    is_sold_out: bool = False
    free: int | None = None
    held: int | None = None
    look_in: float | None = None

    @property
    def may_choose(self) -> bool:
        return self.place is None and not self.is_sold_out


NO_ROOM = Standing()


def is_bound(actor: Actor) -> bool:
    """Whether the waiting room is for them: people are; channels, counters and staff have queues of their own."""
    return actor.kind in (Kind.GUEST, Kind.SESSION, Kind.USER) and not actor.is_staff


def check_turn(*, showtime_id: uuid.UUID, actor: Actor) -> None:
    """For who takes seats without a hold. Reads only. Refuses: WaitingRoomOpen, in a rush before it is their turn."""
    turns = Visitor.objects.filter(room=showtime_id, owner=actor.key, until__gt=Now(), left_at=None)
    if ShowInventory.objects.filter(pk=showtime_id, is_crowded=True).exists() and not turns.exists():
        raise must_wait(showtime_id)


def must_wait(showtime_id: uuid.UUID) -> WaitingRoomOpen:
    """What somebody is told who wants seats out of turn."""
    return WaitingRoomOpen(
        _("Many people want seats of this show just now. Take a place in the waiting room: it goes by arrival."),
        waitingRoom=f"/api/v1/showtimes/{showtime_id}/waiting-room",
        waitingUrl=reverse("waiting-room", args=[showtime_id]),
    )


@use_case
def arrive(*, showtime_id: uuid.UUID, owners: Sequence[str]) -> None:
    """Give each of these people (keys of actors) a number, in this order; who has a place or a turn keeps it.

    Locks: the room's row, for this statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVE, {"showtime": showtime_id, "owners": list(owners)})


@use_case
def advance(*, showtime_id: uuid.UUID) -> bool:
    """Let in as many as there is room for, open the room or close it. False when another look is just doing so.

    Locks: a turn of its own without waiting, then the room's row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"room:{showtime_id}"])
        if not cursor.fetchone()[0]:
            return False
    room = WaitingRoom.objects.select_for_update(no_key=True).filter(pk=showtime_id).order_by("pk").first()
    if room is None:
        return False
    _count_seats(room)
    _let_in(room)
    _open_or_close(room)
    room.save(update_fields=["opened_at", "is_sold_out", "front", "rate", "free", "held", "advanced_at"])
    return True


def join(*, showtime_id: uuid.UUID, actor: Actor) -> Standing:
    """Take a place, or keep the one there is. Refuses: NotFound."""
    if not _is_crowded(showtime_id, actor):
        return _without_rush(showtime_id)
    found = look(showtime_id=showtime_id, actor=actor)
    if found is None:  # else a number would be given out for nobody, and everybody behind would seem further back
        arrive(showtime_id=showtime_id, owners=[actor.key])
        found = look(showtime_id=showtime_id, actor=actor)
    return found or NO_ROOM


def standing(*, showtime_id: uuid.UUID, actor: Actor) -> Standing:
    """Where they stand. Refuses: NotFound; NoPlace for somebody without a place in a rush."""
    if not _is_crowded(showtime_id, actor):
        return _without_rush(showtime_id)
    found = look(showtime_id=showtime_id, actor=actor)
    if found is None:
        raise NoPlace(_("You have no place in this waiting room."))
    return found


def look(*, showtime_id: uuid.UUID, actor: Actor) -> Standing | None:
    """Where they stand now; lets people in when it is time to. None: they have no place, or their turn is over.

    Who finds it is their turn begins it with that. For a showtime that is crowded.
    """
    visitor = _visitor(showtime_id, actor)
    if visitor is None:
        return None
    if visitor.until is None and visitor.is_stale and advance(showtime_id=showtime_id):
        visitor = _visitor(showtime_id, actor)
    return _standing(visitor) if visitor is not None else None


@use_case
def leave(*, showtime_id: uuid.UUID, actor: Actor) -> bool:
    """Give a place or a turn up. False when there was none."""
    rows = Visitor.objects.filter(room=showtime_id, owner=actor.key, left_at=None)
    return bool(rows.update(left_at=Now()))


@use_case
def purge(*, now: datetime) -> int:
    """Forget who came, a day after the show began."""
    old = WaitingRoom.objects.filter(showtime__starts_at__lt=now - timedelta(days=1))
    return old.delete()[0]


def _let_in(room: WaitingRoom) -> None:
    """Who was seen of late, by number. In a rush no more than there are seats to be had."""
    limit = settings.WAITING.limit if room.limit is None else room.limit
    most = min(limit, room.free) if room.opened_at else limit
    spare = most - _choosing(room).count()
    if spare <= 0 or room.is_sold_out:
        return
    chosen = list(_waiting(room).order_by("number").values_list("pk", "number")[:spare])
    if not chosen:
        return
    # In a rush they are told by their next look, and their turn begins with it; otherwise they are choosing already.
    lasts = settings.WAITING.unseen if room.opened_at else settings.WAITING.turn
    rows = Visitor.objects.filter(pk__in=[key for key, _number in chosen])
    rows.update(admitted_at=Now(), until=_after(lasts), entered_at=None if room.opened_at else Now())
    room.front = max(room.front, chosen[-1][1])


def _open_or_close(room: WaitingRoom) -> None:
    now = _now()
    is_rush = _waiting(room).exists() and not room.is_sold_out
    if is_rush != (room.opened_at is not None):
        room.opened_at = now if is_rush else None
        opening.set_crowded(room.pk, is_rush)
    room.rate, room.advanced_at = _rate(room, now), now


def _rate(room: WaitingRoom, now: datetime) -> float | None:
    if room.opened_at is None:
        return None
    since = max(room.opened_at, now - timedelta(seconds=_LOOK_BACK))
    count = room.visitors.filter(admitted_at__gt=since).count()
    return count * 60 / max((now - since).total_seconds(), 5.0) if count else None


def _waiting(room: WaitingRoom) -> QuerySet[Visitor]:
    return room.visitors.filter(until=None, left_at=None, seen_at__gt=_after(-settings.WAITING.unseen))


def _choosing(room: WaitingRoom) -> QuerySet[Visitor]:
    """Whose turn it is and who have no seats yet."""
    has_seats = Booking.objects.filter(
        owner=OuterRef("owner"), showtime=room.pk, status__in=[_S.HELD, _S.PENDING, _S.CONFIRMED]
    )
    return room.visitors.filter(~Exists(has_seats), until__gt=Now(), left_at=None)


def _is_crowded(showtime_id: uuid.UUID, actor: Actor) -> bool:
    sandbox.check_showtime(actor, showtime_id)
    found = ShowInventory.objects.filter(pk=showtime_id).values_list("is_crowded", flat=True).first()
    if found is None:
        raise NotFound(_("This showtime is not on sale."))
    return found


def _without_rush(showtime_id: uuid.UUID) -> Standing:
    """Nobody waits; where there was a rush, whether it left any seats."""
    room = WaitingRoom.objects.filter(pk=showtime_id).first()
    if room is None:
        return NO_ROOM
    _count_seats(room)
    return Standing(is_sold_out=room.is_sold_out, free=room.free, held=room.held)


def _count_seats(room: WaitingRoom) -> None:
    seats = seatmaps.free([room.pk]).get(room.pk)
    held = ShowSeat.objects.filter(showtime_id=room.pk, status=SeatStatus.HELD, held_until__gt=Now())
    room.free, room.held = seats.available if seats else 0, held.count()
    room.is_sold_out = not room.free and not room.held


def _visitor(showtime_id: uuid.UUID, actor: Actor) -> "_Visitor | None":
    rows = Visitor.objects.select_related("room").filter(room=showtime_id, owner=actor.key, left_at=None)
    found = rows.annotate(now=Now()).first()
    if found is None or (found.until is not None and found.until <= found.now):
        return None
    room = found.room
    if found.until is not None and found.entered_at is None:
        found.until = found.now + timedelta(seconds=settings.WAITING.turn)
        Visitor.objects.filter(pk=found.pk, entered_at=None).update(entered_at=found.now, until=found.until)
    elif found.until is None and found.now - found.seen_at > timedelta(seconds=settings.WAITING.unseen / 5):
        Visitor.objects.filter(pk=found.pk).update(seen_at=found.now)
    is_stale = found.now - room.advanced_at > timedelta(seconds=settings.WAITING.every)
    return _Visitor(room, found.number, found.until, is_stale)


@dataclass(frozen=True, slots=True)
class _Visitor:
    room: WaitingRoom
    number: int
    until: datetime | None
    is_stale: bool


def _standing(visitor: _Visitor) -> Standing:
    room = visitor.room
    seats = Standing(is_sold_out=room.is_sold_out, free=room.free, held=room.held)
    if visitor.until is not None:
        return replace(seats, until=visitor.until)
    if room.opened_at is None:  # it closed: who waits may choose like everybody, unless nothing is left
        return seats
    place = max(visitor.number - room.front, 1)
    seconds = int(place * 60 / room.rate) + 1 if room.rate and room.free else None
    shortest, longest = settings.WAITING.looks
    # Those near the front look often, the rest seldom, and never all at once.
    look_in = min(max((seconds or 4 * shortest) / 4, shortest), longest) * random.uniform(0.8, 1.2)
    return replace(seats, place=place, seconds=seconds, look_in=round(look_in, 1))


def _after(seconds: float) -> ExpressionWrapper:
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
