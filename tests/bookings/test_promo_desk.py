"""The desk of promo codes: rules, batches of codes made and downloaded, who used what."""

import csv
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import PromoCode
from bookings.models.promos import PromoBatch, PromoBatchCode, PromoUse
from bookings.services import batches
from showsewa.actors import SYSTEM
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api


@pytest.fixture
def desk(devi: User) -> Client:
    client = Client()
    client.force_login(devi)
    return client


@pytest.fixture
def rule(stage: cast.Stage) -> PromoCode:
    """Of Devi's cinema."""
    promo = PromoCode.objects.create(code="DASHAIN", percent=20, is_single_use=True)
    promo.cinemas.add(stage.cinema)
    return promo


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:bookings_{name}", args=args)


def fields(stage: cast.Stage, **more: Any) -> dict[str, Any]:
    none = {"batches-TOTAL_FORMS": "0", "batches-INITIAL_FORMS": "0"}
    return none | {"code": "FRIDAY", "percent": "20", "minimum": "0", "cinemas": [stage.cinema.pk], **more}


def test_a_rule_is_made_with_all_its_bounds(desk: Client, stage: cast.Stage) -> None:
    given = fields(stage, max_discount="150", max_uses_person="1", weekdays=["5", "6"], movies=[stage.movie.pk])

    answer = desk.post(page("promocode_add"), given | {"is_active": "on"})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    promo = PromoCode.objects.get()
    assert (promo.max_discount, promo.max_uses_person, promo.weekdays) == (150, 1, [5, 6])
    assert list(promo.movies.all()) == [stage.movie]


def test_a_cap_without_a_percentage_is_refused_in_words(desk: Client, stage: cast.Stage) -> None:
    answer = desk.post(page("promocode_add"), fields(stage, percent="", amount="100", max_discount="50"))

    assert "A largest discount belongs to a percentage." in answer.content.decode()
    assert not PromoCode.objects.exists()


@pytest.mark.parametrize(("percent", "amount"), [("", ""), ("20", "100")])
def test_a_code_takes_off_a_percentage_or_an_amount(desk: Client, stage: cast.Stage, percent: str, amount: str) -> None:
    answer = desk.post(page("promocode_add"), fields(stage, percent=percent, amount=amount))

    assert "Give either a percentage or an amount." in answer.content.decode()
    assert not PromoCode.objects.exists()


def test_a_code_there_is_and_one_for_no_cinema_are_refused_in_words(
    desk: Client, stage: cast.Stage, rule: PromoCode
) -> None:
    again = desk.post(page("promocode_add"), fields(stage, code="dashain")).content.decode()
    nowhere = desk.post(page("promocode_add"), fields(stage, cinemas=[])).content.decode()

    assert "There is such a code already." in again and "Constraint" not in again
    assert "This field is required." in nowhere and "Empty: everywhere." not in nowhere
    assert PromoCode.objects.count() == 1


def test_what_was_changed_is_in_the_history(desk: Client, stage: cast.Stage, rule: PromoCode) -> None:
    changed = fields(stage, code="DASHAIN", percent="25", is_single_use="on", is_active="on")

    assert desk.post(page("promocode_change", rule.pk), changed).status_code == 302

    assert "devi@example.com" in desk.get(page("promocode_history", rule.pk)).content.decode()


def test_codes_are_made_and_downloaded_with_what_became_of_them(
    desk: Client, stage: cast.Stage, rule: PromoCode, api: Api
) -> None:
    assert desk.post(page("promocode_make_codes", rule.pk), {"size": "5", "note": "=1+1"}).status_code == 302
    batch = PromoBatch.objects.get()
    booked = purchase.book(api, stage, "A1", promoCode=str(batch.codes.first()))

    answer = desk.get(page("promobatch_export", batch.pk))

    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    assert answer["Content-Type"].startswith("text/csv")
    assert [row["code"] for row in rows] == [str(one) for one in PromoBatchCode.objects.order_by("pk")]
    assert [row["booking"] for row in rows] == [booked["bookingReference"], "", "", "", ""]
    assert all(row["promo"] == "DASHAIN" and len(row["code"]) == 14 for row in rows)


def test_a_name_that_is_a_formula_is_text_in_the_file(desk: Client, rule: PromoCode) -> None:
    PromoCode.objects.update(code="=1+1")
    batch = batches.make(promo=rule, size=1, note="", actor=SYSTEM)

    assert ",'=1+1," in desk.get(page("promobatch_export", batch.pk)).content.decode()


def test_a_code_for_everybody_has_no_single_ones(desk: Client, rule: PromoCode) -> None:
    PromoCode.objects.update(is_single_use=False)

    answer = desk.post(page("promocode_make_codes", rule.pk), {"size": "5", "note": ""})

    assert answer.status_code == 422
    assert not PromoBatch.objects.exists()


@pytest.mark.parametrize("size", ["0", "10001", "many"])
def test_there_are_bounds_to_a_batch(desk: Client, rule: PromoCode, size: str) -> None:
    desk.post(page("promocode_make_codes", rule.pk), {"size": size, "note": ""})

    assert not PromoBatch.objects.exists()


def test_codes_good_elsewhere_too_are_not_a_managers_to_make_or_see(
    desk: Client, stage: cast.Stage, rule: PromoCode
) -> None:
    batch = batches.make(promo=rule, size=1, note="", actor=SYSTEM)
    assert desk.get(page("promobatch_export", batch.pk)).status_code == 200
    assert desk.get(page("promocode_make_codes", rule.pk)).status_code == 200

    rule.cinemas.add(cast.make_stage(name="Rara Cinema").cinema)

    assert desk.get(page("promobatch_export", batch.pk)).status_code == 404
    assert desk.get(page("promocode_make_codes", rule.pk)).status_code == 403
    assert desk.get(page("promobatchcode_changelist")).context["cl"].result_count == 0
    assert str(batch.codes.get()) not in desk.get(page("promocode_change", rule.pk)).content.decode()


def test_a_code_is_found_as_its_holder_reads_it_out(desk: Client, stage: cast.Stage, rule: PromoCode, api: Api) -> None:
    batches.make(promo=rule, size=3, note="", actor=SYSTEM)
    single = str(PromoBatchCode.objects.order_by("pk").first())
    booked = purchase.book(api, stage, "A1", promoCode=single)

    found = desk.get(page("promobatchcode_changelist"), {"q": single.lower().replace("-", " ")})

    assert found.context["cl"].result_count == 1
    assert booked["bookingReference"] in found.content.decode()


def test_the_uses_of_a_code_are_listed_and_say_what_was_given_back(
    desk: Client, stage: cast.Stage, rule: PromoCode, api: Api
) -> None:
    PromoCode.objects.update(is_single_use=False)
    booked = purchase.book(api, stage, "A1", promoCode="DASHAIN")
    listed = page("promouse_changelist") + f"?promo__id__exact={rule.pk}"
    assert booked["bookingReference"] in desk.get(listed).content.decode()
    assert listed in desk.get(page("promocode_change", rule.pk)).content.decode()

    purchase.expire(stage)

    assert PromoUse.objects.get().returned_at is not None
    assert desk.get(listed).status_code == 200
