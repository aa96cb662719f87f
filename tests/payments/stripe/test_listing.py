"""Stripe's own list of a day, by which our books are counted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils import timezone

from payments.books import counting, days
from payments.gateways import GatewayError, stripe
from payments.models import Settlement
from tests import cast, purchase
from tests.conftest import Api
from tests.payments.stripe.steps import bought, send_refunds
from tests.stripe_stand_in import StandIn


def listed(**shift: float) -> list[tuple[str, Decimal, bool]]:
    """Of an hour around now, or around another moment. (Others' tests of this folder are at the same bank.)"""
    at = timezone.now() + timedelta(**shift)
    hour = timedelta(hours=1)
    entries = stripe.Stripe().listing(since=at - hour, until=at + hour)
    return [(entry.session, entry.amount, entry.is_refund) for entry in entries]


def test_the_list_has_what_was_paid_and_given_back(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1", "A2")
    session = purchase.session_of(booking)
    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **purchase.AS_ASHA)
    send_refunds()

    mine = [entry for entry in listed() if entry[0] == session]

    assert mine == [(session, Decimal(900), False), (session, Decimal(450), True)]
    assert [entry for entry in listed(days=-2) if entry[0] == session] == []


def test_declined_cards_and_other_software_of_the_account_are_not_in_it(
    stage: cast.Stage, api: Api, bank: StandIn
) -> None:
    unpaid = purchase.session_of(purchase.book(api, stage, "A1"))
    bank.pay(unpaid, "4000000000000341")
    foreign = bank.call("POST", "payment_intents", amount=5000, currency="npr", payment_method_types=["card"])["id"]
    bank.pay(foreign)
    assert bank.intent(foreign)["status"] == "succeeded"

    assert {entry[0] for entry in listed()}.isdisjoint({unpaid, foreign})


def test_a_long_list_is_read_page_by_page(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = [purchase.session_of(bought(api, stage, bank, seat)) for seat in ("A1", "A2", "A3")]
    monkeypatch.setattr(stripe, "_PAGE", 1)

    found = [entry[0] for entry in listed()]

    assert [found.count(session) for session in sessions] == [1, 1, 1]


def test_the_day_is_counted_by_it(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1")

    now = timezone.now()
    counting.count(gateway="stripe", day=days.today(now), now=now)

    row = Settlement.objects.get(currency="NPR")
    line = row.lines.get(reference=purchase.session_of(booking))
    assert (line.amount, line.difference) == (Decimal(450), "")
    assert row.our_payments == Decimal(450)


def test_a_bank_that_is_away_is_no_empty_list(stage: cast.Stage) -> None:
    urls = {"stripe": "http://127.0.0.1:9", "stripe_js": ""}
    with override_settings(GATEWAY_URLS=urls), pytest.raises(GatewayError):
        listed()
