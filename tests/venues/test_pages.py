"""What is on, and the seat page, as browsers see them: with scripts (the payload) and without (the form)."""

import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.models import Booking
from bookings.services import holds
from showsewa.authentication import GUEST_COOKIE
from tests import cast
from venues import listings
from venues.models import Cinema, Showtime


@pytest.fixture
def browser(db: None) -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def guest(browser: Client, stage: cast.Stage) -> Client:
    """A browser that has looked at the seats once, and so has its cookie."""
    browser.get(seats_of(stage))
    return browser


def seats_of(stage: cast.Stage) -> str:
    return f"/showtimes/{stage.showtime.pk}/"


def payload(html: str, name: str = "page") -> dict[str, Any]:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


def box(html: str, label: str) -> str:
    """The checkbox of a seat, up to its end."""
    found = re.search(rf'<input type="checkbox" name="seat" value="{label}"[^>]*>', html)
    assert found, label
    return found[0]


def test_home_shows_the_day_with_cinema_time_price_and_what_is_left(browser: Client, stage: cast.Stage) -> None:
    day = listings.cities()[0].today(stage.showtime.starts_at)

    html = browser.get("/", {"date": day.isoformat()}).content.decode()

    assert "Dal Bhat Power" in html and "Himal Cinema" in html
    assert "from NPR 450" in html
    assert seats_of(stage) in html


def test_two_shows_that_begin_together_are_told_apart_by_their_halls(browser: Client, stage: cast.Stage) -> None:
    day = {"date": listings.cities()[0].today(stage.showtime.starts_at).isoformat()}
    assert "Hall 1" not in browser.get("/", day).content.decode()
    other = cast.make_hall(stage.cinema, name="Hall 2")
    cast.make_showtime(other, stage.movie, starts_at=stage.showtime.starts_at)

    page = browser.get("/", day).content.decode()

    assert "Hall 1" in page and "Hall 2" in page


def test_home_costs_the_same_queries_however_much_is_on(browser: Client, stage: cast.Stage) -> None:
    day = listings.cities()[0].today(stage.showtime.starts_at + timedelta(days=1))
    cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(days=1))
    with CaptureQueriesContext(connection) as for_one:
        browser.get("/", {"date": day.isoformat()})
    for number in range(2, 5):
        hall = cast.make_hall(stage.cinema, name=f"Hall {number}")
        cast.make_showtime(hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(days=1))

    with CaptureQueriesContext(connection) as for_four:
        html = browser.get("/", {"date": day.isoformat()}).content.decode()

    assert html.count("from NPR 450") == 4
    assert len(for_four) == len(for_one) <= 5


def test_a_city_is_chosen_once(browser: Client, stage: cast.Stage) -> None:
    Cinema.objects.create(
        name="Fewa", slug="fewa", city="Pokhara", city_ne="पोखरा", latitude=28, longitude=84, time_zone="Asia/Kathmandu"
    )

    browser.get("/", {"city": "Pokhara"})
    html = browser.get("/").content.decode()

    assert "in Pokhara" in html
    assert "Dal Bhat Power" not in html


@pytest.mark.parametrize("query", ["?date=yesterday", "?date=1999-01-01", "?date=9999-12-31", "?city=%00", "?city=<b>"])
def test_home_takes_any_query_for_what_it_is(browser: Client, stage: cast.Stage, query: str) -> None:
    response = browser.get(f"/{query}")

    assert response.status_code == 200


def test_after_the_last_show_of_a_day_home_shows_tomorrow(browser: Client, stage: cast.Stage) -> None:
    Showtime.objects.update(cancelled_at=timezone.now())
    tomorrow = listings.cities()[0].today(timezone.now()) + timedelta(days=1)
    cast.make_showtime(stage.hall, stage.movie, starts_at=_noon(tomorrow))

    html = browser.get("/").content.decode()

    assert "last show has started" in html
    assert "Dal Bhat Power" in html


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo("Asia/Kathmandu"))


def test_home_speaks_nepali(browser: Client, stage: cast.Stage) -> None:
    browser.cookies["django_language"] = "ne"
    day = listings.cities()[0].today(stage.showtime.starts_at)

    html = browser.get("/", {"date": day.isoformat()}).content.decode()

    assert '<html lang="ne">' in html
    assert "दालभात पावर" in html and "हिमाल सिनेमा" in html


def test_movie_page_lists_its_times_by_cinema_on_its_first_day(browser: Client, stage: cast.Stage) -> None:
    html = browser.get(f"/movies/{stage.movie.pk}/").content.decode()

    assert "Himal Cinema" in html and seats_of(stage) in html


def test_a_movie_that_is_not_shown_says_so(browser: Client, stage: cast.Stage) -> None:
    Showtime.objects.update(cancelled_at=timezone.now())

    html = browser.get(f"/movies/{stage.movie.pk}/").content.decode()

    assert "Not playing in Kathmandu" in html


def test_a_drawn_poster_is_the_same_each_time_and_kept_for_ever(browser: Client, stage: cast.Stage) -> None:
    page = browser.get(f"/movies/{stage.movie.pk}/").content.decode()
    found = re.search(rf"/posters/{stage.movie.pk}\.svg\?v=\w+", page)
    assert found

    first, again = browser.get(found[0]), browser.get(found[0])

    assert first["Content-Type"] == "image/svg+xml"
    assert "immutable" in first["Cache-Control"]
    assert first.content == again.content
    assert "दालभात पावर" in first.content.decode()


def test_seat_page_costs_three_queries_and_two_more_for_who_may_hold(
    browser: Client, guest: Client, stage: cast.Stage
) -> None:
    with CaptureQueriesContext(connection) as free:
        response = guest.get(seats_of(stage))
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.BIKASH)
    with CaptureQueriesContext(connection) as held:
        guest.get(seats_of(stage))

    assert len(free) == 3 and len(held) == 5
    assert response["Cache-Control"] == "private, no-store"
    page = payload(response.content.decode())
    assert page["state"] == "A" * 15
    assert page["prices"] == {"levels": [{"amount": 450}], "runs": [[15, 0]]}
    assert page["hold"] is None
    assert payload(response.content.decode(), "words")["typeW"] == "Wheelchair"


def test_seat_page_draws_every_seat_in_the_order_of_the_state(browser: Client, stage: cast.Stage) -> None:
    html = browser.get(seats_of(stage)).content.decode()

    drawn = re.findall(r'data-l="(\w+)"', html)
    assert drawn == list(stage.states())
    assert "?list=1" in html.partition("<noscript>")[2].partition("</noscript>")[0]


def test_a_kept_page_gives_each_visitor_a_token_of_their_own(browser: Client, stage: cast.Stage) -> None:
    token = r'name="csrf-token" content="(\w+)"'

    pages = [Client().get(seats_of(stage)).content.decode() for _visitor in range(2)]

    tokens = {re.findall(token, html)[0] for html in pages}
    assert len(tokens) == 2
    assert all("@@" not in html for html in pages)


def test_a_kept_page_follows_a_change_of_title_at_once(browser: Client, stage: cast.Stage) -> None:
    browser.get(seats_of(stage))
    stage.movie.title = "Dal Bhat Power 2 </script><b>"
    stage.movie.save(update_fields=["title"])

    html = browser.get(seats_of(stage)).content.decode()

    assert "Dal Bhat Power 2 &lt;/script&gt;" in html


def test_the_list_holds_seats_without_scripts(guest: Client, stage: cast.Stage) -> None:
    listed = guest.get(seats_of(stage), {"list": "1"}).content.decode()

    response = guest.post(f"{seats_of(stage)}hold/", {"seat": ["A1", "A2"]})

    assert listed.count('type="checkbox"') == 15 and "disabled" not in box(listed, "A1")
    booking = Booking.objects.get()
    assert response["Location"] == f"/bookings/{booking.pk}/details/"
    assert booking.owner.startswith("guest:")
    assert stage.states()["A1"] == "HELD"


def test_an_own_hold_comes_back_with_its_deadline(guest: Client, stage: cast.Stage) -> None:
    guest.post(f"{seats_of(stage)}hold/", {"seat": ["A2", "B1"]})

    page = payload(guest.get(seats_of(stage)).content.decode())
    listed = guest.get(seats_of(stage), {"list": "1"}).content.decode()

    booking = Booking.objects.get()
    assert page["hold"]["id"] == str(booking.pk)
    assert page["hold"]["seats"] == [1, 5]
    assert page["serverTime"] < page["hold"]["expiresAt"]
    assert "checked" in box(listed, "A2") and "disabled" not in box(listed, "A2")


def test_whoever_was_slower_is_told_which_seats_and_what_is_near(guest: Client, stage: cast.Stage) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["B3"], actor=cast.BIKASH)

    response = guest.post(f"{seats_of(stage)}hold/", {"seat": ["B2", "B3"]})

    html = response.content.decode()
    assert response.status_code == 409
    assert "Somebody was quicker: B3" in html
    assert re.search(r"Near the first is free: (B1|B4)", html)
    assert "disabled" in box(html, "B3") and "checked" in box(html, "B2")
    assert not Booking.objects.filter(owner__startswith="guest:").exists()


@pytest.mark.parametrize("seats", [[], [f"{row}{n}" for row in "ABC" for n in range(1, 5)]])
def test_too_few_or_too_many_seats_come_back_as_a_form(guest: Client, stage: cast.Stage, seats: list[str]) -> None:
    response = guest.post(f"{seats_of(stage)}hold/", {"seat": seats})

    html = response.content.decode()
    assert response.status_code == 422
    assert "Choose between 1 and 10 seats." in html
    assert all("checked" in box(html, label) for label in seats)


def test_a_seat_nobody_has_is_not_found(guest: Client, stage: cast.Stage) -> None:
    assert guest.post(f"{seats_of(stage)}hold/", {"seat": ["Z99"]}).status_code == 404


def test_a_browser_without_cookies_is_told_why_it_cannot_hold(browser: Client, stage: cast.Stage) -> None:
    response = browser.post(f"{seats_of(stage)}hold/", {"seat": ["A1"]})

    assert response.status_code == 409
    assert "cookie" in response.content.decode()
    assert GUEST_COOKIE in response.cookies
    assert stage.states()["A1"] == "AVAILABLE"


def test_a_form_from_elsewhere_is_refused(stage: cast.Stage) -> None:
    stranger = Client(enforce_csrf_checks=True)
    stranger.get(seats_of(stage))

    response = stranger.post(f"{seats_of(stage)}hold/", {"seat": ["A1"]})

    assert response.status_code == 403
    assert "reload it and try again" in response.content.decode()
    assert stage.states()["A1"] == "AVAILABLE"


def test_an_unknown_showtime_is_a_friendly_page(browser: Client, stage: cast.Stage) -> None:
    response = browser.get(f"/showtimes/{stage.movie.pk}/")

    assert response.status_code == 404
    assert "See what is on" in response.content.decode()


def test_a_started_show_leads_to_other_times(browser: Client, stage: cast.Stage) -> None:
    Showtime.objects.update(starts_at=timezone.now() - timedelta(minutes=1))

    response = browser.get(seats_of(stage))

    assert response.status_code == 410
    assert "This show has started" in response.content.decode()
    assert f"/movies/{stage.movie.pk}/" in response.content.decode()


def test_a_cancelled_show_says_that_money_comes_back(browser: Client, stage: cast.Stage) -> None:
    Showtime.objects.update(cancelled_at=timezone.now())

    response = browser.get(seats_of(stage))

    assert response.status_code == 410
    assert "paid back" in response.content.decode()


def test_a_show_not_yet_on_sale_asks_for_patience(browser: Client, stage: cast.Stage) -> None:
    later = stage.showtime.starts_at + timedelta(hours=6)
    unopened = cast.make_showtime(stage.hall, stage.movie, starts_at=later, is_open=False)

    response = browser.get(f"/showtimes/{unopened.pk}/")

    assert response.status_code == 200
    assert "Not on sale yet" in response.content.decode()


def test_posting_to_a_started_show_leads_to_other_times(guest: Client, stage: cast.Stage) -> None:
    Showtime.objects.update(starts_at=timezone.now() - timedelta(minutes=1))

    response = guest.post(f"{seats_of(stage)}hold/", {"seat": ["A1"]})

    assert response.status_code == 410
    assert stage.states()["A1"] == "AVAILABLE"


def test_pages_carry_no_inline_script_or_style(browser: Client, stage: cast.Stage) -> None:
    for path in ["/", f"/movies/{stage.movie.pk}/", seats_of(stage), f"{seats_of(stage)}?list=1", "/login/"]:
        response = browser.get(path)
        html = response.content.decode()
        assert response.status_code == 200
        assert " style=" not in html and " onclick=" not in html
        assert "unsafe-inline" not in response["Content-Security-Policy"]
