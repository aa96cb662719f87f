"""Forty come at once, and several looks let people in at the same time: never more than may, and in turn."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings

from bookings import crowds
from bookings.models import Booking, Visitor, WaitingRoom
from bookings.services import held_rows, holds, rooms
from payments import audit
from showsewa.actors import Actor, Kind
from tests import cast
from tests.races.threads import at_once, winners

LIMIT, CROWD = 5, 40


@pytest.fixture(autouse=True)
def _few_at_a_time(settings: LazySettings) -> Iterator[None]:
    settings.WAITING = replace(settings.WAITING, limit=LIMIT, every=0)
    crowds.forget()
    yield
    crowds.forget()


def visitor(number: int) -> Actor:
    return Actor(Kind.SESSION, f"visitor-{number:02}")


def come(stage: cast.Stage, number: int) -> None:
    rooms.arrive(showtime_id=stage.showtime.pk, owners=[visitor(number).key])
    rooms.advance(showtime_id=stage.showtime.pk)


def advance(stage: cast.Stage) -> bool:
    return rooms.advance(showtime_id=stage.showtime.pk)


def fill(stage: cast.Stage) -> None:
    """As many as may choose, ten behind them."""
    owners = [visitor(number).key for number in range(LIMIT + 10)]
    rooms.arrive(showtime_id=stage.showtime.pk, owners=owners)
    advance(stage)


def numbers_let_in() -> list[int]:
    rows = Visitor.objects.filter(until__isnull=False, left_at=None).order_by("number")
    return list(rows.values_list("number", flat=True))


@pytest.fixture
def slow_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between counting who chooses and letting the next in passes time, for each look more than another needs."""
    waiting, nth, here = rooms._waiting, iter(range(1, 100)), threading.local()

    def late(room: WaitingRoom) -> Any:
        if not hasattr(here, "has_waited"):
            here.has_waited = True
            time.sleep(0.1 * next(nth))
        return waiting(room)

    monkeypatch.setattr(rooms, "_waiting", late)


def test_forty_at_once_have_forty_places_without_a_gap_and_as_many_as_may_are_let_in(race_stage: cast.Stage) -> None:
    results = at_once([partial(come, race_stage, number) for number in range(CROWD)])
    advance(race_stage)

    assert len(winners(results)) == CROWD
    rows = list(Visitor.objects.order_by("number"))
    assert [row.number for row in rows] == list(range(1, CROWD + 1))
    assert [row.arrived_at for row in rows] == sorted(row.arrived_at for row in rows)
    assert numbers_let_in() == [1, 2, 3, 4, 5]

    # One person in twenty tabs at once, behind them: one place, and no number for nobody.
    tabs = at_once([partial(crowds.join, showtime_id=race_stage.showtime.pk, actor=cast.ASHA) for _tab in range(20)])

    assert {standing.place for standing in winners(tabs)} == {CROWD - LIMIT + 1}
    assert WaitingRoom.objects.get().last_number == CROWD + 1


def test_those_who_come_to_one_process_at_the_same_moment_get_their_numbers_together(
    race_stage: cast.Stage, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(race_stage)
    settings.WAITING = replace(settings.WAITING, every=60)
    crowds.join(showtime_id=race_stage.showtime.pk, actor=cast.ASHA)  # the process knows of the rush
    arrive, batches = rooms.arrive, []

    def slowly(*, showtime_id: Any, owners: list[str]) -> dict[str, int]:
        batches.append(len(owners))
        time.sleep(0.1)
        return arrive(showtime_id=showtime_id, owners=owners)

    monkeypatch.setattr(rooms, "arrive", slowly)

    results = at_once(
        [partial(crowds.join, showtime_id=race_stage.showtime.pk, actor=visitor(100 + n)) for n in range(12)]
    )

    assert sorted(standing.place or 0 for standing in winners(results)) == list(range(12, 24))
    assert sum(batches) == 12 and len(batches) <= 4


def test_who_leaves_frees_one_place_however_many_look_at_once(race_stage: cast.Stage, slow_to_choose: None) -> None:
    fill(race_stage)
    rooms.leave(showtime_id=race_stage.showtime.pk, actor=visitor(2))

    results = at_once([partial(advance, race_stage) for _worker in range(4)])

    assert True in results and False in results  # one at a time; the others do not wait
    assert numbers_let_in() == [1, 2, 4, 5, 6]


def test_control_without_a_turn_more_are_let_in_than_may(
    race_stage: cast.Stage, settings: Any, slow_to_choose: None
) -> None:
    settings.UNSAFE = frozenset({rooms.SKIP_TURN})
    fill(race_stage)
    rooms.leave(showtime_id=race_stage.showtime.pk, actor=visitor(2))

    at_once([partial(advance, race_stage) for _worker in range(4)])

    assert len(numbers_let_in()) > LIMIT


def test_who_comes_does_not_wait_for_a_look_that_lets_others_in(
    race_stage: cast.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(race_stage)
    waiting, is_looking, done = rooms._waiting, threading.Event(), []

    def slowly(room: WaitingRoom) -> Any:
        is_looking.set()
        time.sleep(0.2)
        return waiting(room)

    monkeypatch.setattr(rooms, "_waiting", slowly)

    def look() -> None:
        advance(race_stage)
        done.append("look")

    def arrive() -> None:
        is_looking.wait(5)
        rooms.arrive(showtime_id=race_stage.showtime.pk, owners=["session:late"])
        done.append("arrival")

    at_once([look, arrive])

    assert done == ["arrival", "look"]


class TestOneTurnInTwoBrowsers:
    """An admitted account is open in several browsers, and chooses in all of them at once."""

    def most_held(self, stage: cast.Stage) -> int:
        """By one of the five who may choose, each in a column of the hall."""
        fill(stage)
        for number in range(LIMIT):
            choose = partial(holds.hold_seats, showtime_id=stage.showtime.pk, actor=visitor(number))
            at_once([partial(choose, seats=[f"{row}{number + 1}"]) for row in "ABC"])
        live = Booking.objects.filter(showtime=stage.showtime, status=Booking.Status.HELD)
        held = live.values_list("owner", flat=True)
        return max(Counter(held).values())

    def test_it_holds_one_choice(self, race_stage: cast.Stage) -> None:
        assert self.most_held(race_stage) == 1
        assert list(race_stage.states().values()).count("HELD") == LIMIT
        assert audit.violations() == []

    def test_control_without_its_owners_turn_it_holds_several(self, race_stage: cast.Stage, settings: Any) -> None:
        settings.UNSAFE, settings.MAX_HOLDS_PER_OWNER = frozenset({held_rows.SKIP_TURN}), 100
        tries = (cast.make_stage(name=f"Cinema {number}") for number in range(6))

        assert any(self.most_held(stage) > 1 for stage in tries)  # threads need not meet the first time
