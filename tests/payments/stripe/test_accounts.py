"""Which keys are taken: a site's own, a cinema's, and in which unit sums are written."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from payments import accounts, gateways
from payments.gateways import stripe
from payments.models import GatewayAccount
from showsewa import gateway_settings
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.payments.stripe.steps import card_page, send
from tests.stripe_stand_in import StandIn


def _env(**given: str) -> Any:
    return lambda name, default="": given.get(name, default)


@pytest.mark.parametrize(
    "given",
    [
        {"STRIPE_SECRET_KEY": "sk_test_1"},
        {"STRIPE_SECRET_KEY": "rk_test_1"},
        {"STRIPE_API_BASE": "http://127.0.0.1:8420"},
        {"STRIPE_JS_URL": "http://127.0.0.1:8420/js.stripe.com/v3/"},
    ],
)
def test_live_mode_refuses_play_money_and_plain_http(given: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="STRIPE"):
        gateway_settings.read(_env(**given), is_live=True)
    gateway_settings.read(_env(**given), is_live=False)
    gateway_settings.read(_env(STRIPE_SECRET_KEY="sk_live_1"), is_live=True)


def test_a_cinemas_own_account_takes_its_money_and_alone_may_speak_of_it(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client
) -> None:
    own = {"secret_key": "sk_test_of_one_cinema", "webhook_secret": "whsec_of_one_cinema"}
    GatewayAccount.objects.create(
        cinema=stage.cinema, gateway="stripe", merchant="pk_test_of_one_cinema", secrets=accounts.sealed(own)
    )
    booking = purchase.book(api, stage, "A1")
    url, _pay = card_page(api, booking)
    assert "pk_test_of_one_cinema" in browser.get(url).content.decode()
    bank.pay(purchase.session_of(booking))
    [event] = bank.events(purchase.session_of(booking))

    assert send(api, event).status_code == 400  # by the site's own secret
    assert purchase.row(booking).status == "PENDING"
    assert send(api, event, secret="whsec_of_one_cinema").status_code == 200
    assert purchase.row(booking).status == "CONFIRMED"


def test_an_account_without_keys_is_not_offered(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS, "paymentMethod": "CARD"}

    with override_settings(GATEWAY_KEYS={}):
        assert code(api.post("/bookings/confirm", body)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("450.00", "NPR", 45_000), ("0.01", "NPR", 1), ("500.00", "JPY", 500), ("5.12", "KWD", 5120), ("5", "UGX", 500)],
)
def test_sums_are_written_in_the_currencys_smallest_unit(amount: str, currency: str, minor: int) -> None:
    assert stripe.to_minor(Decimal(amount), currency) == minor
    assert stripe.from_minor(minor, currency) == Decimal(amount)


def test_what_a_currency_cannot_say_is_refused_for_good() -> None:
    with pytest.raises(gateways.GatewayError) as refused:
        stripe.to_minor(Decimal("1.50"), "JPY")

    assert refused.value.permanent
