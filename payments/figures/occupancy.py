"""How full the halls are, counted from the seats themselves, with a check that every seat is accounted for."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from payments.figures.sales import percentage
from payments.figures.scope import PLACES, Period, Scope, ask
from showsewa.refusals import Invalid

MOST_AT_ONCE = 2000  # showtimes of one file

# A lapsed hold is free, as on every map. For a channel, what is kept for another is not, and its sales are its own.
# Seats and sales are counted apart but at one moment: that is what makes them a check of each other.
_SEATS = """
    SELECT n.*, sales.by_source FROM (
        SELECT showtime_id, count(*) AS total,
            count(*) FILTER (WHERE status = 'BOOKED') AS sold,
            count(*) FILTER (WHERE status = 'HELD' AND held_until > statement_timestamp()) AS held,
            count(*) FILTER (WHERE status = 'BLOCKED') AS blocked,
            count(*) FILTER (WHERE (status = 'AVAILABLE' OR status = 'HELD' AND held_until <= statement_timestamp())
                AND (%(channel)s::uuid IS NULL OR allotted_to_id IS NULL OR allotted_to_id = %(channel)s::uuid))
                AS free,
            count(*) FILTER (WHERE status = 'AVAILABLE' AND allotted_to_id IS NOT NULL) AS allotted
        FROM seatsync_showseat WHERE showtime_id = ANY(%(showtimes)s::uuid[]) GROUP BY showtime_id
    ) n LEFT JOIN (
        SELECT showtime_id, json_object_agg(source, seats) AS by_source FROM (
            SELECT showtime_id, source, sum(cardinality(seat_labels)) AS seats FROM bookings_booking
            WHERE showtime_id = ANY(%(showtimes)s::uuid[]) AND status = 'CONFIRMED'
                AND (%(channel)s::uuid IS NULL OR channel_id = %(channel)s::uuid)
            GROUP BY showtime_id, source
        ) sold GROUP BY showtime_id
    ) sales ON sales.showtime_id = n.showtime_id"""

_SHOWTIMES = f"""
    WITH {PLACES}
    SELECT t.id, m.title, place.name, h.name, t.starts_at, place.time_zone, i.seat_count
    FROM venues_showtime t
    JOIN place ON place.id = t.cinema_id AND t.starts_at >= place.since AND t.starts_at < place.until
    JOIN venues_movie m ON m.id = t.movie_id JOIN venues_hall h ON h.id = t.hall_id
    JOIN seatsync_showinventory i ON i.showtime_id = t.id
    WHERE t.cancelled_at IS NULL AND t.starts_at >= %(begin)s AND t.starts_at < %(end)s
        AND (%(after_start)s::timestamptz IS NULL
            OR (t.starts_at, t.id) > (%(after_start)s::timestamptz, %(after_id)s::uuid))
    ORDER BY t.starts_at, t.id LIMIT %(limit)s"""  # noqa: S608 - constants of this package


@dataclass(frozen=True, slots=True)
class Seats:
    """allotted: those of the free ones that only one channel may sell. by_source: the sold ones, of whoever may see."""

    total: int = 0
    sold: int = 0
    held: int = 0
    blocked: int = 0
    free: int = 0
    allotted: int = 0
    by_source: dict[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> Decimal:
        return percentage(self.sold, self.total)

    def adds_up(self, capacity: int) -> bool:
        """sold + held + blocked + free = capacity, and every sold seat has its sale (RELIABILITY E5 d)."""
        parts = self.sold + self.held + self.blocked + self.free
        return parts == self.total == capacity and sum(self.by_source.values()) == self.sold


@dataclass(frozen=True, slots=True)
class Show:
    showtime_id: uuid.UUID
    movie: str
    cinema: str
    hall: str
    starts_at: datetime
    time_zone: str
    capacity: int
    seats: Seats

    @property
    def adds_up(self) -> bool:
        return self.seats.adds_up(self.capacity)

    @property
    def local_start(self) -> datetime:
        """By the cinema's clock, whoever asks: without a zone, so that a template leaves it as it is."""
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)


def seats(showtime_ids: Sequence[uuid.UUID], *, channel_id: uuid.UUID | None = None) -> dict[uuid.UUID, Seats]:
    """The seats of these showtimes as they are now, in one statement. channel_id: as this channel may see them."""
    rows = ask(_SEATS, {"showtimes": list(showtime_ids), "channel": channel_id})
    return {showtime_id: _seats(*numbers, is_channel=channel_id is not None) for showtime_id, *numbers in rows}


def shows(scope: Scope, period: Period, *, limit: int, after: tuple[datetime, uuid.UUID] | None = None) -> list[Show]:
    """Shows on sale that start in the period, by start. after: where the last page ended."""
    page = {"after_start": after[0] if after else None, "after_id": after[1] if after else None, "limit": limit}
    rows = ask(_SHOWTIMES, scope.during(period) | page)
    counted = seats([row[0] for row in rows], channel_id=scope.channel_id)
    return [
        Show(key, movie, cinema, hall, starts_at, zone, capacity, counted.get(key, Seats()))
        for key, movie, cinema, hall, starts_at, zone, capacity in rows
    ]


def all_shows(scope: Scope, period: Period) -> list[Show]:
    """For a file. Refuses: Invalid when there are more than one statement should count."""
    found = shows(scope, period, limit=MOST_AT_ONCE + 1)
    if len(found) > MOST_AT_ONCE:
        text = _("More than %(most)d showtimes. Choose fewer days, or one cinema.") % {"most": MOST_AT_ONCE}
        raise Invalid(text, errors=[{"pointer": "/to", "code": "TOO_MANY", "detail": text}])
    return found


def _seats(
    total: int, sold: int, held: int, blocked: int, free: int, allotted: int, sources: Any, *, is_channel: bool
) -> Seats:
    by_source = json.loads(sources) if isinstance(sources, str) else sources or {}
    if is_channel:
        return Seats(total, sold, held, total - sold - held - free, free, 0, by_source)
    return Seats(total, sold, held, blocked, free, allotted, by_source)
