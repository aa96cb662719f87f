"""Which ways to pay a cinema offers, with whose keys, and how those are kept."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from payments import accounts, gateways, vault
from payments.models import GatewayAccount, Payment
from showsewa.models import User
from tests import cast
from tests.gateways.buyer import Buyer, status
from tests.gateways.esewa_company import EsewaCompany
from tests.gateways.khalti_company import KhaltiCompany


def codes(stage: cast.Stage) -> list[str]:
    return [gateway.code for gateway in gateways.offered(stage.cinema)]


def open_account(gateway: str, cinema: Any = None, *, key: str = "a-key", **fields: Any) -> GatewayAccount:
    return GatewayAccount.objects.create(
        gateway=gateway, cinema=cinema, secrets=accounts.sealed({"secret_key": key}), **fields
    )


def change(stage: cast.Stage, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(stage.cinema, name, value)
    stage.cinema.save(update_fields=list(fields))


class TestOffering:
    def test_a_cinema_offers_what_the_site_has_unless_it_names_some(
        self, esewa: EsewaCompany, khalti: KhaltiCompany, stage: cast.Stage
    ) -> None:
        assert codes(stage) == ["khalti", "esewa", "fake"]

        change(stage, gateways=["esewa", "stripe"])

        assert codes(stage) == ["esewa"]

    def test_only_rupees_of_nepal_are_taken(
        self, esewa: EsewaCompany, khalti: KhaltiCompany, stage: cast.Stage
    ) -> None:
        change(stage, currency="INR")

        assert codes(stage) == ["fake"]

    def test_without_keys_a_way_is_not_offered_and_cannot_be_asked_for(
        self, esewa: EsewaCompany, stage: cast.Stage, settings: Any, db: None
    ) -> None:
        settings.GATEWAY_KEYS = {}
        buyer = Buyer()
        booking = buyer.hold(stage, "A1")

        page = buyer.get(f"/bookings/{booking.pk}/details/").content.decode()
        answer = buyer.post(f"/bookings/{booking.pk}/details/", {"phone": "9841234567", "gateway": "esewa"})

        assert codes(stage) == ["fake"] and 'value="esewa"' not in page
        assert answer.status_code == 422
        assert not Payment.objects.exists()

    def test_a_cinemas_own_account_decides_even_by_being_off(self, esewa: EsewaCompany, stage: cast.Stage) -> None:
        own = open_account("esewa", stage.cinema, is_active=False)
        assert "esewa" not in codes(stage)

        own.is_active = True
        own.save(update_fields=["is_active"])

        assert "esewa" in codes(stage)

    def test_a_sandbox_of_a_live_site_pays_at_the_test_bank(
        self, esewa: EsewaCompany, stage: cast.Stage, settings: Any
    ) -> None:
        settings.IS_LIVE = True
        settings.GATEWAYS = ["esewa"]

        assert codes(stage) == ["fake"]
        assert gateways.choose("esewa", cinema=stage.cinema).code == "fake"
        change(stage, is_sandbox=False)
        assert codes(stage) == ["esewa"]


def test_each_cinema_is_paid_into_its_own_account(esewa: EsewaCompany, stage: cast.Stage, db: None) -> None:
    esewa.keys["HIMAL"] = "himals-own-key"
    open_account("esewa", key="the-sites-key", merchant="SITE")
    open_account("esewa", stage.cinema, key="himals-own-key", merchant="HIMAL")
    buyer = Buyer()
    booking = buyer.choose(stage, "esewa")
    buyer.cross_over()

    esewa.pay(buyer.payment.session)
    assert gateways.get("esewa").look_up(buyer.payment).word == "PAID"
    GatewayAccount.objects.filter(cinema=stage.cinema).update(is_active=False)
    assert gateways.get("esewa").look_up(buyer.payment).word == "PAID"
    assert status(booking) == "PENDING"


def test_keys_outlive_a_new_secret_key_as_long_as_the_old_one_is_named(stage: cast.Stage, settings: Any) -> None:
    row, old = open_account("khalti", key="kh-1"), settings.SECRET_KEY
    assert "kh-1" not in row.secrets

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-secret-key-of-this-site", [old]
    assert accounts.read(row) == {"secret_key": "kh-1"}
    call_command("reseal")
    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()

    assert accounts.read(row) == {"secret_key": "kh-1"}
    settings.SECRET_KEY = "a-third-one-and-nobody-named-the-second"
    with pytest.raises(CommandError, match="khalti"):
        call_command("reseal")


def test_keys_that_cannot_be_read_are_not_offered(stage: cast.Stage, settings: Any, khalti: KhaltiCompany) -> None:
    open_account("khalti")
    assert "khalti" in codes(stage)

    settings.SECRET_KEY = "another-secret-key-of-this-site"

    assert "khalti" not in codes(stage)


def test_what_is_sealed_for_one_purpose_does_not_open_for_another() -> None:
    sealed = vault.seal(["a"], purpose="one")

    assert vault.unseal(sealed, purpose="one") == ["a"]
    with pytest.raises(vault.Unreadable):
        vault.unseal(sealed, purpose="two")


class TestDesk:
    @pytest.fixture
    def boss(self, stage: cast.Stage) -> Client:
        client = Client()
        client.force_login(User.objects.create_superuser("boss@example.com", cast.PASSWORD))
        return client

    def test_keys_are_written_and_never_shown(self, boss: Client, stage: cast.Stage) -> None:
        given = {"gateway": "khalti", "cinema": str(stage.cinema.pk), "merchant": "", "is_active": "on"}

        made = boss.post(reverse("admin:payments_gatewayaccount_add"), given | {"secret_key": "kh-secret"})
        row = GatewayAccount.objects.get()
        page = boss.get(reverse("admin:payments_gatewayaccount_change", args=[row.pk])).content.decode()
        listed = boss.get(reverse("admin:payments_gatewayaccount_changelist")).content.decode()

        assert made.status_code == 302
        assert accounts.read(row) == {"secret_key": "kh-secret"}
        assert "kh-secret" not in page + listed and row.secrets not in page + listed
        assert "is set" in page

    def test_an_empty_field_keeps_the_key_and_a_new_one_replaces_it(self, boss: Client, stage: cast.Stage) -> None:
        row = open_account("khalti", stage.cinema, key="old")
        address = reverse("admin:payments_gatewayaccount_change", args=[row.pk])
        given = {"gateway": "khalti", "cinema": str(stage.cinema.pk), "merchant": "M1", "is_active": "on"}

        boss.post(address, given | {"secret_key": ""})
        row.refresh_from_db()
        assert (row.merchant, accounts.read(row)) == ("M1", {"secret_key": "old"})
        boss.post(address, given | {"secret_key": "new"})
        row.refresh_from_db()

        assert accounts.read(row) == {"secret_key": "new"}

    def test_a_manager_does_not_see_the_accounts(self, stage: cast.Stage, devi: User) -> None:
        client = Client()
        client.force_login(devi)

        assert client.get(reverse("admin:payments_gatewayaccount_changelist")).status_code == 403

    def test_a_cinema_chooses_its_ways_to_pay(self, boss: Client, stage: cast.Stage, esewa: EsewaCompany) -> None:
        address = reverse("admin:venues_cinema_change", args=[stage.cinema.pk])
        form = boss.get(address).context["adminform"].form
        kept = {name: value for name, value in form.initial.items() if value is not None and name != "staff"}
        inline = {"price_cards-TOTAL_FORMS": "0", "price_cards-INITIAL_FORMS": "0"}

        answer = boss.post(address, kept | inline | {"gateways": ["esewa"], "refund_tiers": "", "image_keys": ""})

        assert answer.status_code == 302, answer.context["errors"]
        stage.cinema.refresh_from_db()
        assert stage.cinema.gateways == ["esewa"]
        assert codes(stage) == ["esewa"]
