"""How well the channels keep in step with us: conflicts, delay, silence, and what conflicts wait to be solved."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from payments.figures.scope import PLACES, Period, Scope, ask, outside_channels
from seatsync.models import Channel
from showsewa import money

# Conflicts in a thousand seats sold (RELIABILITY E5 b).
TARGET, ALARM = 1, 5
MOST_OPEN = 200

# A conflict counts where its seat is, on the day it was reported. A seat sold is one of a confirmed booking, kept or
# given back; the conflict itself was one more.
_CONFLICTS = f"""
    WITH {PLACES}, sold AS (
        SELECT b.channel_id, sum(cardinality(b.seat_labels))::bigint AS seats
        FROM bookings_booking b JOIN venues_showtime t ON t.id = b.showtime_id
        JOIN place ON place.id = t.cinema_id AND b.confirmed_at >= place.since AND b.confirmed_at < place.until
        WHERE b.confirmed_at >= %(begin)s AND b.confirmed_at < %(end)s AND b.channel_id = ANY(%(channels)s::uuid[])
        GROUP BY b.channel_id
    ), contested AS (
        SELECT k.channel_id, count(*) AS conflicts
        FROM seatsync_conflict k JOIN seatsync_showseat s ON s.id = k.seat_id
        JOIN venues_showtime t ON t.id = s.showtime_id
        JOIN place ON place.id = t.cinema_id AND k.created_at >= place.since AND k.created_at < place.until
        WHERE k.channel_id = ANY(%(channels)s::uuid[]) GROUP BY k.channel_id
    )
    SELECT coalesce(sold.channel_id, contested.channel_id), coalesce(seats, 0), coalesce(conflicts, 0)
    FROM sold FULL JOIN contested ON contested.channel_id = sold.channel_id"""  # noqa: S608 - constants of this package

# From their clock to ours, of what was news to us: a repeat says nothing about the way, nor does what is sent in later.
_LATENCY = f"""
    WITH {PLACES}
    SELECT r.channel_id, count(*),
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM r.received_at - r.sold_at))
    FROM seatsync_seatreport r JOIN venues_showtime t ON t.id = r.showtime_id
    JOIN place ON place.id = t.cinema_id AND r.received_at >= place.since AND r.received_at < place.until
    WHERE r.channel_id = ANY(%(channels)s::uuid[]) AND r.received_at >= %(begin)s AND r.received_at < %(end)s
        AND r.sold_at IS NOT NULL AND NOT r.is_backfill AND (r.outcome LIKE 'applied%%' OR r.outcome = 'conflict')
    GROUP BY r.channel_id"""  # noqa: S608

# A word is a reported seat or a call with a key. A channel whose keys were never used has been silent since it got one.
_HEARD = """
    SELECT c.id, greatest(last_key.used_at, last_report.received_at), last_key.made_at
    FROM unnest(%(channels)s::uuid[]) AS c (id)
    LEFT JOIN LATERAL (
        SELECT max(k.last_used_at) AS used_at, min(k.created_at) FILTER (
            WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > statement_timestamp())) AS made_at
        FROM seatsync_channelkey k WHERE k.channel_id = c.id
    ) last_key ON true
    LEFT JOIN LATERAL (
        SELECT received_at FROM seatsync_seatreport r WHERE r.channel_id = c.id ORDER BY received_at DESC LIMIT 1
    ) last_report ON true"""

_OPEN = """
    SELECT k.id, s.showtime_id, s.label, m.title, cinema.name, t.starts_at, cinema.time_zone, channel.name,
        k.created_at, k.deadline_at, s.price, cinema.currency
    FROM seatsync_conflict k JOIN seatsync_showseat s ON s.id = k.seat_id
    JOIN venues_showtime t ON t.id = s.showtime_id JOIN venues_movie m ON m.id = t.movie_id
    JOIN venues_cinema cinema ON cinema.id = t.cinema_id JOIN seatsync_channel channel ON channel.id = k.channel_id
    WHERE k.status = 'OPEN' AND t.cinema_id = ANY(%(cinemas)s::uuid[])
        AND (%(channel)s::uuid IS NULL OR k.channel_id = %(channel)s::uuid)
    ORDER BY k.created_at LIMIT %(limit)s"""


class Level(StrEnum):
    OK = "ok"
    WATCH = "watch"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Standing:
    """One channel. sales: seats it sold, conflicts among them. Latencies in seconds; negative: its clock is ahead."""

    channel_id: uuid.UUID
    channel: str
    kind: str
    sales: int
    conflicts: int
    reports: int
    latency_p50: float | None
    latency_p95: float | None
    heard_at: datetime | None
    silent_after_minutes: int | None
    is_silent: bool

    @property
    def conflicts_per_thousand(self) -> Decimal:
        return money.amount(Decimal(1000 * self.conflicts) / self.sales) if self.sales else money.ZERO

    @property
    def level(self) -> Level:
        rate = self.conflicts_per_thousand
        if rate > ALARM:
            return Level.ALARM
        return Level.WATCH if rate >= TARGET else Level.OK


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """cost: the seat's price, which one of the two sales is worth in money or in another seat."""

    id: uuid.UUID
    showtime_id: uuid.UUID
    seat: str
    movie: str
    cinema: str
    starts_at: datetime
    time_zone: str
    channel: str
    created_at: datetime
    deadline_at: datetime | None
    cost: Decimal
    currency: str


def channels(scope: Scope, period: Period, *, now: datetime) -> list[Standing]:
    """Every outside channel at these cinemas, those in trouble first."""
    found = outside_channels(scope)
    given = scope.during(period) | {"channels": [channel.pk for channel in found]}
    conflicts = {key: (seats, count) for key, seats, count in ask(_CONFLICTS, given)}
    latency = {key: (count, *percentiles) for key, count, percentiles in ask(_LATENCY, given)}
    silence = _silence(found, now=now)
    rows = []
    for channel in found:
        seats, count = conflicts.get(channel.pk, (0, 0))
        reports, p50, p95 = latency.get(channel.pk, (0, None, None))
        heard_at, is_silent = silence[channel.pk]
        numbers = (seats + count, count, reports, p50, p95, heard_at, channel.silent_after_minutes, is_silent)
        rows.append(Standing(channel.pk, channel.name, channel.kind, *numbers))
    return sorted(rows, key=lambda row: (not row.is_silent, -row.conflicts_per_thousand, row.channel))


def silent_ones(standings: Sequence[Standing]) -> list[str]:
    return [row.channel for row in standings if row.is_silent]


def alarming(standings: Sequence[Standing]) -> list[str]:
    return [row.channel for row in standings if row.level == Level.ALARM]


def open_conflicts(scope: Scope, *, limit: int = MOST_OPEN) -> list[OpenConflict]:
    """The oldest first."""
    given = {"cinemas": list(scope.cinema_ids), "channel": scope.channel_id, "limit": limit}
    return [OpenConflict(*row) for row in ask(_OPEN, given)]


def _silence(found: Sequence[Channel], *, now: datetime) -> dict[uuid.UUID, tuple[datetime | None, bool]]:
    """channel -> (last heard, whether that is too long ago). One without a live key has nothing to say."""
    patience = {channel.pk: channel.silent_after_minutes for channel in found}
    silence = {}
    for key, heard_at, key_made_at in ask(_HEARD, {"channels": list(patience)}):
        minutes, since = patience[key], heard_at or key_made_at
        is_late = minutes is not None and since is not None and since < now - timedelta(minutes=minutes)
        silence[key] = heard_at, is_late and key_made_at is not None
    return silence
