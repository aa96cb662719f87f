"""Reading a booking and giving it back over HTTP: OP26 and OP12."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import qr
from bookings.api import schemas
from bookings.models import Booking, Notice
from payments.models import Refund
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA, AS_BIKASH
from venues.models import Showtime


def starts_in(stage: cast.Stage, **time: float) -> None:
    starts_at = timezone.now() + timedelta(**time)
    Showtime.objects.filter(pk=stage.showtime.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), busy_until=starts_at + timedelta(hours=3)
    )


# --- reading


def test_a_confirmed_booking_shows_seats_payment_show_and_tickets(stage: cast.Stage, api: Api) -> None:
    bought = purchase.buy(api, stage, "A1", "A2")

    booking = api.get(f"/bookings/{bought['bookingId']}", **AS_ASHA).json()

    assert set(booking) == set(schemas.BookingOut().fields)
    assert (booking["status"], booking["paymentStatus"], booking["totalAmount"]) == ("CONFIRMED", "paid", 900)
    assert booking["payment"] == {"status": "SUCCESS", "amount": 900}
    assert booking["bookedSeats"] == ["A1", "A2"]
    assert (booking["seats"][0]["row"], booking["seats"][0]["number"], booking["seats"][0]["tier"]) == ("A", 1, "MAIN")
    assert set(booking["seats"][0]) == set(schemas.BookedSeatOut().fields)
    assert (booking["show"]["movie"], booking["show"]["theatre"]) == ("Dal Bhat Power", "Himal Cinema")
    signed = [qr.verify(ticket["qr"], qr.public_key()) for ticket in booking["tickets"]]
    assert [ticket.seat for ticket in signed] == ["A1", "A2"]


def test_an_unpaid_booking_shows_no_ticket(stage: cast.Stage, api: Api) -> None:
    booking = api.get(f"/bookings/{purchase.book(api, stage, 'A1')['bookingId']}", **AS_ASHA).json()

    assert (booking["status"], booking["paymentStatus"], booking["tickets"]) == ("PENDING", "pending", [])
    assert booking["payment"]["status"] == "INITIATED"
    assert "ticketUrl" not in booking


def test_a_booking_is_private_and_never_cached(stage: cast.Stage, api: Api) -> None:
    answer = api.get(f"/bookings/{purchase.buy(api, stage, 'A1')['bookingId']}", **AS_ASHA)

    assert "no-store" in answer["Cache-Control"]


def test_the_reference_opens_nothing_but_the_signed_link_does(stage: cast.Stage, api: Api) -> None:
    bought = purchase.buy(api, stage, "A1")
    path = f"/bookings/{bought['bookingId']}"
    key = api.get(path, **AS_ASHA).json()["ticketUrl"].partition("key=")[2]

    assert code(api.get(path)) == (404, "NOT_FOUND")
    assert code(api.get(f"{path}?key={bought['bookingReference']}")) == (404, "NOT_FOUND")
    assert code(api.get(f"{path}?sessionToken={cast.ASHA_TOKEN}")) == (404, "NOT_FOUND")
    assert code(api.get(f"{path}?key={key[:-1]}")) == (404, "NOT_FOUND")
    assert api.get(f"{path}?key={key}").status_code == 200


def test_an_archived_booking_still_says_where_people_sat(stage: cast.Stage, api: Api) -> None:
    bought = purchase.buy(api, stage, "A1")
    api.post(f"/bookings/{bought['bookingId']}/cancel", {}, **AS_ASHA)
    Booking.objects.get().tickets.all().delete()

    booking = api.get(f"/bookings/{bought['bookingId']}", **AS_ASHA).json()

    assert booking["bookedSeats"] == ["A1"]
    assert (booking["seats"][0]["label"], booking["seats"][0]["row"]) == ("A1", None)


# --- giving back


def test_cancelling_frees_the_seats_and_promises_the_money_of_the_policy(stage: cast.Stage, api: Api) -> None:
    bought = purchase.buy(api, stage, "A1", "A2")

    answer = api.post(f"/bookings/{bought['bookingId']}/cancel", {"reason": "Ill", "refundAmount": 900}, **AS_ASHA)

    done = answer.json()
    assert answer.status_code == 200
    assert set(done) == set(schemas.CancelledOut().fields)
    assert (done["status"], done["refund"]["amount"], done["refund"]["percent"]) == ("CANCELLED", 450, 50)
    assert done["refund"]["status"] == "PENDING"
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert Refund.objects.get().amount == 450
    assert purchase.row(bought).cancel_reason == "Ill"
    assert Notice.objects.filter(kind="CANCELLATION").exists()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_three_methods_cancel_alike_and_a_day_before_all_comes_back(stage: cast.Stage, api: Api, method: str) -> None:
    starts_in(stage, hours=25)
    bought = purchase.buy(api, stage, "A1")

    done = api.send(method, f"/bookings/{bought['bookingId']}/cancel", {}, **AS_ASHA).json()

    assert (done["status"], done["refund"]["amount"], done["refund"]["percent"]) == ("CANCELLED", 450, 100)


def test_an_unpaid_booking_and_a_hold_are_cancelled_for_nothing(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    held = purchase.hold(api, stage, "B1", token=cast.BIKASH_TOKEN)

    done = api.post(f"/bookings/{booking['bookingId']}/cancel", {"sessionToken": cast.ASHA_TOKEN}).json()
    let_go = api.post(f"/bookings/{held['holdId']}/cancel", {}, **AS_BIKASH).json()

    assert done["refund"] == {"amount": 0, "percent": 0, "status": "NONE", "expectedBy": None}
    assert let_go["status"] == "CANCELLED"
    assert set(stage.states().values()) == {"AVAILABLE"}


def test_cancelling_twice_is_refused_and_pays_once(stage: cast.Stage, api: Api) -> None:
    path = f"/bookings/{purchase.buy(api, stage, 'A1')['bookingId']}/cancel"

    assert api.post(path, {}, **AS_ASHA).status_code == 200
    assert code(api.post(path, {}, **AS_ASHA)) == (409, "ALREADY_CANCELLED")
    assert Refund.objects.count() == 1


def test_two_hours_before_the_show_is_too_late_for_the_buyer_but_not_for_the_manager(
    stage: cast.Stage, api: Api, devi
) -> None:
    bought = purchase.buy(api, stage, "A1")
    starts_in(stage, minutes=119)
    path = f"/bookings/{bought['bookingId']}/cancel"

    assert code(api.post(path, {}, **AS_ASHA)) == (422, "CANCEL_WINDOW_CLOSED")
    assert stage.states()["A1"] == "BOOKED"
    done = signed_in(devi).post(path, {"reason": "Projector broke", "refundAmount": 450}).json()
    assert (done["status"], done["refund"]["amount"]) == ("CANCELLED", 450)


def test_a_sum_above_what_was_paid_is_refused_even_to_a_manager(stage: cast.Stage, api: Api, devi) -> None:
    path = f"/bookings/{purchase.buy(api, stage, 'A1')['bookingId']}/cancel"

    refused = signed_in(devi).post(path, {"refundAmount": 451})

    assert code(refused) == (422, "AMOUNT_TOO_LARGE")
    assert refused.json()["refundable"] == 450
    assert stage.states()["A1"] == "BOOKED"


def test_an_expired_booking_is_not_cancelled(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)

    assert code(api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)) == (409, "INVALID_STATE")


def test_a_booking_is_cancelled_by_its_ticket_link(stage: cast.Stage, api: Api) -> None:
    path = f"/bookings/{purchase.buy(api, stage, 'A1')['bookingId']}"
    key = api.get(path, **AS_ASHA).json()["ticketUrl"].partition("key=")[2]

    assert api.post(f"{path}/cancel?key={key}", {}).json()["status"] == "CANCELLED"


def signed_in(user) -> Api:
    api = Api()
    api.client.force_login(user)
    return api
