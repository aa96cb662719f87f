"""T4: a report of two hundred seats whose process dies in the middle is there whole or not at all; sent again it is
there whole.
"""

import os
import random
import signal
import threading
import time

import pytest

from tests.faults.shoppers import Answer, Caller, Tally
from tests.faults.site import Site, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PATH = "/api/v1/seat-sync/bulk-update"
TIMES = 3
SEATS = [f"{row}{number}" for row in "ABCDEFGHIJ" for number in range(1, 21)]


def caller(site: Site) -> Caller:
    token = site.facts["channels"]["theatre"]["token"]
    return Caller(site.port, Tally(), threading.Event(), Authorization=f"Bearer {token}")


def body(showtime: str) -> dict[str, object]:
    sold = {"status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-200"}
    return {"showtimeId": showtime, "seatUpdates": [{"seatNumber": seat} | sold for seat in SEATS]}


def stored(site: Site, showtime: str) -> tuple[int, int, int]:
    """Sold seats, live tickets and kept lines of the report."""
    [row] = site.sql(
        "SELECT (SELECT count(*) FROM seatsync_showseat WHERE showtime_id = %s AND status = 'BOOKED'),"
        " (SELECT count(*) FROM bookings_ticket t JOIN bookings_booking b ON b.id = t.booking_id"
        "  WHERE b.showtime_id = %s AND t.released_at IS NULL),"
        " (SELECT count(*) FROM seatsync_seatreport WHERE showtime_id = %s)",
        showtime, showtime, showtime,
    )  # fmt: skip
    return int(row[0]), int(row[1]), int(row[2])


def test_a_report_whose_process_is_killed_is_whole_or_not_there_and_its_replay_completes_it(
    site: Site, seed: int
) -> None:
    dice, found = random.Random(seed), []
    shows = site.put_on_sale(shows=TIMES + 1, rows=10, per_row=20)
    began = time.monotonic()
    assert caller(site).call("POST", PATH, body(shows[-1]), "warm") is not None
    takes = time.monotonic() - began
    for number, showtime in enumerate(shows[:TIMES]):
        answers: list[Answer | None] = []
        sender = threading.Thread(
            target=lambda showtime=showtime, number=number, answers=answers: answers.append(
                caller(site).call("POST", PATH, body(showtime), f"report-{number}")
            )
        )
        sender.start()
        time.sleep(dice.uniform(0.1, 1.1) * takes)
        for worker in site.workers_of("web"):
            os.kill(worker, signal.SIGKILL)
        found.append(stored(site, showtime))
        sender.join(90)  # it goes on sending the same under the same key
        [answer] = answers
        assert answer is not None and answer.status == 200
        assert stored(site, showtime) == (200, 200, 200)
        until(site.is_healthy, 20)
    print(f"one took {takes:.2f} s; at the kill {found}")
    assert set(found) <= {(0, 0, 0), (200, 200, 200)}
    assert (0, 0, 0) in found, "every report was through before the kill: this proves nothing"
    assert site.audit() == ""
