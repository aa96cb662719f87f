"""A seat of one's hold is sold at the counter: told at once, on the map and beside the details, with others to take."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from bookings.models import Booking
from tests import cast
from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, Open, Site
from tests.conftest import Api

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOST = re.compile(r"B2 was just sold at the counter\.\s+We keep B4 for you until \d\d:\d\d\.")


@pytest.fixture
def till(site: Site) -> Api:
    return Api(cast.till(site.stage))


def sell(till: Api, site: Site, seat: str) -> None:
    line = {"seatNumber": seat, "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": f"POS-{seat}"}
    assert (
        till.post("/seat-sync/bulk-update", {"showtimeId": site.stage.path, "seatUpdates": [line]}).status_code == 200
    )


def holding(site: Site, windows: Open, **options: Any) -> Page:
    page = windows(site.seats_url, **options)
    steps.choose(page, "B2", "B3")
    steps.hold(page)
    return page


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone-light", "desk-dark"])
def test_on_the_map_the_offer_is_taken_with_one_tap(
    site: Site, windows: Open, till: Api, size: Any, scheme: Any, screenshots: Any
) -> None:
    page = holding(site, windows, viewport=size, color_scheme=scheme)
    page.goto(site.seats_url)
    expect(page.locator("#live")).to_have_text("Live")

    sell(till, site, "B2")
    expect(page.locator("#alerts")).to_contain_text(LOST)
    page.screenshot(path=screenshots / f"lost-map-{size['width']}-{scheme}.png")
    page.get_by_role("button", name="Take it").click()
    page.wait_for_url("**/details/")

    assert Booking.objects.get(channel=None, offered_to=None).seat_labels == ["B3", "B4"]


def test_an_answer_that_the_news_overtook_brings_no_lost_seat_back(site: Site, windows: Open, till: Api) -> None:
    page, late = holding(site, windows), []

    def keep(route: Route) -> None:
        late.append((route, route.fetch()))

    page.route("**/api/v1/bookings/*", keep, times=1)  # what the page asks as soon as it is heard
    page.goto(site.seats_url)
    expect(page.locator("#live")).to_have_text("Live")
    page.wait_for_timeout(300)
    sell(till, site, "B2")
    expect(page.locator("#alerts")).to_contain_text(LOST)
    ((route, answer),) = late

    with page.expect_response("**/api/v1/bookings/*"):
        route.fulfill(response=answer)
    page.get_by_role("button", name="Take it").click()
    page.wait_for_url("**/details/")

    assert Booking.objects.get(channel=None, offered_to=None).seat_labels == ["B3", "B4"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_beside_the_details_it_is_told_without_losing_what_was_typed(
    site: Site, windows: Open, till: Api, size: Any, screenshots: Any
) -> None:
    page = holding(site, windows, viewport=size)
    page.get_by_label("Phone").fill(steps.PHONE_NUMBER)
    expect(page.get_by_role("button", name="Pay NPR 900")).to_be_visible()

    sell(till, site, "B2")
    expect(page.locator("[data-loss]")).to_contain_text(LOST)
    expect(page.get_by_role("button", name="Pay NPR 450")).to_be_visible()
    expect(page.get_by_label("Phone")).to_have_value(steps.PHONE_NUMBER)
    page.screenshot(path=screenshots / f"lost-details-{size['width']}.png")
    page.get_by_role("button", name="No, thanks").click()
    expect(page.locator("[data-loss]")).not_to_contain_text("We keep")

    assert site.stage.states()["B4"] == "AVAILABLE"


def test_no_thanks_on_the_map_gives_the_seat_back(site: Site, windows: Open, till: Api) -> None:
    page = holding(site, windows)
    page.goto(site.seats_url)
    expect(page.locator("#live")).to_have_text("Live")
    sell(till, site, "B2")

    page.get_by_role("button", name="No, thanks").click()

    steps.expect_seat(page, "B4", "free")


def test_without_scripts_the_next_look_says_it(site: Site, windows: Open, till: Api, screenshots: Any) -> None:
    page = windows(f"{site.seats_url}?list=1", java_script_enabled=False, viewport=PHONE)
    for seat in ("B2", "B3"):
        page.locator(f'input[value="{seat}"]').check()
    page.get_by_role("button", name="Hold these seats").click()
    sell(till, site, "B2")

    page.goto(f"{site.seats_url}?list=1")
    expect(page.locator("[data-loss]")).to_contain_text(LOST)
    page.screenshot(path=screenshots / "lost-list-390.png")
    page.get_by_role("button", name="Take it").click()

    assert Booking.objects.get(channel=None, offered_to=None).seat_labels == ["B3", "B4"]
