"""R11: everything gateways may do with messages, many at a time; each payment settles once and the books add up."""

import random
from datetime import timedelta
from functools import partial

from django.utils import timezone

from bookings.models import Notice
from payments import audit
from payments.models import Case, Payment, Refund
from payments.services import deciding
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.races.threads import at_once


def test_messages_repeated_shuffled_and_at_once_settle_each_payment_once(race_stage: cast.Stage) -> None:
    dice, api = random.Random(4), Api()
    bookings = [purchase.book(api, race_stage, seat, token=f"buyer {seat}") for seat in race_stage.states()]
    kinds = ["payment.refunded", "payment.success", "payment.failed", "payment.expired", "payment.success"]
    messages = []
    for booking in bookings:
        for kind in kinds:
            messages += [purchase.event(purchase.session_of(booking), kind)] * dice.randint(1, 5)
    dice.shuffle(messages)
    heaps = [messages[start::8] for start in range(8)]

    answers = at_once([partial(_post, heap) for heap in heaps])

    assert {code for heap in answers for code in heap} == {200}  # type: ignore[union-attr]
    # A failure or an expiry that came first gave the booking up; the money that came then took the seats again.
    assert {purchase.row(booking).status for booking in bookings} == {"CONFIRMED"}
    assert set(Payment.objects.values_list("status", flat=True)) == {"SUCCESS"}
    assert Refund.objects.count() == 0
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == len(bookings)
    assert audit.violations() == []


def test_two_people_and_the_clock_decide_a_case_once(race_stage: cast.Stage) -> None:
    api = Api()
    booking = purchase.book(api, race_stage, "A1")
    purchase.send(api, purchase.event(purchase.session_of(booking), amount="500.00"))
    case, boss, now = Case.objects.get(), User.objects.create_superuser("b@example.com", "x"), timezone.now()
    decide = partial(deciding.decide, case_id=case.pk, actor=cast.staff_actor(boss), now=now)
    late = now + timedelta(days=2)

    results = at_once(
        [
            partial(decide, resolution=Case.Resolution.ACCEPTED),
            partial(decide, resolution=Case.Resolution.REFUNDED),
            partial(deciding.give_back_waiting, now=late),  # type: ignore[list-item]
        ]
    )

    ends = [result for result in results if isinstance(result, Case) or result == 1]
    assert len(ends) == 1
    assert Refund.objects.count() == 1
    assert audit.violations() == []


def _post(heap: list[bytes]) -> list[int]:
    api = Api()
    return [purchase.send(api, body).status_code for body in heap]
