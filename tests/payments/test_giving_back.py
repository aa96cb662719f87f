"""Giving back some tickets of a booking (OP12 with seatIds): the rest stays a sale."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bookings import emails, selectors, sms
from bookings.models import Booking, Notice, PromoCode, Ticket
from payments import audit
from payments.models import Refund
from payments.services import refunding
from tests import cast, purchase
from tests.bookings.test_api_bookings import starts_in
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA, AS_BIKASH


@pytest.fixture
def bought(stage: cast.Stage, api: Api) -> dict[str, Any]:
    """Three seats of 450, paid."""
    return purchase.buy(api, stage, "A1", "A2", "A3")


def give_back(api: Api, bought: dict[str, Any], *seats: str, method: str = "POST", **more: Any) -> Any:
    headers = {name: more.pop(name) for name in list(more) if name.startswith("X_")} or AS_ASHA
    body = {"seatIds": list(seats)} | more
    return api.send(method, f"/bookings/{bought['bookingId']}/cancel", body, **headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_one_ticket_of_several_is_given_back_for_its_part_of_the_money(
    stage: cast.Stage, api: Api, bought: dict[str, Any], method: str
) -> None:
    events = len(stage.journal())

    answer = give_back(api, bought, "A2", method=method)

    done = answer.json()
    assert (answer.status_code, done["status"]) == (200, "CONFIRMED")
    assert (done["cancelledSeats"], done["bookedSeats"]) == (["A2"], ["A1", "A3"])
    assert (done["refund"]["amount"], done["refund"]["percent"]) == (225, 50)
    assert Refund.objects.get().amount == 225
    row = purchase.row(bought)
    assert (row.seat_labels, row.subtotal, row.total, row.kept) == (["A1", "A3"], 900, 900, 225)
    states = stage.states()
    assert (states["A1"], states["A2"], states["A3"]) == ("BOOKED", "AVAILABLE", "BOOKED")
    assert len(stage.journal()) == events + 1
    shown = api.get(f"/bookings/{bought['bookingId']}", **AS_ASHA).json()
    assert ([ticket["seat"] for ticket in shown["tickets"]], shown["totalAmount"]) == (["A1", "A3"], 900)
    assert audit.violations() == []
    assert api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A2"], "sessionToken": "x"}).status_code
    assert stage.states()["A2"] == "HELD"


def test_the_rest_given_back_later_pays_no_more_than_its_own_part(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    give_back(api, bought, "A1")

    rest = give_back(api, bought, "A2", "A3").json()

    assert (rest["status"], rest["cancelledSeats"], rest["refund"]["amount"]) == ("CANCELLED", ["A2", "A3"], 450)
    assert sum(refund.amount for refund in Refund.objects.all()) == 675
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert audit.violations() == []


def test_a_seat_may_be_named_by_its_id_and_costs_what_its_buyer_paid(stage: cast.Stage, api: Api) -> None:
    PromoCode.objects.create(code="SAVE20", percent=20)
    booking = purchase.book(api, stage, "A1", "A2", promoCode="SAVE20")
    purchase.pay(api, booking)
    stage.showtime.starts_at += timedelta(days=3)
    stage.showtime.ends_at += timedelta(days=3)
    stage.showtime.busy_until += timedelta(days=3)
    stage.showtime.save(update_fields=["starts_at", "ends_at", "busy_until"])
    [seat] = [each["id"] for each in _seats(api, booking) if each["label"] == "A2"]

    done = give_back(api, booking, seat).json()

    assert (done["refund"]["amount"], done["refund"]["percent"]) == (360, 100)
    row = purchase.row(booking)
    assert (row.subtotal, row.discount, row.total, row.kept) == (450, 90, 360, 0)
    assert audit.violations() == []


def test_one_mail_says_what_is_given_back_and_what_is_kept(stage: cast.Stage, api: Api, bought: dict[str, Any]) -> None:
    give_back(api, bought, "A2")

    mail, text = Notice.objects.filter(kind="CANCELLATION").order_by("medium")
    letter = emails.render(mail)
    assert "A2" in letter.subject
    assert "Given back: A2. The seats below are still yours" in letter.text
    assert "Seats: A1, A3" in letter.text
    assert "NPR 225 comes back to you" in letter.text
    assert "is cancelled" not in letter.text + letter.html
    assert "A2 given back, NPR 225 comes back. Yours: A1, A3." in sms.render(text)
    assert Notice.objects.filter(kind="REMINDER", done_at=None).exists()


def test_each_part_given_back_is_news_of_its_own(api: Api, bought: dict[str, Any]) -> None:
    give_back(api, bought, "A1")
    give_back(api, bought, "A2")

    assert Notice.objects.filter(kind="CANCELLATION", medium="EMAIL").count() == 2


def test_the_gateway_pays_each_part_back(api: Api, bought: dict[str, Any]) -> None:
    give_back(api, bought, "A1")
    refunding.send_refund(Refund.objects.get())

    status = api.get(f"/payments/status/{bought['bookingId']}", **AS_ASHA).json()["payments"][0]
    assert (status["status"], status["refunds"][0]["amount"]) == ("SUCCESS", 225)


def test_only_a_confirmed_booking_is_divided(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1", "A2")
    as_hold = {"bookingId": held["holdId"]}

    assert code(give_back(api, as_hold, "A1")) == (409, "INVALID_STATE")
    pending = purchase.confirm(api, held["holdId"])
    assert code(give_back(api, pending, "A1")) == (409, "INVALID_STATE")
    purchase.pay(api, pending)
    assert give_back(api, pending, "A1").status_code == 200
    give_back(api, pending, "A2")
    assert code(give_back(api, pending, "A2", "A3")) == (409, "ALREADY_CANCELLED")


@pytest.mark.parametrize("seats", [["A9"], ["B1"], ["A1", "A1"], ["A1", "A9"], ["A1", "A2", "A9"], ["seat_999999"]])
def test_seats_it_has_not_are_not_found(stage: cast.Stage, api: Api, bought: dict[str, Any], seats: list[str]) -> None:
    assert code(give_back(api, bought, *seats)) == (404, "NOT_FOUND")
    assert purchase.row(bought).seat_labels == ["A1", "A2", "A3"]


def test_it_is_too_late_two_hours_before_and_a_used_ticket_stays_used(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    Ticket.objects.filter(label="A1").update(checked_in_at=timezone.now())
    assert code(give_back(api, bought, "A1")) == (422, "TICKET_USED")
    starts_in(stage, minutes=119)
    assert code(give_back(api, bought, "A2")) == (422, "CANCEL_WINDOW_CLOSED")


def test_strangers_give_nothing_back_and_owners_name_no_sum(api: Api, bought: dict[str, Any]) -> None:
    assert code(give_back(api, bought, "A1", **AS_BIKASH)) == (404, "NOT_FOUND")
    assert give_back(api, bought, "A1", refundAmount=450).json()["refund"]["amount"] == 225


def test_staff_name_a_sum_up_to_what_the_seat_cost(stage: cast.Stage, bought: dict[str, Any], devi: Any) -> None:
    desk = Api()
    desk.client.force_login(devi)
    path = f"/bookings/{bought['bookingId']}/cancel"

    assert code(desk.post(path, {"seatIds": ["A1"], "refundAmount": 450.01})) == (422, "AMOUNT_TOO_LARGE")
    done = desk.post(path, {"seatIds": ["A1"], "refundAmount": 450}).json()
    assert (done["refund"]["amount"], purchase.row(bought).kept) == (450, 0)
    assert audit.violations() == []


def test_a_channel_gives_back_a_ticket_of_its_own_sale(stage: cast.Stage) -> None:
    till = Api(cast.till(stage))
    line = {"status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    updates = [line | {"seatNumber": seat} for seat in ("A1", "A2")]
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": updates})
    sale = Booking.objects.get()

    done = till.post(f"/bookings/{sale.pk}/cancel", {"seatIds": ["A1"]}).json()

    assert (done["bookedSeats"], done["refund"]["amount"]) == (["A2"], 0)
    assert [ticket.label for ticket in selectors.tickets(sale)] == ["A2"]
    assert audit.violations() == []


def _seats(api: Api, booking: dict[str, Any]) -> list[dict[str, Any]]:
    seats: list[dict[str, Any]] = api.get(f"/bookings/{booking['bookingId']}", **AS_ASHA).json()["seats"]
    return seats
