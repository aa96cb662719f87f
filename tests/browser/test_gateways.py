"""Buying by eSewa and Khalti in a real Chromium, by way of the stand-ins' own pages."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from payments import audit
from payments.models import Payment
from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, Open, Site
from tests.gateways import esewa_company, khalti_company, setting_up

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

COMPANIES = {"esewa": esewa_company.EsewaCompany, "khalti": khalti_company.KhaltiCompany}
NAMES = {"esewa": "eSewa", "khalti": "Khalti"}


@pytest.fixture(params=["esewa", "khalti"])
def company(request: pytest.FixtureRequest, settings: Any) -> Any:
    with COMPANIES[request.param]().open() as found:
        setting_up.offer(settings, request.param, {request.param: found.url, f"{request.param}_status": found.url})
        found.code, found.name = request.param, NAMES[request.param]
        yield found


def to_the_details(page: Page) -> None:
    steps.choose(page, "B2", "B3")
    steps.hold(page)
    page.get_by_label("Phone").fill(steps.PHONE_NUMBER)


def picture(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"gateways-{name}.png", full_page=True)


def test_the_whole_purchase(site: Site, windows: Open, company: Any, screenshots: Path) -> None:
    asha = windows(site.seats_url, viewport=PHONE)
    to_the_details(asha)
    asha.get_by_text(company.name, exact=True).click()
    picture(asha, screenshots, f"{company.code}-details-390")

    asha.get_by_role("button", name=re.compile("^Pay NPR")).click()
    asha.wait_for_url(f"{company.url}/**")
    picture(asha, screenshots, f"{company.code}-there-390")
    asha.get_by_role("button", name="Pay").click()

    expect(asha.get_by_role("heading", name="Enjoy the show")).to_be_visible()
    assert Booking.objects.get().status == "CONFIRMED"
    assert (Payment.objects.get().gateway, Payment.objects.get().status) == (company.code, "SUCCESS")
    assert audit.violations() == []


def test_without_javascript_a_button_leads_on(site: Site, windows: Open, company: Any, screenshots: Path) -> None:
    asha = windows(site.seats_url + "?list=1", java_script_enabled=False)
    asha.get_by_role("checkbox", name=re.compile("Row A, seat 1")).check()
    asha.get_by_role("button", name="Hold these seats").click()
    asha.get_by_label("Phone").fill(steps.PHONE_NUMBER)
    asha.get_by_text(company.name, exact=True).click()
    asha.get_by_role("button", name=re.compile("^Pay NPR")).click()

    asha.wait_for_url("**/payments/go/**")
    for width, look in ((390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")):
        asha.set_viewport_size({"width": width, "height": 900})
        asha.emulate_media(color_scheme=look)  # type: ignore[arg-type]
        picture(asha, screenshots, f"{company.code}-over-{width}-{look}")
    asha.locator("[data-hand-over]").get_by_role("button").or_(asha.locator("a[data-hand-over]")).click()
    asha.get_by_role("button", name="Pay").click()

    expect(asha.get_by_role("heading", name="Enjoy the show")).to_be_visible()


def test_who_leaves_sees_it_said_kindly_and_pays_another_way(
    site: Site, windows: Open, company: Any, screenshots: Path
) -> None:
    asha = windows(site.seats_url, viewport=DESK)
    to_the_details(asha)
    asha.get_by_text(company.name, exact=True).click()
    asha.get_by_role("button", name=re.compile("^Pay NPR")).click()
    asha.wait_for_url(f"{company.url}/**")
    asha.get_by_role("button", name="Cancel").click()

    expect(asha.get_by_role("heading", name="You came back without paying")).to_be_visible()
    for width, look in ((390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")):
        asha.set_viewport_size({"width": width, "height": 900})
        asha.emulate_media(color_scheme=look)  # type: ignore[arg-type]
        picture(asha, screenshots, f"{company.code}-left-{width}-{look}")
    asha.get_by_text("Test Bank", exact=True).click()
    steps.pay_at_the_bank(asha)

    expect(asha.get_by_role("heading", name="Enjoy the show")).to_be_visible()


def test_the_back_button_leads_back_to_us_and_offers_other_ways(
    site: Site, windows: Open, company: Any, screenshots: Path
) -> None:
    asha = windows(site.seats_url, viewport=PHONE)
    to_the_details(asha)
    asha.get_by_text(company.name, exact=True).click()
    asha.get_by_role("button", name=re.compile("^Pay NPR")).click()
    asha.wait_for_url(f"{company.url}/**")

    asha.go_back()
    expect(asha.get_by_role("heading", name="Waiting for your bank")).to_be_visible()
    picture(asha, screenshots, f"{company.code}-waiting-390")
    asha.get_by_role("button", name="Pay in another way").click()

    expect(asha.get_by_role("heading", name="You came back without paying")).to_be_visible()
    expect(asha.get_by_text("Test Bank", exact=True)).to_be_visible()
