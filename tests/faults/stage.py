"""Showtimes to sell in a running site. A process of its own: the tests' Django speaks to another database.

`python -m tests.faults.stage COUNT ROWS PER_ROW` prints the ids of COUNT showtimes in one new hall, as JSON.
"""

import json
import sys
import uuid
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from benchmarks.stage import row_label  # noqa: E402
from seatsync.models import Channel  # noqa: E402
from showsewa import demo  # noqa: E402
from showsewa.models import User  # noqa: E402
from tests import cast  # noqa: E402


def make(count: int, rows: int, per_row: int) -> list[str]:
    """On sale, far enough ahead to be cancelled for all of the money; the demo's channels and clerk may act there."""
    stage = cast.make_stage(name=f"Faults {uuid.uuid4().hex[:8]}", starts_in=timedelta(days=2))
    hall = cast.make_hall(stage.cinema, name="Hall 2", rows="".join(map(row_label, range(rows))), seats=per_row)
    start = timezone.now() + timedelta(days=3)
    shows = [
        cast.make_showtime(hall, stage.movie, starts_at=start + timedelta(hours=3 * number)) for number in range(count)
    ]
    stage.cinema.channels.add(*Channel.objects.filter(name__in=[facts["name"] for facts in demo.CHANNELS.values()]))
    stage.cinema.staff.add(User.objects.get(email=demo.ACCOUNTS["counter"]["email"]))
    return [str(show.pk) for show in shows]


if __name__ == "__main__":
    print(json.dumps(make(*map(int, sys.argv[1:4]))))
