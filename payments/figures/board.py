"""The live board: every show of today and tonight with its seats, as staff of its cinema watch it fill."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from payments.figures import occupancy
from payments.figures.scope import ask

# A night ends when the last late show does.
NIGHT_ENDS = time(4)

# `place` again, by the clock of each cinema: what is still running, and what starts before the night ends there.
_TONIGHT = """
    SELECT t.id, m.title, m.title_ne, c.id, c.name, c.time_zone, h.name, t.starts_at, t.ends_at, i.seat_count
    FROM venues_showtime t JOIN venues_cinema c ON c.id = t.cinema_id
    JOIN venues_movie m ON m.id = t.movie_id JOIN venues_hall h ON h.id = t.hall_id
    JOIN seatsync_showinventory i ON i.showtime_id = t.id
    WHERE t.cancelled_at IS NULL AND t.ends_at > %(now)s AND t.starts_at < %(latest)s
        AND t.starts_at < ((%(now)s AT TIME ZONE c.time_zone - %(night)s)::date + 1 + %(ends)s) AT TIME ZONE c.time_zone
        AND (%(cinemas)s::uuid[] IS NULL OR t.cinema_id = ANY(%(cinemas)s::uuid[]))
    ORDER BY t.starts_at, c.name, h.name"""


@dataclass(frozen=True, slots=True)
class Show:
    showtime_id: uuid.UUID
    movie: str
    movie_ne: str
    cinema_id: uuid.UUID
    cinema: str
    time_zone: str
    hall: str
    starts_at: datetime
    ends_at: datetime
    capacity: int

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.time_zone))


def shows(cinema_ids: frozenset[uuid.UUID] | None, *, now: datetime) -> list[Show]:
    """On sale, not ended, by start. cinema_ids: None for all. After midnight it is still tonight until NIGHT_ENDS."""
    given = {
        "now": now,
        "latest": now + timedelta(days=2),
        "night": timedelta(hours=NIGHT_ENDS.hour),
        "ends": NIGHT_ENDS,
        "cinemas": None if cinema_ids is None else list(cinema_ids),
    }
    return [Show(*row) for row in ask(_TONIGHT, given)]


def rows(found: Sequence[Show]) -> list[dict[str, Any]]:
    """What the board shows of each, counted now."""
    counted = occupancy.seats([show.showtime_id for show in found])
    return [_row(show, counted.get(show.showtime_id, occupancy.Seats())) for show in found]


def _row(show: Show, seats: occupancy.Seats) -> dict[str, Any]:
    return {
        "showtimeId": str(show.showtime_id),
        "movie": show.movie,
        "movieNe": show.movie_ne,
        "cinemaId": str(show.cinema_id),
        "cinema": show.cinema,
        "hall": show.hall,
        "time": f"{show.local_start:%H:%M}",
        "startsAt": show.starts_at.isoformat(),
        "endsAt": show.ends_at.isoformat(),
        "total": seats.total,
        "free": seats.free,
        "held": seats.held,
        "blocked": seats.blocked,
        "allotted": seats.allotted,
        "sold": seats.sold,
        "soldBySource": seats.by_source,
        "percent": float(seats.percent),
    }
