"""Khalti: what goes over the wire, and refunds of which nobody knows whether they were made (R30)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from payments.gateways import GatewayError, Word, get
from payments.models import Payment, Refund
from payments.services import refunding
from showsewa import promises
from tests import cast
from tests.gateways import setting_up
from tests.gateways.buyer import Buyer, status
from tests.gateways.company import BROKEN, LOST, SLOW
from tests.gateways.khalti_company import KhaltiCompany, Sale
from tests.visitor import path

STAFF = cast.BIKASH


@pytest.fixture
def buyer(db: None) -> Buyer:
    return Buyer()


@pytest.fixture
def sale(khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage) -> Sale:
    """Two seats for 900 rupees, paid."""
    buyer.buy(stage, "khalti", "A1", "A2")
    return khalti.sales[buyer.payment.session]


class Clock:
    """Rings for refunds as beat does, each time a little later than the last try asked for."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()

    def ring(self, times: int = 1) -> None:
        for _time in range(times):
            due = Refund.objects.filter(promises.OPEN).order_by("due_at").first()
            self.now = max(self.now, due.due_at if due else self.now)
            promises.keep(Refund, refunding.send_refund, now=self.now)


def give_back(buyer: Buyer, amount: int | None = None) -> Refund:
    sum_ = None if amount is None else Decimal(amount)
    done = refunding.refund_booking(booking_id=buyer.booking.pk, actor=STAFF, now=timezone.now(), amount=sum_)
    return done.refunds[0]


def test_paisa_and_our_key_go_over_the_wire(khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage) -> None:
    buyer.choose(stage, "khalti", "A1", "A2")

    sale = khalti.sales[buyer.payment.session]

    assert (sale.amount, sale.order) == (90_000, str(buyer.payment.pk))
    assert "?" not in sale.return_url and str(buyer.booking.pk) not in sale.return_url


def test_with_a_wrong_key_nothing_is_sold(
    khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage, settings: Any
) -> None:
    settings.GATEWAY_KEYS = {"khalti": {"secret_key": "wrong"}}
    booking = buyer.hold(stage, "A1")

    answer = buyer.go_to_bank(booking, gateway="khalti")

    assert answer == path(booking, "pay/")
    assert khalti.sales == {}
    assert "Invalid token" in Payment.objects.get().trouble
    assert "wrong" not in Payment.objects.get().trouble


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Completed", Word.PAID), ("Pending", Word.OPEN), ("Initiated", Word.OPEN), ("Expired", Word.EXPIRED),
        ("User canceled", Word.FAILED), ("Refunded", Word.FAILED), ("Partially Refunded", Word.PAID),
    ],
)  # fmt: skip
def test_each_status_has_one_meaning(
    khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage, said: str, word: Word
) -> None:
    buyer.choose(stage, "khalti")
    khalti.pay(buyer.payment.session, status=said)

    report = get("khalti").look_up(buyer.payment)

    assert report.word == word
    assert report.amount == (Decimal("450.00") if said == "Completed" else None)


def test_a_status_nobody_knows_decides_nothing(khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage) -> None:
    buyer.choose(stage, "khalti")
    khalti.pay(buyer.payment.session, status="Half Done")

    with pytest.raises(GatewayError) as refused:
        get("khalti").look_up(buyer.payment)

    assert not refused.value.permanent


def test_a_lie_on_the_way_back_sells_nothing(khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, "khalti")
    session = buyer.payment.session
    address = khalti.sales[session].return_url.removeprefix("http://127.0.0.1:8000")

    page = buyer.come_back(f"{address}?pidx={session}&status=Completed&transaction_id=x&amount=45000")

    assert (status(booking), buyer.payment.status) == ("PENDING", "INITIATED")
    assert "Waiting for your bank" in page.content.decode()


def test_an_expired_session_ends_the_booking(khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage) -> None:
    booking = buyer.choose(stage, "khalti")
    there = buyer.cross_over()
    back = buyer.press(there, "cancel")
    khalti.sales[buyer.payment.session].status = "Expired"

    buyer.come_back(back)

    assert buyer.payment.status == "EXPIRED"
    assert status(booking) == "EXPIRED"


def test_all_of_it_goes_back_without_an_amount_and_a_part_with_one(sale: Sale, buyer: Buyer) -> None:
    give_back(buyer, 300)
    give_back(buyer)

    Clock().ring(2)

    assert sorted(sale.refunds) == [30_000, 60_000]
    assert sale.status == "Refunded"
    assert buyer.payment.status == "REFUNDED"
    assert Refund.objects.filter(done_at=None).count() == 0


@pytest.mark.parametrize("trouble", [SLOW, LOST])
@pytest.mark.parametrize("amount", [None, 300])
def test_a_refund_of_unknown_result_is_looked_up_and_not_made_again(
    khalti: KhaltiCompany, sale: Sale, buyer: Buyer, trouble: str, amount: int | None
) -> None:
    khalti.trouble["refund"] = [trouble]
    refund, clock = give_back(buyer, amount), Clock()

    with setting_up.patience(0.4 if trouble == SLOW else 10):
        clock.ring()
    refund.refresh_from_db()
    assert refund.is_open and "no answer" in refund.last_error
    clock.ring()

    refund.refresh_from_db()
    assert refund.done_at is not None
    assert refund.gateway_reference == sale.transaction_id
    assert sale.refunds == [(amount or 900) * 100]
    assert khalti.calls.count("refund") == 1


def test_a_refund_that_was_not_made_is_made_once_the_lost_call_can_no_longer_arrive(
    khalti: KhaltiCompany, sale: Sale, buyer: Buyer
) -> None:
    khalti.trouble["refund"] = [BROKEN]
    refund, clock = give_back(buyer, 300), Clock()

    clock.ring(4)
    assert sale.refunds == []
    clock.ring()

    refund.refresh_from_db()
    assert (sale.refunds, refund.attempts, refund.is_open) == ([30_000], 5, False)
    assert clock.now - refund.created_at > timedelta(seconds=60)


def test_a_keeper_that_died_after_the_call_is_not_paid_for_twice(
    khalti: KhaltiCompany, sale: Sale, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund, clock = give_back(buyer, 300), Clock()
    with monkeypatch.context() as dying:
        dying.setattr(refunding, "_note_sent", _die)
        with pytest.raises(KeyboardInterrupt):
            clock.ring()
    refund.refresh_from_db()
    assert (sale.refunds, refund.is_open, refund.last_error) == ([30_000], True, "")

    clock.ring()

    refund.refresh_from_db()
    assert (sale.refunds, refund.is_open) == ([30_000], False)


def _die(*_args: Any, **_kwargs: Any) -> None:
    raise KeyboardInterrupt


def test_where_khalti_cannot_say_which_part_went_back_a_person_looks(
    khalti: KhaltiCompany, sale: Sale, buyer: Buyer
) -> None:
    clock = Clock()
    give_back(buyer, 300)
    clock.ring()
    khalti.trouble["refund"] = [LOST]
    second = give_back(buyer, 200)

    clock.ring(2)

    second.refresh_from_db()
    assert second.failed_at is not None and "does not say whether this too" in second.last_error
    assert sale.refunds == [30_000, 20_000]


def test_a_refund_khalti_refuses_goes_to_a_person(khalti: KhaltiCompany, sale: Sale, buyer: Buyer) -> None:
    sale.refunds.append(80_000)  # somebody has given it back in Khalti's portal
    refund = give_back(buyer, 300)

    Clock().ring()

    refund.refresh_from_db()
    assert refund.failed_at is not None and "less than or equal" in refund.last_error


def test_too_small_a_sum_is_refused_for_good(khalti: KhaltiCompany, buyer: Buyer, stage: cast.Stage) -> None:
    buyer.choose(stage, "khalti")
    payment = buyer.payment
    payment.amount = Decimal("9.99")

    with pytest.raises(GatewayError, match="1000 paisa") as refused:
        get("khalti").start(payment, return_path="/")

    assert refused.value.permanent
