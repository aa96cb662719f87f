"""Growth: what a hold costs when ten million seats and a year of journal are there already."""

import time
import uuid
from statistics import median

from django.db import connection

from benchmarks import stage
from benchmarks.paths import Row
from bookings.services import holds
from showsewa.actors import Actor, Kind

SEATS, EVENTS, HOLDS = 10_000_000, 5_000_000, 600


def measure() -> list[Row]:
    before = _holds()
    _grow()
    after = _holds()
    told = f"{before * 1000:.2f} ms before, {after * 1000:.2f} ms with 10,000,000 seats and 5,000,000 events more"
    return [Row("hold in a grown system", told, after / before, "1.3", "1.1")]


def _holds() -> float:
    """The median of many holds, one after another, through the service."""
    showtimes = [uuid.UUID(showtime) for showtime in stage.fresh(20)]
    times = []
    for number in range(HOLDS):
        seat = 2 * (number // 20)
        labels = [f"{stage.row_label(s // 20)}{s % 20 + 1}" for s in (seat, seat + 1)]
        actor = Actor(Kind.SESSION, f"growth-{uuid.uuid4()}")
        began = time.perf_counter()
        holds.hold_seats(showtime_id=showtimes[number % 20], seats=labels, actor=actor)
        times.append(time.perf_counter() - began)
    return median(times[100:])


def _grow() -> None:
    """Arenas by the hundred, filled by copying one: 500 showtimes of 20,000 seats, and 10,000 events for each."""
    showtimes = stage.fresh(SEATS // 20_000, rows=200, per_row=100)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO seatsync_seatevent
                (showtime_id, version, action, changes, actor, source, reference, reason, created_at)
            SELECT s.id, v, 'HOLD', '[["A1", "AVAILABLE", "HELD"], ["A2", "AVAILABLE", "HELD"]]'::jsonb,
                'growth', 'SHOWSEWA', '', '', now()
            FROM unnest(%s::uuid[]) AS s(id), generate_series(1, %s) AS v""",
            [showtimes, EVENTS // len(showtimes)],
        )
        cursor.execute("VACUUM ANALYZE seatsync_showseat, seatsync_seatevent")
