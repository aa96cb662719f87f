"""Every page on a phone and on a desk, by day and by night: fits its width, says nothing on the console.

The screenshots are for people to look at: `screenshots` under SHOWSEWA_VAR.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, Open, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES: list[Any] = [
    pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="phone-light"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark", "locale": "ne-NP"}, id="phone-dark-nepali"),
    pytest.param({"viewport": DESK, "color_scheme": "dark"}, id="desk-dark"),
]


@pytest.fixture
def look(screenshots: Path, request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """look(page, name): the page must fit its width; a picture is kept."""
    size = request.node.callspec.id

    def look_at(page: Page, name: str) -> None:
        page.wait_for_load_state("load")
        page.screenshot(path=screenshots / f"{name}-{size}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} scrolls sideways"

    return look_at


@pytest.mark.parametrize("options", SIZES)
def test_the_pages_of_a_purchase(site: Site, windows: Open, look: Any, options: dict[str, Any]) -> None:
    page = windows(**options)
    page.goto("/")
    look(page, "home")
    page.goto(f"/movies/{site.stage.movie.pk}/")
    look(page, "movie")
    page.goto(site.seats_url + "?list=1")
    look(page, "seat-list")
    page.goto(site.seats_url)
    steps.choose(page, "B2", "B3")
    look(page, "seats")
    steps.hold(page)
    look(page, "details")
    page.locator("#id_phone").fill(steps.PHONE_NUMBER)
    page.locator(".checkout .button--primary").click()
    page.wait_for_url("**/fake-checkout/**")
    look(page, "bank")
    page.goto(page.locator("a[href*='/bookings/']").get_attribute("href") or "")
    look(page, "pay")
    page.go_back()
    page.locator("button.main").click()
    expect(page.locator(".ticket")).to_have_count(2)
    look(page, "ticket")
    page.locator("a[href*='/cancel/']").click()
    look(page, "cancel")
    page.locator("form .button--danger").click()
    expect(page.locator(".empty")).to_be_visible()
    look(page, "cancelled")
    page.goto("/me/")
    look(page, "my-bookings")


@pytest.mark.parametrize("options", [SIZES[0], SIZES[2]])
def test_the_other_pages(site: Site, windows: Open, look: Any, options: dict[str, Any]) -> None:
    clerk = cast.make_user("chandra@example.com", role="counter", cinemas=(site.stage.cinema,), first_name="Chandra")
    page = windows(allow="404", **options)
    for path, name in [
        ("/find/", "find"),
        ("/login/", "login"),
        ("/nothing/here/", "not-found"),
        ("/docs", "docs"),
        ("/docs/problems", "problems"),
    ]:
        page.goto(path, wait_until="networkidle" if name == "docs" else "load")
        look(page, name)
    steps.sign_in(page, clerk, to="/counter/")
    page.locator("#shows button").click()
    page.locator("#more").click()
    look(page, "counter")
