"""The whole purchase through eSewa and Khalti, and what may happen on the way."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.utils import timezone

from payments import audit
from payments.models import Case, Payment, Refund
from payments.services import polling, starting
from tests import cast
from tests.gateways.buyer import Buyer, status
from tests.gateways.company import BROKEN, GARBAGE, LOST, SLOW
from tests.gateways.esewa_company import EsewaCompany
from tests.gateways.khalti_company import KhaltiCompany
from tests.gateways.setting_up import patience
from tests.visitor import path

BOTH = pytest.mark.parametrize("company", ["esewa", "khalti"], indirect=True)


@pytest.fixture
def company(request: pytest.FixtureRequest) -> Any:
    found = request.getfixturevalue(request.param)
    found.code = request.param
    found.asked = "status" if request.param == "esewa" else "lookup"
    return found


@pytest.fixture
def buyer(db: None) -> Buyer:
    return Buyer()


def pay_there(company: Any, buyer: Buyer, **what: str) -> None:
    """As the company's page would, without anybody coming back."""
    company.pay(buyer.payment.session, **what)


def poll(after: timedelta = starting.FIRST_LOOK) -> int:
    return polling.poll_due(now=timezone.now() + after + timedelta(seconds=1))


@BOTH
def test_the_whole_purchase(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code, "A1", "A2")
    back = buyer.press(buyer.cross_over(), "pay")
    assert status(booking) == "PENDING"

    page = buyer.come_back(back)

    assert "Enjoy the show" in page.content.decode()
    assert page.redirect_chain[-1][0] == path(booking)
    assert stage.states()["A1"] == "BOOKED"
    payment = buyer.payment
    assert (payment.status, payment.amount, payment.poll_at) == ("SUCCESS", Decimal("900.00"), None)
    assert payment.gateway_reference in (
        company.sales[payment.session].__dict__.get("ref_id"),
        reference(company, payment),
    )
    assert audit.violations() == []


def reference(company: Any, payment: Payment) -> str:
    sale = company.sales[payment.session]
    return str(sale.ref_id if isinstance(company, EsewaCompany) else sale.transaction_id)


@BOTH
def test_a_closed_browser_costs_nobody_their_seats(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code)
    buyer.cross_over()
    pay_there(company, buyer)

    assert poll() == 1

    assert status(booking) == "CONFIRMED"
    assert poll(timedelta(days=1)) == 0


@BOTH
def test_coming_back_twice_is_coming_back_once(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code)
    back = buyer.press(buyer.cross_over(), "pay")

    pages = [buyer.come_back(back).status_code for _time in range(3)]

    assert pages == [200, 200, 200]
    assert status(booking) == "CONFIRMED"
    assert company.calls.count(company.asked) == 1
    assert (Payment.objects.count(), Refund.objects.count()) == (1, 0)


@BOTH
def test_who_leaves_without_paying_may_take_another_way_at_once(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code)

    page = buyer.come_back(buyer.press(buyer.cross_over(), "cancel")).content.decode()
    again = buyer.post(path(booking, "pay/"), {"gateway": "fake"})["Location"]
    buyer.post(again, {"pressed": "pay"})

    assert "You came back without paying" in page and "Nothing was charged" in page
    assert "The payment was declined" not in page
    assert status(booking) == "CONFIRMED"
    assert dict(Payment.objects.values_list("gateway", "status")) == {company.code: "FAILED", "fake": "SUCCESS"}


@BOTH
def test_money_that_comes_after_the_buyer_left_still_counts(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code)
    buyer.come_back(buyer.press(buyer.cross_over(), "cancel"))
    pay_there(company, buyer)

    assert poll() == 1

    assert status(booking) == "CONFIRMED"


@BOTH
def test_another_way_can_be_taken_while_a_session_is_open_unless_it_is_paid(
    company: Any, buyer: Buyer, stage: cast.Stage
) -> None:
    booking = buyer.choose(stage, company.code)
    buyer.cross_over()
    assert "Pay in another way" in buyer.get(path(booking, "pay/")).content.decode()

    left = buyer.post(path(booking, "pay/"), {"leave": "1"}, follow=True).content.decode()
    assert "You came back without paying" in left
    cache.clear()
    second = buyer.post(path(booking, "pay/"), {"gateway": company.code})["Location"]
    buyer.hand_over = second
    buyer.cross_over()
    pay_there(company, buyer)
    buyer.post(path(booking, "pay/"), {"leave": "1"})

    assert status(booking) == "CONFIRMED"
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["FAILED", "SUCCESS"]


@BOTH
def test_another_amount_than_asked_for_sells_nothing(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code)
    buyer.cross_over()
    sale = company.sales[buyer.payment.session]
    if isinstance(company, EsewaCompany):
        sale.total = Decimal("1.0")
    else:
        sale.amount = 100
    pay_there(company, buyer)

    poll()

    assert status(booking) == "PENDING"
    payment = buyer.payment
    assert (payment.status, payment.amount) == ("SUCCESS", Decimal("1.00"))
    assert "asked for 450.00 NPR, got 1.00 NPR" in payment.trouble
    assert Case.objects.get().kind == Case.Kind.WRONG_AMOUNT


@BOTH
@pytest.mark.parametrize("trouble", [SLOW, LOST, BROKEN, GARBAGE])
def test_a_gateway_that_does_not_answer_is_asked_again(
    company: Any, buyer: Buyer, stage: cast.Stage, trouble: str
) -> None:
    booking = buyer.choose(stage, company.code)
    back = buyer.press(buyer.cross_over(), "pay")
    company.trouble[company.asked] = [trouble]

    with patience(0.4 if trouble == SLOW else 10):
        waiting = buyer.come_back(back).content.decode()
    poll()

    assert "Waiting for your bank" in waiting
    assert status(booking) == "CONFIRMED"


@BOTH
def test_pending_then_complete(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code)
    buyer.cross_over()
    company.sales[buyer.payment.session].status = {"esewa": "AMBIGUOUS", "khalti": "Pending"}[company.code]
    poll()
    assert (status(booking), buyer.payment.status) == ("PENDING", "INITIATED")

    pay_there(company, buyer)
    poll(timedelta(minutes=4))

    assert status(booking) == "CONFIRMED"


@BOTH
def test_a_return_address_of_somebody_elses_making_leads_nowhere(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    buyer.choose(stage, company.code)
    back = urlsplit(buyer.press(buyer.cross_over(), "cancel")).path
    sealed = back.split("/")[4]

    broken = sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB")

    assert buyer.get(back.replace(sealed, broken)).status_code == 404
    assert buyer.get(f"/payments/go/{broken}/").status_code == 404
    assert buyer.get(back.replace(company.code, "fake")).status_code == 404


@BOTH
def test_the_page_that_hands_over_closes_with_the_payment(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    buyer.buy(stage, company.code)

    assert buyer.get(buyer.hand_over).status_code == 302
    assert buyer.come_back(buyer.hand_over).redirect_chain[-1][0] == path(buyer.booking)


@BOTH
def test_a_return_in_a_strange_browser_shows_nobodys_ticket(company: Any, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, company.code)
    back = buyer.press(buyer.cross_over(), "pay")

    stranger = Buyer().come_back(back)

    assert stranger.status_code == 404
    assert status(booking) == "CONFIRMED"


def test_without_an_answer_from_khalti_no_session_is_opened(
    khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage
) -> None:
    booking = buyer.hold(stage, "A1")
    khalti.trouble["initiate"] = [SLOW, BROKEN]

    with patience(0.4):
        page = buyer.come_back(buyer.go_to_bank(booking, gateway="khalti")).content.decode()
    assert "does not answer right now" in page
    page = buyer.post(path(booking, "pay/"), {"gateway": "khalti"}, follow=True).content.decode()
    assert "does not answer right now" in page
    buyer.hand_over = buyer.post(path(booking, "pay/"), {"gateway": "khalti"})["Location"]
    buyer.booking = booking
    buyer.come_back(buyer.press(buyer.cross_over(), "pay"))

    assert status(booking) == "CONFIRMED"
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["FAILED", "FAILED", "SUCCESS"]


def test_a_company_is_named_in_form_action_on_its_page_alone(
    esewa: EsewaCompany, buyer: Buyer, stage: cast.Stage
) -> None:
    booking = buyer.choose(stage, "esewa")

    own, other = buyer.get(buyer.hand_over), buyer.get(path(booking, "pay/"))

    assert f"form-action 'self' {esewa.url};" in own["Content-Security-Policy"] + ";"
    assert "form-action 'self';" in other["Content-Security-Policy"] + ";"
