"""From a hold to a sale over HTTP: prices (OP9), confirming (OP10), booking without a hold (OP25), OP24."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from bookings.api import schemas
from bookings.models import Booking, Notice, PromoCode
from payments.gateways import fake
from payments.models import FakeCheckout, Payment
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA, AS_BIKASH


@pytest.fixture
def save20(stage: cast.Stage) -> PromoCode:
    return PromoCode.objects.create(code="SAVE20", percent=20, max_uses=10)


# --- prices


def test_a_promo_code_is_taken_off_and_the_hold_remembers_it(stage: cast.Stage, api: Api, save20: PromoCode) -> None:
    held = purchase.hold(api, stage, "A1", "A2")

    priced = api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": "save20"}).json()
    booking = purchase.confirm(api, held["holdId"])

    assert set(priced) == set(schemas.PriceOut().fields)
    assert (priced["subtotal"], priced["discount"], priced["finalAmount"]) == (900, 180, 720)
    assert booking["amount"] == 720
    save20.refresh_from_db()
    assert save20.used == 1


def test_pricing_again_without_a_code_forgets_it(stage: cast.Stage, api: Api, save20: PromoCode) -> None:
    held = purchase.hold(api, stage, "A1")
    api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": "SAVE20"})

    assert api.post("/pricing/calculate", {"holdId": held["holdId"]}).json()["finalAmount"] == 450
    assert purchase.confirm(api, held["holdId"])["amount"] == 450


def test_confirming_may_name_another_code_or_none(stage: cast.Stage, api: Api, save20: PromoCode) -> None:
    held = purchase.hold(api, stage, "A1")
    api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": "SAVE20"})

    assert purchase.confirm(api, held["holdId"], promoCode="")["amount"] == 450
    save20.refresh_from_db()
    assert save20.used == 0


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"is_active": False}, "PROMO_UNKNOWN"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "PROMO_NOT_NOW"),
        ({"minimum": Decimal(10_000)}, "PROMO_MINIMUM"),
        ({"used": 10}, "PROMO_USED_UP"),
    ],
)
def test_a_code_that_does_not_count_is_refused_in_words(
    stage: cast.Stage, api: Api, save20: PromoCode, change: dict, refusal: str
) -> None:
    PromoCode.objects.update(**change)
    held = purchase.hold(api, stage, "A1")

    refused = api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": "SAVE20"})

    assert code(refused) == (422, refusal)
    assert refused.json()["errors"][0]["pointer"] == "/promoCode"


def test_a_hold_is_priced_by_its_owner_or_by_who_brings_nothing_but_its_id(stage: cast.Stage, api: Api) -> None:
    body = {"holdId": purchase.hold(api, stage, "A1")["holdId"]}

    assert api.post("/pricing/calculate", body).status_code == 200
    assert api.post("/pricing/calculate", body, **AS_ASHA).status_code == 200
    assert code(api.post("/pricing/calculate", body, **AS_BIKASH)) == (404, "NOT_FOUND")


def test_a_browsers_hold_is_not_priced_by_its_id_alone(stage: cast.Stage, api: Api, asha) -> None:
    client = Client()
    client.force_login(asha)
    held = Api(client=client).post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).json()

    assert code(api.post("/pricing/calculate", {"holdId": held["holdId"]})) == (404, "NOT_FOUND")


def test_a_lapsed_hold_is_neither_priced_nor_confirmed(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert code(api.post("/pricing/calculate", {"holdId": held["holdId"]})) == (410, "HOLD_EXPIRED")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS}
    assert code(api.post("/bookings/confirm", body)) == (410, "HOLD_EXPIRED")


# --- confirming


def test_confirming_opens_an_unpaid_booking_and_its_payment(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1", "A2")

    answer = api.post(
        "/bookings/confirm", {"holdId": held["holdId"], "userDetails": purchase.DETAILS, "paymentMethod": "CARD"}
    )

    booking = answer.json()
    assert answer.status_code == 201
    assert set(booking) == set(schemas.ConfirmOut().fields) - {"ticketUrl"}
    assert booking["bookingId"] == held["holdId"]
    assert booking["bookingReference"].startswith("BK20")
    assert (booking["status"], booking["amount"], booking["currency"]) == ("PENDING_PAYMENT", 900, "NPR")
    assert booking["paymentIntentId"].startswith("pi_")
    row = purchase.row(booking)
    assert (row.status, row.name, row.email) == ("PENDING", "Asha Rai", "asha@example.com")
    assert Payment.objects.get().amount == 900


def test_the_same_hold_confirmed_again_is_the_same_booking(stage: cast.Stage, api: Api) -> None:
    first = purchase.book(api, stage, "A1")

    again = api.post("/bookings/confirm", {"holdId": first["bookingId"], "userDetails": purchase.DETAILS})

    assert again.status_code == 200
    assert {name: again.json()[name] for name in ("bookingId", "bookingReference", "paymentIntentId")} == {
        name: first[name] for name in ("bookingId", "bookingReference", "paymentIntentId")
    }
    assert Payment.objects.count() == 1


def test_a_paid_booking_confirmed_again_stays_paid_and_hands_no_ticket_to_a_stranger(
    stage: cast.Stage, api: Api
) -> None:
    body = {"holdId": purchase.buy(api, stage, "A1")["bookingId"], "userDetails": purchase.DETAILS}

    bare, owner = api.post("/bookings/confirm", body), api.post("/bookings/confirm", body, **AS_ASHA)

    assert (bare.status_code, bare.json()["status"], bare.json()["paymentIntentId"]) == (200, "CONFIRMED", None)
    assert "ticketUrl" not in bare.json()
    assert owner.json()["ticketUrl"].startswith("http")


def test_a_booking_that_costs_nothing_is_confirmed_on_the_spot(stage: cast.Stage, api: Api) -> None:
    PromoCode.objects.create(code="GIFT", percent=100)

    booking = purchase.book(api, stage, "A1", promoCode="GIFT")

    assert (booking["status"], booking["amount"], booking["paymentUrl"]) == ("CONFIRMED", 0, None)
    assert stage.states()["A1"] == "BOOKED"
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == 1
    key = booking["ticketUrl"].partition("key=")[2]
    assert api.get(f"/bookings/{booking['bookingId']}?key={key}").json()["tickets"][0]["seat"] == "A1"


@pytest.mark.parametrize(
    "details",
    [
        {"email": "no-address"},
        {"email": "a@example.com", "phone": "call me"},
        {"email": "a@example.com", "name": "x" * 121},
        {"email": "a@example.com\nBcc: b@example.com"},
        {"email": "a@example.com", "name": "Asha\nBcc: b@example.com"},
        {"email": "a@example.com", "name": "Asha \u202e"},
        {},
        {"name": "Nobody To Reach"},
    ],
)
def test_a_buyer_who_cannot_be_reached_is_refused(stage: cast.Stage, api: Api, details: dict) -> None:
    held = purchase.hold(api, stage, "A1")

    refused = api.post("/bookings/confirm", {"holdId": held["holdId"], "userDetails": details})

    assert code(refused) == (422, "VALIDATION_FAILED")
    assert refused.json()["errors"][0]["pointer"].startswith("/userDetails")
    assert purchase.row(held).status == "HELD"


def test_somebody_signed_in_need_not_repeat_an_address(stage: cast.Stage, asha) -> None:
    client = Client()
    client.force_login(asha)
    as_asha = Api(client=client)
    held = as_asha.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).json()

    booking = as_asha.post("/bookings/confirm", {"holdId": held["holdId"]}).json()

    assert purchase.row(booking).email == "asha@example.com"


def test_a_hold_that_lost_a_seat_to_the_counter_is_not_confirmed(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1", "A2")
    Booking.objects.get().tickets.filter(label="A2").update(released_at=timezone.now())

    refused = api.post("/bookings/confirm", {"holdId": held["holdId"], "userDetails": purchase.DETAILS})

    assert code(refused) == (410, "HOLD_EXPIRED")


def test_prices_and_states_in_the_body_count_for_nothing(stage: cast.Stage, api: Api) -> None:
    claims = {"status": "CONFIRMED", "total": 1, "amount": 1, "price": 1, "source": "WALK_IN", "is_staff": True}
    held = purchase.hold(api, stage, "A1")

    booking = purchase.confirm(api, held["holdId"], **claims, expiresAt="2099-01-01T00:00:00Z")

    assert (booking["status"], booking["amount"]) == ("PENDING_PAYMENT", 450)
    assert purchase.row(booking).source == "SHOWSEWA"


# --- booking at once


def test_booking_without_a_hold(stage: cast.Stage, api: Api) -> None:
    answer = api.post("/bookings", {"userId": "guest-7", "showId": stage.path, "showSeatIds": ["A1", "A2"]})

    booking = answer.json()
    assert answer.status_code == 201
    assert set(booking) == set(schemas.OpenedOut().fields)
    assert (booking["status"], booking["totalAmount"]) == ("PENDING", 900)
    assert stage.states()["A1"] == "HELD"


def test_booking_what_one_holds_turns_the_hold_into_the_booking(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1", token="guest-7")

    by_seats = api.post("/bookings", {"userId": "guest-7", "showId": stage.path, "showSeatIds": ["A1"]}).json()
    by_hold = api.post("/bookings", {"userId": "guest-7", "holdId": held["holdId"]})

    assert by_seats["id"] == held["holdId"]
    assert (by_hold.status_code, by_hold.json()["id"]) == (200, held["holdId"])


def test_booking_needs_a_hold_or_seats_that_are_free(stage: cast.Stage, api: Api) -> None:
    purchase.hold(api, stage, "A1")
    body = {"userId": "guest-7", "showId": stage.path}

    assert code(api.post("/bookings", body)) == (422, "VALIDATION_FAILED")
    assert code(api.post("/bookings", body | {"showSeatIds": ["A1"]})) == (409, "SEAT_UNAVAILABLE")
    assert code(api.post("/bookings", {"showId": stage.path, "showSeatIds": ["A2"]})) == (
        422,
        "SESSION_TOKEN_REQUIRED",
    )


# --- confirming what is paid (OP24)


def test_a_body_that_says_paid_is_no_evidence(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    path = f"/bookings/{booking['bookingId']}/confirm"

    assert code(api.send("PUT", path, {"paymentStatus": "paid"}, **AS_ASHA)) == (402, "NOT_PAID")
    assert purchase.row(booking).status == "PENDING"
    assert code(api.send("PUT", path, {"paymentStatus": "paid"})) == (404, "NOT_FOUND")


def test_what_the_gateway_knows_to_be_paid_is_confirmed(stage: cast.Stage, api: Api) -> None:

    booking = purchase.book(api, stage, "A1")
    fake.finish(purchase.session_of(booking), FakeCheckout.Outcome.PAID)

    answer = api.send("PUT", f"/bookings/{booking['bookingId']}/confirm", {"paymentStatus": "unpaid"}, **AS_ASHA)

    assert (answer.status_code, answer.json()["status"]) == (200, "CONFIRMED")
    assert stage.states()["A1"] == "BOOKED"


def test_an_ended_booking_is_not_confirmed(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)

    answer = api.send("PUT", f"/bookings/{booking['bookingId']}/confirm", {}, **AS_ASHA)

    assert code(answer) == (409, "INVALID_STATE")
    assert (answer.json()["status"], answer.json()["bookingStatus"]) == (409, "EXPIRED")
