"""What goes back goes back once, whatever dies or stays silent on the way."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from bookings.models import Booking, Notice
from payments import gateways
from payments.gateways import stripe
from payments.models import Refund
from payments.services import polling, refunding
from showsewa import promises
from tests import cast, purchase
from tests import stripe_stand_in as stand_in
from tests.conftest import Api
from tests.payments.stripe.steps import at_stripe, bought, here, paid, payments, send, send_refunds
from tests.purchase import AS_ASHA
from tests.stripe_stand_in import StandIn
from venues.models import Showtime


def test_a_cancelled_booking_is_refunded_in_full(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1", "A2")
    Booking.objects.update(refund_policy={"tiers": [[0, 100]], "cancelUntilHours": 0})
    assert api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA).status_code == 200

    send_refunds()

    assert at_stripe(bank, booking) == here(booking)
    assert sum(amount for _id, amount in here(booking)) == 900
    assert Refund.objects.get().gateway_reference.startswith("re_")
    assert payments(booking)[0].status == "REFUNDED"


def test_parts_go_back_one_by_one(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1", "A2")
    for amount in ("100.50", "0.01"):
        refunding.refund_booking(
            booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now(), amount=Decimal(amount)
        )
        send_refunds()

    assert at_stripe(bank, booking) == here(booking)
    assert sorted(amount for _id, amount in at_stripe(bank, booking)) == [Decimal("0.01"), Decimal("100.50")]


def test_of_two_successes_the_second_goes_back(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    first = purchase.session_of(booking)
    bank.pay(first, stand_in.DECLINED)
    send(api, bank.events(first)[0])
    second = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()["sessionId"]
    bank.pay(second)
    send(api, bank.events(second)[0])
    # The buyer had the first page open as well, and gave it a good card.
    twice = {"id": "evt_twice", "type": "payment_intent.succeeded", "data": {"object": paid(bank, first)}}
    send(api, twice)

    [refund] = Refund.objects.all()
    assert (refund.reason, refund.payment.session, refund.amount) == ("DOUBLE", first, 450)
    assert purchase.row(booking).status == "CONFIRMED"


@pytest.mark.parametrize("case", ["free", "resold", "begun"])
def test_money_that_comes_after_the_expiry_becomes_the_sale_or_goes_back(
    stage: cast.Stage, api: Api, bank: StandIn, case: str
) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)
    if case == "resold":
        purchase.hold(api, stage, "A1", token=cast.BIKASH_TOKEN)
    if case == "begun":
        Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    bank.pay(purchase.session_of(booking))

    for _twice in range(2):
        polling.poll_due(now=timezone.now() + timedelta(minutes=2))
        send(api, bank.events(purchase.session_of(booking))[0])
    send_refunds(later=timedelta(minutes=2))

    assert purchase.row(booking).status == ("CONFIRMED" if case == "free" else "EXPIRED")
    assert at_stripe(bank, booking) == here(booking)
    assert [amount for _id, amount in here(booking)] == ([] if case == "free" else [450])


class Killed(BaseException):
    """What kill -9 leaves behind: nothing runs any more."""


def _kill(*_given: Any, **_named: Any) -> None:
    raise Killed


@pytest.mark.parametrize("moment", ["before the call", "after the call", "after the commit"])
def test_a_refund_survives_its_keepers_death(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """localstripe has no idempotency keys: one made twice would be there twice."""
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
    place = {
        "before the call": (stripe.Stripe, "refund"),
        "after the call": (refunding, "_note_sent"),
        "after the commit": (promises, "_close"),
    }[moment]
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(*place, _kill)
        send_refunds()
    assert len(at_stripe(bank, booking)) == (0 if moment == "before the call" else 1)

    send_refunds()  # under the dead one's lease nobody touches it
    assert Refund.objects.get().done_at is None
    for _again in range(2):
        send_refunds(later=promises.lease() + timedelta(seconds=1))

    assert at_stripe(bank, booking) == here(booking)
    assert Refund.objects.get().done_at is not None
    assert Refund.objects.get().gateway_reference == bank.refunds(payments(booking)[0].session)[0]["id"]
    assert Notice.objects.filter(kind="REFUND", medium="EMAIL").count() == 1


@pytest.mark.parametrize("times", [1, 3])
def test_a_refund_whose_answer_was_lost_is_found_again(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
    with monkeypatch.context() as patch:
        stand_in.lose_answers(patch, "/v1/refunds")
        for hours in range(times):
            send_refunds(later=timedelta(hours=hours))
    assert Refund.objects.get().done_at is None
    assert Refund.objects.get().failed_at is None

    send_refunds(later=timedelta(days=2))

    assert at_stripe(bank, booking) == here(booking)
    assert Refund.objects.get().done_at is not None


def test_without_the_look_back_a_refund_would_be_made_twice(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = bought(api, stage, bank, "A1")
    monkeypatch.setattr(stripe.Stripe, "find_refund", lambda *_given, **_named: None)
    gateway, [payment] = gateways.get("stripe"), payments(booking)

    for _try in range(2):
        gateway.refund(payment, Decimal(450), key="one")

    assert len(bank.refunds(payment.session)) == 2


def test_a_refund_is_made_under_its_own_id(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
    sent = stand_in.watch_keys(monkeypatch)

    send_refunds()

    assert sent == [("/v1/refunds", str(Refund.objects.get().pk))]


def test_a_refund_stripe_refuses_is_given_to_a_person(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    intent = purchase.session_of(booking)
    bank.pay(intent, stand_in.DECLINED)
    success = {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": paid(bank, intent)}}
    send(api, success)
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())

    send_refunds()

    assert Refund.objects.get().failed_at is not None
    assert "Cannot refund a failed payment" in Refund.objects.get().last_error


def test_a_silent_stripe_is_asked_for_a_refund_again(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())

    with override_settings(**stand_in.settings_for(None)):
        send_refunds()
    assert Refund.objects.get().is_open
    send_refunds(later=timedelta(minutes=1))

    assert at_stripe(bank, booking) == here(booking)
