"""The counter by keyboard alone, and two clerks at the same show."""

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from payments import audit
from payments.models import Payment
from showsewa.models import User
from tests import cast
from tests.browser import steps
from tests.browser.conftest import PHONE, Open, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STUB = "window.printed = []; window.print = () => window.printed.push(document.getElementById('print').innerText)"


@pytest.fixture
def clerk(site: Site) -> User:
    return cast.make_user("chandra@example.com", role="counter", cinemas=(site.stage.cinema,), first_name="Chandra")


@pytest.fixture
def counter(windows: Open, clerk: User) -> Page:
    return open_counter(windows, clerk)


def open_counter(windows: Open, clerk: User, **options: object) -> Page:
    page = windows(**options)
    page.add_init_script(STUB)  # a printer's dialog would stop the page
    steps.sign_in(page, clerk, to="/counter/")
    expect(page.locator("#shows button")).to_be_visible()
    return page


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def printed(page: Page) -> list[str]:
    return steps.until(lambda: page.evaluate("window.printed"))


def test_two_seats_in_cash_are_five_keys(counter: Page) -> None:
    press(counter, "1 2 Enter C Enter")

    receipt = printed(counter)[0]
    booking = Booking.objects.get()
    assert (booking.status, booking.source, len(booking.seat_labels)) == ("CONFIRMED", "WALK_IN", 2)
    assert all(label in receipt for label in [*booking.seat_labels, booking.reference])
    expect(counter.locator("#title")).to_have_text("No show chosen")
    assert audit.violations() == []


def test_keys_pressed_faster_than_the_server_answers_wait_their_turn(site: Site, counter: Page) -> None:
    counter.route("**/counter/shows/*", lambda route: steps.late(0.4, route))
    counter.route("**/counter/sell", lambda route: steps.late(0.4, route))

    press(counter, "1 3 Enter K Enter 1 1 Enter C Enter")

    steps.until(lambda: len(printed(counter)) == 2)
    assert sorted(len(booking.seat_labels) for booking in Booking.objects.all()) == [1, 3]
    assert set(Payment.objects.values_list("gateway", flat=True)) == {"cash", "terminal"}


def test_arrows_move_plus_adds_and_the_change_is_told(counter: Page) -> None:
    press(counter, "1 2")
    expect(counter.locator("#seats")).to_have_text("B1, B2")  # B2 and B3 would leave B1 alone

    press(counter, "ArrowUp ArrowRight")
    expect(counter.locator("#seats")).to_have_text("A2, A3")
    press(counter, "+")
    expect(counter.locator("#total")).to_have_text("NPR 1,350")
    press(counter, "Enter 1 0 0 0")
    expect(counter.locator("#change")).to_have_text("Still missing 350")
    press(counter, "Enter")
    expect(counter.locator("#message")).to_have_text("That is less than the total.")
    press(counter, "Backspace Backspace Backspace 5 0 0 Enter")

    expect(counter.locator("#message")).to_contain_text("Sold: BK")
    expect(counter.locator("#change")).to_have_text("Change 150")


def test_a_show_is_found_by_its_name_and_escape_starts_over(counter: Page) -> None:
    press(counter, "/")
    counter.keyboard.type("bhat")
    press(counter, "Enter")
    expect(counter.locator("#title")).to_have_text("Dal Bhat Power")

    press(counter, "2 Enter Escape")

    expect(counter.locator("#title")).to_have_text("No show chosen")
    expect(counter.locator("#filter")).to_have_value("")
    assert Booking.objects.count() == 0


def test_a_second_clerk_sees_the_seats_go_and_is_told(windows: Open, counter: Page, clerk: User) -> None:
    other = open_counter(windows, clerk)
    press(counter, "1 2")
    press(other, "1 2")
    expect(other.locator("#seats")).to_have_text("B1, B2")
    expect(counter.locator("#seats")).to_have_text("B1, B2")

    press(counter, "Enter C")

    expect(other.locator("#message")).to_have_text("Just taken by somebody else: B1, B2. Please choose again.")
    press(other, "2 Enter C")
    expect(other.locator("#message")).to_contain_text("Sold: BK")
    assert Booking.objects.count() == 2


def test_a_plain_no_names_the_seats_and_keeps_the_others(windows: Open, clerk: User) -> None:
    page = open_counter(windows, clerk, allow="409|WebSocket")
    page.route_web_socket("**/ws/showtimes", lambda wire: wire.close())  # it hears of nothing
    page.reload()
    expect(page.locator("#shows button")).to_be_visible()
    press(page, "1 3")
    expect(page.locator("#seats")).to_have_text("B1, B2, B3")
    other = open_counter(windows, clerk)
    press(other, "1 1")
    expect(other.locator("#seats")).to_have_text("B3")
    press(other, "Enter C")
    expect(other.locator("#message")).to_contain_text("Sold")

    press(page, "Enter C")

    expect(page.locator("#message")).to_have_text("Just taken by somebody else: B3. Please choose again.")
    expect(page.locator("#seats")).to_have_text("B1, B2")


def test_a_lost_answer_is_asked_for_again_and_sells_once(windows: Open, clerk: User) -> None:
    page = open_counter(windows, clerk, allow="ERR_")
    page.route("**/counter/sell", lambda route: (route.fetch(), route.abort()), times=1)
    press(page, "1 2 Enter C")
    expect(page.locator("#message")).to_have_text("No answer came. The seats may be sold already.")
    assert Booking.objects.count() == 1

    press(page, "Enter")

    expect(page.locator("#message")).to_contain_text("Sold: BK")
    assert Booking.objects.count() == 1


def test_a_finger_sells_on_a_phone(windows: Open, clerk: User) -> None:
    page = open_counter(windows, clerk, viewport=PHONE, has_touch=True)
    page.locator("#shows button").tap()
    page.get_by_role("button", name="One seat more").tap()
    page.get_by_role("button", name="One seat more").tap()
    expect(page.locator("#total")).to_have_text("NPR 900")

    page.get_by_role("button", name="Card").tap()
    page.get_by_role("button", name="Print").tap()

    assert Booking.objects.get().reference in printed(page)[0]
