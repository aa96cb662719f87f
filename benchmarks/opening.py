"""Opening sales, in the database: how long INSERT ... SELECT takes for a hall, an arena and a chain's week."""

import time
import uuid
from statistics import median

from benchmarks import stage
from benchmarks.paths import Row
from seatsync import opening


def measure() -> list[Row]:
    small = median(_open(stage.fresh(1, is_open=False)) for _round in range(7))
    large = median(_open(stage.fresh(1, rows=200, per_row=100, is_open=False)) for _round in range(3))
    week = _open(stage.fresh(1000, is_open=False), batch=100)
    return [
        Row("opening 300 seats", f"{small * 1000:.1f} ms", None, "10 ms", "5 ms"),
        Row("opening 20,000 seats", f"{large * 1000:.0f} ms", None, "400 ms", "200 ms"),
        Row("opening 1,000 showtimes of 300 seats", f"{week:.1f} s", None, "5 s", "2.5 s"),
    ]


def _open(showtimes: list[str], *, batch: int = 1) -> float:
    keys = [uuid.UUID(showtime) for showtime in showtimes]
    began = time.monotonic()
    for first in range(0, len(keys), batch):
        opening.open_sales(keys[first : first + batch])
    return time.monotonic() - began
