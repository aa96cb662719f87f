"""Money back over HTTP: OP31."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.api import schemas
from payments.models import Payment, Refund
from payments.services import refunding
from tests import cast, purchase
from tests.bookings.test_api_bookings import signed_in, starts_in
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA


@pytest.fixture
def bought(stage: cast.Stage, api: Api) -> dict:
    return purchase.buy(api, stage, "A1", "A2")


def refund(api: Api, bought: dict, body: object = None, query: str = "", **headers: str):
    return api.post(f"/payments/refund/{bought['bookingId']}{query}", {} if body is None else body, **headers)


def test_the_owner_gets_what_the_policy_gives_and_the_seats_are_free(stage: cast.Stage, api: Api, bought: dict) -> None:
    answer = refund(api, bought, {"amount": 900, "reason": "Ill"}, **AS_ASHA)

    done = answer.json()
    assert answer.status_code == 202
    assert set(done) == set(schemas.RefundOut().fields)
    assert (done["refundAmount"], done["refundPercentage"], done["status"]) == (450, 50, "PENDING")
    assert done["bookingStatus"] == "CANCELLED"
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert Refund.objects.get().reason == "CANCELLED"


def test_a_sent_refund_shows_in_the_status(api: Api, bought: dict) -> None:
    refund(api, bought, **AS_ASHA)
    promised = Refund.objects.get()
    refunding.send_refund(promised)
    Refund.objects.update(done_at=timezone.now())

    status = api.get(f"/payments/status/{bought['bookingId']}", **AS_ASHA).json()

    line = {"refundId": str(promised.pk), "amount": 450, "status": "SENT", "reason": "CANCELLED"}
    assert status["payments"][0]["refunds"] == [line]


def test_the_ticket_link_is_enough_and_nothing_at_all_is_not(api: Api, bought: dict) -> None:
    key = api.get(f"/bookings/{bought['bookingId']}", **AS_ASHA).json()["ticketUrl"].partition("key=")[2]

    assert code(refund(api, bought)) == (401, "UNAUTHORIZED")
    assert code(refund(api, bought, query="?key=guess")) == (404, "NOT_FOUND")
    assert refund(api, bought, query=f"?key={key}").status_code == 202


def test_after_the_last_hour_the_owner_gets_nothing_back(stage: cast.Stage, api: Api, bought: dict) -> None:
    starts_in(stage, minutes=119)

    assert code(refund(api, bought, **AS_ASHA)) == (422, "CANCEL_WINDOW_CLOSED")
    assert purchase.row(bought).status == "CONFIRMED"


def test_what_is_unpaid_cancelled_or_free_has_nothing_to_refund(stage: cast.Stage, api: Api, bought: dict) -> None:
    unpaid = purchase.book(api, stage, "B1")
    assert code(refund(api, unpaid, **AS_ASHA)) == (409, "INVALID_STATE")
    assert purchase.row(unpaid).status == "PENDING"

    assert refund(api, bought, **AS_ASHA).status_code == 202
    assert code(refund(api, bought, **AS_ASHA)) == (409, "ALREADY_CANCELLED")

    sold_by_channel = purchase.row(bought)
    Payment.objects.all().update(status=Payment.Status.FAILED)
    type(sold_by_channel).objects.filter(pk=sold_by_channel.pk).update(status="CONFIRMED")
    assert code(refund(api, bought, **AS_ASHA)) == (422, "NOTHING_TO_REFUND")
    assert purchase.row(bought).status == "CONFIRMED"


def test_a_manager_names_the_sum_and_the_seats_stay_until_all_is_back(
    stage: cast.Stage, api: Api, bought: dict, devi
) -> None:
    manager = signed_in(devi)

    part = refund(manager, bought, {"amount": 300, "reason": "Popcorn burnt"}).json()
    assert (part["refundAmount"], part["bookingStatus"]) == (300, "CONFIRMED")
    assert stage.states()["A1"] == "BOOKED"
    assert code(refund(manager, bought, {"amount": 601})) == (422, "AMOUNT_TOO_LARGE")
    rest = refund(manager, bought).json()
    assert (rest["refundAmount"], rest["bookingStatus"]) == (600, "REFUNDED")
    assert stage.states()["A1"] == "AVAILABLE"
    assert code(refund(manager, bought)) == (409, "INVALID_STATE")


def test_a_channel_may_refund_its_own_sales_with_the_scope_only(stage: cast.Stage, api: Api, bought: dict) -> None:
    scopes = [*cast.ALL_SCOPES, "payments:refund"]
    token = cast.make_channel(
        "Refunder", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=scopes
    )[1]
    refunder, plain = Api(token), Api(cast.moviepass(stage))
    own = purchase.book(refunder, stage, "B1", token="customer-1")
    purchase.pay(refunder, own)

    assert code(refund(refunder, bought)) == (404, "NOT_FOUND")
    assert code(refund(plain, bought)) == (403, "FORBIDDEN")
    assert refund(refunder, own, {"amount": 100}).json()["refundAmount"] == 100


@pytest.mark.parametrize("amount", [-1, 0.001, "NaN", "Infinity", 10**12, True, [], {"a": 1}])
def test_a_sum_that_is_none_is_refused(api: Api, bought: dict, devi, amount: object) -> None:
    assert refund(signed_in(devi), bought, {"amount": amount}).status_code == 422
    assert Refund.objects.count() == 0


def test_nothing_is_refunded_twice_under_one_key(api: Api, bought: dict, devi) -> None:
    manager = signed_in(devi)

    answers = [refund(manager, bought, {"amount": 100}, Idempotency_Key="r1") for _time in range(3)]

    assert len({answer.content for answer in answers}) == 1
    assert Refund.objects.count() == 1
    assert Refund.objects.get().due_at < timezone.now() + timedelta(seconds=1)
