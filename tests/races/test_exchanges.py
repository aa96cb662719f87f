"""Exchanges against everybody else who wants the same seats, and against themselves: no double, and money that adds
up."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from bookings.models import Booking, Exchange, Ticket
from bookings.services import holds
from payments import audit
from payments.gateways import Report, Word
from payments.models import Payment, Refund
from payments.services import exchanging, giving_back, settling, starting
from seatsync import inventory
from seatsync.models import ShowSeat
from tests import cast, purchase
from tests.conftest import Api
from tests.races.threads import at_once, winners
from venues.models import Showtime


@pytest.fixture
def bought(race_stage: cast.Stage) -> dict[str, Any]:
    """A1 and A2, paid."""
    return purchase.buy(Api(), race_stage, "A1", "A2")


def swap(bought: dict[str, Any], showtime: Showtime, *seats: str) -> Callable[[], Any]:
    return partial(
        exchanging.exchange, booking_id=uuid.UUID(bought["bookingId"]), showtime_id=showtime.pk, seats=seats,
        actor=cast.ASHA, now=timezone.now(),
    )  # fmt: skip


def is_sound(stage: cast.Stage) -> bool:
    live = list(Ticket.objects.filter(released_at=None).values_list("show_seat", flat=True))
    return audit.violations() == [] and len(live) == len(set(live))


def test_two_exchanges_of_one_booking_at_once_are_one_after_the_other(
    race_stage: cast.Stage, bought: dict[str, Any]
) -> None:
    show = race_stage.showtime

    results = at_once([swap(bought, show, "B1", "B2"), swap(bought, show, "C1", "C2"), swap(bought, show, "B2", "C2")])

    assert len(winners(results)) == 3
    assert Exchange.objects.count() == 3
    assert sorted(race_stage.states().values()).count("BOOKED") == 2
    assert is_sound(race_stage)


def test_a_seat_is_the_exchanging_buyers_or_another_buyers_never_both(
    race_stage: cast.Stage, bought: dict[str, Any]
) -> None:
    show = race_stage.showtime
    other = partial(holds.hold_seats, showtime_id=show.pk, seats=["A3", "A4"], actor=cast.BIKASH)

    results = at_once([swap(bought, show, "A2", "A3"), other])

    assert len(winners(results)) == 1
    assert race_stage.states()["A3"] in ("BOOKED", "HELD")
    assert is_sound(race_stage)


def test_an_exchange_and_a_cancellation_leave_one_of_both(race_stage: cast.Stage, bought: dict[str, Any]) -> None:
    ShowSeat.objects.filter(label__in=["C1", "C2"]).update(price=300)
    key, now = uuid.UUID(bought["bookingId"]), timezone.now()
    works = [
        swap(bought, race_stage.showtime, "C1", "C2"),
        partial(giving_back.cancel, booking_id=key, actor=cast.ASHA, now=now),
        partial(giving_back.cancel, booking_id=key, seats=["A1"], actor=cast.ASHA, now=now),
    ]

    at_once(works)

    assert Booking.objects.get(pk=key).status in ("CONFIRMED", "CANCELLED")
    assert sum(refund.amount for refund in Refund.objects.all()) <= 900
    assert is_sound(race_stage)


def test_people_who_swap_shows_both_ways_never_wait_for_each_other_in_a_circle(race_stage: cast.Stage) -> None:
    show = race_stage.showtime
    later = cast.make_showtime(race_stage.hall, race_stage.movie, starts_at=show.starts_at + timedelta(days=1))
    here = [purchase.buy(Api(), race_stage, f"A{n}", token=f"here-{n}") for n in range(1, 5)]
    there_stage = cast.Stage(race_stage.cinema, race_stage.hall, race_stage.movie, later)
    there = [purchase.buy(Api(), there_stage, f"B{n}", token=f"there-{n}") for n in range(1, 5)]

    results = at_once([
        *(swap(one, later, f"C{n}") for n, one in enumerate(here, 1)),
        *(swap(one, show, f"C{n}") for n, one in enumerate(there, 1)),
    ])  # fmt: skip

    assert len(winners(results)) == 8, results
    assert Exchange.objects.count() == 8
    assert is_sound(race_stage)


def paid_difference(bought: dict[str, Any], showtime: Showtime) -> tuple[uuid.UUID, Callable[[], Any]]:
    """Dearer seats asked for, and their money about to arrive."""
    ShowSeat.objects.filter(label__in=["C1", "C2"]).update(price=600)
    done = swap(bought, showtime, "C1", "C2")()
    payment, _started = starting.start(
        booking_id=done.waiting.pk, return_path="/", actor=cast.ASHA, now=timezone.now(), gateway=""
    )
    assert payment is not None
    report = Report(payment.session, Word.PAID, reference="ch_difference", amount=payment.amount, currency="NPR")
    return done.waiting.pk, partial(settling.settle, report, gateway=payment.gateway, now=timezone.now())


def test_the_money_of_a_difference_told_many_times_buys_once(race_stage: cast.Stage, bought: dict[str, Any]) -> None:
    _waiting, settle = paid_difference(bought, race_stage.showtime)

    results = at_once([settle] * 8)

    assert len(winners(results)) == 8, results
    assert Booking.objects.get(pk=bought["bookingId"]).seat_labels == ["C1", "C2"]
    assert Exchange.objects.filter(done_at__isnull=False).count() == 1
    assert not Refund.objects.exists()
    assert is_sound(race_stage)


@pytest.mark.parametrize("what", ["cancel", "drop", "expire", "give up"])
def test_whatever_happens_while_the_difference_arrives_the_money_has_one_destiny(
    race_stage: cast.Stage, bought: dict[str, Any], what: str
) -> None:
    waiting, settle = paid_difference(bought, race_stage.showtime)
    sale, now = uuid.UUID(bought["bookingId"]), timezone.now()
    other = {
        "cancel": partial(giving_back.cancel, booking_id=sale, actor=cast.ASHA, now=now),
        "drop": partial(giving_back.cancel, booking_id=sale, seats=["A1"], actor=cast.ASHA, now=now),
        "expire": partial(purchase.expire, race_stage),
        "give up": partial(giving_back.cancel, booking_id=waiting, actor=cast.ASHA, now=now),
    }[what]

    at_once([settle, other])

    row = Booking.objects.get(pk=sale)
    money = Payment.objects.get(amount=300)
    given_back = money.refunds.filter(reason=Refund.Reason.LATE).exists()
    assert (money.booking_id == sale) != given_back
    assert row.status in ("CONFIRMED", "CANCELLED")
    assert is_sound(race_stage)


def test_a_platforms_report_of_the_old_or_the_new_seat_makes_no_double(
    race_stage: cast.Stage, bought: dict[str, Any]
) -> None:
    till = Api(cast.till(race_stage))
    sold = {"status": "BOOKED", "bookingSource": "POS_SYSTEM", "bookingReference": "POS-1"}
    body = {"showtimeId": race_stage.path, "seatUpdates": [{"seatNumber": label} | sold for label in ("A1", "A3")]}

    results = at_once(
        [
            swap(bought, race_stage.showtime, "A2", "A3"),
            lambda: till.post("/seat-sync/bulk-update", body).status_code,
        ]
    )

    assert results[1] in (200, 207), results
    assert race_stage.states()["A3"] == "BOOKED"
    assert is_sound(race_stage)


def _rush(stage: cast.Stage, round_: int) -> list[Any]:
    """Five buyers who all want to move to one free seat."""
    seat = f"C{round_ + 1}"
    sales = Booking.objects.filter(status=Booking.Status.CONFIRMED).order_by("pk")
    return at_once([swap({"bookingId": str(key)}, stage.showtime, seat) for key in sales.values_list("pk", flat=True)])


@pytest.fixture
def five(race_stage: cast.Stage) -> None:
    for number in range(1, 6):
        purchase.buy(Api(), race_stage, f"A{number}", token=f"buyer-number-{number}")


def test_of_five_who_move_to_one_seat_one_gets_it(race_stage: cast.Stage, five: None) -> None:
    results = _rush(race_stage, 0)

    assert len(winners(results)) == 1
    assert {getattr(result, "code", "") for result in results} == {"", "SEAT_UNAVAILABLE"}
    assert is_sound(race_stage)


def test_control_without_the_lock_the_index_still_refuses(race_stage: cast.Stage, five: None, settings: Any) -> None:
    settings.UNSAFE = frozenset({inventory.SKIP_LOCK})

    results = [result for round_ in range(3) for result in _rush(race_stage, round_)]

    assert any(isinstance(result, IntegrityError) for result in results)
    live = list(Ticket.objects.filter(released_at=None).values_list("show_seat", flat=True))
    assert len(live) == len(set(live))
