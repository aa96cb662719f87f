"""Fifty at once for one seat, in the spellings of seeds 002 and 004, over HTTP: one gets it."""

from collections.abc import Callable
from typing import Any

import pytest

from bookings.models import Ticket
from payments import audit
from tests import cast
from tests.conftest import Api
from tests.races.threads import at_once

pytestmark = pytest.mark.slow

Ask = Callable[[cast.Stage, int, str], Any]


def by_002(stage: cast.Stage, number: int, seat: str) -> Any:
    return Api().post(f"/events/{stage.path}/seats/reserve", {"customerId": f"customer-{number}", "seatIds": [seat]})


def by_003(stage: cast.Stage, number: int, seat: str) -> Any:
    return Api().post(f"/showtimes/{stage.path}/seats/reserve", {"userId": f"user-{number}", "seatIds": [seat]})


def by_004(stage: cast.Stage, number: int, seat: str) -> Any:
    body = {"userId": f"user-{number}", "showId": stage.path, "showSeatIds": [seat]}
    return Api().post("/bookings/hold-seats" if number % 2 else "/bookings", body)


def answers(ask: Ask, stage: cast.Stage, seats: list[str]) -> list[int]:
    works = [lambda number=number, seat=seat: ask(stage, number, seat).status_code for number, seat in enumerate(seats)]
    return sorted(status for status in at_once(works) if isinstance(status, int))


@pytest.fixture(autouse=True)
def _unlimited(settings: Any) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 0


@pytest.mark.parametrize("ask", [by_002, by_003, by_004])
def test_of_fifty_one_gets_the_seat(race_stage: cast.Stage, ask: Ask) -> None:
    assert answers(ask, race_stage, ["A1"] * 50) == [201] + [409] * 49

    assert Ticket.objects.filter(label="A1", released_at=None).count() == 1
    assert audit.violations() == []


@pytest.mark.parametrize("ask", [by_002, by_004])
def test_of_ten_one_gets_the_seat(race_stage: cast.Stage, ask: Ask) -> None:
    assert answers(ask, race_stage, ["A1"] * 10) == [201] + [409] * 9


def test_who_want_different_seats_all_get_them(race_stage: cast.Stage) -> None:
    seats = [f"{row}{number}" for row in "ABC" for number in range(1, 6)]

    assert answers(by_004, race_stage, seats) == [201] * 15
    assert Ticket.objects.filter(released_at=None).count() == 15
