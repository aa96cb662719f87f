"""JOB-6: money that nobody told us of is found by asking the gateway (RELIABILITY P2, R14)."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings import selectors
from payments import audit
from payments.gateways import fake, register
from payments.models import FakeCheckout, Payment
from payments.services import polling, starting
from showsewa.celery import BEAT
from tests import cast, purchase
from tests.conftest import Api
from tests.payments.banks import Slow, standing_in

PAID = FakeCheckout.Outcome.PAID


@pytest.mark.parametrize("first", ["", "tok_declined"])
def test_money_taken_just_before_we_died_is_found(stage: cast.Stage, api: Api, first: str) -> None:
    booking = purchase.book(api, stage, "A1")
    if first:
        purchase.pay(api, booking, first)
    fake.finish(Payment.objects.get().session, PAID)

    polling.poll_due(now=timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1))

    assert purchase.row(booking).status == "CONFIRMED"
    assert stage.states()["A1"] == "BOOKED"
    assert Payment.objects.get().poll_at is None


def test_a_gateway_is_not_asked_again_once_the_money_is_there(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.pay(api, booking)

    assert polling.poll_due(now=timezone.now() + timedelta(days=1)) == 0


def test_a_declined_session_is_asked_about_for_two_days(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.pay(api, booking, "tok_declined")
    now = timezone.now()

    asked = [polling.poll_due(now=now + timedelta(hours=hour)) for hour in (1, 24, 47, 49, 51, 99)]

    assert asked == [1, 1, 1, 1, 0, 0]
    assert Payment.objects.get().status == "FAILED"


def test_a_lost_webhook_is_found_within_three_minutes(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    fake.finish(Payment.objects.get().session, PAID)
    now, seconds = timezone.now(), 0

    while purchase.row(booking).status != "CONFIRMED" and seconds < 600:
        seconds += BEAT["payments.tasks.poll_payments"]
        polling.poll_due(now=now + timedelta(seconds=seconds))

    assert seconds < 180
    assert audit.violations() == []


def test_coming_back_from_the_bank_confirms_nothing_by_itself(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    address = f"/bookings/{booking['bookingId']}/pay/?key={selectors.link_key(purchase.row(booking).pk)}"

    for query in ("", "&status=success", "&result=paid&amount=450"):
        Client().get(address + query)

    assert purchase.row(booking).status == "PENDING"


def test_a_gateway_that_hangs_holds_up_neither_the_others_nor_the_job(
    stage: cast.Stage, api: Api, settings: Any
) -> None:
    for seat in ("A1", "A2", "A3"):
        purchase.book(api, stage, seat, token=f"buyer {seat}")
    other = purchase.book(api, stage, "B1", token="buyer B1")
    fake.finish(purchase.session_of(other), PAID)
    Payment.objects.filter(booking_id=other["bookingId"]).update(gateway="quick")
    quick, now = fake.Fake(), timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1)
    quick.code, settings.POLL_GATEWAY_SECONDS = "quick", 0.02
    register(quick)

    with standing_in(Slow(lambda: time.sleep(0.03))) as hanging:
        asked = [polling.poll_due(now=now) for _run in range(3)]

    assert asked == [2, 1, 1]  # of the slow one a payment a run, each in its turn
    assert hanging.asked == 3
    assert purchase.row(other).status == "CONFIRMED"
