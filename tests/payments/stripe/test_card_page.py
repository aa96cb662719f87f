"""The page with the card element, and what must never be on it."""

import logging
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from bookings.models import Booking, Notice
from payments.gateways import stripe
from payments.models import Payment, Refund, WebhookEvent
from payments.services import refunding
from tests import cast, purchase
from tests import stripe_stand_in as stand_in
from tests.conftest import Api
from tests.payments.stripe.steps import card_page, send_refunds
from tests.purchase import AS_ASHA
from tests.stripe_stand_in import StandIn


def test_the_card_page_is_stripes_but_for_the_frame(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client
) -> None:
    booking = purchase.book(api, stage, "A1")
    url, _pay = card_page(api, booking)

    page = browser.get(url)

    text = page.content.decode()
    assert page.status_code == 200
    assert f'src="{bank.js_url}"' in text and stand_in.PUBLISHABLE_KEY in text
    assert stand_in.SECRET_KEY not in text and stand_in.WEBHOOK_SECRET not in text
    assert "no-store" in page["Cache-Control"]
    form = text[text.index("data-card") : text.index("</form>", text.index("data-card"))]
    assert "<input" not in form
    for word in ("cardnumber", "cc-number", "cc-csc", "cvc"):
        assert word not in text.lower()
    policy = dict(part.strip().partition(" ")[::2] for part in page["Content-Security-Policy"].split(";"))
    assert [bank.url in policy[name] for name in ("script-src", "frame-src", "connect-src")] == [True] * 3
    assert bank.url not in browser.get("/")["Content-Security-Policy"]


def test_with_the_real_stripe_the_page_may_load_from_its_hosts_alone(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _pay = card_page(api, purchase.book(api, stage, "A1"))
    monkeypatch.setattr(stripe.Stripe, "_client", lambda self, payment: stripe.client(stand_in.SECRET_KEY, bank.url))
    real = {"stripe": "https://api.stripe.com", "stripe_js": "https://js.stripe.com/v3/"}

    with override_settings(GATEWAY_URLS=real):
        policy = browser.get(url)["Content-Security-Policy"]

    assert "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com" in policy
    assert "https://api.stripe.com" in policy and "127.0.0.1:" not in policy.replace(bank.url, "")


def test_the_card_page_asks_stripe_and_goes_where_the_booking_belongs(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client
) -> None:
    booking = purchase.book(api, stage, "A1")
    url, pay = card_page(api, booking)
    bank.pay(purchase.session_of(booking))

    page = browser.get(url)

    assert (page.status_code, page["Location"].partition("?")[0]) == (302, pay)
    assert purchase.row(booking).status == "CONFIRMED"
    assert browser.get(url).status_code == 302


def test_the_card_page_is_nobody_elses(stage: cast.Stage, api: Api, bank: StandIn, browser: Client) -> None:
    url, _pay = card_page(api, purchase.book(api, stage, "A1"))

    assert browser.get(url.partition("?")[0]).status_code == 404
    assert browser.post(url).status_code == 405


@pytest.mark.parametrize("case", ["declined", "silent", "late"])
def test_the_card_page_gives_way_where_no_card_is_awaited(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client, case: str
) -> None:
    booking = purchase.book(api, stage, "A1")
    url, pay = card_page(api, booking)
    if case == "declined":
        bank.pay(purchase.session_of(booking), stand_in.DECLINED)
    if case == "late":
        Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    silent = stand_in.settings_for(None) if case == "silent" else {}

    with override_settings(**silent):
        page = browser.get(url)

    assert (page.status_code, page["Location"].partition("?")[0]) == (302, pay)
    assert purchase.row(booking).status == "PENDING"


def test_no_card_data_stays_anywhere(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """S13, S15: pages, logs, error pages and every row of payments, after a declined and a good card."""
    with caplog.at_level(logging.INFO):
        booking = purchase.book(api, stage, "A1")
        url, _pay = card_page(api, booking)
        seen = [browser.get(url).content]
        bank.pay(purchase.session_of(booking), stand_in.DECLINED)
        seen += [browser.get(url, follow=True).content]
        second, _pay = card_page(api, booking)
        bank.pay(purchase.session_of(booking))
        seen += [browser.get(second, follow=True).content]
        refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
        with override_settings(**stand_in.settings_for(None)):
            send_refunds()
        seen += [api.get(f"/payments/status/{booking['bookingId']}", **AS_ASHA).content]
    rows = [str(list(model.objects.values())) for model in (Payment, Refund, WebhookEvent, Booking, Notice)]
    everything = caplog.text + "".join(rows) + b"".join(seen).decode()

    for secret in (stand_in.GOOD, stand_in.DECLINED, stand_in.SECRET_KEY, "whsec_"):
        assert secret not in everything
    assert stand_in.PUBLISHABLE_KEY in everything  # the pages were seen
    assert purchase.row(booking).status in ("CONFIRMED", "REFUNDED")
