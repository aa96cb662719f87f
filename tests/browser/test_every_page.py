"""Every page of visitors, by day and by night, in both languages: it fits its width, axe-core finds nothing, and the
console stays silent. Where each address is looked at: routes.py.

The screenshots are for people to look at: `screenshots` under SHOWSEWA_VAR.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import crowds, passes
from bookings.models import Ticket
from bookings.services import rooms
from showsewa.authentication import from_session_token
from tests import cast
from tests.browser import axe, routes, steps
from tests.browser.conftest import Open, Site
from tests.browser.walk import SIZES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def _few_at_a_time(settings: Any) -> Iterator[None]:
    settings.WAITING = replace(settings.WAITING, limit=3, every=0)
    crowds.forget()
    yield
    crowds.forget()


@pytest.mark.usefixtures("_few_at_a_time")
@pytest.mark.parametrize("options", SIZES)
def test_every_page_is_fit_for_everybody(
    site: Site, windows: Open, screenshots: Path, options: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    page = windows(allow="404|410|422", **options)
    walk = Walk(page, screenshots, request.node.callspec.id, axe.GOOD_PRACTICE)
    find(walk, site)
    buy(walk, site)
    wait(walk, site)
    own(walk, site)

    assert walk.faults == []
    assert routes.VISITORS - walk.seen == set()


def find(walk: Walk, site: Site) -> None:
    movie, cinema = site.stage.movie, site.stage.cinema
    for path, name in [
        ("/", "home"),
        (f"/movies/{movie.pk}/", "movie"),
        (f"/cinemas/{cinema.slug}/", "cinema"),
        ("/genres/Comedy/", "genre"),
        ("/week/", "week"),
        ("/coming/", "coming"),
        ("/search/?q=dal", "search"),
        ("/search/?q=nothing+like+it", "search-nothing"),
        ("/nothing/here/", "not-found"),
        ("/docs/problems", "problems"),
        ("/voucher/", "voucher"),
        ("/find/", "find"),
        ("/login/", "login"),
        ("/register/", "register"),
    ]:
        walk.go(path, name)


def buy(walk: Walk, site: Site) -> None:
    page = walk.page
    walk.go(site.seats_url + "?list=1", "seat-list")
    page.goto(site.seats_url)
    steps.expect_seat(page, "B1", "proposed")
    steps.choose(page, "B2", "B3")
    walk.look("seats")
    steps.hold(page)
    walk.look("details")
    page.locator(".checkout .button--primary").click()
    walk.look("details-wrong")
    page.locator("#id_phone").fill(steps.PHONE_NUMBER)
    page.locator(".checkout .button--primary").click()
    page.wait_for_url("**/fake-checkout/**")
    walk.look("bank")
    page.goto(page.locator("a[href*='/payments/return/']").get_attribute("href") or "")
    walk.look("pay")
    page.go_back()
    page.locator("button.main").click()
    expect(page.locator(".ticket")).to_have_count(2)
    walk.look("ticket")
    ticket = page.url.partition("?")[0]
    seat = passes.code(Ticket.objects.get(booking__channel=None, label="B2"))
    for path, name in [
        (f"{ticket}invoice/", "invoice"),
        (f"{ticket}exchange/", "exchange"),
        (f"{ticket}offline/", "offline-tickets"),
        (f"/bookings/seat/{seat}/", "seat-ticket"),
        (f"/bookings/seat/{seat}/offline/", "offline-seat"),
    ]:
        walk.go(path, name)
    walk.go(f"{ticket}cancel/", "cancel")
    page.locator("form .button--danger").click()
    expect(page.locator(".empty")).to_be_visible()
    walk.look("cancelled")
    walk.go("/me/", "my-bookings")


def wait(walk: Walk, site: Site) -> None:
    """A rush on one show; another is sold out."""
    stage, now = site.stage, timezone.now()
    rushed = cast.make_showtime(stage.hall, stage.movie, starts_at=now + timedelta(hours=9))
    early = [from_session_token(f"early-{n}").key for n in range(4)]
    rooms.arrive(showtime_id=rushed.pk, owners=early)
    rooms.advance(showtime_id=rushed.pk)
    walk.go(f"/showtimes/{rushed.pk}/", "waiting-room")
    walk.go(f"/showtimes/{stage.path}/waiting-list/", "waiting-list")
    begun = cast.make_showtime(stage.hall, stage.movie, starts_at=now - timedelta(minutes=20))
    walk.go(f"/showtimes/{begun.pk}/", "begun")


def own(walk: Walk, site: Site) -> None:
    asha = cast.make_user("asha@example.com", first_name="Asha")
    steps.sign_in(walk.page, asha, to="/me/")
    walk.look("my-bookings-empty")
    walk.go("/me/account/", "account")
    walk.go("/me/data/", "my-data")
