"""Paying over HTTP: tokens (OP11), sessions (OP28), the test gateway (OP29) and how it stands (OP32)."""

import uuid
from datetime import timedelta
from unittest import mock

import pytest
from django.test import override_settings
from django.utils import timezone

from bookings.models import Booking, Notice
from payments import gateways
from payments.api import schemas
from payments.gateways import fake
from payments.models import FakeCheckout, FakeMessage, Payment
from payments.services import starting, testing
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA

# --- tokens


def test_a_good_token_confirms_the_booking(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1", "A2")

    answer = purchase.pay(api, booking)

    paid = answer.json()
    assert answer.status_code == 200
    assert set(paid) == set(schemas.ProcessOut().fields) - {"next"}
    assert (paid["success"], paid["status"]) == (True, "CONFIRMED")
    assert paid["bookingReference"] == booking["bookingReference"]
    assert stage.states()["A1"] == stage.states()["A2"] == "BOOKED"
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == 1


def test_a_declined_token_leaves_the_booking_and_another_try(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")

    refused = purchase.pay(api, booking, "tok_declined")

    assert code(refused) == (402, "PAYMENT_DECLINED")
    assert (refused.json()["status"], refused.json()["success"]) == (402, False)
    assert purchase.row(booking).status == "PENDING"
    assert purchase.pay(api, booking, "tok_ok").json()["status"] == "CONFIRMED"


def test_a_late_token_is_accepted_and_confirmed_when_the_gateway_says_so(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")

    answer = purchase.pay(api, booking, "tok_late")

    later = answer.json()
    assert answer.status_code == 202
    assert set(later) == set(schemas.ProcessOut().fields) - {"ticketUrl"}
    assert (later["success"], later["status"]) == (False, "PENDING_PAYMENT")
    assert later["next"]["statusUrl"] == f"/api/v1/payments/status/{booking['bookingId']}"
    assert FakeMessage.objects.get().due_at > timezone.now() + timedelta(seconds=50)
    testing.deliver_due(now=timezone.now() + timedelta(seconds=61))
    assert purchase.row(booking).status == "CONFIRMED"


def test_paying_twice_is_paying_once(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")

    first, again = purchase.pay(api, booking), purchase.pay(api, booking)

    assert (again.status_code, again.json()) == (200, first.json())
    assert Payment.objects.filter(status="SUCCESS").count() == 1
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == 1


def test_the_intent_of_another_booking_pays_nothing(stage: cast.Stage, api: Api) -> None:
    mine = purchase.book(api, stage, "A1")
    other = purchase.book(api, stage, "A2", token=cast.BIKASH_TOKEN)

    for intent in (other["paymentIntentId"], "pi_made_up"):
        assert code(purchase.pay(api, mine | {"paymentIntentId": intent})) == (404, "NOT_FOUND")
    assert {row.status for row in Booking.objects.all()} == {"PENDING"}


@pytest.mark.parametrize("token", ["4242424242424242", "", "ok", None, 42])
def test_a_card_number_is_not_even_looked_at(stage: cast.Stage, api: Api, token: object) -> None:
    booking = purchase.book(api, stage, "A1")

    refused = purchase.pay(api, booking, token)  # type: ignore[arg-type]

    assert code(refused) == (422, "VALIDATION_FAILED")
    assert "4242" not in refused.content.decode()
    assert purchase.pay(api, booking, "tok_visa").status_code == 200


def test_nobody_is_charged_for_an_expired_booking(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)

    assert code(purchase.pay(api, booking)) == (410, "HOLD_EXPIRED")
    assert FakeCheckout.objects.get().outcome == "OPEN"


def test_nobody_is_charged_for_a_cancelled_booking(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)

    assert code(purchase.pay(api, booking)) == (409, "INVALID_STATE")
    assert FakeCheckout.objects.get().outcome == "OPEN"


def test_where_cards_are_typed_at_the_gateway_a_token_leads_there(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")

    with override_settings(GATEWAYS=[]):
        answer = purchase.pay(api, booking)

    assert (answer.status_code, answer.json()["next"]["paymentUrl"]) == (202, booking["paymentUrl"])
    assert purchase.row(booking).status == "PENDING"


# --- sessions


def test_initiating_opens_one_session_and_finds_it_again(stage: cast.Stage, api: Api) -> None:
    booking = api.post("/bookings", {"userId": "guest-7", "showId": stage.path, "showSeatIds": ["A1"]}).json()
    body = {"bookingId": booking["id"], "userId": "guest-7"}

    first, again = api.post("/payments/initiate", body), api.post("/payments/initiate", body)

    session = first.json()
    assert first.status_code == 201
    assert set(session) == set(schemas.InitiateOut().fields)
    assert session["sessionId"].startswith("sess_")
    assert session["paymentUrl"] == f"/payments/fake-checkout/{session['sessionId']}"
    assert session["expiresAt"] == booking["expiresAt"]
    assert again.json()["sessionId"] == session["sessionId"]


def test_a_booking_is_not_initiated_by_another_guest_or_with_an_unknown_gateway(stage: cast.Stage, api: Api) -> None:
    booking = api.post("/bookings", {"showId": stage.path, "showSeatIds": ["A1"]}, **AS_ASHA).json()
    body = {"bookingId": booking["id"]}

    assert code(api.post("/payments/initiate", body | {"userId": "guest-8"})) == (404, "NOT_FOUND")
    assert code(api.post("/payments/initiate", body | {"provider": "cash"}, **AS_ASHA)) == (404, "NOT_FOUND")
    assert api.post("/payments/initiate", body | {"provider": "fake"}, **AS_ASHA).status_code == 201


def test_a_hold_and_an_expired_booking_have_nothing_to_pay(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"bookingId": held["holdId"]}

    assert code(api.post("/payments/initiate", body, **AS_ASHA)) == (409, "INVALID_STATE")
    purchase.confirm(api, held["holdId"])
    purchase.expire(stage)
    assert code(api.post("/payments/initiate", body, **AS_ASHA)) == (410, "HOLD_EXPIRED")


def test_a_gateway_that_does_not_answer_leaves_the_booking_for_another_try(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS}

    with mock.patch.object(fake.Fake, "start", side_effect=gateways.GatewayError("down")):
        refused = api.post("/bookings/confirm", body)

    assert code(refused) == (503, "GATEWAY_UNAVAILABLE")
    assert refused["Retry-After"] == "5"
    assert purchase.row(held).status == "PENDING"
    again = api.post("/bookings/confirm", body)
    assert (again.status_code, purchase.pay(api, again.json()).status_code) == (200, 200)


def test_a_session_is_opened_by_one_request_and_taken_over_when_that_one_died(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    body = {"bookingId": booking["bookingId"]}
    unopened = {"session": f"new_{uuid.uuid4()}", "intent": "", "url": ""}
    Payment.objects.update(**unopened, poll_at=timezone.now() + starting.FIRST_LOOK)

    assert code(api.post("/payments/initiate", body, **AS_ASHA)) == (503, "BUSY")
    Payment.objects.update(poll_at=timezone.now() + timedelta(seconds=30))
    opened = api.post("/payments/initiate", body, **AS_ASHA).json()

    assert opened["sessionId"].startswith("sess_")
    assert purchase.pay(api, booking | opened).status_code == 200


# --- the test gateway


@pytest.mark.parametrize(
    ("result", "booking_is", "payment_is"),
    [
        ("success", "CONFIRMED", "SUCCESS"),
        ("failed", "PENDING", "FAILED"),
        ("expired", "EXPIRED", "EXPIRED"),
        ("twice", "CONFIRMED", "SUCCESS"),
    ],
)
def test_the_test_gateway_does_as_it_is_told(
    stage: cast.Stage, api: Api, result: str, booking_is: str, payment_is: str
) -> None:
    booking = purchase.book(api, stage, "A1")
    session = purchase.session_of(booking)

    answer = api.post(f"/payments/simulate/{session}", {"result": result})

    assert (answer.status_code, set(answer.json())) == (200, set(schemas.SimulateOut().fields))
    assert answer.json()["status"] == "processed"
    assert purchase.row(booking).status == booking_is
    assert Payment.objects.get(session=session).status == payment_is


def test_a_simulated_delay_is_a_promise(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    path = f"/payments/simulate/{purchase.session_of(booking)}"

    assert api.post(path, {"result": "success", "delaySeconds": 90}).json()["status"] == "scheduled"
    assert purchase.row(booking).status == "PENDING"
    testing.deliver_due(now=timezone.now() + timedelta(seconds=91))
    assert purchase.row(booking).status == "CONFIRMED"


def test_there_is_no_test_gateway_where_it_is_off(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    path = f"/payments/simulate/{purchase.session_of(booking)}"

    with override_settings(GATEWAYS=[]):
        assert code(api.post(path, {"result": "success"})) == (404, "NOT_FOUND")
    assert code(api.post("/payments/simulate/sess_unknown", {"result": "success"})) == (404, "NOT_FOUND")
    assert code(api.post(path, {"result": "free"})) == (422, "VALIDATION_FAILED")
    assert code(api.post(path, {"result": "success", "delaySeconds": 10**6})) == (422, "VALIDATION_FAILED")
    assert purchase.row(booking).status == "PENDING"


# --- how it stands


def test_the_status_lists_every_attempt_the_newest_first(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.pay(api, booking, "tok_declined")
    second = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    purchase.pay(api, booking | second)

    status = api.get(f"/payments/status/{booking['bookingId']}", **AS_ASHA).json()

    assert set(status) == set(schemas.StatusOut().fields)
    assert set(status["payments"][0]) == set(schemas.PaymentOut().fields)
    assert (status["bookingStatus"], status["totalAmount"]) == ("CONFIRMED", 450)
    assert [payment["status"] for payment in status["payments"]] == ["SUCCESS", "FAILED"]


def test_who_waits_for_a_payment_has_the_gateway_asked(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    path = f"/payments/status/{booking['bookingId']}"
    fake.finish(purchase.session_of(booking), FakeCheckout.Outcome.PAID)  # and its webhook is lost

    assert api.get(path, **AS_ASHA).json()["bookingStatus"] == "PENDING"  # too young: the webhook may be on its way
    Payment.objects.update(created_at=timezone.now() - timedelta(seconds=4))
    assert api.get(path, **AS_ASHA).json()["bookingStatus"] == "CONFIRMED"


def test_a_gateway_that_cannot_be_asked_does_not_spoil_the_status(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    Payment.objects.update(created_at=timezone.now() - timedelta(seconds=4))

    with mock.patch.object(fake.Fake, "look_up", side_effect=gateways.GatewayError("down")) as asked:
        answers = [api.get(f"/payments/status/{booking['bookingId']}", **AS_ASHA) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert asked.call_count == 1  # not at every poll
