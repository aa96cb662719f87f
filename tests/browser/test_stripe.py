"""Paying by card in Chromium, through localstripe's stand-in for Stripe's script: buy, ticket, refund."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Booking
from payments import audit
from payments.gateways.stripe import REFUND_MARK
from payments.models import Payment, Refund, WebhookEvent
from payments.services import refunding
from showsewa import promises
from tests import stripe_stand_in as stand_in
from tests.browser import steps
from tests.browser.conftest import DESK, PHONE, Open, Site
from tests.stripe_stand_in import ASKS_ITS_HOLDER, StandIn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]


@pytest.fixture
def bank(site: Site, settings: Any, tmp_path: Path) -> Iterator[StandIn]:
    """Stripe is the only way to pay, and tells the site by webhooks."""
    with stand_in.running(tmp_path) as made:
        for name, value in stand_in.settings_for(made).items():
            setattr(settings, name, value)
        made.send_webhooks_to(f"{site.url}/api/v1/payments/webhook/stripe")
        yield made


def to_the_card(page: Page, site: Site, *seats: str) -> None:
    page.goto(site.seats_url)
    steps.choose(page, *seats)
    steps.hold(page)
    steps.give_details(page)
    page.get_by_role("button", name=re.compile("^Pay NPR")).click()
    page.wait_for_url("**/card/**")


def give_card(page: Page, bank: StandIn, *, number: str, agree: bool = True) -> None:
    """Type a card into the element and answer its bank's question.

    The stand-in's script forgets the card it was given, so the test brings it to the intent just before the answer.
    """
    for field, value in {"number": number, "exp_month": "12", "exp_year": "40", "cvc": "123"}.items():
        page.get_by_placeholder(field, exact=True).fill(value)
    typed = page.get_by_placeholder("number", exact=True).input_value()
    page.route("**/_authenticate?**", lambda route: (bank.give_card(_intent(page), typed), route.continue_()))
    page.get_by_role("button", name=re.compile("^Pay NPR")).click()
    page.get_by_role("button", name="Complete authentication" if agree else "Fail authentication").click()


def _intent(page: Page) -> str:
    secret = page.locator("[data-card]").get_attribute("data-secret") or ""
    return secret.partition("_secret_")[0]


def test_a_phone_pays_by_card_has_its_tickets_and_its_money_back(
    site: Site, windows: Open, bank: StandIn, screenshots: Path
) -> None:
    asha = windows(viewport=PHONE, has_touch=True, is_mobile=True)
    to_the_card(asha, site, "B2", "B3")
    asha.screenshot(path=screenshots / "stripe-card-phone.png", full_page=True)
    asha.emulate_media(color_scheme="dark")
    asha.screenshot(path=screenshots / "stripe-card-phone-dark.png", full_page=True)
    asha.emulate_media(color_scheme="light")

    give_card(asha, bank, number=ASKS_ITS_HOLDER)
    expect(asha.get_by_role("heading", name="Enjoy the show")).to_be_visible()
    asha.screenshot(path=screenshots / "stripe-ticket-phone.png", full_page=True)
    steps.until(lambda: WebhookEvent.objects.filter(processed_at__isnull=False).exists())
    booking, payment = Booking.objects.get(), Payment.objects.get()
    assert (booking.status, payment.status, payment.gateway) == ("CONFIRMED", "SUCCESS", "stripe")
    assert WebhookEvent.objects.get().outcome == "SUCCESS"

    Booking.objects.update(refund_policy={"tiers": [[0, 100]], "cancelUntilHours": 0})
    asha.goto(f"/bookings/{booking.pk}/cancel/")
    asha.get_by_role("main").get_by_role("button").last.click()
    expect(asha.get_by_role("main")).to_contain_text("NPR 900")
    promises.keep(Refund, refunding.send_refund, now=timezone.now())
    asha.reload()
    asha.screenshot(path=screenshots / "stripe-refund-phone.png", full_page=True)

    given = [(refund["metadata"][REFUND_MARK], refund["amount"]) for refund in bank.refunds(payment.session)]
    assert given == [(str(Refund.objects.get().pk), 90_000)]
    assert audit.violations() == []


def test_a_card_its_holder_did_not_confirm_is_followed_by_another_try(
    site: Site, windows: Open, bank: StandIn, screenshots: Path
) -> None:
    asha = windows(viewport=DESK)
    to_the_card(asha, site, "A1")
    asha.screenshot(path=screenshots / "stripe-card-desk.png", full_page=True)

    give_card(asha, bank, number=ASKS_ITS_HOLDER, agree=False)
    expect(asha.get_by_role("heading", name="The payment was declined")).to_be_visible()
    asha.screenshot(path=screenshots / "stripe-declined-desk.png", full_page=True)
    asha.get_by_role("button", name=re.compile("Try again: pay NPR")).click()
    asha.wait_for_url("**/card/**")
    give_card(asha, bank, number=ASKS_ITS_HOLDER)

    expect(asha.get_by_role("heading", name="Enjoy the show")).to_be_visible()
    assert [payment.status for payment in Payment.objects.order_by("pk")] == ["FAILED", "SUCCESS"]
    assert audit.violations() == []


def test_a_card_that_is_refused_says_so_in_place(site: Site, windows: Open, bank: StandIn, screenshots: Path) -> None:
    asha = windows(viewport=PHONE, allow="402")
    to_the_card(asha, site, "A1")

    give_card(asha, bank, number=stand_in.REFUSED_AFTER_ALL)

    expect(asha.get_by_role("alert")).to_contain_text("did not work")
    expect(asha.get_by_role("button", name=re.compile("^Pay NPR"))).to_be_enabled()
    asha.screenshot(path=screenshots / "stripe-refused-phone.png", full_page=True)
    assert Booking.objects.get().status == "PENDING"


def test_a_script_that_does_not_load_is_told_to_the_buyer(
    site: Site, windows: Open, bank: StandIn, screenshots: Path
) -> None:
    asha = windows(viewport=PHONE, allow="ERR_FAILED")
    asha.route("**/js.stripe.com/**", lambda route: route.abort())
    to_the_card(asha, site, "A1")

    expect(asha.get_by_role("alert")).to_contain_text("did not load")
    asha.screenshot(path=screenshots / "stripe-not-loaded-phone.png", full_page=True)
