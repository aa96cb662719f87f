"""S04: nobody keeps more of a house from others than people do."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from bookings.models import Booking
from bookings.services import held_rows, holds
from showsewa import hints
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.races.threads import at_once
from venues.models import Showtime


def shows(stage: cast.Stage, count: int) -> list[Showtime]:
    first = stage.showtime.starts_at
    return [
        cast.make_showtime(stage.hall, stage.movie, starts_at=first + timedelta(hours=3 * number))
        for number in range(1, count + 1)
    ]


def hold(api: Api, showtime: Showtime, *seats: str, token: str = cast.ASHA_TOKEN) -> Any:
    return api.post("/bookings/hold", {"showtimeId": str(showtime.pk), "seatIds": seats, "sessionToken": token})


def test_an_unpaid_booking_counts_as_the_hold_it_was(stage: cast.Stage, api: Api) -> None:
    more = shows(stage, 2)
    for showtime in (stage.showtime, more[0]):
        held = hold(api, showtime, "A1").json()
        body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS}
        assert api.post("/bookings/confirm", body).status_code == 201

    assert code(hold(api, more[1], "A1")) == (422, "HOLD_LIMIT")

    Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert hold(api, more[1], "A1").status_code == 201


def test_booking_again_at_the_same_show_counts_too(stage: cast.Stage, api: Api) -> None:
    for seat in ("A1", "A2"):
        held = hold(api, stage.showtime, seat).json()
        api.post("/bookings/confirm", {"holdId": held["holdId"], "userDetails": purchase.DETAILS})

    assert code(hold(api, stage.showtime, "A3")) == (422, "HOLD_LIMIT")


def live_holds() -> int:
    return Booking.objects.filter(status="HELD", owner=cast.ASHA.key).count()


def _first_holds(stage: cast.Stage, row: str) -> list[Any]:
    return at_once(
        [
            partial(holds.hold_seats, showtime_id=stage.showtime.pk, seats=[f"{row}{number}"], actor=cast.ASHA)
            for number in range(1, 6)
        ]
    )


def test_first_holds_at_once_become_one_hold(race_stage: cast.Stage) -> None:
    _first_holds(race_stage, "A")

    assert live_holds() == 1
    assert sum(status == "HELD" for status in race_stage.states().values()) == 1


def test_control_without_their_turn_one_owner_holds_twice(race_stage: cast.Stage, settings: Any) -> None:
    settings.UNSAFE = frozenset({held_rows.SKIP_TURN})

    found = 0
    for row in "ABC":
        _first_holds(race_stage, row)
        found = max(found, live_holds())
        Booking.objects.update(status="EXPIRED", expires_at=None)

    assert found > 1


def test_holds_of_several_shows_at_once_keep_to_the_limit(race_stage: cast.Stage) -> None:
    every = [race_stage.showtime, *shows(race_stage, 4)]

    at_once([partial(holds.hold_seats, showtime_id=one.pk, seats=["A1"], actor=cast.ASHA) for one in every])

    assert live_holds() == 2


@pytest.fixture
def network() -> Any:
    hints.attempt(lambda client: client.delete(*client.keys("limit:hoard:*") or ["-"]), otherwise=0)
    return Client(REMOTE_ADDR="203.0.113.77", raise_request_exception=False)


def test_many_people_of_one_address_cannot_take_a_whole_show(stage: cast.Stage, network: Client) -> None:
    api = Api(client=network)

    with override_settings(MAX_HOLDERS_PER_ADDRESS_AND_SHOW=3):
        answers = [hold(api, stage.showtime, f"A{n}", token=f"token-{n}") for n in range(1, 5)]
        again = hold(api, stage.showtime, "B1", token="token-1")
        elsewhere = hold(api, shows(stage, 1)[0], "A1", token="token-4")

    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert code(answers[-1]) == (429, "HOLDER_LIMIT")
    assert answers[-1]["Retry-After"] == "60"
    assert (again.status_code, elsewhere.status_code) == (201, 201)


def test_a_channels_customers_are_not_counted_by_its_address(stage: cast.Stage, network: Client) -> None:
    api = Api(cast.moviepass(stage), client=network)

    with override_settings(MAX_HOLDERS_PER_ADDRESS_AND_SHOW=1):
        answers = [hold(api, stage.showtime, f"A{n}", token=f"customer-{n}").status_code for n in range(1, 4)]

    assert answers == [201, 201, 201]
