"""The waiting room against those who would cheat it, and for those who only live: tabs, cookies, accounts, reloads."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings import crowds, places
from bookings.models import Visitor, WaitingRoom
from bookings.services import rooms
from seatsync.models import ShowInventory
from showsewa.authentication import from_session_token
from tests import cast, letters, purchase
from tests.conftest import Api

LIMIT = 3


@pytest.fixture(autouse=True)
def _few_at_a_time(settings: LazySettings) -> Iterator[None]:
    settings.WAITING = replace(settings.WAITING, limit=LIMIT, every=0)
    crowds.forget()
    yield
    crowds.forget()


@pytest.fixture
def rush(stage: cast.Stage) -> cast.Stage:
    """Three choose and one waits."""
    rooms.arrive(showtime_id=stage.showtime.pk, owners=[early(n) for n in range(LIMIT + 1)])
    rooms.advance(showtime_id=stage.showtime.pk)
    return stage


def early(number: int) -> str:
    return from_session_token(f"early-{number}").key


def leave(stage: cast.Stage, *numbers: int) -> None:
    for number in numbers:
        rooms.leave(showtime_id=stage.showtime.pk, actor=from_session_token(f"early-{number}"))


def wait(stage: cast.Stage, browser: Client) -> int:
    """Come to the page, and read the place there."""
    page = browser.get(f"/showtimes/{stage.path}/waiting/").content.decode()
    return int(page.partition('data-place="')[2].partition('"')[0])


def look(stage: cast.Stage, browser: Client) -> Any:
    return browser.get(f"/showtimes/{stage.path}/waiting/state")


def hold(stage: cast.Stage, browser: Client, seat: str) -> Any:
    return Api(client=browser).post("/bookings/hold", {"showtimeId": stage.path, "seatIds": [seat]})


# accounts


@pytest.mark.parametrize("way_in", [letters.sign_in, letters.open_account], ids=["sign-in", "sign-up"])
def test_the_place_stays_over_signing_in_and_out(rush: cast.Stage, way_in: Any) -> None:
    if way_in is letters.sign_in:
        cast.make_user("asha@example.com")
    browser, behind = Client(), Client()
    assert (wait(rush, browser), wait(rush, behind)) == (2, 3)

    way_in(browser, "asha@example.com")
    signed_in = look(rush, browser).json()["place"]
    browser.post("/logout/")

    assert (signed_in, look(rush, browser).json()["place"]) == (2, 2)
    assert look(rush, behind).json()["place"] == 3
    assert WaitingRoom.objects.get().last_number == LIMIT + 3


def test_whose_turn_it_is_may_sign_in_and_out_and_choose_then(rush: cast.Stage) -> None:
    cast.make_user("asha@example.com")
    browser = Client()
    wait(rush, browser)
    leave(rush, 0, 1)
    assert look(rush, browser).json()["place"] is None

    letters.sign_in(browser, "asha@example.com")
    assert hold(rush, browser, "A1").status_code == 201
    assert Api(client=browser).send("DELETE", "/bookings/holds/me").status_code == 200
    browser.post("/logout/")

    assert hold(rush, browser, "A1").status_code == 201


def test_who_waits_under_their_account_waits_on_after_signing_out(rush: cast.Stage) -> None:
    """A browser that was signed in before it ever came here has no cookie of a guest's: it gets one."""
    cast.make_user("asha@example.com")
    browser = Client()
    letters.sign_in(browser, "asha@example.com")
    browser.cookies.pop("guest", None)
    assert wait(rush, browser) == 2

    browser.post("/logout/")

    assert look(rush, browser).json()["place"] == 2


def test_of_two_places_of_one_person_the_better_stays(rush: cast.Stage) -> None:
    cast.make_user("asha@example.com")
    phone, laptop = Client(), Client()
    letters.sign_in(phone, "asha@example.com")
    assert (wait(rush, phone), wait(rush, laptop)) == (2, 3)

    letters.sign_in(laptop, "asha@example.com")

    assert look(rush, laptop).json()["place"] == look(rush, phone).json()["place"] == 2
    assert Visitor.objects.filter(left_at=None, until=None).count() == 2  # early-3 and Asha


def test_signing_in_and_out_again_and_again_makes_one_place(rush: cast.Stage) -> None:
    cast.make_user("asha@example.com")
    browser = Client()
    wait(rush, browser)

    for _again in range(3):
        letters.sign_in(browser, "asha@example.com")
        wait(rush, browser)
        browser.post("/logout/")
        wait(rush, browser)

    assert Visitor.objects.filter(left_at=None, until=None).count() == 2
    assert look(rush, browser).json()["place"] == 2


# cheating


def test_reloading_gains_and_costs_nothing(rush: cast.Stage) -> None:
    browser = Client()
    first = wait(rush, browser)

    assert {wait(rush, browser) for _reload in range(10)} == {first}
    assert WaitingRoom.objects.get().last_number == LIMIT + 2


def test_who_clears_their_cookies_goes_to_the_end(rush: cast.Stage) -> None:
    browser, other = Client(), Client()
    assert (wait(rush, browser), wait(rush, other)) == (2, 3)

    browser.cookies.clear()

    assert wait(rush, browser) == 4


def test_a_turn_is_for_one_purchase(rush: cast.Stage) -> None:
    """Else one script that was let in would buy ten seats after ten for five minutes."""
    body = {"showtimeId": rush.path, "sessionToken": "early-0"}
    held = Api().post("/bookings/hold", body | {"seatIds": ["A1"]}).json()
    details = {"name": "Asha", "email": "asha@example.com", "phone": "9841234567"}
    confirm = {"holdId": held["holdId"], "userDetails": details, "paymentMethod": "CARD"}
    booking = Api().post("/bookings/confirm", confirm).json()
    while_paying = Api().post("/bookings/hold", body | {"seatIds": ["A3"]})
    purchase.send(Api(), purchase.event(purchase.session_of(booking)))

    more = Api().post("/bookings/hold", body | {"seatIds": ["A3"]})
    place = Api().post(f"/showtimes/{rush.path}/waiting-room", {"sessionToken": "early-0"}).json()

    assert [answer.json()["code"] for answer in (while_paying, more)] == ["WAITING_ROOM"] * 2
    assert Visitor.objects.get(owner=early(0)).number == LIMIT + 2
    assert place["status"] == "WAITING"


def test_seats_given_back_are_chosen_again_in_the_same_turn(rush: cast.Stage) -> None:
    body = {"showtimeId": rush.path, "sessionToken": "early-0"}
    held = Api().post("/bookings/hold", body | {"seatIds": ["A1"]}).json()
    Api().send("DELETE", f"/bookings/hold/{held['holdId']}", X_Session_Token="early-0")

    assert Api().post("/bookings/hold", body | {"seatIds": ["B1"]}).status_code == 201


# what waiting costs


def test_a_look_asks_the_database_for_nothing_and_writes_nothing(rush: cast.Stage, settings: LazySettings) -> None:
    settings.WAITING = replace(settings.WAITING, every=60)
    browsers = [Client() for _person in range(3)]
    waiting = [wait(rush, browser) for browser in browsers]
    body = {"showtimeId": rush.path, "seatIds": ["A1"]}
    token = {"X_Session_Token": "by-the-api"}
    Api().post(f"/showtimes/{rush.path}/waiting-room", {}, **token)

    with CaptureQueriesContext(connection) as asked:
        places_then = [look(rush, browser).json()["place"] for browser in browsers for _look in range(10)]
        api = [Api().get(f"/showtimes/{rush.path}/waiting-room", **token).json()["place"] for _look in range(10)]
        out_of_turn = Api().post("/bookings/hold", body, **token)
        sent_back = [browser.get(f"/showtimes/{rush.path}/").status_code for browser in browsers]

    assert [query["sql"] for query in asked.captured_queries] == []
    assert sorted(set(places_then)) == waiting == [2, 3, 4] and set(api) == {5}
    assert (out_of_turn.status_code, sent_back) == (429, [302] * 3)


def test_a_hold_out_of_turn_by_a_stranger_costs_one_statement(rush: cast.Stage, settings: LazySettings) -> None:
    settings.WAITING = replace(settings.WAITING, every=60)
    wait(rush, Client())

    with CaptureQueriesContext(connection) as asked:
        answer = Api().post(
            "/bookings/hold", {"showtimeId": rush.path, "seatIds": ["A1"], "sessionToken": "a-stranger"}
        )

    assert (answer.status_code, len(asked.captured_queries)) == (429, 1)


def test_who_looked_is_told_to_the_database_now_and_then_and_together(
    rush: cast.Stage, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WAITING = replace(settings.WAITING, every=60)
    browsers = [Client() for _person in range(3)]
    for browser in browsers:
        wait(rush, browser)
    clock = crowds.time.monotonic
    now = [0.0]
    monkeypatch.setattr(crowds.time, "monotonic", lambda: clock() + now[0])
    seen_then = dict(Visitor.objects.values_list("owner", "seen_at"))

    for browser in browsers:
        look(rush, browser)
    now[0] = settings.WAITING.unseen / 5 + 1
    with CaptureQueriesContext(connection) as asked:
        look(rush, browsers[0])

    writes = [query["sql"] for query in asked.captured_queries if "UPDATE" in query["sql"]]
    later = [owner for owner, seen in Visitor.objects.values_list("owner", "seen_at") if seen > seen_then[owner]]
    assert (len(writes), len(later)) == (1, 3)


def test_the_page_drawn_once_for_all_is_the_page_drawn_for_each(rush: cast.Stage) -> None:
    def page() -> str:
        text = browser.get(f"/showtimes/{rush.path}/waiting/").content.decode()
        return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value|nonce|data-wait|content)="[^"]*"', "", text)

    browser = Client()
    browser.cookies["city"] = "Pokhara"
    wait(rush, browser)
    drawn_once = page()
    browser.cookies["messages"] = "of no use"

    assert page() == drawn_once
    assert "Pokhara" in drawn_once and "@@" not in drawn_once


# the guess


def simulated(*minutes: float) -> float | None:
    """The pace as told, when so many were called in each of these minutes, one look each 0.3 seconds."""
    rate, since, due = None, 0.0, 0.0
    for per_minute in minutes:
        for _look in range(200):
            since, due = since + 0.3, due + per_minute / 200
            called, due = int(due), due - int(due)
            rate = places.pace(rate, called=called, took=0.3, since_opening=since)
    return rate


@pytest.mark.parametrize(
    ("minutes", "least", "most"),
    [((30,), 27, 33), ((30, 30, 30), 27, 33), ((60, 60, 6, 6), 6, 14), ((6, 6, 60, 60), 46, 60), ((30, 0, 0, 0), 0, 2)],
)
def test_the_guess_follows_the_pace(minutes: tuple[float, ...], least: float, most: float) -> None:
    rate = simulated(*minutes)
    assert rate is not None and least <= rate <= most

    room = places.Room(is_open=True, front=100, rate=30.0, free=50)
    told = places.standing(room, places.Place(number=160)).seconds

    assert told is not None and abs(told - 120) <= 2


def test_nobody_guesses_before_anybody_was_called_or_when_nothing_is_free() -> None:
    assert places.pace(None, called=0, took=0.3, since_opening=3) is None
    place = places.Place(number=160)
    assert places.standing(places.Room(is_open=True, front=100), place).seconds is None
    assert places.standing(places.Room(is_open=True, front=100, rate=30.0, free=0, held=9), place).seconds is None
    assert places.standing(places.Room(is_open=True, front=100, rate=0.001, free=9), place).seconds is None


def test_those_who_went_away_are_not_counted_as_waiting_time(rush: cast.Stage) -> None:
    """Numbers are called, whether anybody answers to them or not: so many a minute is what one's own number waits."""
    waiting = [from_session_token(f"gone-{n}").key for n in range(20)]
    rooms.arrive(showtime_id=rush.showtime.pk, owners=waiting)
    Visitor.objects.filter(owner__in=waiting[:18]).delete()
    WaitingRoom.objects.update(rate=None)
    leave(rush, 0, 1)

    rooms.advance(showtime_id=rush.showtime.pk)

    room = WaitingRoom.objects.get()
    assert room.front == LIMIT + 20  # early-3, and past eighteen empty numbers
    assert room.rate is not None and room.rate > 2 * 60 / 5


# the end of it


def test_it_closes_by_itself_when_nobody_waits_and_opens_again(rush: cast.Stage) -> None:
    def is_open() -> bool:
        return ShowInventory.objects.get(pk=rush.showtime.pk).is_crowded

    was_open = is_open()
    leave(rush, 0, 3)
    rooms.advance(showtime_id=rush.showtime.pk)
    closed = is_open()
    anybody = Api().post("/bookings/hold", {"showtimeId": rush.path, "seatIds": ["A1"], "sessionToken": "anybody"})

    rooms.arrive(showtime_id=rush.showtime.pk, owners=[f"session:late-{n}" for n in range(LIMIT + 1)])
    rooms.advance(showtime_id=rush.showtime.pk)

    assert (was_open, closed, anybody.status_code, is_open()) == (True, False, 201, True)


def test_who_waits_is_told_that_it_is_sold_out_with_and_without_scripts(rush: cast.Stage) -> None:
    browser = Client()
    wait(rush, browser)
    seats = [
        {"seatNumber": label, "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "ALL"}
        for label in rush.states()
    ]
    Api(cast.till(rush)).post("/seat-sync/bulk-update", {"showtimeId": rush.path, "seatUpdates": seats})

    by_script = look(rush, browser).json()
    page = browser.get(f"/showtimes/{rush.path}/waiting/")

    assert by_script["place"] is None  # which sends the script to the page
    assert page.status_code == 200 and "<h1>Sold out</h1>" in page.content.decode()
    assert "http-equiv" not in page.content.decode()
    assert f"/showtimes/{rush.path}/waiting-list/" in page.content.decode()
