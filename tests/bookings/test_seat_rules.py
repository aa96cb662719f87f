"""Which choices of seats a customer is refused, and what is offered instead: ORPHAN_SEAT and COMPANION_RULE."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from seatsync.models import ShowSeat
from tests import cast, purchase
from tests.conftest import Api
from venues import services
from venues.layout import parse
from venues.models import Cinema, Hall, LonelySeats, Movie, Showtime

STRICT, LENIENT, OFF = LonelySeats.STRICT, LonelySeats.LENIENT, LonelySeats.OFF


def rule(stage: cast.Stage, policy: LonelySeats) -> None:
    Cinema.objects.update(lonely_seats=policy)


def hold(api: Api, stage: cast.Stage, *seats: str, token: str = cast.ASHA_TOKEN) -> Any:
    return api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": list(seats), "sessionToken": token})


def told(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


def test_a_lonely_seat_is_refused_with_a_choice_as_good(stage: cast.Stage, api: Api) -> None:
    rule(stage, LENIENT)

    refused = hold(api, stage, "A2", "A3")

    assert told(refused) == (422, "ORPHAN_SEAT")
    assert refused.json()["lonely"] == ["A1"]
    assert refused.json()["mended"]["seats"] == ["A1", "A2"]
    assert refused.json()["errors"][0]["pointer"] == "/seatIds"
    assert "A1" in refused.json()["message"]
    assert hold(api, stage, *refused.json()["mended"]["seatIds"]).status_code == 201


def test_the_last_ones_may_leave_a_lonely_seat(stage: cast.Stage, api: Api) -> None:
    rule(stage, STRICT)
    ShowSeat.objects.filter(showtime_id=stage.showtime.pk).exclude(label__in=["A1", "A2", "A3"]).update(
        status="BLOCKED"
    )

    assert hold(api, stage, "A2", "A3").status_code == 201


@pytest.mark.parametrize(("policy", "answer"), [(STRICT, 422), (LENIENT, 201), (OFF, 201)])
def test_strict_looks_in_the_whole_hall_lenient_along_the_row(
    stage: cast.Stage, api: Api, policy: LonelySeats, answer: int
) -> None:
    rule(stage, policy)
    ShowSeat.objects.filter(showtime_id=stage.showtime.pk, label__in=["A4", "A5"]).update(status="BLOCKED")

    assert hold(api, stage, "A1", "A2").status_code == answer  # A3 stays; rows B and C are empty


@pytest.mark.parametrize(("policy", "answer"), [(STRICT, 422), (LENIENT, 201), (OFF, 201)])
def test_who_comes_alone_sits_anywhere_unless_the_house_is_strict(
    stage: cast.Stage, api: Api, policy: LonelySeats, answer: int
) -> None:
    rule(stage, policy)

    assert hold(api, stage, "B2").status_code == answer


def test_off_asks_nobody(stage: cast.Stage, api: Api) -> None:
    rule(stage, OFF)

    assert hold(api, stage, "A2", "A3").status_code == 201


def test_what_is_ones_own_hold_is_free_to_its_owner(stage: cast.Stage, api: Api) -> None:
    rule(stage, STRICT)
    assert hold(api, stage, "A1", "A2").status_code == 201

    assert told(hold(api, stage, "A2", "A3")) == (422, "ORPHAN_SEAT")
    assert hold(api, stage, "A1", "A2", "A3").status_code == 201
    assert hold(api, stage, "B1", "B2").status_code == 201


def test_a_taken_seat_is_said_to_be_taken_and_nothing_else(stage: cast.Stage, api: Api) -> None:
    rule(stage, STRICT)
    hold(api, stage, "A3", "A4", "A5", token=cast.BIKASH_TOKEN)

    assert told(hold(api, stage, "A2", "A3")) == (409, "SEAT_UNAVAILABLE")


def test_a_platform_and_the_counter_are_not_bound(stage: cast.Stage, chandra: Any) -> None:
    rule(stage, STRICT)
    pass_ = Api(cast.moviepass(stage))
    at_counter = Client(raise_request_exception=False)
    at_counter.force_login(chandra)

    assert hold(pass_, stage, "A2", "A3").status_code == 201
    sale = {"showtimeId": stage.path, "seats": ["B2"], "tender": "CASH"}
    assert at_counter.post("/counter/sell", sale, content_type="application/json").status_code == 201
    assert hold(Api(client=at_counter), stage, "C2", "C3").status_code == 201


def test_seats_allotted_to_others_are_walls(stage: cast.Stage, api: Api) -> None:
    rule(stage, STRICT)
    channel, _token = cast.make_channel("Box", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))
    ShowSeat.objects.filter(showtime_id=stage.showtime.pk, label="A1").update(allotted_to=channel)

    assert hold(api, stage, "A2", "A3").status_code == 201


def test_the_rule_costs_a_hold_no_statement(stage: cast.Stage, api: Api) -> None:
    purchase.hold(api, stage, "C4", "C5", token="reads-the-layout")
    counts = []
    for policy, seats in ((OFF, ["A1", "A2"]), (STRICT, ["B1", "B2"])):
        rule(stage, policy)
        with CaptureQueriesContext(connection) as queries:
            purchase.hold(api, stage, *seats, token=str(policy))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def access_show(stage: cast.Stage, *, starts_in: timedelta = timedelta(hours=5), cinema: Cinema | None = None) -> str:
    """Row A: 1 2 | wheelchair 3, companion 4 | 5 6."""
    kinds = ["standard", "standard", "wheelchair accessible", "companion", "standard", "standard"]
    seats: list[dict[str, Any]] = [
        {"id": f"A{n}", "label": f"A{n}", "coordinates": {"x": 36 * n, "y": 40}, "seatType": kind}
        for n, kind in enumerate(kinds, start=1)
    ]
    seats[3]["companionOf"] = "A3"
    drawn = {"sections": [{"id": "m", "name": "Main", "rows": [{"label": "A", "seats": seats}]}]}
    hall = services.create_hall(cinema_id=(cinema or stage.cinema).pk, name="Hall W", layout=parse(drawn))
    hall = Hall.objects.get(pk=hall.pk)
    return str(cast.make_showtime(hall, Movie.objects.get(), starts_at=timezone.now() + starts_in).pk)


def at(api: Api, showtime: str, *seats: str) -> Any:
    return api.post("/bookings/hold", {"showtimeId": showtime, "seatIds": list(seats), "sessionToken": "w"})


def test_a_companions_seat_is_sold_with_the_wheelchairs_place_only(stage: cast.Stage, api: Api) -> None:
    showtime = access_show(stage)

    refused = at(api, showtime, "A4", "A5")

    assert told(refused) == (422, "COMPANION_RULE")
    assert refused.json()["companions"] == ["A4"]
    assert refused.json()["mended"]["seats"] == ["A4", "A5", "A3"]
    assert at(api, showtime, "A3", "A4").status_code == 201
    assert at(api, showtime, "A3").status_code == 201  # who comes alone leaves the companion's seat


def test_without_the_wheelchairs_place_the_companions_seat_is_left_out(stage: cast.Stage, api: Api) -> None:
    showtime = access_show(stage)
    ShowSeat.objects.filter(showtime_id=showtime, label="A3").update(status="BLOCKED")

    assert at(api, showtime, "A4", "A5").json()["mended"]["seats"] == ["A5"]
    assert "mended" not in at(api, showtime, "A4").json()


@pytest.mark.parametrize(("minutes", "answer"), [(None, 201), (60, 422), (0, 422)])
def test_two_hours_before_or_when_the_cinema_says_it_is_anybodys(
    stage: cast.Stage, api: Api, minutes: int | None, answer: int
) -> None:
    Cinema.objects.update(companions_until_minutes=minutes)
    Showtime.objects.filter(hall__name="Hall 1").update(cancelled_at=timezone.now())
    showtime = access_show(stage, starts_in=timedelta(hours=1, minutes=55))

    assert at(api, showtime, "A4", "A5").status_code == answer
