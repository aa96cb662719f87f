"""Seed 002: reserve, pay, confirm, with its customers, its order and its reservation."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bookings.models import Booking
from bookings.services import endings
from payments import audit, gateways
from payments.gateways import fake
from tests import cast
from tests.walks.conftest import Mounted

pytestmark = pytest.mark.django_db

FIRST, SECOND = "6848509d75825a9f079930db", "684918379fe8e0bfd4da1ca7"


def reserve(api: Mounted, event: object, *seats: str, customer: str = FIRST) -> Any:
    return api.post(f"/events/{event}/seats/reserve", {"customerId": customer, "seatIds": list(seats)})


def seat(api: Mounted, event: object, name: str, customer: str = "") -> dict[str, Any]:
    seats = api.get(f"/events/{event}/seats?customerId={customer}").json()["seats"]
    return next(each for each in seats if each["name"] == name)


def refusal(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_reserve_pay_confirm(stage: cast.Stage, api: Mounted) -> None:
    free = seat(api, stage.path, "A1")
    assert set(free) == {"_id", "eventID", "name", "isTaken", "lockedBy", "lockedUntil"}
    assert (free["isTaken"], free["lockedBy"], free["lockedUntil"]) == (False, None, None)

    reserved = reserve(api, stage.path, free["_id"], "A2")
    order = reserved.json()
    assert reserved.status_code == 201
    assert (order["status"], order["amount"], order["currency"]) == ("Pending", 900, "NPR")
    assert order["seatIDs"][0] == free["_id"]
    locked = seat(api, stage.path, "A1", FIRST)
    assert (locked["isTaken"], locked["lockedBy"], locked["lockedUntil"][:19] + "Z") == (
        False, FIRST, order["lockedUntil"],
    )  # fmt: skip
    assert seat(api, stage.path, "A1", SECOND)["lockedBy"] is None

    paid = api.post(f"/orders/{order['orderId']}/pay", {"customerId": FIRST})
    assert (paid.status_code, paid.json()["orderId"], paid.json()["status"]) == (200, order["orderId"], "Paid")

    confirmed = api.post(f"/events/{stage.path}/seats/confirm", {"customerId": FIRST, "orderId": order["orderId"]})
    assert confirmed.status_code == 200
    reservation = confirmed.json()["reservation"]
    assert reservation.pop("_id")
    assert reservation == {
        "customerID": FIRST, "eventID": stage.path, "seatIDs": order["seatIDs"], "orderID": order["orderId"],
    }  # fmt: skip
    taken = seat(api, stage.path, "A1", FIRST)
    assert (taken["isTaken"], taken["lockedBy"], taken["lockedUntil"]) == (True, None, None)
    assert audit.violations() == []


def test_an_event_may_be_a_movie_with_one_showtime_to_come(stage: cast.Stage, api: Mounted) -> None:
    order = reserve(api, stage.movie.pk, "A1").json()
    api.post(f"/orders/{order['orderId']}/pay", {"customerId": FIRST})
    body = {"customerId": FIRST, "orderId": order["orderId"]}

    assert api.post(f"/events/{stage.movie.pk}/seats/confirm", body).status_code == 200
    cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=2))
    refused = reserve(api, stage.movie.pk, "A2")
    assert refusal(refused) == (422, "VALIDATION_FAILED")
    assert refused.json()["errors"][0]["code"] == "WHICH_SHOWTIME"
    assert api.post(f"/events/{stage.movie.pk}/seats/confirm", body).status_code == 200
    assert refusal(reserve(api, order["orderId"], "A2")) == (404, "NOT_FOUND")


def test_what_is_taken_or_locked_by_others_is_refused_by_name(stage: cast.Stage, api: Mounted) -> None:
    reserve(api, stage.path, "A1")

    refused = reserve(api, stage.path, "A1", "A2", customer=SECOND)

    assert refusal(refused) == (409, "SEAT_UNAVAILABLE")
    assert [each["label"] for each in refused.json()["conflicts"]] == ["A1"]
    assert stage.states()["A2"] == "AVAILABLE"
    assert reserve(api, stage.path, "A2", customer=SECOND).status_code == 201


def test_only_a_paid_order_is_confirmed_whatever_the_body_says(stage: cast.Stage, api: Mounted) -> None:
    order = reserve(api, stage.path, "A1").json()["orderId"]
    claims = {"customerId": FIRST, "orderId": order, "status": "Paid", "paymentStatus": "paid"}

    assert refusal(api.post(f"/events/{stage.path}/seats/confirm", claims)) == (402, "NOT_PAID")
    declined = {"customerId": FIRST, "paymentMethod": {"type": "card", "token": "tok_declined"}}
    assert refusal(api.post(f"/orders/{order}/pay", declined)) == (402, "PAYMENT_DECLINED")
    assert refusal(api.post(f"/events/{stage.path}/seats/confirm", claims)) == (402, "NOT_PAID")
    assert api.post(f"/orders/{order}/pay", {"customerId": FIRST}).json()["status"] == "Paid"


def test_a_lock_that_ran_out_frees_the_seats_and_can_no_longer_be_paid(stage: cast.Stage, api: Mounted) -> None:
    order = reserve(api, stage.path, "A1").json()["orderId"]
    endings.expire_at_showtime(showtime_id=stage.showtime.pk, now=timezone.now() + timedelta(minutes=11))

    assert refusal(api.post(f"/orders/{order}/pay", {"customerId": FIRST})) == (410, "HOLD_EXPIRED")
    body = {"customerId": FIRST, "orderId": order}
    assert refusal(api.post(f"/events/{stage.path}/seats/confirm", body)) == (410, "HOLD_EXPIRED")
    assert reserve(api, stage.path, "A1", customer=SECOND).status_code == 201


def test_orders_are_their_customers_own(stage: cast.Stage, api: Mounted, asha: Any) -> None:
    order = reserve(api, stage.path, "A1").json()["orderId"]
    body = {"customerId": SECOND, "orderId": order}

    assert refusal(api.post(f"/orders/{order}/pay", {"customerId": SECOND})) == (404, "NOT_FOUND")
    assert refusal(api.post(f"/orders/{order}/pay", {})) == (404, "NOT_FOUND")
    assert refusal(api.post(f"/events/{stage.path}/seats/confirm", body)) == (404, "NOT_FOUND")
    assert refusal(api.post(f"/events/{stage.path}/seats/reserve", {"seatIds": ["A2"]})) == (
        422, "SESSION_TOKEN_REQUIRED",
    )  # fmt: skip
    api.client.force_login(asha)
    assert refusal(reserve(api, stage.path, "A2", customer=FIRST)) == (403, "FORBIDDEN")
    own = reserve(api, stage.path, "A2", customer=str(asha.pk))
    assert (own.status_code, own.json()["seats"][0]["lockedBy"]) == (201, str(asha.pk))


def test_a_guest_who_names_somebodys_account_does_not_reach_it(stage: cast.Stage, api: Mounted, asha: Any) -> None:
    signed_in = Mounted(api.mount)
    signed_in.client.force_login(asha)
    order = reserve(signed_in, stage.path, "A1", customer=str(asha.pk)).json()["orderId"]

    assert refusal(api.post(f"/orders/{order}/pay", {"customerId": str(asha.pk)})) == (404, "NOT_FOUND")
    mine = reserve(api, stage.path, "A2", customer=str(asha.pk)).json()["orderId"]
    assert Booking.objects.get(pk=mine).owner.startswith("session:")


class Bank(fake.Fake):
    """A gateway with a page of its own and no test tokens."""

    code = "bank"


def test_live_payments_are_finished_at_the_gateways_page(
    stage: cast.Stage, api: Mounted, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = reserve(api, stage.path, "A1").json()["orderId"]
    monkeypatch.setitem(gateways._KNOWN, "bank", Bank())
    settings.GATEWAYS = ["bank"]

    answer = api.post(f"/orders/{order}/pay", {"customerId": FIRST})

    assert (answer.status_code, answer.json()["status"]) == (202, "Pending")
    assert answer.json()["paymentUrl"]


def test_a_repeated_request_is_answered_as_the_first_time(stage: cast.Stage, api: Mounted) -> None:
    body = {"customerId": FIRST, "seatIds": ["A1"]}
    path = f"/events/{stage.path}/seats/reserve"

    first, again = (api.post(path, body, Idempotency_Key="once") for _time in range(2))

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert api.post(path, body | {"seatIds": ["A2"]}, Idempotency_Key="once").status_code == 422
    paths = f"/orders/{first.json()['orderId']}/pay"
    paid = [api.post(paths, {"customerId": FIRST}, Idempotency_Key="pay") for _time in range(2)]
    assert paid[1].json() == paid[0].json()


def test_the_seeds_own_customers_buy_at_two_events(stage: cast.Stage, api: Mounted) -> None:
    tomorrow = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=1))

    for event in (stage.path, str(tomorrow.pk)):
        for customer, seat_name in ((FIRST, "A1"), (SECOND, "B1")):
            order = reserve(api, event, seat_name, customer=customer).json()["orderId"]
            assert api.post(f"/orders/{order}/pay", {"customerId": customer}).json()["status"] == "Paid"
            body = {"customerId": customer, "orderId": order}
            assert api.post(f"/events/{event}/seats/confirm", body).json()["reservation"]["customerID"] == customer
    other = {"customerId": SECOND, "orderId": order}
    assert refusal(api.post(f"/events/{stage.path}/seats/confirm", other)) == (404, "NOT_FOUND")
