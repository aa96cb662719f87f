"""R01, R02, R05: buyers race for seats. Each race has its control, in which a guard is off and seats are sold twice."""

import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services import checkout, endings, holds
from payments import audit
from payments.gateways import fake
from payments.services import settling, starting
from seatsync import inventory
from seatsync.models import ShowSeat
from showsewa.actors import Actor, Kind
from tests import cast
from tests.races.threads import at_once, winners, without_last_defence


def buyer(number: int) -> Actor:
    return Actor(Kind.SESSION, f"buyer-{number}")


def hold(stage: cast.Stage, number: int, *seats: str) -> holds.Held:
    return holds.hold_seats(showtime_id=stage.showtime.pk, seats=seats, actor=buyer(number))


def doubles() -> int:
    live = Ticket.objects.filter(released_at=None)
    return live.count() - live.values("show_seat_id").distinct().count()


def test_of_fifty_buyers_of_one_seat_one_wins_and_the_rest_are_told_why(race_stage: cast.Stage) -> None:
    results = at_once([partial(hold, race_stage, number, "A1") for number in range(50)])

    assert len(winners(results)) == 1
    losers = [result for result in results if isinstance(result, Exception)]
    assert {type(loser) for loser in losers} == {inventory.SeatsUnavailable}
    assert {loser.facts["conflicts"][0]["label"] for loser in losers} == {"A1"}
    assert audit.violations() == []


def test_control_without_the_lock_one_seat_is_held_twice(race_stage: cast.Stage, settings: Any) -> None:
    settings.UNSAFE = frozenset({inventory.SKIP_LOCK})

    with without_last_defence():
        won = max(len(winners(_race(race_stage, round_))) for round_ in range(5))
        found = audit.violations()

    assert won > 1
    assert any(violation.rule.startswith("I1") for violation in found)


def test_control_without_the_lock_the_index_still_refuses(race_stage: cast.Stage, settings: Any) -> None:
    settings.UNSAFE = frozenset({inventory.SKIP_LOCK})

    results = [result for round_ in range(5) for result in _race(race_stage, round_)]

    assert any(isinstance(result, IntegrityError) for result in results)
    assert doubles() == 0


def _race(stage: cast.Stage, round_: int) -> list[holds.Held | Exception]:
    seat = ["A1", "A2", "A3", "A4", "A5"][round_]
    return at_once([partial(hold, stage, 100 * round_ + number, seat) for number in range(12)])


def test_overlapping_groups_in_any_order_are_all_or_nothing(race_stage: cast.Stage) -> None:
    dice = random.Random(20261121)
    labels = list(race_stage.states())
    groups = [dice.sample(labels, dice.randint(1, 6)) for _buyer in range(60)]

    results = at_once([partial(hold, race_stage, number, *group) for number, group in enumerate(groups)])

    won = winners(results)
    assert won
    for held in won:
        assert held.booking.tickets.filter(released_at=None).count() == len(held.seats)
    held_seats = sum(len(held.seats) for held in won)
    assert sum(status == "HELD" for status in race_stage.states().values()) == held_seats
    assert all(isinstance(r, inventory.SeatsUnavailable) for r in results if isinstance(r, Exception))
    assert audit.violations() == []


def test_seats_are_locked_in_one_order_so_nobody_deadlocks(race_stage: cast.Stage) -> None:
    forwards, backwards = ["A1", "A2", "A3"], ["A3", "A2", "A1"]

    for round_ in range(10):
        results = at_once(
            [
                partial(hold, race_stage, 10 * round_ + number, *(forwards if number % 2 else backwards))
                for number in range(8)
            ]
        )
        assert len(winners(results)) == 1
        held = winners(results)[0].booking
        assert holds.release(booking_id=held.pk, actor=buyer(0)) == 3


def test_a_seat_locked_too_long_is_a_503_and_nothing_changed(race_stage: cast.Stage, api: Any) -> None:
    body = {"showtimeId": race_stage.path, "seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}

    def knock() -> Any:
        with _quick_lock_timeout():
            return api.post("/bookings/hold", body)

    with transaction.atomic():
        inventory.lock(race_stage.showtime.pk, ["A1"])
        answer = at_once([knock])[0]

    assert answer.status_code == 503
    assert answer.json()["code"] == "BUSY"
    assert int(answer["Retry-After"]) >= 1
    assert race_stage.states()["A1"] == "AVAILABLE"


class _quick_lock_timeout:
    """Not three seconds: this test's own connection waits 0.2 s."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")

    def __exit__(self, *_error: object) -> None:
        connection.close()


def test_a_hold_that_lapses_at_the_last_moment_has_one_owner(race_stage: cast.Stage) -> None:
    """R05: the owner confirms while a rival takes over, at the very edge of the deadline."""
    for number in range(10):
        label = list(race_stage.states())[number]
        mine = hold(race_stage, number, label).booking
        edge = timezone.now() + timedelta(milliseconds=60)
        ShowSeat.objects.filter(claim=mine.pk).update(held_until=edge)
        Booking.objects.filter(pk=mine.pk).update(expires_at=edge)

        results = at_once(
            [
                partial(_wait_and, edge, -20, partial(_confirm, mine)),
                partial(_wait_and, edge, 5, partial(hold, race_stage, 1000 + number, label)),
                partial(_wait_and, edge, 10, partial(endings.expire_due, now=edge + timedelta(seconds=1))),
            ]
        )

        claims = ShowSeat.objects.filter(showtime_id=race_stage.showtime.pk, label=label).values_list("claim")
        assert Ticket.objects.filter(label=label, released_at=None).count() == (0 if claims[0][0] is None else 1)
        assert not any(isinstance(result, IntegrityError) for result in results)
    assert [v for v in audit.violations() if not v.rule.startswith("I8")] == []


def _wait_and(edge: Any, milliseconds: int, work: Any) -> Any:
    target = edge + timedelta(milliseconds=milliseconds)
    while timezone.now() < target:
        pass
    return work()


def _confirm(booking: Booking) -> Booking:
    buyer_ = checkout.Buyer("Asha", "asha@example.com")
    opened, _is_new = checkout.open_payment(
        booking_id=booking.pk, buyer=buyer_, payment_method="CARD", actor=buyer(0), now=timezone.now()
    )
    return opened


def test_a_web_server_whose_clock_is_ahead_cannot_take_a_live_hold(
    race_stage: cast.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(race_stage, 1, "A1")
    monkeypatch.setattr(inventory.timezone, "now", lambda: datetime(2099, 1, 1, tzinfo=UTC))

    with pytest.raises(inventory.SeatsUnavailable):
        hold(race_stage, 2, "A1")


def test_control_with_pythons_clock_a_live_hold_is_taken(race_stage: cast.Stage, settings: Any) -> None:
    settings.UNSAFE = frozenset({inventory.PY_CLOCK})
    hold(race_stage, 1, "A1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inventory.timezone, "now", lambda: datetime(2099, 1, 1, tzinfo=UTC))

        hold(race_stage, 2, "A1")

    assert race_stage.journal()[-1].changes == [["A1", "HELD", "HELD"]]


@pytest.mark.parametrize("is_prolonged", [True, False])
def test_what_happens_during_the_wait_for_a_lock_counts(race_stage: cast.Stage, is_prolonged: bool) -> None:
    """A rival waits for the row of a hold that has run out: whether that still stands, only a look after it tells."""
    mine = ShowSeat.objects.filter(claim=hold(race_stage, 1, "A1").booking.pk)
    mine.update(held_until=timezone.now() - timedelta(seconds=1))

    def sit_on_it() -> None:
        with transaction.atomic():
            inventory.lock(race_stage.showtime.pk, ["A1"])
            if is_prolonged:
                mine.update(held_until=timezone.now() + timedelta(minutes=5))
            _wait_and(timezone.now(), 400, lambda: None)

    def come_second() -> holds.Held:
        _wait_and(timezone.now(), 100, lambda: None)
        return hold(race_stage, 2, "A1")

    results = at_once([sit_on_it, come_second])

    assert len(winners(results)) == (1 if is_prolonged else 2)


def test_who_comes_too_late_does_not_queue_for_a_locked_seat(race_stage: cast.Stage) -> None:
    hold(race_stage, 1, "A1")

    with transaction.atomic():
        inventory.lock(race_stage.showtime.pk, ["A1"])
        began = time.monotonic()
        [refused] = at_once([partial(hold, race_stage, 2, "A1")])

    assert isinstance(refused, inventory.SeatsUnavailable)
    assert time.monotonic() - began < 2  # whoever queues waits for three, and is told to come again


def test_payment_and_expiry_at_once_end_in_one_truth(race_stage: cast.Stage) -> None:
    for number in range(8):
        label = list(race_stage.states())[number]
        booking = _confirm(hold(race_stage, number, label).booking)
        payment, _started = starting.start(
            booking_id=booking.pk, return_path="/", actor=buyer(number), now=timezone.now()
        )
        assert payment is not None
        report = fake.charge(payment.session, "tok_ok")
        late = timezone.now() + timedelta(hours=1)

        at_once(
            [
                partial(settling.settle, report, gateway="fake", now=timezone.now()),
                partial(settling.settle, report, gateway="fake", now=timezone.now()),
                partial(endings.expire_due, now=late),
            ]
        )
        booking.refresh_from_db()
        assert booking.status == Booking.Status.CONFIRMED
        assert race_stage.states()[label] == "BOOKED"
    assert audit.violations() == []
