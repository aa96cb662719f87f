"""Two friends, two browsers: one shares a hold, the other takes a seat and pays for it, and the first sees it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from payments import audit
from tests import purchase
from tests.browser import axe, steps
from tests.browser.conftest import PHONE, Open, Site
from tests.browser.walk import SIZES, Walk
from tests.conftest import Api

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def share(page: Page, site: Site, *labels: str) -> str:
    """Hold these seats and open them to friends; the link."""
    page.goto(site.seats_url)
    steps.choose(page, *labels)
    steps.hold(page)
    page.get_by_text("Let friends pay for their own seats").click()
    page.locator("#id_host").fill("Asha")
    page.get_by_role("button", name="Get the link").click()
    page.wait_for_url("**/party/**")
    return page.locator("#link").input_value()


def test_a_friend_takes_a_seat_and_pays_and_the_host_sees_it_and_pays_the_rest(site: Site, windows: Open) -> None:
    asha = windows(viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])
    link = share(asha, site, "B2", "B3")
    asha.get_by_role("button", name="Copy the link").click()
    expect(asha.get_by_role("button", name="Copied")).to_be_visible()
    assert asha.evaluate("navigator.clipboard.readText()") == link

    chart = asha.context.new_page()
    chart.goto(site.seats_url)
    steps.expect_seat(chart, "B3", "chosen")
    expect(chart.locator("#live")).to_have_text("Live")

    bikash = windows(link, viewport=PHONE)
    bikash.get_by_label("B2").uncheck()
    bikash.get_by_label("B3").check()
    bikash.get_by_label("Your first name").fill("Bikash")
    bikash.get_by_role("button", name="Take these seats").click()
    bikash.wait_for_url("**/details/")
    row = asha.locator('[data-seat="B3"]')
    expect(row).to_contain_text("Bikash · Taken", use_inner_text=True)
    expect(asha.locator("[data-spoken]")).to_contain_text("B3 Bikash")
    steps.expect_seat(chart, "B3", "held")
    expect(chart.locator("#alerts")).to_contain_text("A friend has taken B3.")
    steps.expect_seat(chart, "B2", "chosen")
    steps.give_details(bikash)
    steps.pay_at_the_bank(bikash)
    expect(bikash.locator(".ticket")).to_have_count(1)
    expect(row).to_contain_text("Bikash · Paid", use_inner_text=True)

    asha.get_by_role("link", name="Pay for the rest").click()
    steps.give_details(asha)
    steps.pay_at_the_bank(asha)
    expect(asha.locator(".ticket")).to_have_count(1)
    bikash.goto(link)
    expect(bikash.locator('[data-seat="B2"]')).to_contain_text("Asha · Paid", use_inner_text=True)
    assert sorted(Booking.objects.values_list("status", "total")) == [("CONFIRMED", 450), ("CONFIRMED", 450)]
    assert audit.violations() == []


def test_what_a_friend_has_ticked_and_typed_stays_when_another_is_quicker(site: Site, windows: Open) -> None:
    link = share(windows(), site, "B1", "B2", "B3")
    bikash = windows(link)
    bikash.get_by_label("B3").check()
    bikash.get_by_label("Your first name").fill("Bik")

    token = link.rstrip("/").rpartition("/")[2]
    body = {"seats": ["B1"], "name": "Chirag", "sessionToken": "chirag"}
    assert Api().post(f"/parties/{token}/claim", body).status_code == 201

    expect(bikash.locator('[data-seat="B1"]')).to_contain_text("Chirag")
    expect(bikash.get_by_label("B3")).to_be_checked()
    expect(bikash.get_by_label("B2")).not_to_be_checked()
    expect(bikash.get_by_label("Your first name")).to_have_value("Bik")


@pytest.mark.long  # test_rare_pages.py looks at both pages each time, this at all they may say
@pytest.mark.parametrize("options", SIZES)
def test_the_pages_among_friends_are_fit_for_everybody(
    site: Site, windows: Open, screenshots: Path, options: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    size = request.node.callspec.id
    held = purchase.hold(Api(), site.stage, "A1", "A2", "A3", "A4")["holdId"]
    party = Api().post(f"/bookings/{held}/party", {"name": "Asha"}, **purchase.AS_ASHA).json()
    paid = Api().post(f"/parties/{party['token']}/claim", {"seats": ["A1"], "name": "Chirag", "sessionToken": "c"})
    purchase.pay(Api(), purchase.confirm(Api(), paid.json()["yours"]["holdId"]))
    friend = Walk(windows(allow="409|410", **options), screenshots, size, axe.GOOD_PRACTICE)
    path = f"/party/{party['token']}/"
    friend.go(path, "party-friend")
    friend.page.locator("#id_name").fill("Bikash")
    friend.page.locator("form .button--wide").click()
    friend.page.wait_for_url("**/details/")
    friend.look("party-friend-details")
    friend.go(path, "party-claimed")
    host = Walk(windows(**options), screenshots, size, axe.GOOD_PRACTICE)
    _share_by_hand(host, site)
    purchase.expire(site.stage)
    friend.go(path, "party-over")

    assert friend.faults + host.faults == []
    assert "party" in friend.seen


def _share_by_hand(walk: Walk, site: Site) -> None:
    page = walk.page
    page.goto(site.seats_url)
    steps.choose(page, "C1", "C2")
    steps.hold(page)
    page.locator(".party-offer summary").click()
    walk.look("details-sharing")
    page.locator(".party-offer .button").click()
    page.wait_for_url("**/party/**")
    walk.look("party-host")
