"""The live map when something between the seats and the screen breaks, and when staff change seats."""

import pytest
from playwright.sync_api import expect

from seatsync.models import SeatEvent
from showsewa import hints
from tests import cast
from tests.browser import steps
from tests.browser.conftest import Open, Site
from tests.conftest import Api

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIRE_DOWN = "WebSocket connection to"


def hold(site: Site, *seats: str) -> None:
    body = {"showtimeId": site.stage.path, "seatIds": list(seats), "sessionToken": cast.BIKASH_TOKEN}
    assert Api().post("/bookings/hold", body).status_code == 201


def test_with_the_push_broken_the_page_says_so_goes_on_by_asking_and_comes_back(site: Site, windows: Open) -> None:
    page = windows(allow=WIRE_DOWN)
    page.clock.install()
    page.goto(site.seats_url)
    sign = page.locator("#live")
    expect(sign).to_have_text("Live")

    site.stop_sockets()
    steps.until(lambda: page.clock.run_for(1000) or sign.get_attribute("data-mode") == "slow")
    expect(sign).to_have_text("Refreshing every 10 seconds")
    hold(site, "A1", "A2")
    page.clock.run_for(10_000)
    steps.expect_seat(page, "A1", "held")

    site.start_sockets()
    steps.until(lambda: page.clock.run_for(2000) or sign.get_attribute("data-mode") == "live")
    expect(sign).to_have_text("Live")
    hold(site, "B1")
    steps.expect_seat(page, "B1", "held")
    steps.expect_seat(page, "A1", "free")  # the same owner's new hold gave these back


def test_a_change_whose_message_was_lost_is_noticed(site: Site, windows: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = windows(site.seats_url)
    steps.note_changes(page)
    with monkeypatch.context() as broken:
        broken.setattr(hints, "attempt", lambda call, *, otherwise: otherwise)
        hold(site, "C4")

    assert steps.seen_at(page, "C4", "held")


def test_seats_that_staff_block_on_their_map_go_on_the_buyers(site: Site, windows: Open) -> None:
    devi = cast.make_user("devi@example.com", role="manager", cinemas=(site.stage.cinema,), first_name="Devi")
    buyer = windows(site.seats_url)
    steps.note_changes(buyer)
    desk = windows()
    desk.goto("/admin/")
    desk.locator("[name=username]").fill(devi.email)
    desk.locator("[name=password]").fill(cast.PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    desk.wait_for_url("**/admin/")

    desk.goto(f"/admin/venues/showtime/{site.stage.path}/seats/")
    desk.locator('#hall [data-l="A4"]').click()
    desk.locator('#hall [data-l="A5"]').click()
    desk.get_by_label("Reason").fill("wet floor")
    desk.get_by_role("button", name="Block", exact=True).click()

    blocked_after = steps.seen_at(buyer, "A5", "blocked") - SeatEvent.objects.get().created_at.timestamp()
    steps.expect_seat(buyer, "A4", "blocked")
    assert blocked_after < 1
    expect(desk.locator('#hall [data-l="A5"]')).to_have_attribute("data-state", "X")
    assert SeatEvent.objects.get().reason == "wet floor"
