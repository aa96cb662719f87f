"""One gift voucher, twenty bookings at once: it is never worth less than nothing, whoever is quickest."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from bookings.models import Booking
from bookings.services import checkout
from payments import audit
from payments import vouchers as ledger
from payments.models import Payment, Refund
from payments.services import expiring, refunding, vouchers
from showsewa.actors import SYSTEM, Actor, Kind
from tests import cast
from tests.payments import gifts
from tests.races.threads import at_once

THREADS = 20


def waiting(stage: cast.Stage, count: int = THREADS) -> list[Booking]:
    """Bookings of one seat each, by as many guests."""
    hall = cast.make_hall(stage.cinema, name="Hall 2", rows="ABCD", seats=5)
    stage.showtime = cast.make_showtime(hall, stage.movie, starts_at=timezone.now() + timedelta(days=1))
    buyer, now = checkout.Buyer("A", "a@example.com"), timezone.now()
    return [
        checkout.book(
            showtime_id=stage.showtime.pk, seats=[label], buyer=buyer, actor=Actor(Kind.SESSION, label), now=now
        )
        for label in list(stage.states())[:count]
    ]


def spending(bookings: Sequence[Booking], gift: vouchers.Issued) -> list[Callable[[], Any]]:
    said = {"code": gift.code, "actor": SYSTEM, "now": timezone.now()}
    return [partial(vouchers.pay, booking_id=booking.pk, **said) for booking in bookings]


@contextmanager
def without_trigger() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_voucherentry DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE payments_voucherentry ENABLE TRIGGER USER")


@pytest.mark.slow
def test_one_voucher_on_twenty_bookings_pays_what_it_is_worth(race_stage: cast.Stage) -> None:
    gift = gifts.sell(race_stage, 500)

    results = at_once(spending(waiting(race_stage), gift))

    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(refusal) for refusal in refused} == {ledger.VoucherEmpty}
    assert len(refused) == THREADS - 2  # one whole seat of 450, and 50 of another
    assert gifts.left(gift) == 0
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [50, 450]
    assert audit.violations() == []
    expiring.expire_due(now=timezone.now() + timedelta(hours=1))
    gifts.send_refunds()
    assert gifts.left(gift) == 50
    assert audit.violations() == []


@pytest.mark.slow
def test_without_the_lock_the_database_still_refuses(race_stage: cast.Stage, settings: Any) -> None:
    """Negative control: the buyers then die of the constraint instead of being told."""
    settings.UNSAFE = frozenset({ledger.SKIP_LOCK})
    gift = gifts.sell(race_stage, 500)

    results = at_once(spending(waiting(race_stage), gift))

    assert any(isinstance(result, IntegrityError) for result in results)
    assert gifts.left(gift) >= 0


@pytest.mark.slow
def test_without_lock_and_trigger_a_voucher_is_spent_twice(race_stage: cast.Stage, settings: Any) -> None:
    """Negative control: the race is real."""
    settings.UNSAFE = frozenset({ledger.SKIP_LOCK})
    gift = gifts.sell(race_stage, 500)

    with without_trigger():
        at_once(spending(waiting(race_stage), gift))

    assert gifts.left(gift) < 0
    assert "I16 a voucher is worth less than nothing" in {one.rule for one in audit.violations()}


@pytest.mark.slow
def test_one_refund_sent_by_many_returns_once(race_stage: cast.Stage) -> None:
    gift = gifts.sell(race_stage, 450)
    (booking,) = waiting(race_stage, 1)
    spending([booking], gift)[0]()
    refunding.refund_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now(), amount=Decimal(100))
    refund = Refund.objects.get()

    at_once([partial(refunding.send_refund, refund)] * 10)

    assert gifts.told(gift) == [("ISSUE", 450), ("SPEND", -450), ("RETURN", 100)]
