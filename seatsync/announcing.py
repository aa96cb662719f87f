"""Announcements: written with what they tell of, numbered later in one order under which no late commit can slip."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from seatsync.models import Announcement, Topic
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Refusal
from showsewa.transactions import use_case


class EventsGone(Refusal):
    """facts: oldestSequence, the first that is still kept."""

    code = "EVENTS_GONE"
    status = 410


def announce(
    topic: Topic, *, cinema_id: UUID, data: Mapping[str, Any], showtime_id: UUID | None = None, to: UUID | None = None
) -> None:
    """Tell the channels of a cinema, or one of them (`to`), when this transaction commits. Seat changes need no call:
    the journal queues them. data: JSON as the webhook carries it, ids as text, times as RFC 3339 in UTC.
    """
    Announcement.objects.create(
        topic=topic, cinema_id=cinema_id, showtime_id=showtime_id, channel_id=to, data=dict(data)
    )


# Whoever numbers holds this lock until its commit, so there is one writer of numbers at a time, and each sees all that
# the one before it gave. That is what makes "I have read up to n" true for ever. An id or a time does not: both are
# taken before the commit, so a transaction with a lower one may commit after a reader has gone past it (a slow report
# of a hundred seats, begun before the hold that overtook it), and its row would never be read.
_TURN = 2_026_112_101
_BATCH = 2000

_WAITING = """
    SELECT EXISTS (SELECT FROM seatsync_unannounced) OR EXISTS (
        SELECT FROM seatsync_announcement WHERE sequence IS NULL
    )"""

# Who is told: live subscriptions of channels that reach the cinema, sandbox ones of the sandbox and no others.
AUDIENCE = """
    JOIN venues_cinema c ON c.id = n.cinema_id
    JOIN seatsync_channel_cinemas r ON r.cinema_id = n.cinema_id
    JOIN seatsync_channel h ON h.id = r.channel_id AND h.is_active
    JOIN seatsync_subscription s ON s.channel_id = h.id AND s.is_test = c.is_sandbox AND s.disabled_at IS NULL
        AND (n.channel_id IS NULL OR n.channel_id = h.id)
        AND CASE WHEN n.topic = 'webhook.test' THEN n.data ->> 'webhookId' = s.id::text
            ELSE s.topics = '{}' OR n.topic = ANY(s.topics) END"""

SEND = f"""
    INSERT INTO seatsync_delivery
        (id, subscription_id, announcement_id, sequence, is_replay, attempts, answer_body, last_error, created_at)
    SELECT {ids.SQL_UUID7}, s.id, n.id, n.sequence, %(is_replay)s, 0, '', '', statement_timestamp()"""

# In one statement, for one event or two thousand. Journal rows are queued in the order of their keys, and a showtime's
# keys ascend with its versions (both are taken under the lock of its inventory), so a batch is a prefix of each
# showtime and the window keeps its order even over a clock that was set back. Statuses are as the public sees them
# (`feed.seen`): a free seat kept for one channel is blocked. Whether it is kept is read now, not when it happened; the
# last event of a seat is right, and that is what a reader ends with.
_NUMBER = f"""
    WITH taken AS (
        DELETE FROM seatsync_unannounced
        WHERE event_id IN (SELECT event_id FROM seatsync_unannounced ORDER BY event_id LIMIT %(batch)s)
        RETURNING event_id
    ), queue AS (
        SELECT e.id AS event_id, NULL::uuid AS id, e.created_at,
            max(e.created_at) OVER (PARTITION BY e.showtime_id ORDER BY e.id) AS place
        FROM taken JOIN seatsync_seatevent e ON e.id = taken.event_id
        UNION ALL
        SELECT NULL, id, created_at, created_at FROM seatsync_announcement WHERE sequence IS NULL
    ), placed AS (
        SELECT *, row_number() OVER (ORDER BY place, event_id NULLS FIRST, id)
            + (SELECT coalesce(max(sequence), 0) FROM seatsync_announcement) AS sequence
        FROM queue
    ), written AS (
        INSERT INTO seatsync_announcement (id, sequence, topic, cinema_id, showtime_id, data, created_at)
        SELECT {ids.SQL_UUID7}, p.sequence, 'seat.changed', t.cinema_id, e.showtime_id, jsonb_build_object(
            'showtimeId', e.showtime_id, 'version', e.version, 'previousVersion', e.version - 1, 'action', e.action,
            'timestamp', to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'seats', (
                SELECT jsonb_agg(jsonb_build_object('id', 'seat_' || f.id, 'label', f.label, 'status', CASE
                    WHEN change ->> 2 <> 'AVAILABLE' THEN change ->> 2
                    WHEN e.action = 'ALLOT' OR (e.action <> 'RETURN' AND f.allotted_to_id IS NOT NULL) THEN 'BLOCKED'
                    ELSE 'AVAILABLE' END) ORDER BY number)
                FROM jsonb_array_elements(e.changes) WITH ORDINALITY AS changes (change, number)
                JOIN seatsync_showseat f ON f.showtime_id = e.showtime_id AND f.label = change ->> 0
            )), e.created_at
        FROM placed p JOIN seatsync_seatevent e ON e.id = p.event_id JOIN venues_showtime t ON t.id = e.showtime_id
        RETURNING id, sequence, topic, cinema_id, channel_id, data
    ), numbered AS (
        UPDATE seatsync_announcement a SET sequence = p.sequence FROM placed p WHERE a.id = p.id
        RETURNING a.id, a.sequence, a.topic, a.cinema_id, a.channel_id, a.data
    ), sent AS (
        {SEND} FROM (SELECT * FROM written UNION ALL SELECT * FROM numbered) n {AUDIENCE}
    )
    SELECT count(*) FROM placed"""  # noqa: S608 - put together from constants of this module


def number() -> int:
    """Give everything announced since the last time its place in the feed, and a delivery for each who subscribed.

    Returns how many that were. Does nothing while somebody else is at it. Locks: the turn, until the commit.
    """
    total = 0
    while count := _number_batch():
        total += count
    return total


def _number_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        if not cursor.fetchone()[0]:
            return 0
    with transaction.atomic(), connection.cursor() as cursor:
        # A statement of its own, before the one that looks: that one must see what the last holder committed.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_NUMBER, {"batch": _BATCH, "is_replay": False})
        return int(cursor.fetchone()[0])


def feed_of(actor: Actor, *, after: int, limit: int) -> Sequence[Announcement]:
    """What this channel may see after a number, in order; 0 for all that is kept.

    Refuses: EventsGone when some of what follows has been purged.
    """
    check_kept(after)
    return list(visible_to(actor).filter(sequence__gt=after).order_by("sequence")[:limit])


def check_kept(after: int) -> None:
    """Refuses: EventsGone when some of what follows a number (0: of all there is) has been purged."""
    oldest = Announcement.objects.aggregate(oldest=Min("sequence"))["oldest"]
    if after and oldest is not None and after + 1 < oldest:
        raise EventsGone(
            _("Events are kept for %(days)d days. Read the seat maps, then go on with after=%(after)d.")
            % {"days": settings.ANNOUNCEMENTS_KEPT_DAYS, "after": oldest - 1},
            oldestSequence=oldest,
        )


def visible_to(actor: Actor) -> QuerySet[Announcement]:
    """A channel's own and its cinemas'; a test key has none but sandbox cinemas."""
    rows = Announcement.objects.filter(Q(channel=None) | Q(channel=actor.channel_id), sequence__isnull=False)
    return rows if actor.cinema_ids is None else rows.filter(cinema__in=actor.cinema_ids)


def envelope(announcement: Announcement) -> dict[str, Any]:
    """What a webhook says and the feed repeats."""
    return {
        "id": str(announcement.pk),
        "type": announcement.topic,
        "createdAt": stamp(announcement.created_at),
        "sequence": announcement.sequence,
        "data": announcement.data,
    }


def body(announcement: Announcement) -> bytes:
    """The envelope as it is sent and signed: the same bytes each time, so they need not be kept with each delivery."""
    return orjson.dumps(envelope(announcement))


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as all times in announcements are."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def purge(*, now: datetime) -> int:
    """Forget announcements after a month, with their deliveries; returns how many.

    The newest one stays, however old: the next number is counted from it.
    """
    total = 0
    while count := _purge_batch(now - timedelta(days=settings.ANNOUNCEMENTS_KEPT_DAYS)):
        total += count
    return total


@use_case
def _purge_batch(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OLD, {"before": before, "batch": _BATCH})
        old = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM seatsync_delivery WHERE announcement_id = ANY(%s)", [old])
        cursor.execute("DELETE FROM seatsync_announcement WHERE id = ANY(%s)", [old])
        return cursor.rowcount


# Up to the first that is young enough: what is left has no hole, so a reader knows by its first number what is gone.
_OLD = """
    SELECT id FROM seatsync_announcement WHERE sequence < coalesce(
        (SELECT min(sequence) FROM seatsync_announcement WHERE created_at >= %(before)s),
        (SELECT max(sequence) FROM seatsync_announcement)
    ) ORDER BY sequence LIMIT %(batch)s"""
