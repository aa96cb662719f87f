"""JOB-6: money that nobody told us of is found by asking the gateway (RELIABILITY P2, R14)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.gateways import fake
from payments.models import FakeCheckout, Payment
from payments.services import polling, starting
from tests import cast, purchase
from tests.conftest import Api

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
