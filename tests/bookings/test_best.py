"""The best seats: shown, held in one call, explained, and offered apart where there are none together."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings.api import best
from bookings.models import FeeRule, TaxRule
from seatsync.models import ShowSeat
from tests import cast
from tests.bookings.test_seat_rules import access_show
from tests.conftest import Api
from venues.models import Seat


def hold_best(api: Api, stage: cast.Stage, count: int, *, token: str = cast.ASHA_TOKEN, **more: Any) -> Any:
    body = {"showtimeId": stage.path, "count": count, "sessionToken": token} | more
    return api.post("/bookings/hold/best", body)


def labels(answer: Any) -> list[str]:
    return [seat["seatNumber"] for seat in answer.json()["seats"]]


def sell_all_but(stage: cast.Stage, *free: str) -> None:
    ShowSeat.objects.filter(showtime_id=stage.showtime.pk).exclude(label__in=free).update(status="BLOCKED")


def test_the_best_seats_are_shown_with_their_price_and_why(stage: cast.Stage, api: Api) -> None:
    shown = api.get(f"/showtimes/{stage.path}/best?count=2")

    assert shown.status_code == 200 and set(shown.json()) == set(best.BestOut().fields)
    assert labels(shown) == ["B1", "B2"]
    assert shown.json()["totalAmount"] == 900 and shown.json()["currency"] == "NPR"
    assert shown.json()["why"] == ["TOGETHER", "BEST_ROW", "MIDDLE", "NOBODY_ALONE"]
    assert 50 < shown.json()["view"] <= 100
    assert "HELD" not in stage.states().values()


def test_the_best_seats_cost_what_holding_them_costs(stage: cast.Stage, api: Api) -> None:
    since = timezone.now().date() - timedelta(days=2)
    FeeRule.objects.create(name="Fee", amount=Decimal("12.35"), starts_on=since)
    TaxRule.objects.create(name="VAT", percent=13, starts_on=since, how=TaxRule.How.ON_TOP)

    shown, held = api.get(f"/showtimes/{stage.path}/best?count=3").json(), hold_best(api, stage, 3).json()

    assert [line["name"] for line in shown["fees"]] == ["Fee"] and shown["totalAmount"] == 1567.37
    assert {name: shown[name] for name in ("fees", "taxes", "totalAmount")} == {
        name: held[name] for name in ("fees", "taxes", "totalAmount")
    }


def test_the_best_seats_are_held_in_one_call(stage: cast.Stage, api: Api) -> None:
    held = hold_best(api, stage, 2)

    assert held.status_code == 201 and set(held.json()) == set(best.BestHoldOut().fields)
    assert labels(held) == ["B1", "B2"]
    assert [label for label, status in stage.states().items() if status == "HELD"] == ["B1", "B2"]


def test_the_next_party_gets_the_next_best_and_a_bigger_party_replaces_its_own(stage: cast.Stage, api: Api) -> None:
    first = hold_best(api, stage, 2)

    assert labels(hold_best(api, stage, 3, token=cast.BIKASH_TOKEN)) == ["B3", "B4", "B5"]
    again = hold_best(api, stage, 2)

    assert again.json()["holdId"] == first.json()["holdId"]
    assert labels(again) == ["B1", "B2"]


def test_none_together_is_a_plain_no_that_names_what_is_left(stage: cast.Stage, api: Api) -> None:
    sell_all_but(stage, "A1", "B3", "B4", "C5")

    refused = hold_best(api, stage, 3)

    assert (refused.status_code, refused.json()["code"]) == (409, "SEAT_UNAVAILABLE")
    assert {"B3", "B4"} < set(refused.json()["bestLeft"]["seats"])
    body = {"showtimeId": stage.path, "seatIds": refused.json()["bestLeft"]["seatIds"], "sessionToken": "x"}
    assert api.post("/bookings/hold", body).status_code == 201


def test_a_full_house_says_so(stage: cast.Stage, api: Api) -> None:
    sell_all_but(stage)

    refused = hold_best(api, stage, 1)

    assert refused.status_code == 409 and "bestLeft" not in refused.json()
    assert api.get(f"/showtimes/{stage.path}/best?count=1").json()["seats"] == []


def test_a_zone_is_kept_to_and_an_unknown_one_refused(stage: cast.Stage, api: Api) -> None:
    assert labels(hold_best(api, stage, 2, zone="MAIN")) == ["B1", "B2"]

    refused = hold_best(api, stage, 2, zone="ROYAL")

    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "UNKNOWN_ZONE"
    assert Seat.objects.first().zone in refused.json()["message"]


@pytest.mark.parametrize("count", [0, -1, 11, "two", None])
def test_a_party_is_one_to_ten(stage: cast.Stage, api: Api, count: Any) -> None:
    assert hold_best(api, stage, 10).status_code in (201, 409)

    assert hold_best(api, stage, count).status_code == 422


def test_with_a_wheelchair_its_place_and_the_companions(stage: cast.Stage, api: Api) -> None:
    showtime = access_show(stage)
    wish = {"showtimeId": showtime, "sessionToken": "w", "accessible": True}

    assert api.get(f"/showtimes/{showtime}/best?count=2&accessible=true").json()["why"][0] == "ACCESSIBLE"
    assert labels(api.post("/bookings/hold/best", wish | {"count": 2})) == ["A3", "A4"]
    assert labels(api.post("/bookings/hold/best", wish | {"count": 1})) == ["A3"]
    assert labels(api.get(f"/showtimes/{showtime}/best?count=2")) in (["A1", "A2"], ["A5", "A6"])


def test_a_caller_without_any_name_is_told_to_bring_one(stage: cast.Stage, api: Api) -> None:
    refused = api.post("/bookings/hold/best", {"showtimeId": stage.path, "count": 2})

    assert (refused.status_code, refused.json()["code"]) == (422, "SESSION_TOKEN_REQUIRED")


def test_the_same_key_again_holds_nothing_twice(stage: cast.Stage, api: Api) -> None:
    body = {"showtimeId": stage.path, "count": 2, "sessionToken": "x"}

    first, again = (api.post("/bookings/hold/best", body, Idempotency_Key="k-1") for _time in range(2))

    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true"


def test_a_channel_chooses_among_what_is_its_own_to_sell(stage: cast.Stage) -> None:
    channel, token = cast.make_channel("Box", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))
    ShowSeat.objects.filter(showtime_id=stage.showtime.pk, label__in=["B2", "B3"]).update(allotted_to=channel)

    assert labels(hold_best(Api(), stage, 2))[0][0] in "BC"
    assert not {"B2", "B3"}.intersection(labels(hold_best(Api(), stage, 2)))
    assert hold_best(Api(token), stage, 5).status_code in (201, 409)


# --- pages


def test_the_page_proposes_the_best_seats_for_the_party_it_remembers(stage: cast.Stage) -> None:
    browser = Client()
    browser.cookies["party"] = "3"

    html = browser.get(f"/showtimes/{stage.path}/").content.decode()

    assert '"best":{"seats":[5,6,7],"together":true' in html and '"party":3' in html


def test_without_scripts_a_party_size_is_enough_and_is_remembered(stage: cast.Stage) -> None:
    browser = Client()
    browser.get(f"/showtimes/{stage.path}/?list=1")

    answer = browser.post(f"/showtimes/{stage.path}/hold/", {"party": "2", "best": "1"})

    assert answer.status_code == 302 and answer["Location"].endswith("/details/")
    assert answer.cookies["party"].value == "2"
    assert stage.states()["B1"] == stage.states()["B2"] == "HELD"


def test_without_scripts_a_refused_choice_comes_back_mended(stage: cast.Stage) -> None:
    stage.cinema.lonely_seats = "STRICT"
    stage.cinema.save(update_fields=["lonely_seats"])
    browser = Client()
    browser.get(f"/showtimes/{stage.path}/?list=1")

    answer = browser.post(f"/showtimes/{stage.path}/hold/", {"seat": ["A2", "A3"]})

    html = answer.content.decode()
    assert answer.status_code == 422 and "leave A1 free" in html

    ticked = [name for name in stage.states() if "checked" in html.split(f'value="{name}"')[1].split(">")[0]]
    assert ticked == ["A1", "A2"]


def test_without_scripts_seats_apart_come_back_ticked(stage: cast.Stage) -> None:
    sell_all_but(stage, "A1", "B3", "B4")
    browser = Client()
    browser.get(f"/showtimes/{stage.path}/?list=1")

    answer = browser.post(f"/showtimes/{stage.path}/hold/", {"party": "3", "best": "1"})

    assert answer.status_code == 409 and "side by side" in answer.content.decode()
    assert answer.content.decode().count(" checked") == 3
