"""A booking to be paid at the counter, while the clerk, the clock and the bank all want to end it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from bookings.services import endings
from payments import audit
from payments.models import Payment, Refund
from payments.services import counter, starting
from seatsync.models import ShowSeat
from showsewa.actors import Actor
from tests import cast, purchase
from tests.conftest import Api
from tests.races.threads import at_once, winners


@pytest.fixture
def race_stage(transactional_db: None) -> cast.Stage:
    stage = cast.make_stage()
    stage.cinema.pays_at_counter = True
    stage.cinema.save(update_fields=["pays_at_counter"])
    return stage


def clerk(stage: cast.Stage) -> Actor:
    return cast.staff_actor(cast.make_user("chandra@example.com", role="counter", cinemas=(stage.cinema,)))


def test_the_clerk_and_the_clock_never_both_have_it(race_stage: cast.Stage) -> None:
    api, chandra, late = Api(), clerk(race_stage), timezone.now() + timedelta(hours=5)
    bookings = [
        purchase.book(
            api, race_stage, seat, token=seat, paymentMethod="COUNTER", userDetails={"email": f"{seat}@example.com"}
        )
        for seat in race_stage.states()
    ]
    works: list[Callable[[], object]] = [
        partial(counter.collect, booking_id=purchase.row(one).pk, tender="CASH", actor=chandra, now=late)
        for one in bookings[:7]
    ]
    sweep = partial(endings.expire_at_showtime, showtime_id=race_stage.showtime.pk, now=late, batch=3)

    at_once([*works, sweep, sweep, sweep])
    while sweep():
        pass

    for one in bookings:
        booking, paid = purchase.row(one), Payment.objects.filter(booking=one["bookingId"]).count()
        assert (booking.status, paid) in {("CONFIRMED", 1), ("EXPIRED", 0)}
    assert ShowSeat.objects.filter(status="BOOKED").count() == Payment.objects.count()
    assert audit.violations() == []


def test_the_clerk_and_the_bank_at_once_and_one_of_the_two_goes_back(race_stage: cast.Stage) -> None:
    api, chandra, now = Api(), clerk(race_stage), timezone.now()
    for seat in list(race_stage.states())[:5]:
        details = {"email": f"{seat}@example.com"}
        booking = purchase.book(api, race_stage, seat, token=seat, paymentMethod="COUNTER", userDetails=details)
        key = purchase.row(booking).pk
        starting.start(booking_id=key, return_path="/", actor=chandra, now=now)
        body = purchase.event(purchase.session_of(booking))
        take = partial(counter.collect, booking_id=key, tender="CASH", actor=chandra, now=now)
        work: list[Callable[[], object]] = [take, partial(purchase.send, Api(), body), take]

        at_once(work)

        kept = [one for one in Payment.objects.filter(booking=key, status="SUCCESS") if not one.refunds.exists()]
        assert (purchase.row(booking).status, len(kept)) == ("CONFIRMED", 1)
        assert Payment.objects.filter(booking=key, gateway="cash").count() <= 1
    assert Refund.objects.exclude(reason="DOUBLE").count() == 0
    assert audit.violations() == []


def test_one_person_in_many_browsers_has_one_such_booking(race_stage: cast.Stage) -> None:
    api, details = Api(), {"phone": "9841234567"}
    held = [purchase.hold(api, race_stage, seat, token=seat)["holdId"] for seat in list(race_stage.states())[:6]]
    works = [partial(purchase.confirm, Api(), one, paymentMethod="COUNTER", userDetails=details) for one in held]

    results = at_once([partial(_quietly, work) for work in works])

    assert sum(bool(result) for result in winners(results)) == 1


def _quietly(work: Callable[[], object]) -> bool:
    """Whether it was not refused."""
    try:
        return bool(work())
    except AssertionError:
        return False
