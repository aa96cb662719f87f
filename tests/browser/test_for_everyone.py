"""Who has no mouse, no eyes for a map or no patience reaches the same ticket: by few taps, by keys, by roles and names.

The last goes by the tree that Chromium gives to screen readers.
"""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bookings.models import Booking
from tests import cast
from tests.browser import steps
from tests.browser.conftest import PHONE, Open, Site
from tests.conftest import Api

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FEW = 5


def test_from_the_home_page_to_payment_in_five_taps(site: Site, windows: Open) -> None:
    page = windows("/", viewport=PHONE, has_touch=True, is_mobile=True)
    taps, began = 0, time.monotonic()

    def tap(what: Locator) -> None:
        nonlocal taps
        what.tap()
        taps += 1

    tap(page.locator("a.time").first)
    steps.expect_seat(page, "B1", "proposed")
    tap(page.get_by_role("button", name="Hold these 2 seats"))
    tap(page.get_by_label("Phone"))
    page.keyboard.type(steps.PHONE_NUMBER)
    tap(page.get_by_role("button", name=re.compile("^Pay NPR")))
    page.wait_for_url("**/fake-checkout/**")

    print(f"{taps} taps, {time.monotonic() - began:.1f} s of which none is a person's")  # shown by pytest -rP
    assert taps <= FEW


class Keys:
    """A person with a keyboard. What has the focus must be seen to have it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, wanted: str, *, most: int = 60) -> None:
        """Tab until something is focused that is called so."""
        for _step in range(most):
            self.page.keyboard.press("Tab")
            focus = self.focus()
            if re.search(wanted, focus["name"]):
                assert focus["is_seen"], f"nobody sees that {focus['name']} has the focus"
                return
        raise AssertionError(f"no {wanted} within {most} steps")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> dict[str, Any]:
        return self.page.evaluate(
            """() => {
                const at = document.activeElement;
                const label = at.getAttribute("aria-label") ?? at.labels?.[0]?.innerText ?? at.innerText ?? "";
                const shape = at.querySelector("use");
                const line = parseFloat(getComputedStyle(at).outlineWidth) || (shape && getComputedStyle(shape).stroke);
                const { top, bottom, left, right } = at.getBoundingClientRect();
                const isInside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
                return { name: label.trim(), is_seen: Boolean(line) && isInside };
            }"""
        )


def test_by_keyboard_alone_from_the_home_page_to_the_ticket(site: Site, windows: Open) -> None:
    page = windows("/")
    keys = Keys(page)
    keys.to("Skip to content", most=1)
    keys.press("Enter")
    keys.to("from NPR 450")
    keys.press("Enter")
    page.wait_for_url("**/showtimes/**")
    steps.expect_seat(page, "B1", "proposed")

    keys.to("^Row B, seat 1")
    keys.press("C", "3", "Space", "ArrowRight", "Space")
    steps.expect_seat(page, "C3", "chosen")
    steps.expect_seat(page, "C4", "chosen")
    keys.to("Hold these 2 seats")
    keys.press("Enter")
    page.wait_for_url("**/details/")
    keys.to("^Phone")
    page.keyboard.type(steps.PHONE_NUMBER)
    keys.to("^Pay NPR")
    keys.press("Enter")
    page.wait_for_url("**/fake-checkout/**")
    keys.to("^Pay now")
    keys.press("Enter")

    expect(page.get_by_role("heading", name="Enjoy the show")).to_be_visible()
    assert Booking.objects.get().seat_labels == ["C3", "C4"]


def test_the_map_is_one_stop_and_keys_walk_it(site: Site, windows: Open) -> None:
    page = windows(site.seats_url)
    expect(page.locator("html[data-ready]")).to_be_attached()
    steps.seat(page, "B1").focus()

    for key, label in [
        ("ArrowRight", "B2"), ("ArrowUp", "A2"), ("ArrowUp", "A2"), ("End", "A5"), ("ArrowRight", "A5"),
        ("Home", "A1"), ("ArrowDown", "B1"), ("Control+End", "C5"), ("Control+Home", "A1"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expect(steps.seat(page, label)).to_be_focused()
    page.keyboard.type("b4")
    expect(steps.seat(page, "B4")).to_be_focused()
    assert page.locator('#map [tabindex="0"]').count() == 1


def test_who_stands_on_a_seat_hears_that_it_is_taken(site: Site, windows: Open) -> None:
    page = windows(site.seats_url)
    expect(page.locator("#live")).to_have_attribute("data-mode", "live")
    steps.seat(page, "A4").focus()

    sell(site, "A4")

    expect(page.locator("#announce")).to_contain_text("A4 is sold")
    expect(steps.seat(page, "A4")).to_be_focused()


def sell(site: Site, seat: str) -> None:
    sold = {"seatNumber": seat, "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": f"POS-{seat}"}
    till = Api(cast.till(site.stage))
    assert (
        till.post("/seat-sync/bulk-update", {"showtimeId": site.stage.path, "seatUpdates": [sold]}).status_code == 200
    )


class Reader:
    """A screen reader: it knows of a page what Chromium's accessibility tree says, and acts by focus and keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("Accessibility.enable")
        self.wire.send("DOM.enable")

    def tree(self) -> list[dict[str, Any]]:
        return [node for node in self.wire.send("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]

    def find(self, role: str, name: str) -> dict[str, Any]:
        """The first of this role whose name matches."""
        return steps.until(lambda: next((node for node in self.tree() if _is(node, role, name)), None))

    def go(self, role: str, name: str) -> None:
        self.wire.send("DOM.getDocument")
        self.wire.send("DOM.focus", {"backendNodeId": self.find(role, name)["backendDOMNodeId"]})

    def press(self, role: str, name: str, key: str = "Enter") -> None:
        self.go(role, name)
        self.page.keyboard.press(key)

    def read(self, role: str) -> list[str]:
        return [node["name"]["value"] for node in self.tree() if node["role"]["value"] == role]


def _is(node: dict[str, Any], role: str, name: str) -> bool:
    return node["role"]["value"] == role and bool(re.search(name, node.get("name", {}).get("value", "")))


def facts(node: dict[str, Any]) -> dict[str, Any]:
    return {fact["name"]: fact["value"].get("value") for fact in node["properties"]}


def test_a_screen_reader_buys_by_roles_and_names_alone(site: Site, windows: Open) -> None:
    sell(site, "A1")
    page = windows("/")
    reader = Reader(page)
    assert reader.find("heading", "Dal Bhat Power")
    reader.press("link", "from NPR 450")
    page.wait_for_url("**/showtimes/**")
    expect(page.locator("html[data-ready]")).to_be_attached()

    grid = reader.find("grid", "Seat map")
    assert "Screen: in front of row A." in grid["description"]["value"]
    assert reader.read("rowheader") == ["Row A", "Row B", "Row C"]
    sold = reader.find("gridcell", "^Row A, seat 1, Standard, NPR 450, aisle, sold$")
    assert (facts(sold)["disabled"], facts(sold)["focusable"]) == (True, True)
    reader.press("gridcell", "^Row C, seat 2, .*, available$", "Space")
    assert facts(reader.find("gridcell", "^Row C, seat 2, .*, chosen$"))["selected"] is True
    expect(page.locator("#announce")).to_contain_text("C2 chosen. 1 in all, NPR 450.")
    reader.press("button", "^Hold this seat$")
    page.wait_for_url("**/details/")

    reader.go("textbox", "^Phone")
    page.keyboard.type(steps.PHONE_NUMBER)
    reader.press("button", "^Pay NPR 450")
    page.wait_for_url("**/fake-checkout/**")
    reader.press("button", "^Pay now")
    expect(page.get_by_role("heading", name="Enjoy the show")).to_be_visible()
    assert reader.find("image", "^Code for seat C2$")
    assert Booking.objects.get(channel=None).seat_labels == ["C2"]
