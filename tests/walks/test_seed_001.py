"""Seed 001: browse, map, hold, promo code, confirm, pay, cancel, in its own words."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings.models import Booking, Notice, PromoCode
from payments import audit
from tests import cast, purchase
from tests.bookings.test_api_bookings import starts_in
from tests.walks.conftest import Mounted

pytestmark = pytest.mark.django_db

TOKEN = "unique-session-id"
MINE = {"X_Session_Token": TOKEN}
USER_DETAILS = {"email": "user@example.com", "name": "John Doe", "phone": "+1234567890"}


def refusal(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def hold(api: Mounted, stage: cast.Stage, *seats: str, token: str = TOKEN) -> Any:
    return api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": list(seats), "sessionToken": token})


def confirm(api: Mounted, hold_id: str) -> Any:
    body = {"holdId": hold_id, "userDetails": USER_DETAILS, "paymentMethod": "CARD"}
    return api.post("/bookings/confirm", body)


def pay(api: Mounted, booking: dict[str, Any], token: str = "tok_ok") -> Any:
    body = {"bookingId": booking["bookingId"], "paymentIntentId": booking["paymentIntentId"]}
    return api.post("/payments/process", body | {"paymentMethod": {"type": "card", "token": token}})


def first_row(api: Mounted, stage: cast.Stage, **headers: str) -> list[dict[str, Any]]:
    seats: list[dict[str, Any]] = api.get(f"/showtimes/{stage.path}/seats", **headers).json()["layout"]["rows"][0][
        "seats"
    ]
    return seats


def test_the_six_steps(stage: cast.Stage, api: Mounted) -> None:
    promo = PromoCode.objects.create(code="SAVE20", percent=20)
    day = stage.showtime.starts_at.astimezone(ZoneInfo(stage.cinema.time_zone)).date()
    listed = api.get(f"/movies/now-showing?cinema={stage.cinema.pk}&date={day}").json()["movies"]
    assert [movie["id"] for movie in listed] == [str(stage.movie.pk)]
    of_movie = api.get(f"/showtimes/movie/{stage.movie.pk}?cinema={stage.cinema.pk}&date={day}").json()
    assert of_movie["showtimes"][0]["id"] == stage.path

    seat_map = api.get(f"/showtimes/{stage.path}/seats").json()
    assert (seat_map["showtimeId"], seat_map["totalSeats"], seat_map["availableSeats"]) == (stage.path, 15, 15)
    row = seat_map["layout"]["rows"][0]
    assert row["label"] == "A"
    seat = {"seatNumber": 1, "type": "STANDARD", "status": "AVAILABLE", "price": 450}
    assert seat.items() <= row["seats"][0].items()

    held = hold(api, stage, row["seats"][0]["id"], row["seats"][1]["id"])
    assert held.status_code == 201
    assert {"holdId", "expiresAt", "seats", "totalAmount"} <= set(held.json())
    assert held.json()["totalAmount"] == 900

    priced = api.post("/pricing/calculate", {"holdId": held.json()["holdId"], "promoCode": "SAVE20"}).json()
    assert (priced["subtotal"], priced["discount"], priced["finalAmount"]) == (900, 180, 720)

    booking = confirm(api, held.json()["holdId"])
    assert (booking.status_code, booking.json()["status"], booking.json()["amount"]) == (201, "PENDING_PAYMENT", 720)
    assert re.fullmatch(rf"BK{timezone.localdate():%Y}\d{{4}}[0-9A-Z]{{4,}}", booking.json()["bookingReference"])
    assert booking.json()["paymentIntentId"].startswith("pi_")

    paid = pay(api, booking.json())
    reference = booking.json()["bookingReference"]
    assert {"success": True, "bookingReference": reference, "status": "CONFIRMED"}.items() <= paid.json().items()
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").exists()
    promo.refresh_from_db()
    assert promo.used == 1

    body = {"reason": "User requested cancellation", "refundAmount": 19.20}
    done = api.post(f"/bookings/{booking.json()['bookingId']}/cancel", body, **MINE).json()
    assert (done["status"], done["refund"]["percent"], done["refund"]["amount"]) == ("CANCELLED", 50, 360)
    assert api.get(f"/showtimes/{stage.path}/seats").json()["availableSeats"] == 15
    assert audit.violations() == []


def test_the_words_for_a_seat(stage: cast.Stage, api: Mounted) -> None:
    purchase.buy(api, stage, "A1", token="somebody")
    hold(api, stage, "A2")
    Mounted(api.mount, cast.till(stage)).post(
        "/seat-sync/block", {"showtimeId": stage.path, "seatIds": ["A3"], "reason": "Maintenance"}
    )

    seen = [seat["status"] for seat in first_row(api, stage)]
    own = [seat["status"] for seat in first_row(api, stage, **MINE)]

    assert seen == ["BOOKED", "LOCKED", "BLOCKED", "AVAILABLE", "AVAILABLE"]
    assert own == ["BOOKED", "SELECTED", "BLOCKED", "AVAILABLE", "AVAILABLE"]


def test_a_hold_is_all_or_none_and_its_owners_to_release(stage: cast.Stage, api: Mounted) -> None:
    held = hold(api, stage, "A1").json()["holdId"]

    refused = hold(api, stage, "A2", "A1", token="another-session-id")
    assert refusal(refused) == (409, "SEAT_UNAVAILABLE")
    assert [seat["label"] for seat in refused.json()["conflicts"]] == ["A1"]
    assert stage.states()["A2"] == "AVAILABLE"
    stranger = {"X_Session_Token": "another-session-id"}
    assert refusal(api.send("DELETE", f"/bookings/hold/{held}", **stranger)) == (404, "NOT_FOUND")
    assert api.send("DELETE", f"/bookings/hold/{held}", **MINE).json() == {"released": 1}
    assert hold(api, stage, "A1", token="another-session-id").status_code == 201


def test_a_hold_lasts_five_minutes(stage: cast.Stage, api: Mounted) -> None:
    hold(api, stage, "A1")

    row = Booking.objects.get()
    assert row.expires_at is not None
    assert (row.expires_at - row.created_at).total_seconds() == 300


def test_why_a_hold_is_not_confirmed(stage: cast.Stage, api: Mounted) -> None:
    gone = "019ab1f0-1111-7000-8000-000000000001"
    nowhere = {"showtimeId": gone, "seatIds": ["A1"], "sessionToken": TOKEN}

    assert refusal(api.post("/bookings/hold", nowhere)) == (404, "NOT_FOUND")
    held = hold(api, stage, "A1").json()["holdId"]
    Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal(confirm(api, held)) == (410, "HOLD_EXPIRED")
    assert refusal(confirm(api, gone)) == (404, "NOT_FOUND")


def test_a_declined_card_may_be_tried_again(stage: cast.Stage, api: Mounted) -> None:
    booking = confirm(api, hold(api, stage, "A1").json()["holdId"]).json()

    assert refusal(pay(api, booking, "tok_declined")) == (402, "PAYMENT_DECLINED")
    again = confirm(api, booking["bookingId"]).json()
    assert again["bookingReference"] == booking["bookingReference"]
    assert pay(api, again).json()["status"] == "CONFIRMED"


def test_why_a_booking_is_not_cancelled(stage: cast.Stage, api: Mounted) -> None:
    bought = purchase.buy(api, stage, "A1", token=TOKEN)["bookingId"]
    path = f"/bookings/{bought}/cancel"
    nowhere = "/bookings/019ab1f0-1111-7000-8000-000000000001/cancel"

    assert refusal(api.post(nowhere, {"reason": "x"}, **MINE)) == (404, "NOT_FOUND")
    starts_in(stage, minutes=119)
    assert refusal(api.post(path, {"reason": "x"}, **MINE)) == (422, "CANCEL_WINDOW_CLOSED")
    starts_in(stage, hours=5)
    assert api.post(path, {"reason": "x"}, **MINE).status_code == 200
    assert refusal(api.post(path, {"reason": "x"}, **MINE)) == (409, "ALREADY_CANCELLED")


def test_prices_may_be_left_for_later(stage: cast.Stage, api: Mounted) -> None:
    lazy = api.get(f"/showtimes/{stage.path}/seats?prices=lazy").json()["layout"]["rows"][0]["seats"][0]
    prices = api.get(f"/showtimes/{stage.path}/prices").json()["seats"]

    assert "price" not in lazy
    assert {"id": lazy["id"], "price": 450}.items() <= prices[0].items()
