"""eSewa's formulas by its own examples, and what forgers, tamperers and clerks do."""

import base64
import json
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from payments.gateways import BadSignature, GatewayError, Word, esewa, get
from payments.models import Payment, Refund
from payments.services import polling, refunding
from showsewa import promises
from tests import cast
from tests.gateways.buyer import Buyer, read, status
from tests.gateways.esewa_company import KEY, EsewaCompany


@pytest.fixture
def buyer(db: None) -> Buyer:
    return Buyer()


@pytest.fixture
def payment(esewa: EsewaCompany, buyer: Buyer, stage: cast.Stage) -> Payment:
    """Opened at eSewa, not paid."""
    buyer.choose(stage, "esewa")
    buyer.cross_over()
    return buyer.payment


def test_the_form_is_signed_as_in_the_documentation() -> None:
    fields = {"total_amount": "110", "transaction_uuid": "241028", "product_code": "EPAYTEST"}

    signed = esewa.sign(fields, ["total_amount", "transaction_uuid", "product_code"], KEY)

    assert signed == "i94zsd3oXF6ZsSr/kGqT4sSzYQzjj1W/waxjWyRwaME="


def test_the_answer_is_signed_as_in_the_documentation() -> None:
    names = "transaction_code,status,total_amount,transaction_uuid,product_code,signed_field_names"
    fields = {
        "transaction_code": "000AWEO", "status": "COMPLETE", "total_amount": "1000.0",
        "transaction_uuid": "250610-162413", "product_code": "EPAYTEST", "signed_field_names": names,
    }  # fmt: skip

    assert esewa.sign(fields, names.split(","), KEY) == "62GcfZTmVkzhtUeh+QJ1AqiJrjoWWGof3U+eTPTZ7fA="
    for spelt in ("1000", "1,000.0"):
        assert esewa.sign(fields | {"total_amount": spelt}, names.split(","), KEY) != (
            "62GcfZTmVkzhtUeh+QJ1AqiJrjoWWGof3U+eTPTZ7fA="
        )


@pytest.mark.parametrize(
    ("amount", "spelt"), [("110.00", "110"), ("110.50", "110.50"), ("0.05", "0.05"), ("1200000", "1200000")]
)
def test_rupees_are_spelt_without_needless_noughts(amount: str, spelt: str) -> None:
    assert esewa.rupees(Decimal(amount)) == spelt


def test_its_own_answer_is_read_with_the_number_as_it_is_spelt(esewa: EsewaCompany, payment: Payment) -> None:
    esewa.pay(payment.session)
    assert '"total_amount": 450.0' in base64.b64decode(esewa.data(payment.session)).decode()

    said = get("esewa").read_return(payment, {"data": esewa.data(payment.session)})  # type: ignore[attr-defined]

    assert (said.session, said.is_left) == (payment.session, False)


FORGERIES: dict[str, dict[str, Any]] = {
    "another amount": {"total_amount": 1.0},
    "another spelling": {"total_amount": 450},
    "another status": {"status": "PENDING"},
    "another session": {"transaction_uuid": "somebody-elses"},
    "no signature": {"signature": ""},
    "no text": {"signature": None},
    "less signed": {"signed_field_names": "product_code,signed_field_names"},
    "nothing named": {"signed_field_names": 7},
    "fields it has not": {"signed_field_names": "status,price"},
}


@pytest.mark.parametrize("forged", FORGERIES)
def test_a_forged_answer_is_not_believed(esewa: EsewaCompany, payment: Payment, forged: str) -> None:
    gateway = get("esewa")
    esewa.pay(payment.session)
    genuine, tampered = esewa.data(payment.session), esewa.data(payment.session, **FORGERIES[forged])
    assert gateway.read_return(payment, {"data": genuine}).session  # type: ignore[attr-defined]

    with pytest.raises(BadSignature):
        gateway.read_return(payment, {"data": tampered})  # type: ignore[attr-defined]


@pytest.mark.parametrize("data", ["%%%", "aGVsbG8=", base64.b64encode(b"[1]").decode(), "Zg", "e30="])
def test_nonsense_is_not_believed_either(esewa: EsewaCompany, payment: Payment, data: str) -> None:
    with pytest.raises(BadSignature):
        get("esewa").read_return(payment, {"data": data})  # type: ignore[attr-defined]


def test_a_forged_return_sells_nothing_and_a_forged_one_of_paid_money_loses_nothing(
    esewa: EsewaCompany, payment: Payment, buyer: Buyer
) -> None:
    back = esewa.sales[payment.session].success_url.removeprefix("http://127.0.0.1:8000")
    lie = base64.b64encode(json.dumps({"status": "COMPLETE", "transaction_uuid": payment.session}).encode()).decode()

    page = buyer.come_back(f"{back}?data={lie}").content.decode()
    assert (status(buyer.booking), buyer.payment.status) == ("PENDING", "INITIATED")
    assert "Waiting for your bank" in page

    esewa.pay(payment.session)
    polling.ask_about(payment, now=timezone.now() + timedelta(minutes=1))
    polling.poll_due(now=timezone.now() + timedelta(minutes=2))
    assert status(buyer.booking) == "CONFIRMED"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("COMPLETE", Word.PAID), ("PENDING", Word.OPEN), ("AMBIGUOUS", Word.OPEN), ("CANCELED", Word.FAILED),
        ("FULL_REFUND", Word.FAILED), ("PARTIAL_REFUND", Word.PAID),
    ],
)  # fmt: skip
def test_each_status_has_one_meaning(esewa: EsewaCompany, payment: Payment, said: str, word: Word) -> None:
    esewa.pay(payment.session, status=said)

    report = get("esewa").look_up(payment)

    assert report.word == word
    assert report.amount == (Decimal("450.00") if said == "COMPLETE" else None)


def test_a_status_nobody_knows_decides_nothing(esewa: EsewaCompany, payment: Payment) -> None:
    esewa.pay(payment.session, status="HALF_DONE")

    with pytest.raises(GatewayError) as refused:
        get("esewa").look_up(payment)

    assert not refused.value.permanent


def test_a_form_that_was_never_sent_is_given_up_an_hour_after_its_time(
    esewa: EsewaCompany, buyer: Buyer, stage: cast.Stage
) -> None:
    buyer.choose(stage, "esewa")
    payment = buyer.payment
    assert get("esewa").look_up(payment).word == Word.OPEN

    payment.expires_at = timezone.now() - timedelta(minutes=61)

    assert get("esewa").look_up(payment).word == Word.EXPIRED


def test_the_form_asks_for_what_the_booking_costs(esewa: EsewaCompany, buyer: Buyer, stage: cast.Stage) -> None:
    buyer.choose(stage, "esewa", "A1", "A2")

    action, fields, _link = read(buyer.get(buyer.hand_over).content.decode())

    assert action == f"{esewa.url}/api/epay/main/v2/form"
    assert (fields["total_amount"], fields["amount"], fields["tax_amount"]) == ("900", "900", "0")
    assert fields["success_url"] == fields["failure_url"] and "?" not in fields["success_url"]
    assert str(buyer.booking.pk) not in fields["success_url"]


def test_a_refund_goes_to_a_person_at_once(esewa: EsewaCompany, buyer: Buyer, stage: cast.Stage) -> None:
    booking, now = buyer.buy(stage, "esewa"), timezone.now()
    refunding.cancel_booking(booking_id=booking.pk, actor=cast.ASHA, now=now)

    assert promises.keep(Refund, refunding.send_refund, now=now) == 1

    refund = Refund.objects.get()
    assert refund.failed_at is not None and refund.attempts == 1
    assert f"give 225 NPR of {buyer.payment.gateway_reference} back" in refund.last_error
    assert promises.keep(Refund, refunding.send_refund, now=now + timedelta(days=1)) == 0


def test_it_sends_no_messages(stage: cast.Stage, api: Any, esewa: EsewaCompany) -> None:
    assert SimpleNamespace(**api.post("/payments/webhook/esewa", {"id": "1"}).json()).code == "BAD_SIGNATURE"
