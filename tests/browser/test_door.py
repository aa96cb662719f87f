"""The page of the door, as a handheld scanner and a thumb use it."""

import pytest
from playwright.sync_api import Page, Route, expect

from bookings import qr
from bookings.models import CheckIn, Ticket
from tests import cast, purchase
from tests.browser import steps
from tests.browser.conftest import PHONE, Open, Site
from tests.conftest import Api

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def door(site: Site, windows: Open) -> Page:
    """A1, A2 and A3 are sold."""
    purchase.buy(Api(), site.stage, "A1", "A2", "A3")
    clerk = cast.make_user("chandra@example.com", role="counter", cinemas=(site.stage.cinema,))
    page = windows(viewport=PHONE, allow="409|422|ERR_FAILED")
    steps.sign_in(page, clerk, to="/door/")
    expect(page.locator("#count")).to_have_text("0 of 3 in")
    return page


def lose(route: Route) -> None:
    """It is done, and nobody hears of it."""
    route.fetch()
    route.abort()


def test_a_scanner_a_seat_typed_by_hand_a_mistake_taken_back_and_a_lost_answer(door: Page) -> None:
    code = qr.sign(Ticket.objects.select_related("booking").get(label="A1"))
    result, outcome, last = door.locator("#result"), door.locator("#outcome"), door.locator("#last li")

    door.keyboard.type(f"{code}\n")
    expect(result).to_have_attribute("data-kind", "good")
    expect(door.locator("#polite")).to_have_text("Come in. A1")
    door.keyboard.type(f"{code}\n")
    expect(result).to_have_attribute("data-kind", "used")
    expect(door.locator("#loud")).to_contain_text("by chandra@example.com")
    door.keyboard.type(f"{code[:-9]}AAAAAAAAA\n")
    expect(outcome).to_have_text("Not our ticket")
    door.keyboard.type("asha\n")
    expect(door.locator("#found li")).to_have_count(3)
    door.keyboard.type("a2\n")  # takes the place of what was typed before
    expect(door.locator("#count")).to_have_text("2 of 3 in")

    last.first.get_by_role("button", name="Undo").click()
    door.get_by_role("button", name="Take back").click()
    expect(door.locator("#count")).to_have_text("1 of 3 in")
    expect(door.locator("#code")).to_be_focused()
    undone = CheckIn.objects.get(undone_at__isnull=False)
    assert (undone.ticket.label, undone.reason) == ("A2", "Scanned by mistake")

    door.route("**/tickets/check-in", lose, times=1)
    door.keyboard.type("a3\n")
    expect(outcome).to_have_text("No answer")
    door.get_by_role("button", name="Ask again").click()
    expect(outcome).to_have_text("Come in")
    assert CheckIn.objects.filter(ticket__label="A3").count() == 1
    door.reload()
    expect(last).to_have_count(2)
