"""What people do on the pages, step by step, and what they see there."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from showsewa.models import User
from tests import cast

PHONE_NUMBER = "984-1234567"


def sign_in(page: Page, user: User, *, to: str) -> None:
    page.goto(f"/login/?next={to}")
    page.locator("[name=username]").fill(user.email)
    page.locator("[name=password]").fill(cast.PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"**{to}")


def seat(page: Page, label: str) -> Locator:
    return page.locator(f'#map [data-l="{label}"]')


def choose(page: Page, *labels: str) -> None:
    expect(page.locator("html[data-ready]")).to_be_attached()
    for label in labels:
        seat(page, label).click()
        expect_seat(page, label, "chosen")


def hold(page: Page) -> None:
    page.locator("#go").click()
    page.wait_for_url("**/details/")


def expect_seat(page: Page, label: str, status: str) -> None:
    expect(seat(page, label)).to_have_class(re.compile(rf"\b{status}\b"))


def give_details(page: Page, *, promo: str = "") -> None:
    page.get_by_label("Phone").fill(PHONE_NUMBER)
    if promo:
        page.locator("#id_promo_code").fill(promo)
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text(f"{promo}:")).to_be_visible()


def pay_at_the_bank(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Pay NPR")).click()
    page.wait_for_url("**/fake-checkout/**")
    page.get_by_role("button", name="Pay now").click()


def note_changes(page: Page) -> None:
    """From now on the page writes down when each seat got which look: window.seen[label][look] = ms since 1970."""
    expect(page.locator("html[data-ready]")).to_be_attached()
    expect(page.locator("#live")).to_have_attribute("data-mode", "live")
    page.evaluate(
        """() => {
            window.seen = {};
            new MutationObserver((changes) => {
                for (const { target } of changes) {
                    if (!target.dataset.l) continue;
                    const look = target.getAttribute("class").split(" ")[0];
                    (window.seen[target.dataset.l] ??= {})[look] ??= Date.now();
                }
            }).observe(document.getElementById("map"), { subtree: true, attributeFilter: ["class"] });
        }"""
    )


def seen_at(page: Page, label: str, look: str) -> float:
    """When the page showed it, in seconds since 1970."""
    return until(lambda: page.evaluate("([label, look]) => window.seen[label]?.[look]", [label, look])) / 1000


def until(look: Callable[[], Any], *, within: float = 10) -> Any:
    """The first true answer. The pages' CSP forbids Playwright's own wait_for_function."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)
    return found


def late(seconds: float, route: Route) -> None:
    """An answer that takes its time."""
    time.sleep(seconds)
    route.continue_()
