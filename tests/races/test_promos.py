"""R29 and S12: a promo code's limits hold however many buy with it at once; what is given back is given back once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from bookings.models import Booking, PromoCode
from bookings.models.promos import PromoBatchCode, PromoUse
from bookings.services import batches, checkout, holds, promos
from payments import audit
from payments.services import refunding
from showsewa.actors import SYSTEM, Actor, Kind
from tests import cast
from tests.races.threads import at_once, winners

THREADS = 20


@pytest.fixture
def big_stage(race_stage: cast.Stage) -> cast.Stage:
    """A hundred seats more, tomorrow."""
    hall = cast.make_hall(race_stage.cinema, name="Hall 2", rows="ABCDEFGHIJ", seats=10)
    race_stage.showtime = cast.make_showtime(hall, race_stage.movie, starts_at=timezone.now() + timedelta(days=1))
    return race_stage


def hold_each(stage: cast.Stage, count: int) -> list[Booking]:
    """One seat each, by as many guests."""
    labels = list(stage.states())[:count]
    guests = [Actor(Kind.SESSION, f"guest-{label}") for label in labels]
    showtime_id = stage.showtime.pk
    return [
        holds.hold_seats(showtime_id=showtime_id, seats=[label], actor=guest).booking
        for label, guest in zip(labels, guests, strict=True)
    ]


def opening(held: Booking, code: str, *, email: str = "") -> Callable[[], Any]:
    return partial(
        checkout.open_payment,
        booking_id=held.pk,
        buyer=checkout.Buyer(email=email or f"{held.pk}@example.com"),
        payment_method="",
        promo_code=code,
        actor=Actor(Kind.SESSION, held.owner.partition(":")[2]),
        now=timezone.now(),
    )


def rush(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """So many threads, each with its share of the buyers; who is refused makes place for the next."""

    def share(mine: Sequence[Callable[[], Any]]) -> list[Any]:
        return [result for work in mine for result in at_once([work])]

    results = at_once([partial(share, works[start::THREADS]) for start in range(THREADS) if works[start::THREADS]])
    return [one for result in results for one in (result if isinstance(result, list) else [result])]


def refusals(results: Sequence[Any]) -> set[Any]:
    return {getattr(result, "code", type(result)) for result in results if isinstance(result, Exception)}


def live_uses() -> int:
    return PromoUse.objects.filter(returned_at=None).count()


@contextmanager
def without(table: str, constraint: str, definition: str) -> Iterator[None]:
    """As without_last_defence, for the guards of promo codes."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE bookings_promocode SET used = 0")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")


class TestTotal:
    @pytest.mark.slow
    def test_a_hundred_buyers_share_ten_uses(self, big_stage: cast.Stage) -> None:
        promo = PromoCode.objects.create(code="TEN", percent=20, max_uses=10)

        results = rush([opening(held, "TEN") for held in hold_each(big_stage, 100)])

        promo.refresh_from_db()
        assert (len(winners(results)), promo.used, live_uses()) == (10, 10, 10)
        assert refusals(results) == {"PROMO_USED_UP"}
        assert Booking.objects.filter(status="PENDING", promo=promo, discount=90).count() == 10
        assert audit.violations() == []

    def test_the_database_alone_lets_no_more_in(self, big_stage: cast.Stage, settings: Any) -> None:
        settings.UNSAFE = frozenset({promos.SKIP_LOCK})
        promo = PromoCode.objects.create(code="TEN", percent=20, max_uses=3)

        rush([opening(held, "TEN") for held in hold_each(big_stage, 20)])

        promo.refresh_from_db()
        assert (promo.used, live_uses()) == (3, 3)

    def test_without_lock_and_constraint_the_same_rush_overspends(self, big_stage: cast.Stage, settings: Any) -> None:
        """The negative control; and the oracle sees it."""
        settings.UNSAFE = frozenset({promos.SKIP_LOCK})
        PromoCode.objects.create(code="TEN", percent=20, max_uses=1)
        rule = "CHECK (max_uses IS NULL OR used <= max_uses)"

        with without("bookings_promocode", "promo_code_not_overused", rule):
            held = hold_each(big_stage, 100)
            for first in range(0, 100, 20):  # threads need not meet the first time
                rush([opening(one, "TEN") for one in held[first : first + 20]])
                if live_uses() > 1:
                    break
            overspent = live_uses()

        assert overspent > 1
        assert "I17 a promo code's uses do not add up" in {violation.rule for violation in audit.violations()}

    def test_cancelled_and_bought_at_once_every_use_is_counted_once(self, big_stage: cast.Stage) -> None:
        promo = PromoCode.objects.create(code="TEN", percent=20, max_uses=10)
        held = hold_each(big_stage, 40)
        first = [opening(one, "TEN")()[0] for one in held[:10]]
        cancel = partial(refunding.cancel_booking, actor=SYSTEM, now=timezone.now())

        # Each is cancelled by two at once, while thirty others want the uses.
        ends = [partial(cancel, booking_id=one.pk) for one in first for _twice in range(2)]
        results = rush([work for pair in zip(ends, [opening(one, "TEN") for one in held[10:]]) for work in pair])  # noqa: B905

        promo.refresh_from_db()
        assert refusals(results) <= {"PROMO_USED_UP", "ALREADY_CANCELLED", "INVALID_STATE"}
        assert promo.used == live_uses() <= 10
        assert PromoUse.objects.exclude(returned_at=None).count() == 10
        assert audit.violations() == []


class TestPerson:
    def test_twenty_bookings_of_one_person_at_once_are_one(self, big_stage: cast.Stage) -> None:
        promo = PromoCode.objects.create(code="ONCE", percent=20, max_uses_person=1)

        results = rush([opening(held, "ONCE", email="asha@example.com") for held in hold_each(big_stage, 20)])

        promo.refresh_from_db()
        assert (len(winners(results)), promo.used, live_uses()) == (1, 1, 1)
        assert refusals(results) == {"PROMO_PERSON_LIMIT"}

    def test_without_the_lock_the_same_person_gets_more(self, big_stage: cast.Stage, settings: Any) -> None:
        """The negative control."""
        settings.UNSAFE = frozenset({promos.SKIP_LOCK})
        PromoCode.objects.create(code="ONCE", percent=20, max_uses_person=1)

        results = rush([opening(held, "ONCE", email="asha@example.com") for held in hold_each(big_stage, 20)])

        assert len(winners(results)) > 1


class TestSingleUse:
    def test_one_code_wanted_by_twenty_goes_to_one(self, big_stage: cast.Stage) -> None:
        code = make_code()

        results = rush([opening(held, code) for held in hold_each(big_stage, 20)])

        assert (len(winners(results)), live_uses()) == (1, 1)
        assert refusals(results) == {"PROMO_USED"}

    def test_the_database_alone_gives_it_to_one(self, big_stage: cast.Stage, settings: Any) -> None:
        settings.UNSAFE = frozenset({promos.SKIP_LOCK})
        code = make_code()

        rush([opening(held, code) for held in hold_each(big_stage, 20)])

        assert live_uses() == 1


def make_code() -> str:
    promo = PromoCode.objects.create(code="DASHAIN", amount=100, is_single_use=True)
    batches.make(promo=promo, size=1, note="", actor=SYSTEM)
    return str(PromoBatchCode.objects.get())
