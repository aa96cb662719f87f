"""R11 to R14 and R30: what every gateway of ours keeps, each as far as its way of telling us goes.

Those with webhooks are told of by them; eSewa and Khalti send the buyer back and are asked. What is theirs alone (the
forms of forgery, statuses, keys) is in the tests of each; `docs/mission.md` has the table.
"""

import random
import threading
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from bookings.models import Booking, Notice
from payments import audit
from payments.models import Case, Payment, Refund, WebhookEvent
from payments.services import deciding, polling, refunding
from showsewa import promises
from showsewa.actors import SYSTEM
from showsewa.celery import BEAT
from showsewa.refusals import Refusal
from tests import cast, purchase
from tests.conftest import Api
from tests.gateways import ways
from tests.gateways.ways import Said, Way
from venues.models import Showtime

A_MINUTE = timedelta(seconds=61)


def opened(api: Api, stage: cast.Stage, way: Way, seat: str = "A1", *, token: str = "") -> Payment:
    booking = purchase.book(api, stage, seat, token=token or f"buyer {seat}")
    payment = Payment.objects.get(booking=booking["bookingId"])
    way.open(payment)
    return payment


def asked(*, later: timedelta = A_MINUTE) -> None:
    polling.poll_due(now=timezone.now() + later)


def send_refunds() -> None:
    """As beat does until there is nothing to send, each ring as late as the last one asked for."""
    now = timezone.now()
    for _ring in range(12):
        promises.keep(Refund, refunding.send_refund, now=now)
        first = Refund.objects.filter(promises.OPEN).order_by("due_at").first()
        if first is None:
            break
        now = max(now, first.due_at)
    deciding.care(now=timezone.now())


def declined(way: Way, payment: Payment) -> None:
    """As far as we are told; where nobody sends messages, the buyer came back without having paid."""
    if not way.sends_messages:
        way.pay(payment, word=ways.FAILED)
    way.tell(payment, way.say(payment, ways.FAILED))


def state(payment: Payment) -> tuple[str, str, list[tuple[str, Decimal]]]:
    payment = Payment.objects.select_related("booking").get(pk=payment.pk)
    refunds = Refund.objects.filter(payment__booking=payment.booking_id).order_by("pk")
    return payment.booking.status, payment.status, list(refunds.values_list("reason", "amount"))


def all_is_well(way: Way) -> None:
    """Refunds at the gateway = refund rows, once each; where there is no call for them, each is a person's case."""
    send_refunds()
    for payment in Payment.objects.filter(refunds__isnull=False).distinct():
        promised = sorted(payment.refunds.values_list("amount", flat=True))
        if way.refunds_by_hand:
            cases = Case.objects.filter(payment=payment, kind=Case.Kind.REFUND_BY_HAND)
            assert cases.count() == payment.refunds.count()
        else:
            assert way.given_back(payment) == promised
            assert not Refund.objects.filter(done_at=None).exists()
    assert audit.violations() == []


# --- R11: again and again, in any order


def test_whatever_is_said_however_often_in_any_order_makes_one_sale(stage: cast.Stage, api: Api, way: Way) -> None:
    dice = random.Random(11)
    payments = [opened(api, stage, way, seat) for seat in ("A1", "A2", "A3", "A4")]
    for payment in payments:
        way.pay(payment)
    messages: list[tuple[Payment, Said]] = []
    for payment in payments:
        for word in (ways.PAID, ways.FAILED, ways.NEWS, ways.REFUNDED, ways.PAID):
            messages += [(payment, way.say(payment, word))] * dice.randint(1, 5)
    dice.shuffle(messages)

    answers = set()
    for number, (payment, said) in enumerate(messages):
        answers.add(way.tell(payment, said).status_code)
        if number % 5 == 0:
            cache.clear()  # a while later: the gateway may be asked again
            asked(later=timedelta(minutes=number))

    assert answers <= {200, 302}
    assert [state(payment) for payment in payments] == [("CONFIRMED", "SUCCESS", [])] * 4
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == 4
    assert not WebhookEvent.objects.filter(processed_at=None).exists()
    all_is_well(way)


def test_a_failure_that_comes_after_the_success_takes_nothing_back(stage: cast.Stage, api: Api, way: Way) -> None:
    payment = opened(api, stage, way)
    failed, expired = way.say(payment, ways.FAILED), way.say(payment, ways.EXPIRED)
    way.pay(payment)
    way.tell(payment, way.say(payment, ways.PAID))

    for said in (failed, expired, failed):
        way.tell(payment, said)
    asked(later=timedelta(hours=1))

    assert state(payment) == ("CONFIRMED", "SUCCESS", [])
    all_is_well(way)


def test_a_success_that_comes_after_the_failure_counts(stage: cast.Stage, api: Api, way: Way) -> None:
    payment = opened(api, stage, way)
    declined(way, payment)
    assert state(payment)[:2] == ("PENDING", "FAILED")

    way.pay(payment)
    asked()

    assert state(payment) == ("CONFIRMED", "SUCCESS", [])
    all_is_well(way)


def test_a_refund_heard_of_before_the_payment_promises_nobody_anything(stage: cast.Stage, api: Api, way: Way) -> None:
    """Somebody gave it back at the gateway before we knew of the money: there is none, and so no sale."""
    payment = opened(api, stage, way)
    way.pay(payment)
    if not way.sends_messages:
        way.pay(payment, word=ways.REFUNDED)

    way.tell(payment, way.say(payment, ways.REFUNDED))
    asked()

    if way.sends_messages:  # their word is of no use to us, and the look-up tells of the money
        assert state(payment) == ("CONFIRMED", "SUCCESS", [])
    else:
        assert state(payment) == ("PENDING", "FAILED", [])
    all_is_well(way)


# --- R12: what is forged (the shapes a forgery can have are each gateway's own tests)


def test_a_lie_changes_nothing_and_what_is_true_still_counts(stage: cast.Stage, api: Api, way: Way) -> None:
    payment = opened(api, stage, way)
    if way.sends_messages:
        body = way.say(payment, ways.PAID).body
        good = way.headers(body)
        for told, headers in ((body + b" ", good), (body, {}), (body, way.headers(body, age=301))):
            assert way.post(told, headers).status_code == 400
        assert WebhookEvent.objects.count() == 0
    else:
        way.tell(payment, Said(params={"pidx": payment.session, "status": "Completed", "data": "e30="}))
    assert state(payment) == ("PENDING", "INITIATED", [])

    way.pay(payment)
    asked()

    assert state(payment)[0] == "CONFIRMED"


# --- R13: paid too late, otherwise, twice


@pytest.mark.parametrize("what", ["free", "resold", "begun"])
def test_money_after_the_expiry_becomes_the_sale_or_goes_back(stage: cast.Stage, api: Api, way: Way, what: str) -> None:
    payment = opened(api, stage, way)
    purchase.expire(stage)
    if what == "resold":
        purchase.hold(api, stage, "A1", token=cast.BIKASH_TOKEN)
    if what == "begun":
        Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    way.pay(payment)

    for _twice in range(2):
        way.tell(payment, way.say(payment, ways.PAID))
        asked()

    if what == "free":
        assert state(payment) == ("CONFIRMED", "SUCCESS", [])
    else:
        assert state(payment)[0::2] == ("EXPIRED", [("LATE", Decimal(450))])
        assert Notice.objects.filter(kind="LATE_PAYMENT", medium="EMAIL").count() == 1
    all_is_well(way)


@pytest.mark.parametrize("amount", ["440", "460"])
def test_another_sum_is_never_a_sale_but_a_case_and_goes_back(
    stage: cast.Stage, api: Api, way: Way, amount: str
) -> None:
    payment = opened(api, stage, way)
    way.pay(payment, amount=Decimal(amount))

    for _twice in range(2):
        asked()

    assert state(payment) == ("PENDING", "SUCCESS", [])
    case = Case.objects.get()
    assert (case.kind, case.amount) == ("WRONG_AMOUNT", Decimal(amount))
    deciding.care(now=timezone.now() + timedelta(days=2))
    assert state(payment)[2] == [("MISMATCH", Decimal(amount))]
    all_is_well(way)


def test_of_two_payments_for_one_booking_the_second_goes_back(stage: cast.Stage, api: Api, way: Way) -> None:
    first = opened(api, stage, way)
    declined(way, first)
    started = {"bookingId": str(first.booking_id)}
    assert api.post("/payments/initiate", started, X_Session_Token="buyer A1").status_code == 201
    second = Payment.objects.get(booking=first.booking_id, status="INITIATED")
    way.open(second)
    way.pay(second)
    way.tell(second, way.say(second, ways.PAID))
    way.pay(first)  # its page was still open in another window
    for _twice in range(2):
        asked(later=timedelta(minutes=5))

    assert state(second)[0] == "CONFIRMED"
    assert [refund.payment for refund in Refund.objects.filter(reason="DOUBLE")] == [first]
    all_is_well(way)


# --- R14: nobody tells us


def test_a_lost_message_is_found_by_asking_within_three_minutes(stage: cast.Stage, api: Api, way: Way) -> None:
    payment = opened(api, stage, way)
    way.pay(payment)
    seconds = 0

    while state(payment)[0] != "CONFIRMED" and seconds < 600:
        seconds += BEAT["payments.tasks.poll_payments"]
        asked(later=timedelta(seconds=seconds))

    assert seconds < 180
    all_is_well(way)


def test_coming_back_alone_never_confirms(stage: cast.Stage, api: Api, way: Way) -> None:
    payment = opened(api, stage, way)

    for word in (ways.PAID, ways.NEWS):
        way.come_back(payment, way.say(payment, word).params | {"result": "paid", "status": "Completed"})
        cache.clear()

    assert state(payment)[0] == "PENDING"
    assert stage.states()["A1"] == "HELD"


# --- R30: many refunds at once, and answers that are lost


@pytest.mark.slow
def test_refunds_at_once_never_exceed_the_payment_and_reach_the_gateway_once(
    race_stage: cast.Stage, api: Api, way: Way
) -> None:
    payment = opened(api, race_stage, way)
    way.pay(payment)
    asked()
    wanted: Sequence[Decimal | None] = [Decimal(100), None, Decimal(60), Decimal(450), Decimal("0.05")] * 3

    at_once([(payment.booking_id, amount) for amount in wanted])

    promised = sorted(Refund.objects.values_list("amount", flat=True))
    assert 0 < sum(promised) <= 450
    if way.code != "khalti":  # it cannot say which part went back: a lost answer among several is a person's
        with way.lost_answers():
            promises.keep(Refund, refunding.send_refund, now=timezone.now())
    all_is_well(way)


def at_once(wanted: Sequence[tuple[Any, Decimal | None]]) -> None:
    """Each in a thread with a connection of its own."""
    gate = threading.Barrier(len(wanted))

    def refund(booking: Any, amount: Decimal | None) -> None:
        try:
            gate.wait(10)
            refunding.refund_booking(booking_id=booking, actor=SYSTEM, now=timezone.now(), amount=amount)
        except Refusal:
            pass  # nothing is left, or somebody was quicker
        finally:
            connection.close()

    threads = [threading.Thread(target=refund, args=one) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_a_refund_whose_answer_is_lost_is_asked_about_and_not_made_again(stage: cast.Stage, api: Api, way: Way) -> None:
    payment = opened(api, stage, way)
    way.pay(payment)
    asked()
    refunding.refund_booking(booking_id=payment.booking_id, actor=SYSTEM, now=timezone.now())

    with way.lost_answers():
        promises.keep(Refund, refunding.send_refund, now=timezone.now())
    assert way.refunds_by_hand or "GatewayError" in Refund.objects.get().last_error

    assert Booking.objects.get().status == "REFUNDED"
    all_is_well(way)
