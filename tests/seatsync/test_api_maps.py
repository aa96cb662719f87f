"""OP1, OP6, OP7, state and prices: shapes, ETags, deltas, one's own hold, and how few statements they take."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.services import holds
from seatsync import feed, opening, seatmaps
from seatsync.models import Channel, ShowSeat
from showsewa.actors import Actor
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from venues.models import Price

pytestmark = pytest.mark.django_db

NOBODY_KNOWS = uuid.UUID(int=1)


def hold(stage: Stage, *seats: str, by: Actor = cast.ASHA) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=list(seats), actor=by)


def count(call: Callable[[], Any]) -> tuple[Any, int]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = call()
    return answer, len(queries)


def statuses(map_: dict[str, Any]) -> dict[str, str]:
    return {seat["label"]: seat["status"] for row in map_["layout"]["rows"] for seat in row["seats"]}


def read(api: Api, stage: Stage, path: str = "seats", **headers: str) -> Any:
    return api.get(f"/showtimes/{stage.path}/{path}", **headers)


def test_the_map_has_the_shape_of_seed_001(stage: Stage, api: Api) -> None:
    answer = read(api, stage)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    assert body["showtimeId"] == stage.path
    assert (body["totalSeats"], body["availableSeats"], body["version"], body["currency"]) == (15, 15, 0, "NPR")
    assert body["serverTime"].endswith("Z")
    assert [row["label"] for row in body["layout"]["rows"]] == ["A", "B", "C"]
    assert (body["layout"]["rows"][0]["section"], body["layout"]["rows"][0]["zone"]) == ("Main", "MAIN")
    first = ShowSeat.objects.filter(showtime_id=stage.showtime.pk).order_by("id").first()
    assert first is not None
    assert body["layout"]["rows"][0]["seats"][0] == {
        "id": f"seat_{first.pk}", "seatNumber": 1, "label": "A1", "type": "STANDARD", "x": 36, "y": 40,
        "price": 450, "status": "AVAILABLE",
    }  # fmt: skip
    assert body["screen"] is None
    assert body["facilities"] == [] == body["aisles"]


def test_the_map_answers_under_both_prefixes(stage: Stage, api: Api) -> None:
    assert api.client.get(f"/api/showtimes/{stage.path}/seats").json()["totalSeats"] == 15


def test_a_layout_of_two_sections_keeps_rows_of_the_same_name_apart(stage: Stage, api: Api) -> None:
    hall = cast.make_hall(stage.cinema, name="Hall 2", rows="AB", seats=2)
    assert hall.layout is not None
    drawn = hall.layout.seat_layout["sections"][0]
    seats = drawn["rows"][1]["seats"]
    seats[0]["companionOf"] = seats[1]["id"]
    upper = {"id": "up", "name": "Balcony", "zone": "BALCONY", "level": "Upper", "rows": [drawn["rows"].pop()]}
    upper["rows"][0]["label"] = "A"
    layout = hall.layouts.create(
        version=2, seat_count=4, seat_layout={"sections": [drawn, upper], "screen": {"x": 0, "y": 0, "width": 90}}
    )
    for seat in hall.layout.seats.order_by("ordinal"):
        is_upper = seat.row_label == "B"
        seat.pk, seat.layout = None, layout
        seat.section, seat.zone = ("Balcony", "BALCONY") if is_upper else ("Main", "MAIN")
        seat.row_label = "A"
        seat.save(force_insert=True)
    hall.layout = layout
    hall.save(update_fields=["layout"])
    showtime = cast.make_showtime(hall, stage.movie, starts_at=stage.showtime.starts_at)

    body = api.get(f"/showtimes/{showtime.pk}/seats").json()

    assert [(row["label"], row["section"], row.get("level")) for row in body["layout"]["rows"]] == [
        ("A", "Main", None),
        ("A", "Balcony", "Upper"),
    ]
    assert body["layout"]["rows"][1]["seats"][0]["companionOf"] == "B2"
    assert body["screen"] == {"x": 0, "y": 0, "width": 90}


def test_each_status_has_its_word(stage: Stage, api: Api) -> None:
    hold(stage, "A1")
    till = Api(cast.till(stage))
    sale = {"seatNumber": "A2", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [sale]})
    till.post("/seat-sync/block", {"showtimeId": stage.path, "seatIds": ["A3"], "reason": "Broken"})

    assert list(statuses(read(api, stage).json()).values())[:4] == ["LOCKED", "BOOKED", "BLOCKED", "AVAILABLE"]
    assert read(api, stage).json()["availableSeats"] == 12
    listed = read(api, stage, "inventory").json()["seatMap"]["seats"]
    assert [seat["status"] for seat in listed[:4]] == ["held", "booked", "blocked", "available"]
    rows = api.get(f"/seat-sync/availability/{stage.path}").json()["data"]["seats"]
    assert [(row["status"], row["isHeld"]) for row in rows[:4]] == [
        ("HELD", True), ("BOOKED", False), ("BLOCKED", False), ("AVAILABLE", False),
    ]  # fmt: skip
    assert read(api, stage, "state").json()["state"] == "HBX" + 12 * "A"


def test_a_lapsed_hold_reads_as_free_at_once(stage: Stage, api: Api) -> None:
    hold(stage, "A1")
    before = read(api, stage)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE seatsync_showseat SET held_until = now() - interval '1 second' WHERE label = 'A1'")

    after = read(api, stage, If_None_Match=before["ETag"])

    assert statuses(before.json())["A1"] == "LOCKED"
    assert after.status_code == 200
    assert statuses(after.json())["A1"] == "AVAILABLE"


def test_your_own_hold_is_selected_for_you_alone(stage: Stage, api: Api) -> None:
    hold(stage, "B1", "B2")
    hold(stage, "C1", by=cast.BIKASH)

    mine = read(api, stage, X_Session_Token=cast.ASHA_TOKEN)

    assert {label for label, status in statuses(mine.json()).items() if status == "SELECTED"} == {"B1", "B2"}
    assert statuses(mine.json())["C1"] == "LOCKED"
    assert mine["Cache-Control"] == "private, no-store"
    assert "ETag" not in mine
    assert statuses(read(api, stage).json())["B1"] == "LOCKED"


def test_a_signed_in_person_sees_the_own_hold(stage: Stage, api: Api, asha: User) -> None:
    hold(stage, "B1", by=cast.staff_actor(asha))
    api.client.force_login(asha)

    assert statuses(read(api, stage).json())["B1"] == "SELECTED"


def test_an_etag_saves_the_map_until_a_seat_changes(stage: Stage, api: Api) -> None:
    first = read(api, stage)

    again, queries = count(lambda: read(api, stage, If_None_Match=first["ETag"]))
    hold(stage, "A1")
    changed = read(api, stage, If_None_Match=first["ETag"])

    assert first["ETag"].startswith('W/"')
    assert first["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert queries == 1
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_stranger_with_a_token_is_told_not_modified_too(stage: Stage, api: Api) -> None:
    tag = read(api, stage)["ETag"]

    assert read(api, stage, If_None_Match=tag, X_Session_Token="some-token").status_code == 304
    hold(stage, "A1")
    tag = read(api, stage)["ETag"]
    assert read(api, stage, If_None_Match=tag, X_Session_Token=cast.ASHA_TOKEN).status_code == 200


def test_new_prices_change_the_map_and_its_etag(stage: Stage, api: Api) -> None:
    before = read(api, stage)
    Price.objects.filter(showtime=stage.showtime).update(amount="512.50")
    opening.reprice(stage.showtime.pk)

    after = read(api, stage, If_None_Match=before["ETag"])

    assert after.status_code == 200
    assert after.json()["layout"]["rows"][0]["seats"][0]["price"] == 512.5
    assert read(api, stage, "prices").json()["seats"][0]["price"] == 512.5


def test_lazy_prices_come_from_their_own_address(stage: Stage, api: Api) -> None:
    seat = read(api, stage, "seats?prices=lazy").json()["layout"]["rows"][0]["seats"][0]
    prices = read(api, stage, "prices")

    assert "price" not in seat
    assert prices.json()["currency"] == "NPR"
    assert prices.json()["seats"][0] == {"id": seat["id"], "label": "A1", "price": 450}
    assert read(api, stage, "prices", If_None_Match=prices["ETag"]).status_code == 304


def test_the_state_is_one_letter_a_seat(stage: Stage, api: Api) -> None:
    hold(stage, "A2")

    answer = read(api, stage, "state")

    first = ShowSeat.objects.filter(showtime_id=stage.showtime.pk).order_by("id").values_list("id", flat=True)[0]
    body = answer.json()
    assert set(body) == {"showtimeId", "version", "state", "firstId", "serverTime"}
    assert (body["version"], body["state"], body["firstId"]) == (1, "AH" + 13 * "A", first)
    assert read(api, stage, "state", If_None_Match=answer["ETag"]).status_code == 304


def test_since_tells_only_what_changed(stage: Stage, api: Api) -> None:
    hold(stage, "A1", "A2")
    hold(stage, "C1", by=cast.BIKASH)
    hold(stage, "A2", "A3")  # a new choice lets A1 go

    changed = read(api, stage, "seats?since=1", X_Session_Token=cast.ASHA_TOKEN)

    body = changed.json()
    assert (body["since"], body["version"]) == (1, feed.snapshot(stage.showtime.pk).version)
    told = {seat["label"]: seat["status"] for seat in body["seats"]}
    assert told["A1"] == "AVAILABLE"
    assert (told["A3"], told["C1"]) == ("SELECTED", "LOCKED")
    assert changed["Cache-Control"] == "private, no-store"


def test_since_the_current_version_is_empty_and_since_the_future_is_the_whole_map(stage: Stage, api: Api) -> None:
    hold(stage, "A1")

    assert read(api, stage, "seats?since=1").json() == {
        "showtimeId": stage.path, "version": 1, "since": 1, "seats": [],
    }  # fmt: skip
    assert "layout" in read(api, stage, "seats?since=99").json()


def test_a_long_gap_is_answered_with_the_whole_map(stage: Stage, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatsync.api.maps._MOST_EVENTS", 2)
    for seat in ("A1", "A2", "A3"):
        hold(stage, seat, by=Actor(cast.ASHA.kind, f"somebody-{seat}"))

    assert "layout" in read(api, stage, "seats?since=0").json()
    assert "layout" not in read(api, stage, "seats?since=1").json()


@pytest.mark.parametrize("since", ["-1", "x", "", "1e3", "9" * 5000, "%00", "٣"])
def test_a_senseless_since_is_refused(stage: Stage, api: Api, since: str) -> None:
    assert read(api, stage, f"seats?since={since}").status_code == 422


def test_the_inventory_tells_nobody_who_holds_what(stage: Stage, api: Api) -> None:
    opened = read(api, stage, "inventory").json()["lastUpdated"]
    hold(stage, "A1")

    answer = read(api, stage, "inventory", X_Session_Token=cast.ASHA_TOKEN)

    body = answer.json()
    assert body["showtimeId"] == stage.path
    assert body["lastUpdated"] >= opened
    assert body["seatMap"]["seats"][0] == {
        "seatId": "A1", "id": body["seatMap"]["seats"][0]["id"], "status": "held",
        "holderId": None, "heldUntil": None, "bookingId": None,
    }  # fmt: skip
    assert read(api, stage, "inventory", If_None_Match=answer["ETag"]).status_code == 304


PATHS = ["/showtimes/{}/seats", "/showtimes/{}/state", "/showtimes/{}/inventory", "/showtimes/{}/prices",
         "/seat-sync/availability/{}"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_read_takes_at_most_two_statements(stage: Stage, api: Api, path: str) -> None:
    hold(stage, "A1")

    _answer, first = count(lambda: api.get(path.format(stage.path)))
    _answer, plain = count(lambda: api.get(path.format(stage.path)))
    _answer, tagged = count(lambda: api.get(path.format(stage.path), If_None_Match='W/"none"'))
    _answer, named = count(lambda: api.get(path.format(stage.path), X_Session_Token=cast.ASHA_TOKEN))

    assert max(plain, tagged, named) <= 2
    assert first <= (3 if path.startswith("/seat-sync") or path.endswith("inventory") else 2)


@pytest.mark.parametrize("path", ["seats", "state"])
def test_the_hot_reads_take_one_statement_and_two_after_a_change(stage: Stage, api: Api, path: str) -> None:
    _answer, first = count(lambda: read(api, stage, path))
    _answer, again = count(lambda: read(api, stage, path))
    hold(stage, "A1")
    answer, changed = count(lambda: read(api, stage, path))

    assert (first <= 2, again, changed) == (True, 1, 2)
    assert answer.json()["version"] == 1


def test_every_change_is_seen_by_the_next_reader(stage: Stage, api: Api) -> None:
    for seat in ("A1", "A2", "B1"):
        hold(stage, seat, by=Actor(cast.ASHA.kind, f"holder-of-{seat}"))
        assert statuses(read(api, stage).json())[seat] == "LOCKED"
        assert read(api, stage, "state").json()["state"] == feed.snapshot(stage.showtime.pk).state


def test_since_takes_at_most_two_statements(stage: Stage, api: Api) -> None:
    hold(stage, "A1")
    read(api, stage, "seats?since=0")

    _answer, with_changes = count(lambda: read(api, stage, "seats?since=0", X_Session_Token=cast.ASHA_TOKEN))
    _answer, without = count(lambda: read(api, stage, "seats?since=1", X_Session_Token=cast.ASHA_TOKEN))

    assert max(with_changes, without) <= 2


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_or_unopened_showtime_is_not_found(stage: Stage, api: Api, path: str) -> None:
    later = stage.showtime.starts_at + timedelta(days=1)
    unopened = cast.make_showtime(stage.hall, stage.movie, starts_at=later, is_open=False)

    for showtime_id in (NOBODY_KNOWS, unopened.pk):
        answer = api.get(path.format(showtime_id))
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "NOT_FOUND"
    assert api.get(path.format("not-an-id")).status_code == 404
    assert api.get(f"/showtimes/{NOBODY_KNOWS}/seats?since=3").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_keys_are_checked_on_reads_too(stage: Stage, api: Api, path: str) -> None:
    good = Api(cast.till(stage))
    assert good.get(path.format(stage.path)).status_code == 200

    refused = Api("ssk_test_nobody").get(path.format(stage.path))
    assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHORIZED")
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert api.get(path.format(stage.path), Authorization="Basic eDp5").status_code == 401
    _channel, token = cast.make_channel(
        "Writer", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=["seatsync:write"]
    )
    unscoped = Api(token).get(path.format(stage.path))
    assert (unscoped.status_code, unscoped.json()["neededScope"]) == (403, "inventory:read")
    Channel.objects.filter(name="Till").update(is_active=False)
    assert good.get(path.format(stage.path)).status_code == 401


def test_other_methods_are_refused_and_head_has_no_body(stage: Stage, api: Api) -> None:
    assert api.post(f"/showtimes/{stage.path}/seats").status_code == 405
    head = api.client.head(f"/api/v1/showtimes/{stage.path}/seats")
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"]


def test_a_large_map_is_gzipped(stage: Stage, api: Api) -> None:
    answer = read(api, stage, Accept_Encoding="gzip")

    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(read(api, stage).content) / 2
    assert read(api, stage, If_None_Match=answer["ETag"]).status_code == 304


def test_the_map_is_valid_json_whatever_a_layout_says(stage: Stage, api: Api) -> None:
    hall = cast.make_hall(stage.cinema, name="Hall 3", rows=["é\"'<क"], seats=1)  # type: ignore[arg-type]
    showtime = cast.make_showtime(hall, stage.movie, starts_at=stage.showtime.starts_at)

    body = json.loads(api.get(f"/showtimes/{showtime.pk}/seats").content)

    assert body["layout"]["rows"][0]["label"] == "é\"'<क"


def test_seat_keys_follow_each_other_in_layout_order(stage: Stage) -> None:
    keys = list(seatmaps.keys_by_label(stage.showtime.pk).values())

    assert sorted(keys) == list(range(min(keys), min(keys) + 15))
