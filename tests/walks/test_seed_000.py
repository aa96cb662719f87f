"""Seed 000: one source of truth for website, counter, theatre's POS and platforms; its two JavaScript examples run."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from bookings.models import Booking
from payments import audit
from tests import cast, live, purchase
from tests.walks.conftest import Mounted

pytestmark = pytest.mark.django_db

SEAT = {"id", "seatNumber", "row", "column", "price", "status", "isHeld"}


def update(**changes: str) -> dict[str, str]:
    """The seed's line, as of now: a time of long ago needs `backfill`."""
    line = {
        "seatNumber": "A1",
        "status": "BOOKED",
        "bookingSource": "WALK_IN",
        "bookingReference": "POS-12345",
        "timestamp": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return line | changes


def refusal(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def availability(api: Mounted, stage: cast.Stage) -> dict[str, dict[str, Any]]:
    body = api.get(f"/seat-sync/availability/{stage.path}").json()
    assert body["success"] is True
    return {seat["seatNumber"]: seat for seat in body["data"]["seats"]}


def test_availability_tells_free_booked_held_and_blocked_seats_whoever_made_them_so(
    stage: cast.Stage, api: Mounted, till: Mounted, moviepass: Mounted
) -> None:
    purchase.buy(api, stage, "A1")
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [update(seatNumber="A2")]})
    other = update(seatNumber="A3", bookingSource="OTHER_PLATFORM", bookingReference="MP-1")
    moviepass.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [other]})
    purchase.hold(api, stage, "A4", token="somebody")
    till.post("/seat-sync/block", {"showtimeId": stage.path, "seatIds": ["A5"], "reason": "Maintenance"})

    seats = availability(api, stage)

    assert set(seats["A1"]) >= SEAT
    assert [seats[f"A{number}"]["status"] for number in range(1, 6)] == [
        "BOOKED",
        "BOOKED",
        "BOOKED",
        "HELD",
        "BLOCKED",
    ]
    assert (seats["A4"]["isHeld"], seats["B1"]["status"]) == (True, "AVAILABLE")
    own = availability(till, stage)
    assert (own["A2"]["bookingSource"], own["A1"]["bookingSource"], own["A3"]["bookingSource"]) == (
        "WALK_IN",
        None,
        None,
    )
    sources = Booking.objects.filter(status="CONFIRMED").order_by("pk").values_list("source", flat=True)
    assert list(sources) == ["SHOWSEWA", "WALK_IN", "OTHER_PLATFORM"]
    assert audit.violations() == []


def test_a_bulk_update_as_the_seed_writes_it(stage: cast.Stage, api: Mounted, till: Mounted) -> None:
    body = {"showtimeId": stage.path, "seatUpdates": [update()]}

    answer = till.post("/seat-sync/bulk-update", body)

    assert (answer.status_code, answer.json()["success"], answer.json()["data"]["updated"]) == (200, True, 1)
    assert availability(api, stage)["A1"]["status"] == "BOOKED"
    again = till.post("/seat-sync/bulk-update", body).json()
    assert (again["success"], again["data"]["results"][0]["outcome"]) == (True, "duplicate")
    refused = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": "s"})
    assert refusal(refused) == (409, "SEAT_UNAVAILABLE")


def test_bulk_updates_and_blocks_need_a_key_that_may(
    stage: cast.Stage, api: Mounted, moviepass: Mounted, asha: Any
) -> None:
    body = {"showtimeId": stage.path, "seatUpdates": [update()]}
    seat = availability(api, stage)["A1"]["id"]

    assert refusal(api.post("/seat-sync/bulk-update", body)) == (401, "UNAUTHORIZED")
    assert refusal(Mounted(api.mount, "admin-token").post("/seat-sync/bulk-update", body)) == (401, "UNAUTHORIZED")
    assert refusal(moviepass.post("/seat-sync/bulk-update", body)) == (403, "FORBIDDEN")  # WALK_IN is not its to say
    assert refusal(api.post("/seat-sync/block", {"seatIds": [seat], "reason": "Maintenance"})) == (401, "UNAUTHORIZED")
    api.client.force_login(asha)
    assert refusal(api.post("/seat-sync/bulk-update", body)) == (403, "FORBIDDEN")


def test_a_block_as_the_seed_writes_it(stage: cast.Stage, api: Mounted, till: Mounted) -> None:
    seats = availability(api, stage)
    ids = [seats["C4"]["id"], seats["C5"]["id"]]

    answer = till.post("/seat-sync/block", {"seatIds": ids, "reason": "Maintenance"})

    assert (answer.status_code, answer.json()["data"]["blockedCount"]) == (200, 2)
    assert [availability(api, stage)[name]["status"] for name in ("C4", "C5")] == ["BLOCKED", "BLOCKED"]
    taken = till.post("/seat-sync/block", {"seatIds": ids, "reason": "Maintenance"})
    assert refusal(taken) == (409, "SEAT_UNAVAILABLE")


def test_every_change_of_a_seat_is_in_the_journal(stage: cast.Stage, api: Mounted, till: Mounted) -> None:
    purchase.buy(api, stage, "A1")
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [update(seatNumber="B1")]})

    rows = till.get(f"/seat-sync/events/{stage.path}").json()["items"]

    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    told = [(row["action"], change["seatNumber"], change["to"]) for row in rows for change in row["changes"]]
    assert ("HOLD", "A1", "HELD") in told
    assert ("BOOK_HELD", "A1", "BOOKED") in told
    assert told[-1] == ("REPORT", "B1", "BOOKED")
    assert (rows[-1]["bookingSource"], rows[-1]["bookingReference"]) == ("WALK_IN", "POS-12345")


HERE = Path(__file__).parent
# What the seed leaves to its reader: the two tokens, and somebody who calls.
BEFORE = """
const theaterToken = %(token)r, platformToken = %(token)r, answers = [], send = globalThis.fetch;
globalThis.fetch = async (...said) => {
  const answer = await send(...said);
  answers.push({ status: answer.status, body: await answer.clone().json() });
  return answer;
};
"""
AFTER = """
%(call)s.then(() => process.stdout.write(JSON.stringify(answers)));
"""


def run(example: str, call: str, *, base: str, token: str) -> Any:
    """The seed's own text, whose address gets a host, in Node."""
    text = (HERE / "seed_000" / example).read_text()
    assert text.count("fetch('/api/") == 1
    text = text.replace("fetch('/api/", f"fetch('{base}/api/")
    script = BEFORE % {"token": token} + text + AFTER % {"call": call}
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    [answer] = json.loads(done.stdout)
    return answer


@pytest.fixture
def base(race_stage: cast.Stage) -> Any:
    with live.serve_sockets() as url:
        yield url.replace("ws://", "http://")


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")


@needs_node
@pytest.mark.slow
def test_the_pos_example_runs_in_node(race_stage: cast.Stage, base: str) -> None:
    call = f"updateSeats({race_stage.path!r}, ['A1', 'A2', 'A3'])"

    answer = run("pos.js", call, base=base, token=cast.till(race_stage))

    assert (answer["status"], answer["body"]["data"]["updated"]) == (200, 3)
    assert [race_stage.states()[seat] for seat in ("A1", "A2", "A3")] == ["BOOKED"] * 3
    sales = Booking.objects.filter(status="CONFIRMED", source="WALK_IN")
    assert sorted(label for sale in sales for label in sale.seat_labels) == ["A1", "A2", "A3"]
    assert all(sale.external_reference.startswith("POS-") for sale in sales)
    assert audit.violations() == []


@needs_node
@pytest.mark.slow
def test_the_platform_example_runs_in_node(race_stage: cast.Stage, base: str) -> None:
    sale = (
        f"{{ showtimeId: {race_stage.path!r}, reference: 'BMS-77', seats: [{{ number: 'B1' }}, {{ number: 'B2' }}] }}"
    )

    answer = run("platform.js", f"syncBooking({sale})", base=base, token=cast.moviepass(race_stage))

    assert (answer["status"], answer["body"]["data"]["updated"]) == (200, 2)
    booking = Booking.objects.get()
    assert (booking.source, booking.external_reference, booking.seat_labels) == (
        "OTHER_PLATFORM",
        "BMS-77",
        ["B1", "B2"],
    )
    assert booking.created_at <= timezone.now()
    assert audit.violations() == []
