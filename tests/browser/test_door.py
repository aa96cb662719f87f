"""The page of the door, as a handheld scanner and a thumb use it."""

import pytest
from playwright.sync_api import expect

from bookings import qr
from bookings.models import CheckIn, Ticket
from tests import cast, purchase
from tests.browser import steps
from tests.browser.conftest import PHONE, Open, Site
from tests.conftest import Api

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_scanner_a_seat_typed_by_hand_and_a_mistake_taken_back(site: Site, windows: Open) -> None:
    purchase.buy(Api(), site.stage, "A1", "A2")
    code = qr.sign(Ticket.objects.select_related("booking").get(label="A1"))
    clerk = cast.make_user("chandra@example.com", role="counter", cinemas=(site.stage.cinema,), first_name="Chandra")
    page = windows(viewport=PHONE, allow="409|422")
    steps.sign_in(page, clerk, to="/door/")
    expect(page.locator("#count")).to_have_text("0 of 2 in")
    result, last = page.locator("#result"), page.locator("#last li")

    page.keyboard.type(f"{code}\n")
    expect(result).to_have_attribute("data-kind", "good")
    expect(page.locator("#polite")).to_have_text("Come in. A1")
    page.keyboard.type(f"{code}\n")
    expect(result).to_have_attribute("data-kind", "used")
    expect(page.locator("#loud")).to_contain_text("by chandra@example.com")
    page.keyboard.type(f"{code[:-9]}AAAAAAAAA\n")
    expect(page.locator("#outcome")).to_have_text("Not our ticket")
    page.keyboard.type("asha")
    expect(page.locator("#found li")).to_have_count(2)
    page.locator("#code").fill("")
    page.keyboard.type("a2\n")
    expect(page.locator("#count")).to_have_text("2 of 2 in")

    last.first.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take back").click()

    expect(page.locator("#count")).to_have_text("1 of 2 in")
    expect(page.locator("#code")).to_be_focused()
    undone = CheckIn.objects.get(undone_at__isnull=False)
    assert (undone.ticket.label, undone.reason) == ("A2", "Scanned by mistake")
    page.reload()
    expect(last).to_have_count(1)


def test_a_lost_answer_is_asked_for_again_and_lets_in_once(site: Site, windows: Open) -> None:
    purchase.buy(Api(), site.stage, "A1")
    clerk = cast.make_user("chandra@example.com", role="counter", cinemas=(site.stage.cinema,))
    page = windows(allow="ERR_FAILED")
    steps.sign_in(page, clerk, to="/door/")
    expect(page.locator("#count")).to_have_text("0 of 1 in")

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/tickets/check-in", lose, times=1)
    page.keyboard.type("A1\n")
    expect(page.locator("#outcome")).to_have_text("No answer")
    page.get_by_role("button", name="Ask again").click()

    expect(page.locator("#outcome")).to_have_text("Come in")
    assert CheckIn.objects.count() == 1
