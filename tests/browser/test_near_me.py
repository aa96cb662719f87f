"""The home page and the browser's geolocation: asked for by a tap, refused without harm."""

import pytest
from playwright.sync_api import expect

from tests import cast
from tests.browser.conftest import Open, Site
from venues.models import Cinema

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAKESIDE = {"latitude": 28.2096, "longitude": 83.9574}


@pytest.fixture
def pokhara(site: Site) -> Site:
    """A second city, beside the stage's Kathmandu."""
    other = cast.make_stage(name="Phewa Screens")
    Cinema.objects.filter(pk=other.cinema.pk).update(city="Pokhara", latitude="28.2", longitude="83.96")
    return site


def test_near_me_leads_to_the_nearest_city(pokhara: Site, windows: Open) -> None:
    page = windows(geolocation=LAKESIDE, permissions=["geolocation"])
    page.goto("/")

    page.get_by_role("button", name="Near me").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("in Pokhara")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in Pokhara")


def test_who_will_not_say_where_they_are_chooses_a_city(pokhara: Site, windows: Open) -> None:
    page = windows(permissions=[])
    page.goto("/")

    page.get_by_role("button", name="Near me").click()

    expect(page.get_by_role("status").filter(has_text="Choose your city")).to_be_visible()
    page.get_by_role("link", name="Pokhara").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("in Pokhara")
