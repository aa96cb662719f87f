"""Best seats on the seat page: proposed, taken by one tap, proposed anew, and a refused choice mended by one tap."""

import re

import pytest
from playwright.sync_api import expect

from bookings.models import Booking
from bookings.services import holds
from showsewa.authentication import from_session_token
from tests import cast
from tests.browser import steps
from tests.browser.conftest import PHONE, Open, Site
from venues.models import Cinema

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_proposed_seats_are_held_by_one_tap(site: Site, windows: Open) -> None:
    asha = windows(site.seats_url, viewport=PHONE, has_touch=True)
    steps.expect_seat(asha, "B1", "proposed")
    expect(asha.locator("#why")).to_contain_text("side by side")
    expect(asha.locator("#announce")).to_contain_text("Suggested for 2: B1 and B2, NPR 900.")

    asha.get_by_role("button", name="Hold these 2 seats").tap()

    asha.wait_for_url("**/details/")
    assert Booking.objects.get().seat_labels == ["B1", "B2"]


def test_a_bigger_party_is_proposed_other_seats_and_remembered(site: Site, windows: Open) -> None:
    asha = windows(site.seats_url)
    steps.expect_seat(asha, "B2", "proposed")

    asha.get_by_role("button", name="One more").click()
    steps.expect_seat(asha, "B3", "proposed")

    asha.reload()
    steps.expect_seat(asha, "B3", "proposed")
    expect(asha.get_by_label("How many of you?")).to_have_value("3")


def test_when_somebody_takes_a_proposed_seat_others_are_proposed(site: Site, windows: Open) -> None:
    asha = windows(site.seats_url)
    steps.expect_seat(asha, "B1", "proposed")
    expect(asha.locator("#live")).to_have_attribute("data-mode", "live")

    holds.hold_seats(showtime_id=site.stage.showtime.pk, seats=["B1", "B2", "B3"], actor=cast.BIKASH)

    steps.expect_seat(asha, "B4", "proposed")
    expect(asha.locator("#announce")).to_contain_text("Suggested for 2: B4 and B5")


def test_a_party_for_whom_there_is_nothing_is_shown_the_waiting_list(site: Site, windows: Open) -> None:
    others = [seat for seat in site.stage.states() if seat != "A1"]
    for n in range(0, len(others), 7):
        someone = from_session_token(f"party-{n}")
        holds.hold_seats(showtime_id=site.stage.showtime.pk, seats=others[n : n + 7], actor=someone)

    asha = windows(site.seats_url)

    expect(asha.locator("#alerts")).to_contain_text("There are no 2 such seats left.")
    asha.get_by_role("link", name="Tell me when seats come free").click()
    asha.wait_for_url("**/waiting-list/")


def test_an_own_choice_takes_the_place_of_the_proposal(site: Site, windows: Open) -> None:
    asha = windows(site.seats_url)
    steps.choose(asha, "C1", "C2")

    steps.expect_seat(asha, "B1", "free")
    expect(asha.locator("#why")).to_be_hidden()
    steps.hold(asha)
    assert Booking.objects.get().seat_labels == ["C1", "C2"]


def test_a_choice_that_leaves_a_lonely_seat_is_mended_by_one_tap(site: Site, windows: Open) -> None:
    Cinema.objects.update(lonely_seats="STRICT")
    asha = windows(site.seats_url, allow="422")
    steps.choose(asha, "A2", "A3")
    asha.locator("#go").click()

    alert = asha.locator("#alerts .alert", has_text="A1")
    expect(alert).to_contain_text("nobody is left alone")
    alert.get_by_role("button", name=re.compile("^Take A1 and A2")).click()

    asha.wait_for_url("**/details/")
    assert Booking.objects.get().seat_labels == ["A1", "A2"]


def test_by_keyboard_alone_the_best_seats_are_two_keys_away(site: Site, windows: Open) -> None:
    asha = windows(site.seats_url)
    steps.expect_seat(asha, "B1", "proposed")
    asha.get_by_label("How many of you?").focus()

    asha.keyboard.press("Enter")

    asha.wait_for_url("**/details/")
    assert Booking.objects.get().seat_labels == ["B1", "B2"]
