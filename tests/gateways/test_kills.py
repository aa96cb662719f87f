"""R07, R30 at every gateway: a process killed (SIGKILL) at any fault point leaves nothing that the next cannot mend.

Each test walks through the fault points of one job: for each, a booking of its own, a process that dies there, and a
fresh one that finishes. What stays unproved: localstripe knows no idempotency keys, so that Stripe makes one intent of
two requests under one key is Stripe's word; ours, seen here, is that the second request bears the key of the first,
and that a refund is looked for by the mark we gave it before it is made again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from bookings.models import Booking, Notice
from bookings.services import checkout
from payments import audit
from payments.models import Case, Payment, Refund, WebhookEvent
from payments.services import polling, refunding
from showsewa import promises
from showsewa.actors import SYSTEM
from showsewa.authentication import from_session_token
from tests import cast, purchase
from tests.conftest import Api
from tests.gateways import ways
from tests.gateways.keeper import Keeper
from tests.gateways.ways import Way

pytestmark = pytest.mark.slow
SEATS = [f"{row}{number}" for row in "ABC" for number in range(1, 6)]
A_MINUTE = timedelta(seconds=61)
_GIVEN = ("GATEWAYS", "GATEWAY_KEYS", "GATEWAY_URLS")


@pytest.fixture
def stage(race_stage: cast.Stage, way: Way) -> cast.Stage:
    """Really committed: other processes see it."""
    return race_stage


@pytest.fixture
def keeper(stage: cast.Stage, tmp_path: Path) -> Keeper:
    given = {name: getattr(site, name) for name in _GIVEN}
    return Keeper(tmp_path, DATABASE=connection.settings_dict["NAME"], **given)


def at_each_point(
    keeper: Keeper, prepare: Callable[[str], tuple[str, dict[str, Any]]], *, heals: bool = True
) -> list[str]:
    """Let a job die at its first point, at its second and so on; a fresh process heals after each, if it is to.

    prepare: makes one seat's case ready and says which job, given what. Returns the points killed at.
    """
    killed_at: list[str] = []
    for die_at, seat in enumerate(SEATS, start=1):
        job, given = prepare(seat)
        met = keeper.run(job, die_at=die_at, **given)
        if heals:
            keeper.run("heal", now=timezone.now() + promises.lease() + timedelta(seconds=1))
        if len(met) < die_at:
            return killed_at
        killed_at.append(met[-1])
    raise AssertionError("more points than seats")


def opened(api: Api, stage: cast.Stage, way: Way, seat: str, *, is_paid: bool = True) -> Payment:
    """A booking whose buyer is at the gateway."""
    booking = purchase.book(api, stage, seat, token=f"buyer {seat}")
    payment = Payment.objects.get(booking=booking["bookingId"])
    way.open(payment)
    if is_paid:
        way.pay(payment)
    return payment


def soon() -> datetime:
    return timezone.now() + A_MINUTE


def test_a_refund_goes_out_once_wherever_its_keeper_dies(stage: cast.Stage, api: Api, way: Way, keeper: Keeper) -> None:
    def prepare(seat: str) -> tuple[str, dict[str, Any]]:
        payment = opened(api, stage, way, seat)
        polling.poll_due(now=soon())
        part = None if seat.startswith("A") else 100
        refunding.refund_booking(booking_id=payment.booking_id, actor=SYSTEM, now=timezone.now(), amount=part)
        return "refunds", {"now": timezone.now()}

    killed_at = at_each_point(keeper, prepare)

    assert {"before refund", "after refund", "before COMMIT", "after COMMIT", "before a write"} <= set(killed_at)
    for refund in Refund.objects.all():
        if way.refunds_by_hand:
            assert [case.kind for case in refund.cases.all()] == [Case.Kind.REFUND_BY_HAND]
            continue
        assert refund.done_at is not None and refund.gateway_reference
        assert way.given_back(refund.payment) == [refund.amount]
        assert Notice.objects.filter(kind="REFUND", medium="EMAIL", about=str(refund.pk)).count() == 1
    assert Refund.objects.count() == len(killed_at) + 1
    assert audit.violations() == []


@pytest.mark.long
def test_a_session_is_opened_once_for_its_buyer_wherever_its_opener_dies(
    stage: cast.Stage, api: Api, way: Way, keeper: Keeper
) -> None:
    def prepare(seat: str) -> tuple[str, dict[str, Any]]:
        buyer, now = checkout.Buyer("Asha", "asha@example.com"), timezone.now()
        who = {"showtime_id": stage.showtime.pk, "seats": [seat], "actor": from_session_token(f"buyer {seat}")}
        return "start", {"booking": str(checkout.book(**who, buyer=buyer, now=now).pk)}

    killed_at = at_each_point(keeper, prepare, heals=False)

    assert {"before start", "after start", "before COMMIT", "after COMMIT", "after a write"} <= set(killed_at)
    for booking in Booking.objects.all():
        keeper.run("start", booking=str(booking.pk))
        [payment] = Payment.objects.filter(booking=booking)
        way.open(payment)
        way.pay(payment)
        assert {key for key in keeper.stripe_keys() if str(payment.pk) in key} <= {f"payment_intents {payment.pk}"}
    keeper.run("heal", now=soon())
    assert set(Booking.objects.values_list("status", flat=True)) == {"CONFIRMED"}
    if way.code == "stripe":  # those that died between the call and the write asked twice under one key
        assert len(keeper.stripe_keys()) == len(set(keeper.stripe_keys())) + killed_at[3:5].index("before a write") + 1
    assert audit.violations() == []


@pytest.mark.long
@pytest.mark.parametrize("is_late", [False, True])
def test_money_taken_is_settled_once_wherever_the_poll_dies(
    stage: cast.Stage, api: Api, way: Way, keeper: Keeper, is_late: bool
) -> None:
    def prepare(seat: str) -> tuple[str, dict[str, Any]]:
        opened(api, stage, way, seat)
        if is_late:  # the time to pay is over, and somebody else holds the seat
            purchase.expire(stage)
            purchase.hold(api, stage, seat, token=cast.BIKASH_TOKEN)
        return "polls", {"now": soon()}

    killed_at = at_each_point(keeper, prepare)

    assert {"before look_up", "after look_up", "before COMMIT", "after COMMIT"} <= set(killed_at)
    _all_settled(way, count=len(killed_at) + 1, is_late=is_late)


@pytest.mark.long
@pytest.mark.parametrize("way", ["fake", "stripe"], indirect=True)
def test_a_message_is_acted_on_once_wherever_its_reader_dies(
    stage: cast.Stage, api: Api, way: Way, keeper: Keeper
) -> None:
    def prepare(seat: str) -> tuple[str, dict[str, Any]]:
        body = way.say(opened(api, stage, way, seat), ways.PAID).body
        return "tell", {"gateway": way.code, "body": body, "headers": way.headers(body)}

    killed_at = at_each_point(keeper, prepare)

    assert killed_at.count("before COMMIT") == killed_at.count("after COMMIT") >= 2
    _all_settled(way, count=len(killed_at) + 1, is_late=False)
    assert not WebhookEvent.objects.filter(processed_at=None).exists()


@pytest.mark.long
@pytest.mark.parametrize("way", ["esewa"], indirect=True)
def test_a_refund_made_by_hand_is_written_down_once(stage: cast.Stage, api: Api, way: Way, keeper: Keeper) -> None:
    def prepare(seat: str) -> tuple[str, dict[str, Any]]:
        payment = opened(api, stage, way, seat)
        polling.poll_due(now=soon())
        refunding.refund_booking(booking_id=payment.booking_id, actor=SYSTEM, now=timezone.now())
        keeper.run("heal", now=timezone.now())
        return "decide", {"case": str(Case.objects.get(payment=payment).pk), "reference": f"by hand {seat}"}

    killed_at = at_each_point(keeper, prepare)
    for case in Case.objects.filter(status="OPEN"):  # the clerk sees it is not done yet, and says it again
        keeper.run("decide", case=str(case.pk), reference="by hand")

    assert killed_at == ["before COMMIT", "after COMMIT"]
    assert all(refund.done_at and refund.gateway_reference.startswith("by hand") for refund in Refund.objects.all())
    assert Notice.objects.filter(kind="REFUND", medium="EMAIL").count() == Refund.objects.count() == 3
    assert audit.violations() == []


def _all_settled(way: Way, *, count: int, is_late: bool) -> None:
    payments = list(Payment.objects.all())
    assert len(payments) == count
    for payment in payments:
        said = Notice.objects.filter(booking=payment.booking, medium="EMAIL").values_list("kind", flat=True)
        promised = [refund.amount for refund in payment.refunds.all()]
        if not is_late:
            assert (payment.booking.status, payment.status, promised) == ("CONFIRMED", "SUCCESS", [])
            assert list(said).count("CONFIRMATION") == 1
            continue
        assert (payment.booking.status, promised) == ("EXPIRED", [payment.amount])
        assert list(said).count("LATE_PAYMENT") == 1
        assert way.refunds_by_hand or way.given_back(payment) == promised
    assert audit.violations() == []
