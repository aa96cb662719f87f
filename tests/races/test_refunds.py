"""R30 and S12: however many give money back at once, never more goes back than was paid, and each thing once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from bookings.models import Booking
from payments import audit
from payments.models import FakeRefund, Payment, Refund
from payments.services import giving_back, refunding
from showsewa.actors import SYSTEM, Actor, Kind
from tests import cast, purchase
from tests.conftest import Api
from tests.races.threads import at_once, winners
from venues.models import Showtime

STAFF = Actor(Kind.USER, "devi")
TRIES = 50


@pytest.fixture
def bought(race_stage: cast.Stage) -> dict[str, Any]:
    """Ten seats for NPR 4,500, the show in two days: all of it would come back."""
    bought = purchase.buy(Api(), race_stage, *(f"{row}{number}" for row in "AB" for number in range(1, 6)))
    start = timezone.now() + timedelta(days=2)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2), "busy_until": start + timedelta(hours=3)}
    Showtime.objects.update(**times)
    return bought


def given_back() -> Decimal:
    return Refund.objects.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def works(bought: dict[str, Any]) -> list[Callable[[], Any]]:
    """In turn: a part by staff, all that is left, a seat by its buyer, the whole booking."""
    seats = iter([f"{row}{number}" for row in "AB" for number in range(1, 6)] * 2)
    named = {"booking_id": bought["bookingId"], "now": timezone.now()}
    kinds: list[Callable[[], Callable[[], Any]]] = [
        lambda: partial(refunding.refund_booking, **named, actor=STAFF, amount=Decimal(700), is_proved=True),
        lambda: partial(giving_back.cancel, **named, actor=cast.ASHA, seats=[next(seats)]),
        lambda: partial(refunding.refund_booking, **named, actor=STAFF, amount=Decimal("133.33"), is_proved=True),
        lambda: partial(giving_back.cancel, **named, actor=cast.ASHA, seats=[next(seats)]),
        lambda: partial(refunding.cancel_booking, **named, actor=cast.ASHA),
    ]
    return [kinds[number % len(kinds)]() for number in range(TRIES)]


@pytest.mark.slow
def test_fifty_at_once_never_give_back_more_than_was_paid(bought: dict[str, Any]) -> None:
    results = at_once(works(bought))

    assert winners(results)
    assert Decimal(0) < given_back() <= 4500
    assert audit.violations() == []


def insert_at_once() -> None:
    """Forty per cent each, past every service: only the database stands in between."""
    payment = Payment.objects.get()
    share = payment.amount * 4 / 10
    make = partial(Refund.objects.create, payment=payment, amount=share, reason=Refund.Reason.STAFF, actor=SYSTEM.key)
    at_once([make] * 12)


def test_the_database_alone_lets_no_more_back_than_was_paid(bought: dict[str, Any]) -> None:
    insert_at_once()

    assert given_back() == 3600


def test_without_that_guard_the_same_rush_gives_back_too_much(bought: dict[str, Any]) -> None:
    """The negative control; and the oracle sees it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_refund DISABLE TRIGGER USER")
    try:
        insert_at_once()
        assert given_back() > 4500
        assert "I7 refunds exceed the payment" in {violation.rule for violation in audit.violations()}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE payments_refund ENABLE TRIGGER USER")


def test_a_booking_cancelled_by_eight_at_once_is_cancelled_once(bought: dict[str, Any]) -> None:
    cancel = partial(refunding.cancel_booking, booking_id=bought["bookingId"], actor=cast.ASHA, now=timezone.now())

    results = at_once([cancel] * 8)

    assert len(winners(results)) == 1
    assert {type(result) for result in results if isinstance(result, Exception)} == {refunding.AlreadyCancelled}
    assert (Refund.objects.get().amount, purchase.row(bought).status) == (4500, Booking.Status.CANCELLED)


def test_one_idempotency_key_sent_by_eight_at_once_refunds_once(bought: dict[str, Any]) -> None:
    def send() -> int:
        path, who = f"/payments/refund/{bought['bookingId']}", purchase.AS_ASHA
        status: int = Api().post(path, {}, Idempotency_Key="again", **who).status_code
        return status

    statuses = at_once([send] * 8)

    assert set(statuses) <= {202, 409}
    assert 202 in statuses
    assert Refund.objects.count() == 1


def test_a_refund_performed_by_four_at_once_reaches_the_gateway_once(bought: dict[str, Any]) -> None:
    done = refunding.cancel_booking(booking_id=bought["bookingId"], actor=cast.ASHA, now=timezone.now())

    results = at_once([partial(refunding.send_refund, done.refunds[0])] * 4)

    assert len(winners(results)) == 4
    assert [row.amount for row in FakeRefund.objects.all()] == [4500]
    assert FakeRefund.objects.get().key == str(done.refunds[0].pk)
