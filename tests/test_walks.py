"""The two walks of docs/api.md through the API, as an integrator makes them: seed 001's purchase, seed 000's sync."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from bookings.models import PromoCode
from payments import audit
from showsewa import signatures
from tests import cast
from tests.conftest import Api


@pytest.fixture
def till(stage: cast.Stage) -> Api:
    return Api(cast.till(stage))


def test_the_walk_of_the_booking_engine(stage: cast.Stage, api: Api) -> None:
    PromoCode.objects.create(code="SAVE20", percent=20)
    token = {"X_Session_Token": "unique-session-id"}

    day = stage.showtime.starts_at.astimezone(ZoneInfo(stage.cinema.time_zone)).date()
    listed = api.get(f"/movies/now-showing?cinema={stage.cinema.pk}&date={day}").json()
    movie = listed["movies"][0]
    assert movie["title"] == "Dal Bhat Power"
    assert api.get(f"/showtimes/movie/{movie['id']}?cinema={stage.cinema.pk}&date={day}").json()["showtimes"]
    showtime = movie["showtimes"][0]["id"]

    seats = api.get(f"/showtimes/{showtime}/seats").json()
    assert (seats["totalSeats"], seats["availableSeats"]) == (15, 15)
    chosen = [seat["id"] for seat in seats["layout"]["rows"][0]["seats"][:2]]

    body = {"showtimeId": showtime, "seatIds": chosen, "sessionToken": "unique-session-id"}
    held = api.post("/bookings/hold", body).json()
    assert held["totalAmount"] == 900
    seen = api.get(f"/showtimes/{showtime}/seats", **token).json()["layout"]["rows"][0]["seats"]
    assert [seat["status"] for seat in seen[:3]] == ["SELECTED", "SELECTED", "AVAILABLE"]

    priced = api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": "SAVE20"}).json()
    assert (priced["subtotal"], priced["discount"], priced["finalAmount"]) == (900, 180, 720)

    details = {"email": "user@example.com", "name": "John Doe", "phone": "+1234567890"}
    body = {"holdId": held["holdId"], "userDetails": details, "paymentMethod": "CARD"}
    booking = api.post("/bookings/confirm", body).json()
    assert (booking["status"], booking["amount"]) == ("PENDING_PAYMENT", 720)

    body = {"bookingId": booking["bookingId"], "paymentIntentId": booking["paymentIntentId"]}
    paid = api.post("/payments/process", body | {"paymentMethod": {"type": "card", "token": "tok_ok"}}).json()
    assert (paid["success"], paid["status"]) == (True, "CONFIRMED")
    assert paid["bookingReference"] == booking["bookingReference"]

    body = {"reason": "User requested cancellation", "refundAmount": 19.2}
    done = api.post(f"/bookings/{booking['bookingId']}/cancel", body, **token).json()
    assert (done["status"], done["refund"]["amount"]) == ("CANCELLED", 360)
    assert api.get(f"/showtimes/{showtime}/seats").json()["availableSeats"] == 15
    assert audit.violations() == []


def test_the_walk_of_the_multi_channel_sync(stage: cast.Stage, api: Api, till: Api) -> None:
    before = api.get(f"/seat-sync/availability/{stage.path}").json()
    assert before["success"] is True
    assert before["data"]["showtime"]["availableSeats"] == 15

    update = {"status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-12345"}
    updates = [{"seatNumber": seat, "timestamp": timezone.now().isoformat()} | update for seat in ("A1", "A2", "A3")]
    body = {"showtimeId": stage.path, "seatUpdates": updates}
    assert api.post("/seat-sync/bulk-update", body).status_code == 401
    reported = till.post("/seat-sync/bulk-update", body)
    assert (reported.status_code, reported.json()["data"]["updated"]) == (200, 3)
    again = till.post("/seat-sync/bulk-update", body).json()
    assert {result["outcome"] for result in again["data"]["results"]} == {"duplicate"}

    seats = api.get(f"/seat-sync/availability/{stage.path}").json()["data"]["seats"]
    blocked = [seat["id"] for seat in seats if seat["seatNumber"] in ("C4", "C5")]
    answer = till.post("/seat-sync/block", {"seatIds": blocked, "reason": "Maintenance"}).json()
    assert answer["data"]["blockedCount"] == 2

    after = api.get(f"/seat-sync/availability/{stage.path}").json()["data"]
    states = {seat["seatNumber"]: seat["status"] for seat in after["seats"]}
    assert (states["A1"], states["C5"], after["showtime"]["availableSeats"]) == ("BOOKED", "BLOCKED", 10)
    refused = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1", "C5"], "sessionToken": "s"})
    assert [seat["label"] for seat in refused.json()["conflicts"]] == ["A1", "C5"]


def snippet(language: str) -> str:
    """The verification in docs/api.md, as an integrator would copy it."""
    guide = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    return guide.split(f"```{language}\n")[1].split("```")[0]


SECRET = "a-secret-shared-by-two-parties-only"
CASES = [
    (b'{"a": 1}', 0, SECRET, True),
    (b'{"a": 1}', 299, SECRET, True),
    (b'{"a": 1}', 302, SECRET, False),
    (b'{"a": 1}', 0, "another secret", False),
    (b'{"a": 2}', 0, SECRET, False),
]


def signed(age: int, secret: str) -> str:
    return signatures.sign(b'{"a": 1}', secrets=[secret], at=int(time.time()) - age)


@pytest.mark.parametrize(("body", "age", "secret", "answer"), CASES)
def test_the_guides_verification_in_python_works(body: bytes, age: int, secret: str, answer: bool) -> None:
    copied: dict[str, Any] = {}
    exec(snippet("python"), copied)

    assert copied["is_genuine"](body, signed(age, secret), SECRET) is answer
    assert copied["is_genuine"](body, "", SECRET) is False


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
@pytest.mark.parametrize(("body", "age", "secret", "answer"), CASES)
def test_the_guides_verification_in_javascript_works(body: bytes, age: int, secret: str, answer: bool) -> None:
    call = f"isGenuine(Buffer.from({body.decode()!r}), {signed(age, secret)!r}, {SECRET!r})"
    script = f'{snippet("js")}\nprocess.stdout.write(String({call}) + String(isGenuine(Buffer.from("x"), "", "s")));'

    said = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=30).stdout

    assert said == f"{str(answer).lower()}false"
