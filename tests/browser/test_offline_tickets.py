"""Tickets without a network, in a real Chromium: kept, honest about their age, and gone when they should be."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bookings import passes, selectors
from bookings.models import Booking, Ticket
from tests import cast
from tests.browser import steps
from tests.browser.conftest import PHONE, Open, Site
from tests.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NO_NETWORK = "ERR_INTERNET_DISCONNECTED|Failed to load resource"


@pytest.fixture
def sold(site: Site) -> Booking:
    return Visitor().buy(site.stage, "A1", "A2", "A3")


def link(booking: Booking) -> str:
    return f"/bookings/{booking.pk}/?key={selectors.link_key(booking.pk)}"


def seat_link(booking: Booking, label: str) -> str:
    return f"/bookings/seat/{passes.code(Ticket.objects.get(booking=booking, label=label))}/"


def open_and_keep(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("[data-kept]")).to_be_visible()


def kept(page: Page) -> list[str]:
    script = """async () => (await (await caches.open("tickets-1")).keys()).map((one) => new URL(one.url).pathname)"""
    found: list[str] = page.evaluate(script)
    return found


def without_network(page: Page) -> BrowserContext:
    page.context.set_offline(True)
    return page.context


def test_opened_tickets_open_without_a_network_and_say_how_old_they_are(
    site: Site, windows: Open, sold: Booking
) -> None:
    page = windows(viewport=PHONE, allow=NO_NETWORK)
    open_and_keep(page, link(sold))
    without_network(page)

    page.goto(link(sold))

    expect(page.get_by_text(re.compile(r"Offline, as of \d\d:\d\d"))).to_be_visible()
    expect(page.locator("svg.qr")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("getComputedStyle(document.querySelector('.ticket')).display") == "grid"  # it has its styles
    text = page.content()
    assert sold.name not in text and sold.phone not in text
    page.context.set_offline(False)
    page.goto(link(sold))
    expect(page.get_by_text("Offline, as of")).to_have_count(0)


def test_nothing_else_of_the_site_is_kept(site: Site, windows: Open, sold: Booking) -> None:
    page = windows(allow=NO_NETWORK)
    open_and_keep(page, link(sold))
    page.goto(f"/bookings/{sold.pk}/cancel/?key={selectors.link_key(sold.pk)}")
    page.goto("/")

    assert kept(page) == [f"/bookings/{sold.pk}/"]
    without_network(page)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"/bookings/{sold.pk}/cancel/?key={selectors.link_key(sold.pk)}")


def test_it_goes_when_its_link_is_taken_back_or_the_show_is_over(site: Site, windows: Open, sold: Booking) -> None:
    page = windows(allow="404")
    one, two = seat_link(sold, "A1"), seat_link(sold, "A2")
    open_and_keep(page, one)
    open_and_keep(page, two)
    assert set(kept(page)) == {one, two}

    Ticket.objects.filter(booking=sold, label="A1").update(link_number=1)
    page.goto(one)
    page.wait_for_timeout(200)
    assert kept(page) == [two]

    ended = timezone.now() - timedelta(minutes=1)
    type(site.stage.showtime).objects.filter(pk=site.stage.showtime.pk).update(
        starts_at=ended - timedelta(hours=2), ends_at=ended, busy_until=ended
    )
    page.goto(two)
    page.wait_for_timeout(1000)
    assert kept(page) == []


def test_another_persons_tickets_go_and_not_my_device_means_so(site: Site, windows: Open, sold: Booking) -> None:
    page = windows()
    open_and_keep(page, link(sold))
    page.evaluate(
        """async () => {
            const { active } = await navigator.serviceWorker.ready;
            const { keep, until } = document.querySelector("[data-keep]").dataset;
            const { port1, port2 } = new MessageChannel();
            const answered = new Promise((resolve) => { port1.onmessage = resolve; });
            const page = location.origin + "/bookings/seat/other/";
            const copy = location.origin + keep;
            active.postMessage({ type: "keep", page, copy, who: "somebody-else", until }, [port2]);
            await answered;
        }"""
    )
    assert kept(page) == ["/bookings/seat/other/"]  # what the first person had is gone

    open_and_keep(page, link(sold))
    page.get_by_role("button", name="Not my device: remove it").click()
    expect(page.locator("[data-not-kept]")).to_be_visible()
    assert kept(page) == []
    page.reload()
    expect(page.locator("[data-not-kept]")).to_be_visible()
    assert kept(page) == []


def test_signing_out_leaves_nothing_on_the_device(site: Site, windows: Open, sold: Booking) -> None:
    asha = cast.make_user("asha@example.com")
    page = windows(allow=NO_NETWORK)
    steps.sign_in(page, asha, to="/me/")
    open_and_keep(page, link(sold))

    page.goto("/me/account/")
    page.locator("form[action='/logout/'] button").click()
    page.wait_for_url(re.compile(r"/$"))

    assert steps.until(lambda: page.evaluate("caches.keys()") == [])
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_a_used_ticket_shows_itself_on_an_open_page_and_codes_grow_large(
    site: Site, windows: Open, sold: Booking
) -> None:
    page = windows(viewport=PHONE)
    page.goto(link(sold))
    page.locator("#seat-A2 [data-large]").click()
    expect(page.locator("#large figcaption")).to_have_text(["A1", "A2", "A3"])
    page.wait_for_timeout(300)
    assert page.evaluate("Math.round(document.querySelector('[data-codes]').scrollLeft / innerWidth)") == 1
    page.keyboard.press("Escape")

    Ticket.objects.filter(booking=sold, label="A1").update(checked_in_at=timezone.now())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("#seat-A1 .pass-state--used")).to_be_visible()
