"""The waiting room: people choose in turn, in the order they came; without a rush nobody ever sees it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings import crowds
from bookings.models import Visitor, WaitingRoom
from bookings.services import rooms
from seatsync.models import ShowInventory
from showsewa.authentication import from_session_token
from showsewa.models import User
from tests import cast
from tests.conftest import Api

LIMIT = 3


@pytest.fixture(autouse=True)
def _few_at_a_time(settings: LazySettings) -> Iterator[None]:
    settings.WAITING = replace(settings.WAITING, limit=LIMIT, every=0)
    crowds.forget()
    yield
    crowds.forget()


def room_of(stage: cast.Stage) -> str:
    return f"/showtimes/{stage.path}/waiting-room"


def hold(stage: cast.Stage, name: str, seat: str) -> Any:
    body = {"showtimeId": stage.path, "seatIds": [seat], "sessionToken": name}
    return Api().post("/bookings/hold", body)


def come(stage: cast.Stage, name: str) -> dict[str, Any]:
    return Api().post(room_of(stage), {"sessionToken": name}).json()


def look(stage: cast.Stage, name: str) -> dict[str, Any]:
    return Api().get(room_of(stage), X_Session_Token=name).json()


def crowd(stage: cast.Stage) -> None:
    """As many look at the seats as may, and one more."""
    rooms.arrive(showtime_id=stage.showtime.pk, owners=[from_session_token(f"early-{n}").key for n in range(LIMIT + 1)])
    rooms.advance(showtime_id=stage.showtime.pk)


def pass_time(stage: cast.Stage, by: timedelta) -> None:
    Visitor.objects.update(until=F("until") - by, seen_at=F("seen_at") - by, admitted_at=F("admitted_at") - by)
    WaitingRoom.objects.update(advanced_at=F("advanced_at") - by)


def test_nobody_waits_while_there_are_few(stage: cast.Stage) -> None:
    told = come(stage, "asha")

    assert (told["status"], told["place"]) == ("OPEN", None)
    assert hold(stage, "asha", "A1").status_code == 201
    assert not ShowInventory.objects.get(pk=stage.showtime.pk).is_crowded


def test_a_mistyped_showtime_has_no_room(stage: cast.Stage, api: Api) -> None:
    unknown = "019ab1f0-1111-7000-8000-000000000001"

    for number in range(LIMIT):
        body = {"showtimeId": unknown, "seatIds": ["A1"], "sessionToken": f"visitor-{number}"}
        assert api.post("/bookings/hold", body).status_code == 404

    assert WaitingRoom.objects.count() == 0


def test_a_rush_of_people_who_want_seats_opens_it_by_itself(stage: cast.Stage) -> None:
    answers = [hold(stage, f"visitor-{n}", "A1").status_code for n in range(LIMIT + 2)]

    # The first has the seat, and who has seats is not choosing any more: so one more than the limit may try.
    assert answers == [201, *[409] * LIMIT, 429]
    assert ShowInventory.objects.get(pk=stage.showtime.pk).is_crowded


def test_who_is_not_let_in_is_told_where_to_wait_and_nothing_is_held(stage: cast.Stage) -> None:
    crowd(stage)

    answer = hold(stage, "late", "A1")

    told = answer.json()
    assert (answer.status_code, told["code"]) == (429, "WAITING_ROOM")
    assert told["waitingRoom"] == f"/api/v1{room_of(stage)}"
    assert int(answer["Retry-After"]) > 0
    assert stage.states()["A1"] == "AVAILABLE"


def test_people_are_let_in_by_arrival_as_others_leave(stage: cast.Stage) -> None:
    crowd(stage)
    places = [come(stage, name)["place"] for name in ("asha", "bikash")]

    left = [Api().send("DELETE", room_of(stage), X_Session_Token=f"early-{n}").json()["left"] for n in range(2)]

    assert (places, left) == ([2, 3], [True, True])
    assert look(stage, "bikash")["status"] == "WAITING"  # early-3 and Asha came before
    assert hold(stage, "bikash", "A2").status_code == 429
    assert look(stage, "asha")["status"] == "ADMITTED"
    assert hold(stage, "asha", "A1").status_code == 201


def test_who_has_chosen_makes_room_for_the_next(stage: cast.Stage) -> None:
    crowd(stage)
    come(stage, "asha")

    for number in range(2):
        assert hold(stage, f"early-{number}", f"B{number + 1}").status_code == 201

    assert look(stage, "asha")["status"] == "ADMITTED"


def test_a_turn_ends_and_the_next_one_begins(stage: cast.Stage, settings: LazySettings) -> None:
    crowd(stage)
    come(stage, "asha")

    pass_time(stage, timedelta(seconds=settings.WAITING.turn + 1))
    Visitor.objects.filter(owner=from_session_token("asha").key).update(seen_at=F("arrived_at"))

    assert look(stage, "asha")["status"] == "ADMITTED"
    assert hold(stage, "early-0", "A1").status_code == 201  # nobody else is left, so it has closed


def test_coming_again_keeps_the_place(stage: cast.Stage) -> None:
    crowd(stage)
    first = come(stage, "asha")
    come(stage, "bikash")

    assert come(stage, "asha")["place"] == first["place"]


def test_who_does_not_look_is_passed_over_but_keeps_their_number(stage: cast.Stage, settings: LazySettings) -> None:
    crowd(stage)
    come(stage, "asha")
    Visitor.objects.filter(until=None).update(seen_at=F("seen_at") - timedelta(seconds=settings.WAITING.unseen + 1))
    come(stage, "bikash")
    come(stage, "third")
    Api().send("DELETE", room_of(stage), X_Session_Token="early-0")

    assert look(stage, "bikash")["status"] == "ADMITTED"
    assert look(stage, "asha")["place"] == 1


def test_a_look_without_a_place_is_told_to_take_one(stage: cast.Stage) -> None:
    crowd(stage)

    answer = Api().get(room_of(stage), X_Session_Token="nobody-yet")

    assert (answer.status_code, answer.json()["code"]) == (404, "NO_PLACE")


def test_when_everything_is_sold_everybody_is_told(stage: cast.Stage) -> None:
    crowd(stage)
    come(stage, "asha")
    till = Api(cast.till(stage))
    seats = [
        {"seatNumber": label, "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "ALL"}
        for label in stage.states()
    ]
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": seats})

    assert look(stage, "asha")["status"] == "SOLD_OUT"
    assert not ShowInventory.objects.get(pk=stage.showtime.pk).is_crowded


def test_keys_and_staff_do_not_wait(stage: cast.Stage, chandra: User) -> None:
    crowd(stage)
    till, clerk = Api(cast.till(stage)), Api()
    clerk.client.force_login(chandra)
    body = {"showtimeId": stage.path, "seatIds": ["A1"]}

    assert till.post("/bookings/hold", body).status_code == 201
    assert clerk.post("/bookings/hold", body | {"seatIds": ["A2"]}).status_code == 201
    assert till.post(room_of(stage)).status_code == 403


def test_the_seat_page_sends_to_the_waiting_page_and_back(stage: cast.Stage) -> None:
    crowd(stage)
    browser = Client()
    seats, waiting = f"/showtimes/{stage.path}/", f"/showtimes/{stage.path}/waiting/"

    sent = browser.get(seats)
    page = browser.get(waiting).content.decode()
    again = browser.get(waiting).content.decode()
    for number in range(2):
        rooms.leave(showtime_id=stage.showtime.pk, actor=from_session_token(f"early-{number}"))

    assert (sent.status_code, sent["Location"]) == (302, waiting)
    assert 'http-equiv="refresh"' in page
    assert 'data-place="2"' in page and 'data-place="2"' in again
    assert browser.get(f"{waiting}state").json()["place"] is None
    assert browser.get(waiting)["Location"] == seats
    assert browser.get(seats).status_code == 200


def test_a_page_without_a_rush_asks_the_database_nothing_more(stage: cast.Stage, settings: LazySettings) -> None:
    settings.WAITING = replace(settings.WAITING, limit=300)
    browser = Client()
    browser.get(f"/showtimes/{stage.path}/")  # what is kept in process is made once

    with CaptureQueriesContext(connection) as with_room:
        browser.get(f"/showtimes/{stage.path}/")
    settings.WAITING = replace(settings.WAITING, limit=0)
    with CaptureQueriesContext(connection) as without:
        browser.get(f"/showtimes/{stage.path}/")

    assert len(with_room) == len(without)
    assert not any("waiting" in query["sql"] or "visitor" in query["sql"] for query in with_room.captured_queries)


def test_twenty_come_and_are_served_in_order_until_the_seats_are_gone(stage: cast.Stage) -> None:
    names = [f"visitor-{n:02}" for n in range(20)]
    for name in names:
        hold(stage, name, "C5")  # everybody wants the same; those not let in get a place
        come(stage, name)
    free, had = [label for label in stage.states() if label != "C5"], []

    waiting = names[1:]  # the first has C5
    while free:
        for name in list(waiting):
            if look(stage, name)["status"] == "ADMITTED" and free:
                assert hold(stage, name, free.pop()).status_code == 201
                waiting.remove(name)
                had.append(name)

    numbers = dict(Visitor.objects.values_list("owner", "number"))
    order = [numbers[from_session_token(name).key] for name in had]
    assert order == sorted(order)
    assert len(had) == 14
    assert set(stage.states().values()) == {"HELD"}
    assert {look(stage, name)["seatsFree"] for name in waiting} == {0}
