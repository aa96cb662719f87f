"""Giving back much money takes two proofs: a password, and a code that only a phone knows."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from payments.models import Refund
from showsewa.models import User
from tests import cast, purchase
from tests.bookings.test_api_bookings import signed_in
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from venues.models import Cinema

PAGE = "/admin/second-factor/"


@pytest.fixture
def desk(devi: User) -> Client:
    client = Client()
    client.force_login(devi)
    return client


@pytest.fixture
def bought(stage: cast.Stage, api: Api) -> dict:
    """Two seats for NPR 900 at a cinema whose limit is NPR 500."""
    Cinema.objects.update(second_factor_above=500)
    return purchase.buy(api, stage, "A1", "A2")


def app_code(device: TOTPDevice, *, steps: int = 0) -> str:
    """What the app shows, so many steps of 30 s from now."""
    totp = TOTP(device.bin_key, device.step)
    totp.time = timezone.now().timestamp() + 30 * steps
    return f"{totp.token():06d}"


def enrol(desk: Client, **more: str) -> list[str]:
    """The backup codes."""
    desk.get(PAGE)
    given = {"password": cast.PASSWORD, "code": app_code(TOTPDevice.objects.get(confirmed=False))} | more
    return re.findall(r"<li><code>(\w+)</code>", desk.post(PAGE, given).content.decode())


def next_code() -> str:
    """The clock moves on to the next code, in the row: each counts once."""
    TOTPDevice.objects.update(last_t=-1)
    return app_code(TOTPDevice.objects.get(confirmed=True))


def wait() -> None:
    """Until wrong codes are forgiven, in the rows."""
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(minutes=1))


def give_back(desk: Client, bought: dict, amount: int, **more: str):
    address = reverse("admin:bookings_booking_refund", args=[bought["bookingId"]])
    return desk.post(address, {"amount": amount, "reason": "Projector broke", **more})


def test_below_the_limit_a_reason_is_enough(desk: Client, bought: dict) -> None:
    assert give_back(desk, bought, 500).status_code == 302
    assert Refund.objects.get().amount == 500


def test_above_the_limit_it_takes_the_code_of_the_phone(desk: Client, bought: dict) -> None:
    enrol(desk)

    refused = give_back(desk, bought, 501)
    assert refused.status_code == 422
    assert "needs the code of your second factor" in refused.content.decode()
    assert Refund.objects.count() == 0

    assert give_back(desk, bought, 501, code=next_code()).status_code == 302
    assert Refund.objects.get().amount == 501


def test_small_sums_add_up_to_the_limit(desk: Client, bought: dict) -> None:
    assert give_back(desk, bought, 300).status_code == 302

    assert give_back(desk, bought, 201).status_code == 422
    assert give_back(desk, bought, 200).status_code == 302


def test_a_code_counts_once_and_a_wrong_one_makes_the_next_wait(desk: Client, bought: dict) -> None:
    enrol(desk)
    right = next_code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    assert "This code is wrong" in give_back(desk, bought, 501, code=wrong).content.decode()
    assert "Too many wrong codes" in give_back(desk, bought, 501, code=right).content.decode()
    wait()
    assert give_back(desk, bought, 501, code=right).status_code == 302
    assert "This code is wrong" in give_back(desk, bought, 1, code=right).content.decode()
    assert Refund.objects.count() == 1


def test_a_wrong_code_counts_though_the_refund_is_refused(desk: Client, bought: dict) -> None:
    enrol(desk)

    for _try in range(2):
        give_back(desk, bought, 501, code="000000")

    assert TOTPDevice.objects.get(confirmed=True).throttling_failure_count >= 1


def test_a_backup_code_stands_in_once_and_is_nowhere_to_be_read(desk: Client, bought: dict) -> None:
    codes = enrol(desk)
    assert len(set(codes)) == 10
    assert not StaticToken.objects.filter(token__in=codes).exists()

    assert give_back(desk, bought, 501, code=codes[0].upper()).status_code == 302
    assert "This code is wrong" in give_back(desk, bought, 1, code=codes[0]).content.decode()
    assert StaticToken.objects.count() == 9


def test_who_has_none_is_told_where_to_set_it_up(desk: Client, bought: dict) -> None:
    page = desk.get(reverse("admin:bookings_booking_refund", args=[bought["bookingId"]])).content.decode()

    assert PAGE in page
    assert "Set yours up first" in give_back(desk, bought, 501).content.decode()


def test_cancelling_by_staff_has_the_same_limit(desk: Client, stage: cast.Stage, bought: dict) -> None:
    address = reverse("admin:bookings_booking_cancel", args=[bought["bookingId"]])
    codes = enrol(desk)

    assert desk.post(address, {"amount": 900, "reason": "x"}).status_code == 422
    assert purchase.row(bought).status == "CONFIRMED"
    assert desk.post(address, {"amount": 900, "reason": "x", "code": codes[0]}).status_code == 302
    assert purchase.row(bought).status == "CANCELLED"


def test_over_the_api_staff_are_sent_to_the_desk_and_a_key_is_trusted(
    stage: cast.Stage, bought: dict, devi: User
) -> None:
    scopes = [*cast.ALL_SCOPES, "payments:refund"]
    made = cast.make_channel("Kin", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=scopes)
    key = Api(made[1])
    own = purchase.book(key, stage, "B1", "B2", token="customer-1")
    purchase.pay(key, own)
    manager = signed_in(devi)

    refused = manager.post(f"/payments/refund/{bought['bookingId']}", {"amount": 501})
    assert code(refused) == (403, "SECOND_FACTOR_REQUIRED")
    assert (refused.json()["limit"], refused.json()["currency"]) == (500, "NPR")
    assert (
        code(manager.post(f"/bookings/{bought['bookingId']}/cancel", {"refundAmount": 900}))[1]
        == refused.json()["code"]
    )
    assert key.post(f"/payments/refund/{own['bookingId']}", {"amount": 501}).status_code == 202


def test_a_buyer_needs_none_whatever_the_sum(stage: cast.Stage, api: Api, bought: dict) -> None:
    Cinema.objects.update(second_factor_above=Decimal("0.00"))

    assert api.post(f"/payments/refund/{bought['bookingId']}", {}, **purchase.AS_ASHA).status_code == 202


def test_setting_it_up_takes_the_password_and_changing_it_the_old_code(desk: Client, bought: dict) -> None:
    assert enrol(desk, password="guess") == []
    assert enrol(desk, code="000000") == []
    assert TOTPDevice.objects.filter(confirmed=True).count() == 0
    wait()
    codes = enrol(desk)
    first = TOTPDevice.objects.get()

    assert enrol(desk) == []
    assert enrol(desk, present="12345678") == []
    wait()
    assert len(enrol(desk, present=codes[3])) == 10

    assert TOTPDevice.objects.get().key != first.key
    assert give_back(desk, bought, 501, code=codes[4]).status_code == 422


def test_the_secrets_are_on_no_list_of_the_admin(desk: Client) -> None:
    assert [model for model in admin.site._registry if "otp" in model._meta.app_label] == []


def test_a_manager_cannot_raise_the_limit_that_binds_her(desk: Client, stage: cast.Stage, bought: dict) -> None:
    page = desk.get(reverse("admin:venues_cinema_change", args=[stage.cinema.pk])).content.decode()

    assert 'name="refund_tiers"' in page
    assert 'name="second_factor_above"' not in page
