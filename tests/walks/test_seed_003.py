"""Seed 003: venue, hall, event and showtime; inventory, reserve, preparePayment, webhook, confirm."""

import json
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from bookings.models import Booking, PromoCode
from payments import audit
from payments.models import FakeCheckout, Payment
from seatsync import opening
from tests import cast, purchase
from tests.walks.conftest import Mounted
from venues import services
from venues.models import Cinema, Movie, PriceCard

pytestmark = pytest.mark.django_db

USER = "user-abc-123"
AS_USER = {"X_Session_Token": USER}
VENUE = {
    "name": "Cineplex 101",
    "address": {"street": "123 Main St", "city": "Hyderabad", "district": "Madhapur", "state": "TG", "zip": "500081"},
    "location": {"lat": 17.4431, "lon": 78.4772},
    "imageUrls": ["venues/cineplex-101/front.jpg", "venues/cineplex-101/lobby.jpg"],
}
# As the seed draws it.
SEAT_LAYOUT = json.loads("""{
  "sections": [
    {
      "id": "premium-section-1",
      "name": "Premium",
      "rows": [
        {
          "label": "A",
          "seats": [
            { "id": "A1", "label": "A1", "coordinates": { "x": 10, "y": 20 }, "seatType": "premium" },
            { "id": "A2", "label": "A2", "coordinates": { "x": 30, "y": 20 }, "seatType": "premium" }
          ]
        },
        {
          "label": "B",
          "seats": [
            { "id": "B1", "label": "B1", "coordinates": { "x": 10, "y": 40 }, "seatType": "premium" },
            { "id": "B2", "label": "B2", "coordinates": { "x": 30, "y": 40 }, "seatType": "premium" }
          ]
        }
      ]
    },
    {
      "id": "regular-section-1",
      "name": "Regular",
      "rows": [
        {
          "label": "C",
          "seats": [
            { "id": "C1", "label": "C1", "coordinates": { "x": 10, "y": 60 }, "seatType": "standard" },
            { "id": "C2", "label": "C2", "coordinates": { "x": 30, "y": 60 }, "seatType": "standard" }
          ]
        }
      ]
    }
  ]
}""")
EVENT = {
    "name": "The Dark Knight Rises",
    "imageUrl": "s3-key-123",
    "metadata": {"category": "Movie", "keywords": ["movie", "action", "batman", "superhero"]},
}


def refusal(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def reserve(api: Mounted, stage: cast.Stage, *seats: str, user: str = USER, **more: Any) -> Any:
    body = {"userId": user, "seatIds": list(seats), "holdTimeoutSeconds": 600} | more
    return api.post(f"/showtimes/{stage.path}/seats/reserve", body)


def prepare(api: Mounted, booking: str, amount: object = 900.00, currency: str = "NPR") -> Any:
    return api.post(f"/bookings/{booking}/preparePayment", {"finalAmount": amount, "currency": currency})


def tell(api: Mounted, intent: str, status: str = "succeeded", **more: Any) -> Any:
    body = json.dumps({"paymentIntentId": intent, "status": status} | more).encode()
    return api.send("POST", "/payments/webhook", body, X_Signature=purchase.signature(body))


def test_from_a_venue_to_an_inventory(stage: cast.Stage, api: Mounted, till: Mounted) -> None:
    venue = till.post("/venue", VENUE)
    assert venue.status_code == 201
    venue_id = venue.json()["venueId"]
    assert str(uuid.UUID(venue_id)) == venue_id
    row = Cinema.objects.get(pk=venue_id)
    assert (row.name, row.city, row.image_keys) == ("Cineplex 101", "Hyderabad", VENUE["imageUrls"])

    hall = till.post(f"/venue/{venue_id}/hall", {"hallName": "Screen 1", "seatLayout": SEAT_LAYOUT})
    assert (hall.status_code, hall.json()["seatCount"]) == (201, 6)
    event = till.post("/events", EVENT)
    assert event.status_code == 201
    movie = Movie.objects.get(pk=event.json()["eventId"])
    assert (movie.title, movie.poster_key, movie.keywords) == (
        EVENT["name"],
        "s3-key-123",
        EVENT["metadata"]["keywords"],
    )
    assert movie.metadata == EVENT["metadata"]

    timestamp = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:00:00Z")
    PriceCard.objects.create(cinema=row, amount=450)  # what a seat usually costs there: the seed names no prices
    body = {"venueId": venue_id, "hallId": hall.json()["hallId"], "timestamp": timestamp}
    path = f"/events/{event.json()['eventId']}/showtimes"
    showtime = till.post(path, body)
    assert (showtime.status_code, showtime.json()["timestamp"]) == (201, timestamp)
    assert refusal(till.post(path, body)) == (409, "OVERLAP")
    showtime_id = showtime.json()["showtimeId"]
    assert api.get(f"/showtimes/{showtime_id}/inventory").status_code == 404

    opening.open_sales(opening.unopened(now=timezone.now()))  # what the worker does
    inventory = api.get(f"/showtimes/{showtime_id}/inventory").json()
    assert inventory["showtimeId"] == showtime_id
    assert inventory["lastUpdated"]
    assert [seat["seatId"] for seat in inventory["seatMap"]["seats"]] == ["A1", "A2", "B1", "B2", "C1", "C2"]
    fresh = {"status": "available", "holderId": None, "heldUntil": None}
    assert all(fresh.items() <= seat.items() for seat in inventory["seatMap"]["seats"])


def test_a_showtime_may_be_made_before_its_prices_and_is_on_sale_with_them(stage: cast.Stage, till: Mounted) -> None:
    timestamp = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:00:00Z")
    body = {"venueId": str(stage.cinema.pk), "hallId": str(stage.hall.pk), "timestamp": timestamp}

    made = till.post(f"/events/{stage.movie.pk}/showtimes", body)

    assert (made.status_code, made.json()["inventoryStatus"]) == (201, "PENDING")
    showtime_id = uuid.UUID(made.json()["showtimeId"])
    opening.open_sales([showtime_id])
    assert till.get(f"/showtimes/{showtime_id}/inventory").status_code == 404
    opening.change_prices(showtime_id=showtime_id, lines=[services.PriceLine(Decimal(450))])
    opening.open_sales([showtime_id])
    assert till.get(f"/showtimes/{showtime_id}/inventory").status_code == 200


def test_what_is_wrong_with_a_venue_or_a_hall_is_said(stage: cast.Stage, api: Mounted, till: Mounted) -> None:
    made = till.post("/venue", VENUE).json()["venueId"]

    assert refusal(till.post("/venue", VENUE)) == (409, "VENUE_EXISTS")
    there = VENUE | {"address": VENUE["address"] | {"city": "Pune"}}  # type: ignore[operator]
    assert till.post("/venue", there).status_code == 201
    for missing in ("name", "address", "location"):
        refused = till.post("/venue", {name: value for name, value in VENUE.items() if name != missing})
        assert refusal(refused) == (422, "VALIDATION_FAILED")
        assert refused.json()["errors"][0]["pointer"] == f"/{missing}"
    hall = {"hallName": "Screen 1", "seatLayout": SEAT_LAYOUT}
    assert refusal(till.post(f"/venue/{uuid.uuid4()}/hall", hall)) == (404, "NOT_FOUND")
    twice = json.loads(json.dumps(SEAT_LAYOUT).replace('"C2"', '"C1"'))
    refused = till.post(f"/venue/{made}/hall", hall | {"seatLayout": twice})
    assert refusal(refused) == (422, "LAYOUT_INVALID")
    assert refused.json()["errors"][0]["pointer"].startswith("/seatLayout/sections/1/rows/0/seats/1")
    assert refusal(api.post("/venue", VENUE)) == (401, "UNAUTHORIZED")


def test_reserve_prepare_pay_and_confirm(stage: cast.Stage, api: Mounted) -> None:
    inventory = api.get(f"/showtimes/{stage.path}/inventory").json()["seatMap"]["seats"]
    assert {seat["status"] for seat in inventory} == {"available"}

    reserved = reserve(api, stage, "A1", "A2", "A3")
    assert reserved.status_code == 201
    held = reserved.json()
    assert (held["finalAmount"], held["holdId"], held["seatIds"]) == (1350, held["bookingId"], ["A1", "A2", "A3"])
    seen = api.get(f"/showtimes/{stage.path}/inventory").json()["seatMap"]["seats"]
    assert [seat["status"] for seat in seen[:4]] == ["held", "held", "held", "available"]

    booking = held["bookingId"]
    prepared = prepare(api, booking, 1350.00)
    assert prepared.status_code == 200
    payment = prepared.json()
    assert payment["bookingId"] == booking
    assert payment["paymentIntent"].startswith("pi_")
    assert payment["clientSecret"].startswith("sess_")
    assert payment["paymentUrl"].endswith(payment["clientSecret"])
    assert prepare(api, booking, 1350).json()["paymentIntent"] == payment["paymentIntent"]

    path = f"/bookings/{booking}/confirm"
    assert refusal(api.send("PUT", path, {"paymentStatus": "paid"}, **AS_USER)) == (402, "NOT_PAID")
    told = tell(api, payment["paymentIntent"])
    assert (told.status_code, told.json()) == (200, {"status": "processed"})
    confirmed = api.send("PUT", path, {"paymentStatus": "paid"}, **AS_USER)
    assert (confirmed.status_code, confirmed.json()["paymentStatus"]) == (200, "paid")

    record = api.get(f"/bookings/{booking}", **AS_USER).json()
    assert (record["bookingId"], record["showtimeId"], record["totalAmount"]) == (booking, stage.path, 1350)
    assert (record["bookedSeats"], record["paymentStatus"]) == (["A1", "A2", "A3"], "paid")
    assert record["timestamp"]
    seen = api.get(f"/showtimes/{stage.path}/inventory").json()["seatMap"]["seats"]
    assert [seat["status"] for seat in seen[:4]] == ["booked", "booked", "booked", "available"]

    cancelled = api.send("PUT", f"/bookings/{booking}/cancel", {}, **AS_USER)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert audit.violations() == []


def test_bookings_finalises_a_hold(stage: cast.Stage, api: Mounted) -> None:
    held = reserve(api, stage, "A1").json()

    answer = api.post("/bookings", {"userId": USER, "holdId": held["bookingId"]})

    assert (answer.status_code, answer.json()["id"], answer.json()["status"]) == (201, held["bookingId"], "PENDING")


@pytest.mark.parametrize(("wish", "minutes"), [(600, 10), (1, 1), (99999, 10), (None, 5)])
def test_the_time_of_a_hold_is_a_wish(stage: cast.Stage, api: Mounted, wish: object, minutes: int) -> None:
    reserve(api, stage, "A1", holdTimeoutSeconds=wish)

    hold = Booking.objects.get()
    assert hold.expires_at is not None
    assert round((hold.expires_at - hold.created_at).total_seconds() / 60) == minutes


def test_one_seat_is_held_for_one_user(stage: cast.Stage, api: Mounted, asha: Any) -> None:
    reserve(api, stage, "A1")

    refused = reserve(api, stage, "A2", "A1", user="user-def-456")
    assert refusal(refused) == (409, "SEAT_UNAVAILABLE")
    assert [seat["label"] for seat in refused.json()["conflicts"]] == ["A1"]
    assert stage.states()["A2"] == "AVAILABLE"
    nameless = api.post(f"/showtimes/{stage.path}/seats/reserve", {"seatIds": ["A2"]})
    assert refusal(nameless) == (422, "SESSION_TOKEN_REQUIRED")
    api.client.force_login(asha)
    assert refusal(reserve(api, stage, "A2", user=USER)) == (403, "FORBIDDEN")
    assert reserve(api, stage, "A2", user=str(asha.pk)).status_code == 201


def test_a_sum_or_a_currency_that_was_not_told_opens_no_payment(stage: cast.Stage, api: Mounted) -> None:
    booking = reserve(api, stage, "A1", "A2").json()["bookingId"]

    refused = prepare(api, booking, 45.00)
    assert refusal(refused) == (409, "AMOUNT_CHANGED")
    assert refused.json()["finalAmount"] == 900
    foreign = prepare(api, booking, 900, "USD")
    assert refusal(foreign) == (422, "VALIDATION_FAILED")
    assert foreign.json()["errors"][0]["pointer"] == "/currency"
    assert not Payment.objects.exists()
    assert Booking.objects.get().status == "HELD"
    assert prepare(api, booking, 900, "npr").status_code == 200
    assert refusal(prepare(api, booking, 899)) == (409, "AMOUNT_CHANGED")


def test_a_remembered_promo_code_is_in_the_sum(stage: cast.Stage, api: Mounted) -> None:
    promo = PromoCode.objects.create(code="SAVE20", percent=20)
    booking = reserve(api, stage, "A1", "A2").json()["bookingId"]
    priced = api.post("/pricing/calculate", {"holdId": booking, "promoCode": "SAVE20"}).json()["finalAmount"]

    assert refusal(prepare(api, booking, 900)) == (409, "AMOUNT_CHANGED")
    promo.refresh_from_db()
    assert promo.used == 0
    assert prepare(api, booking, priced).status_code == 200


def test_a_hold_that_ran_out_is_not_prepared(stage: cast.Stage, api: Mounted) -> None:
    booking = reserve(api, stage, "A1").json()["bookingId"]
    purchase.expire(stage)

    assert refusal(prepare(api, booking, 450)) == (410, "HOLD_EXPIRED")


def test_others_neither_prepare_nor_confirm(stage: cast.Stage, api: Mounted) -> None:
    booking = reserve(api, stage, "A1").json()["bookingId"]
    body = {"finalAmount": 450, "currency": "NPR", "userId": "user-def-456"}

    assert refusal(api.post(f"/bookings/{booking}/preparePayment", body)) == (404, "NOT_FOUND")
    assert refusal(api.send("PUT", f"/bookings/{booking}/confirm", {"paymentStatus": "paid"})) == (404, "NOT_FOUND")


def test_webhooks_are_signed_and_come_again_without_harm(stage: cast.Stage, api: Mounted) -> None:
    booking = reserve(api, stage, "A1").json()["bookingId"]
    intent = prepare(api, booking, 450).json()["paymentIntent"]
    body = json.dumps({"paymentIntentId": intent, "status": "succeeded"}).encode()

    for header in ("", "t=1,v1=00", purchase.signature(body, secret="guessed"), purchase.signature(body, age=400)):
        refused = api.send("POST", "/payments/webhook", body, X_Signature=header)
        assert refusal(refused) == (400, "BAD_SIGNATURE")
    assert Booking.objects.get().status == "PENDING"
    for status in ("processing", "requires_action"):
        assert tell(api, intent, status).json() == {"status": "processed"}
    assert Booking.objects.get().status == "PENDING"
    for _time in range(3):
        assert tell(api, intent).json() == {"status": "processed"}
    assert Booking.objects.get().status == "CONFIRMED"
    assert Payment.objects.get().status == "SUCCESS"
    assert tell(api, "pi_unknown").json() == {"status": "processed"}
    assert audit.violations() == []


def test_a_webhook_that_names_another_sum_pays_nothing(stage: cast.Stage, api: Mounted) -> None:
    booking = reserve(api, stage, "A1").json()["bookingId"]
    intent = prepare(api, booking, 450).json()["paymentIntent"]

    tell(api, intent, amount=4.5, currency="NPR")

    assert Booking.objects.get().status == "PENDING"
    assert Payment.objects.get().cases.get().kind == "WRONG_AMOUNT"


def test_a_failed_payment_may_be_tried_again(stage: cast.Stage, api: Mounted) -> None:
    booking = reserve(api, stage, "A1").json()["bookingId"]
    first = prepare(api, booking, 450).json()["paymentIntent"]

    tell(api, first, "failed")
    second = prepare(api, booking, 450).json()["paymentIntent"]
    tell(api, second)

    assert first != second
    assert Booking.objects.get().status == "CONFIRMED"
    assert FakeCheckout.objects.count() == 2
