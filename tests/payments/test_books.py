"""The books: a day beside the gateway's list, what differs and what is done about it, and the one equation."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import audit, gateways
from payments.books import counting, days, equation
from payments.gateways import Entry, fake
from payments.models import Case, FakeCharge, Payment, Refund, Settlement
from payments.services import refunding
from showsewa import promises
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api


def today() -> Any:
    return days.today(timezone.now())


def settle(gateway: str = "fake") -> Settlement:
    return counting.count(gateway=gateway, day=today(), now=timezone.now())[0]


def lines(row: Settlement) -> list[tuple[str, str]]:
    return list(row.lines.exclude(difference="").order_by("pk").values_list("kind", "difference"))


@pytest.fixture
def hers(devi: User) -> Client:
    client = Client()
    client.force_login(devi)
    return client


def page(row: Settlement, name: str = "change") -> str:
    return reverse(f"admin:payments_settlement_{name}", args=[row.pk])


def total(**parts: Decimal | int) -> dict[str, Decimal]:
    return {name: Decimal(parts.get(name, 0)) for name in equation.PARTS}


def sums(gateway: str = "fake") -> dict[str, Decimal]:
    (one,) = [one for one in equation.sums(equation.Bounds()) if one.gateway == gateway]
    return {name: getattr(one, name) for name in equation.PARTS}


def test_a_day_agrees_with_the_gateways_own_list(stage: cast.Stage, api: Api) -> None:
    booking = purchase.buy(api, stage, "A1", "A2")
    purchase.buy(api, stage, "B1", token=cast.BIKASH_TOKEN)
    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **purchase.AS_ASHA)
    promises.keep(Refund, refunding.send_refund, now=timezone.now())

    row = settle()

    assert (row.our_payments, row.their_payments) == (Decimal(1350), Decimal(1350))
    assert row.our_refunds == row.their_refunds == Refund.objects.get().amount
    assert (row.is_balanced, lines(row)) == (True, [])
    assert counting.net(row) == row.our_payments - row.our_refunds


def test_each_difference_has_its_cause(stage: cast.Stage, api: Api) -> None:
    for seat in ("A1", "A2", "A3", "A4"):
        purchase.buy(api, stage, seat)
    first, second, third, _fourth = FakeCharge.objects.order_by("created_at")
    listed = [
        Entry(first.reference, Decimal(440), "NPR", fee=Decimal(10)),
        Entry(second.reference, Decimal(400), "NPR", fee=Decimal(10)),
        Entry(third.reference, Decimal(450), "NPR"),
        Entry("ch_of_nobody", Decimal(99), "NPR"),
    ]

    (row,) = counting.write(gateway="fake", day=today(), entries=listed, now=timezone.now())

    causes = dict(row.lines.values_list("reference", "difference"))
    assert causes[first.reference] == "FEE"
    assert causes[second.reference] == "AMOUNT"
    assert causes[third.reference] == ""
    assert causes["ch_of_nobody"] == "MISSING_HERE"
    assert sorted(causes.values()) == ["", "AMOUNT", "FEE", "MISSING_HERE", "MISSING_THERE"]
    assert (row.is_balanced, row.their_fees) == (False, Decimal(20))


def test_a_charge_that_is_listed_twice_is_a_difference(stage: cast.Stage, api: Api) -> None:
    purchase.buy(api, stage, "A1")
    charge = FakeCharge.objects.get()
    twice = [Entry(charge.reference, charge.amount, "NPR")] * 2

    (row,) = counting.write(gateway="fake", day=today(), entries=twice, now=timezone.now())

    assert lines(row) == [("PAYMENT", "MISSING_HERE")]


def test_money_whose_word_was_lost_is_settled_by_asking_again(stage: cast.Stage, api: Api, hers: Client) -> None:
    booking = purchase.book(api, stage, "A1")
    fake.finish(purchase.session_of(booking), fake.FakeCheckout.Outcome.PAID)
    row = settle()
    line = row.lines.get()
    assert (line.difference, row.is_balanced) == ("MISSING_HERE", False)

    answer = hers.post(page(row, "decide"), {"only": f"{line.pk}:ask"})

    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.is_balanced, lines(row), row.our_payments) == (True, [], Decimal(450))
    assert purchase.row(booking).status == "CONFIRMED"


def test_a_gateway_that_is_silent_changes_nothing(
    stage: cast.Stage, api: Api, hers: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = purchase.book(api, stage, "A1")
    fake.finish(purchase.session_of(booking), fake.FakeCheckout.Outcome.PAID)
    row = settle()

    def silent(*_args: Any, **_more: Any) -> Any:
        raise gateways.GatewayError("no answer")

    monkeypatch.setattr(fake.Fake, "look_up", silent)
    monkeypatch.setattr(fake.Fake, "listing", silent)
    asked = hers.post(page(row, "decide"), {"only": f"{row.lines.get().pk}:ask"})
    again = hers.post(page(row, "again"))

    assert (asked.status_code, again.status_code) == (422, 422)
    assert counting.count_days(now=timezone.now() + timedelta(days=1)) == 0
    row.refresh_from_db()
    assert row.is_balanced is False


def test_a_difference_becomes_a_case_once_and_ends_with_it(stage: cast.Stage, api: Api, hers: Client) -> None:
    purchase.buy(api, stage, "A1")
    FakeCharge.objects.create(reference="ch_stray", session="sess_none", amount=99, currency="NPR")
    FakeCharge.objects.create(reference="ch_stray_2", session="sess_none", amount=99, currency="NPR")
    row = settle()

    for line in row.lines.exclude(difference=""):
        hers.post(page(row, "decide"), {"only": f"{line.pk}:case"})
        hers.post(page(row, "decide"), {"only": f"{line.pk}:case"})

    assert Case.objects.filter(kind="SETTLEMENT", amount=99).count() == 2
    assert settle().is_balanced is False
    Case.objects.update(status="SOLVED", solved_at=timezone.now())
    assert settle().is_balanced is True


def test_what_is_explained_stays_so_however_often_it_is_counted(stage: cast.Stage, api: Api, hers: Client) -> None:
    purchase.buy(api, stage, "A1")
    FakeCharge.objects.all().delete()
    row = settle()
    line = row.lines.get()
    assert line.difference == "MISSING_THERE"

    without = hers.post(page(row, "decide"), {"lines": [line.pk], "deed": "explain", "note": " "})
    done = hers.post(page(row, "decide"), {"lines": [line.pk], "deed": "explain", "note": "test money of the bank"})

    assert (without.status_code, done.status_code) == (422, 302)
    assert settle().is_balanced is True
    assert settle().lines.get().note == "test money of the bank"
    assert hers.post(page(row, "decide"), {"lines": [line.pk], "deed": "explain", "note": "again"}).status_code == 200


def test_the_night_counts_every_gateway_and_looks_again_at_the_days_before(
    stage: cast.Stage, api: Api, chandra: User
) -> None:
    purchase.buy(api, stage, "A1")
    client = Client()
    client.force_login(chandra)
    sold = {"showtimeId": stage.path, "seats": ["B1"], "tender": "CASH"}
    client.post("/counter/sell", sold, content_type="application/json")

    assert counting.count_days(now=timezone.now() + timedelta(days=1)) == 2
    assert counting.count_days(now=timezone.now() + timedelta(days=1)) == 2

    by_gateway = {row.gateway: row for row in Settlement.objects.all()}
    assert (by_gateway["fake"].is_balanced, by_gateway["cash"].is_balanced) == (True, None)
    assert by_gateway["cash"].our_payments == Decimal(450)


def test_a_charge_listed_on_the_next_day_is_no_difference_then(stage: cast.Stage, api: Api) -> None:
    purchase.buy(api, stage, "A1")
    FakeCharge.objects.update(created_at=timezone.now() + timedelta(days=1))
    assert settle().is_balanced is False

    counting.count(gateway="fake", day=today() + timedelta(days=1), now=timezone.now())

    assert settle().is_balanced is True


def upload(client: Client, text: str, **columns: Any) -> Any:
    given = {"gateway": "fake", "day": str(today()), "currency": "NPR"}
    file = SimpleUploadedFile("list.csv", text.encode(), content_type="text/csv")
    answer = client.post(reverse("admin:payments_settlementfile_add"), given | {"file": file})
    assert answer.status_code == 302, answer.content
    guessed = client.get(answer["Location"]).context["form"].initial
    chosen = {name: value for name, value in guessed.items() if value is not None} | columns
    return client.post(answer["Location"], chosen)


def test_a_file_is_counted_by_its_columns_and_the_next_remembers_them(
    stage: cast.Stage, api: Api, hers: Client
) -> None:
    purchase.buy(api, stage, "A1")
    charge = FakeCharge.objects.get().reference
    text = f'Wann;Beleg;Summe;Gebühr\n1;{charge};"450.00";9.00\n2;=cmd();-100;0\n'

    answer = upload(hers, text, reference=1, amount=2, fee=3)

    row = Settlement.objects.get()
    assert answer["Location"] == page(row)
    assert (row.their_payments, row.their_refunds, row.their_fees) == (Decimal(450), Decimal(100), Decimal(9))
    assert lines(row) == [("REFUND", "MISSING_HERE")]
    exported = hers.get(page(row, "export")).content.decode()
    assert [cells["reference"] for cells in csv.DictReader(io.StringIO(exported))] == [charge, "'=cmd()"]
    upload(hers, text.replace("-100", "-50"))
    assert Settlement.objects.get().their_refunds == Decimal(50)


@pytest.mark.parametrize("cell", ["much", "1e5", "", "NaN", "12345678901", "1.2.3"])
def test_a_file_with_a_faulty_line_counts_nothing(stage: cast.Stage, hers: Client, cell: str) -> None:
    answer = upload(hers, f"reference,amount\na,1\nb,{cell}\n")

    assert answer.status_code == 422
    assert "Line 3" in answer.content.decode()
    assert Settlement.objects.count() == 0


def test_who_works_at_one_of_several_cinemas_sees_no_settlement_and_only_her_money(
    stage: cast.Stage, api: Api, hers: Client, chandra: User
) -> None:
    purchase.buy(api, stage, "A1")
    row = settle()
    assert hers.get(page(row)).status_code == 200
    other = cast.make_stage(name="Other House")
    eshan = Client()
    eshan.force_login(cast.make_user("eshan@example.com", role="manager", cinemas=(other.cinema,)))

    assert hers.get(reverse("admin:payments_settlement_changelist")).context["cl"].result_count == 0
    assert hers.get(page(row)).status_code in (302, 404)
    assert hers.post(page(row, "decide"), {"only": "1:case"}).status_code in (302, 404)
    assert [one["sum"].money_in for one in hers.get(reverse("equation")).context["sums"]] == [Decimal(450)]
    assert eshan.get(reverse("equation")).context["sums"] == []
    rows = {"gateway": "fake", "currency": "NPR"}
    assert eshan.get(reverse("equation-rows"), rows).context["rows"] == []
    clerk = Client()
    clerk.force_login(chandra)
    assert clerk.get(reverse("equation")).status_code == 403
    assert clerk.get(reverse("equation-rows")).status_code == 403


def test_each_figure_leads_to_the_rows_it_is_the_sum_of(stage: cast.Stage, api: Api, hers: Client) -> None:
    booking = purchase.buy(api, stage, "A1", "A2")
    purchase.buy(api, stage, "B1")
    api.post(f"/bookings/{booking['bookingId']}/cancel", {"seatIds": ["A1"]}, **purchase.AS_ASHA)

    (line,) = hers.get(reverse("equation")).context["sums"]

    assert line["sum"].nowhere == 0
    for name, value, link in line["figures"]:
        shown = hers.get(link).context["rows"]
        assert sum((getattr(one, name) for one, *_rest in shown), Decimal(0)) == value
    file = hers.get(reverse("equation-rows"), {"gateway": "fake", "currency": "NPR", "format": "csv", "all": 1})
    assert len(list(csv.DictReader(io.StringIO(file.content.decode())))) == 2


def test_the_oracle_sees_money_without_a_place_and_a_sale_without_money(stage: cast.Stage, api: Api) -> None:
    kept = purchase.buy(api, stage, "A1")
    lost = purchase.buy(api, stage, "A2")
    assert [one for one in audit.violations() if one.rule.startswith("I14")] == []
    assert sums() == total(money_in=900, bought=900)

    Payment.objects.filter(booking=kept["bookingId"]).update(amount=500)
    Payment.objects.filter(booking=lost["bookingId"]).update(status="FAILED")

    found = {one.subject for one in audit.violations() if one.rule.startswith("I14")}
    assert found == {str(Payment.objects.get(booking=kept["bookingId"]).pk), lost["bookingId"]}
    assert sums()["nowhere"] == Decimal(50)
    assert sums("")["nowhere"] == Decimal(-450)


def test_a_free_sale_and_a_sale_of_a_channel_need_no_money(stage: cast.Stage) -> None:
    till = Api(cast.till(stage))
    report = {"showtimeId": stage.path, "source": "POS_SYSTEM", "seats": [{"seatNumber": "A1", "status": "SOLD"}]}
    till.post("/seat-sync/bulk-update", report)

    assert equation.sums(equation.Bounds()) == []
