"""The search box as a combobox: keys alone lead to a page, and a reader's software hears what there is."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_keys_alone_lead_from_the_first_letters_to_the_movie(site: Site, windows: Open) -> None:
    page = windows("/", viewport=PHONE)
    box = page.get_by_role("combobox", name="Search for a movie")

    box.press_sequentially("dal", delay=20)

    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="Suggestions: 1.")).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "suggestion-0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dal Bhat Power")


def test_enter_without_choosing_searches(site: Site, windows: Open) -> None:
    page = windows("/")
    box = page.get_by_role("combobox", name="Search for a movie")

    box.fill("bhat")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("Enter")

    expect(page).to_have_url(re.compile(r"/search/\?q=bhat"))
    expect(page.get_by_role("heading", name="Dal Bhat Power")).to_be_visible()
