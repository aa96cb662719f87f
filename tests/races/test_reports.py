"""Reports of several channels on the same seats at once, and of seats that somebody else holds locked."""

import threading
from functools import partial
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services import holds, reports
from payments import audit
from seatsync import inventory
from seatsync.models import Conflict, SeatReport
from showsewa.actors import Actor, Kind
from tests import cast
from tests.races.threads import at_once, without_last_defence

SEATS = ["A1", "A2", "A3", "A4", "A5", "B1"]


@pytest.fixture
def sellers(race_stage: cast.Stage) -> list[Actor]:
    made = [
        cast.make_channel(f"Channel {n}", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(race_stage.cinema,))
        for n in range(4)
    ]
    return [cast.channel_actor(token) for _channel, token in made]


def sell(stage: cast.Stage, actor: Actor, seats: list[str], reference: str = "R-1") -> list[reports.Result]:
    lines = [reports.SeatUpdate(seat, "BOOKED", "OTHER_PLATFORM", reference) for seat in seats]
    return reports.apply(showtime_id=stage.showtime.pk, updates=lines, actor=actor, now=timezone.now())


def overlapping(stage: cast.Stage, sellers: list[Actor]) -> list[Any]:
    """Each names four of six seats, half of them in the other direction."""
    wanted = [SEATS[n % 3 : n % 3 + 4][:: 1 if n % 2 else -1] for n in range(8)]
    works = [partial(sell, stage, sellers[n % 4], seats, f"R-{n}") for n, seats in enumerate(wanted)]
    return at_once(works)


def test_overlapping_reports_give_each_seat_one_owner_and_keep_every_line(
    race_stage: cast.Stage, sellers: list[Actor]
) -> None:
    for number in range(6):  # two of them hold a web customer's seats as well
        holds.hold_seats(
            showtime_id=race_stage.showtime.pk, seats=[SEATS[number]], actor=Actor(Kind.SESSION, f"web-{number}")
        )

    results = overlapping(race_stage, sellers)

    assert all(isinstance(result, list) for result in results), results
    lines = [line for result in results for line in result]
    won = [line for line in lines if line.outcome.value.startswith("applied")]
    assert sorted(line.update.seat for line in won) == SEATS
    assert {line.outcome.value for line in lines if line not in won} <= {"conflict", "duplicate_suspect"}
    assert SeatReport.objects.count() == len(lines) == 32
    assert Conflict.objects.count() == sum(line.outcome.value == "conflict" for line in lines)
    assert audit.violations() == []


@pytest.mark.slow
def test_without_its_lock_the_same_reports_double_seats(
    race_stage: cast.Stage, sellers: list[Actor], settings: Any
) -> None:
    settings.UNSAFE = frozenset({inventory.SKIP_LOCK})
    doubled = 0
    with without_last_defence():
        for _round in range(5):
            overlapping(race_stage, sellers)
            live = Ticket.objects.filter(released_at=None)
            doubled += live.count() - live.values("show_seat").distinct().count()
            if doubled:
                break
            settings.UNSAFE = frozenset()
            for actor in sellers:
                free(race_stage, actor)
            settings.UNSAFE = frozenset({inventory.SKIP_LOCK})

    assert doubled > 0


def free(stage: cast.Stage, actor: Actor) -> None:
    for sale in Booking.objects.filter(status="CONFIRMED", channel=actor.channel_id):
        lines = [
            reports.SeatUpdate(seat, "AVAILABLE", "OTHER_PLATFORM", sale.external_reference)
            for seat in sale.seat_labels
        ]
        reports.apply(showtime_id=stage.showtime.pk, updates=lines, actor=actor, now=timezone.now())


def test_new_seats_of_one_sale_in_parallel_reports_are_one_booking(
    race_stage: cast.Stage, sellers: list[Actor]
) -> None:
    results = at_once([partial(sell, race_stage, sellers[0], [seat]) for seat in SEATS])

    assert [line.outcome.value for result in results for line in result] == ["applied"] * 6
    assert sorted(Booking.objects.get().seat_labels) == SEATS
    assert audit.violations() == []


def test_what_somebody_has_locked_is_busy_and_the_rest_is_applied(race_stage: cast.Stage, sellers: list[Actor]) -> None:
    held = holds.hold_seats(showtime_id=race_stage.showtime.pk, seats=["B1", "B2"], actor=cast.ASHA).booking
    locked, done = threading.Event(), threading.Event()

    def keep() -> None:
        """A seat, and a seat's hold."""
        with transaction.atomic():
            Booking.objects.select_for_update(no_key=True).order_by("pk").get(pk=held.pk)
            inventory.lock(race_stage.showtime.pk, ["A2"])
            locked.set()
            done.wait(20)
        connections.close_all()

    keeper = threading.Thread(target=keep)
    keeper.start()
    locked.wait(10)
    with connections["default"].cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        results = sell(race_stage, sellers[0], ["A1", "A2", "B1", "B3"])
    finally:
        done.set()
        keeper.join()

    assert [line.outcome.value for line in results] == ["applied", "busy", "busy", "applied"]
    assert [line.outcome.value for line in sell(race_stage, sellers[0], ["A2", "B1"])] == [
        "applied", "applied_over_hold",
    ]  # fmt: skip
    assert audit.violations() == []
