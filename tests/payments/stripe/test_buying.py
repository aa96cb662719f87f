"""What a buyer pays at Stripe becomes a sale here."""

import time
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from bookings.models import Booking
from payments import audit
from payments.services import polling, starting
from tests import cast, purchase
from tests import stripe_stand_in as stand_in
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.payments.stripe.steps import payments, send
from tests.purchase import AS_ASHA
from tests.receiver import receiving
from tests.stripe_stand_in import StandIn


def test_what_is_paid_at_stripe_becomes_a_sale_by_its_webhook(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1", "A2")
    intent = bank.intent(purchase.session_of(booking))
    assert (intent["amount"], intent["currency"]) == (90_000, "npr")
    assert intent["metadata"] == {"payment": str(payments(booking)[0].pk), "booking": booking["bookingId"]}

    with receiving() as receiver:
        bank.send_webhooks_to(receiver.url)
        bank.pay(intent["id"])
        deadline = time.monotonic() + 10
        while not receiver.bodies and time.monotonic() < deadline:
            time.sleep(0.05)
    body, header = receiver.bodies[0], receiver.headers[0]["Stripe-Signature"]
    answer = api.send("POST", "/payments/webhook/stripe", body, Stripe_Signature=header)

    assert (answer.status_code, answer.json()) == (200, {"status": "processed"})
    assert purchase.row(booking).status == "CONFIRMED"
    assert stage.states()["A1"] == "BOOKED"
    [payment] = payments(booking)
    assert (payment.status, payment.gateway_reference) == ("SUCCESS", intent["id"])
    assert audit.violations() == []


def test_a_declined_card_leaves_the_seats_and_another_try(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    first = purchase.session_of(booking)

    assert bank.pay(first, stand_in.DECLINED)["status"] == "requires_payment_method"
    send(api, bank.events(first)[0])

    assert (purchase.row(booking).status, payments(booking)[0].status) == ("PENDING", "FAILED")
    second = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()["sessionId"]
    bank.pay(second)
    send(api, bank.events(second)[0])
    assert purchase.row(booking).status == "CONFIRMED"


def test_a_good_card_after_a_declined_one_pays_the_same_intent(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    [payment] = payments(booking)
    failed = {"id": "evt_1", "type": "payment_intent.payment_failed", "data": {"object": bank.intent(payment.session)}}
    send(api, failed)
    bank.pay(payment.session)

    polling.poll_due(now=timezone.now() + timedelta(minutes=2))

    assert purchase.row(booking).status == "CONFIRMED"


def test_money_nobody_told_us_of_is_found_by_asking(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    bank.pay(purchase.session_of(booking))

    polling.poll_due(now=timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1))

    assert purchase.row(booking).status == "CONFIRMED"
    assert audit.violations() == []


def test_an_intent_nobody_paid_stays_open(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")

    polling.poll_due(now=timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1))

    assert (purchase.row(booking).status, payments(booking)[0].status) == ("PENDING", "INITIATED")


def test_an_intent_cancelled_at_stripe_ends_the_booking(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    bank.call("POST", f"payment_intents/{purchase.session_of(booking)}/cancel")

    polling.poll_due(now=timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1))

    assert (purchase.row(booking).status, stage.states()["A1"]) == ("EXPIRED", "AVAILABLE")


def test_a_payment_is_opened_under_its_own_id(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = stand_in.watch_keys(monkeypatch)

    booking = purchase.book(api, stage, "A1")

    assert sent == [("/v1/payment_intents", str(payments(booking)[0].pk))]


def test_a_silent_stripe_leaves_the_booking_as_it_is(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS, "paymentMethod": "CARD"}

    with override_settings(**stand_in.settings_for(None)):
        assert code(api.post("/bookings/confirm", body)) == (503, "GATEWAY_UNAVAILABLE")

    assert Booking.objects.get().status == "PENDING"
    assert purchase.confirm(api, held["holdId"])["paymentIntentId"].startswith("pi_")
