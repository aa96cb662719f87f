"""A clerk's shift: the float, the blind count, what differs, and who sees it."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import CashCount, Payment, Refund
from showsewa.models import User
from tests import cast
from tests.payments.test_counter import Clerk


@pytest.fixture
def clerk(chandra: User) -> Clerk:
    return Clerk(chandra)


def begin(clerk: Clerk, amount: Any = 1000, **more: Any) -> Any:
    return clerk.client.post("/counter/shift/open", {"amount": amount} | more, content_type="application/json")


def end(clerk: Clerk, counted: Any, note: str = "") -> Any:
    body = {"counted": counted, "note": note}
    return clerk.client.post("/counter/shift/close", body, content_type="application/json")


def test_a_shift_is_counted_blind_and_then_told(stage: cast.Stage, clerk: Clerk) -> None:
    assert begin(clerk).status_code == 201
    clerk.sell(stage, "A1", "A2")
    clerk.sell(stage, "A3", tender="CARD")

    now = clerk.get("/counter/shift").json()["shift"]
    ended = end(clerk, 1890, "ten missing")

    assert (now["cashSales"], now["cardSales"], now["card"]) == (1, 1, 450)
    assert now["timeZone"] == stage.cinema.time_zone  # its clock, not that of the browser
    assert not {"expected", "cash", "counted"} & set(now)
    last = ended.json()["last"]
    assert ended.json()["shift"] is None
    assert (last["expected"], last["counted"], last["difference"], last["note"]) == (1900, 1890, -10, "ten missing")
    assert (last["cash"], last["card"], last["cardSales"]) == (900, 450, 1)


def test_what_the_clerk_gave_back_in_cash_is_counted(stage: cast.Stage, clerk: Clerk, chandra: User) -> None:
    begin(clerk)
    clerk.sell(stage, "A1", "A2")
    payment = Payment.objects.get()
    Refund.objects.create(payment=payment, amount=450, reason=Refund.Reason.STAFF, actor=f"user:{chandra.pk}")
    Refund.objects.create(payment=payment, amount=100, reason=Refund.Reason.STAFF, actor="user:somebody else")

    last = end(clerk, 1450).json()["last"]

    assert (last["refunded"], last["expected"], last["difference"]) == (450, 1450, 0)


def test_what_was_sold_before_the_shift_or_by_others_is_not_in_it(stage: cast.Stage, clerk: Clerk, devi: User) -> None:
    clerk.sell(stage, "A1")
    begin(clerk, 0)
    Clerk(devi).sell(stage, "A2")
    clerk.sell(stage, "A3")

    assert end(clerk, 450).json()["last"]["difference"] == 0


def test_one_shift_at_a_time_and_none_closed_twice(stage: cast.Stage, clerk: Clerk) -> None:
    assert end(clerk, 0).json()["code"] == "NO_SHIFT"
    assert begin(clerk).status_code == 201
    again = begin(clerk)
    assert (again.status_code, again.json()["code"]) == (409, "SHIFT_OPEN")
    assert end(clerk, 1000).status_code == 200
    assert end(clerk, 2000).json()["code"] == "NO_SHIFT"
    assert CashCount.objects.get().counted == Decimal(1000)


@pytest.mark.parametrize("amount", ["-1", "a lot", "NaN", "Infinity", "", None, "1e12"])
def test_nonsense_opens_nothing(stage: cast.Stage, clerk: Clerk, amount: Any) -> None:
    assert begin(clerk, amount).status_code == 422
    assert CashCount.objects.count() == 0


def test_a_till_of_another_cinema_cannot_be_opened(stage: cast.Stage, clerk: Clerk) -> None:
    other = cast.make_stage(name="Other House")

    assert begin(clerk, cinemaId=str(other.cinema.pk)).status_code == 422
    assert begin(clerk, cinemaId=str(stage.cinema.pk)).status_code == 201


def test_only_people_of_the_box_office_have_shifts(stage: cast.Stage, asha: User) -> None:
    assert Client().get("/counter/shift").status_code == 401
    assert Clerk(asha).get("/counter/shift").status_code == 403
    assert begin(Clerk(asha)).status_code == 403
    assert end(Clerk(asha), 0).status_code == 403


def test_a_manager_sees_the_shifts_of_her_cinemas_and_not_what_an_open_one_should_hold(
    stage: cast.Stage, clerk: Clerk, devi: User
) -> None:
    other = cast.make_stage(name="Other House")
    stranger = Clerk(cast.make_user("eshan@example.com", role="counter", cinemas=(other.cinema,)))
    begin(stranger, 5)
    begin(clerk, 100)
    clerk.sell(stage, "A1")
    hers = Client()
    hers.force_login(devi)

    listed = hers.get(reverse("admin:payments_cashcount_changelist"))

    assert [row.clerk.email for row in listed.context["cl"].result_list] == ["chandra@example.com"]
    assert not re.search(r"\b550\b", listed.content.decode())
    file = hers.get(reverse("admin:payments_cashcount_export")).content.decode()
    assert "chandra@example.com" in file
    assert "eshan@example.com" not in file


def test_cash_nobody_handed_out_is_shown_to_the_manager(stage: cast.Stage, clerk: Clerk, devi: User) -> None:
    sold = clerk.sell(stage, "A1").json()
    payment = Payment.objects.get(booking=sold["bookingId"])
    Refund.objects.create(payment=payment, amount=450, reason=Refund.Reason.CANCELLED, actor="guest:x")
    hers = Client()
    hers.force_login(devi)

    page = hers.get(reverse("admin:payments_cashcount_changelist")).content.decode()

    assert "Cash given back outside of any shift" in page
    assert sold["bookingReference"] in page
