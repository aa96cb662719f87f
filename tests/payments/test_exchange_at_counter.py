"""The difference of an exchange, paid by who stands at the counter."""

from typing import Any

import pytest
from django.test import Client

from bookings.models import Booking
from payments import audit
from payments.models import Payment
from seatsync.models import ShowSeat
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.purchase import AS_ASHA


@pytest.fixture
def clerk(chandra: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(chandra)
    return client


@pytest.fixture
def bought(stage: cast.Stage, api: Api) -> dict[str, Any]:
    return purchase.buy(api, stage, "A1", "A2")


@pytest.fixture
def waiting(stage: cast.Stage, api: Api, bought: dict[str, Any]) -> Booking:
    """300 is still to be paid for C1 and C2 instead."""
    ShowSeat.objects.filter(showtime_id=stage.showtime.pk, label__in=["C1", "C2"]).update(price=600)
    said = api.post(f"/bookings/{bought['bookingId']}/exchange", {"seatIds": ["C1", "C2"]}, **AS_ASHA).json()
    return Booking.objects.get(pk=said["paymentBookingId"])


def collect(clerk: Client, booking: Booking) -> Any:
    body = {"bookingId": str(booking.pk), "tender": "CASH"}
    return clerk.post("/counter/collect", body, content_type="application/json")


def test_the_clerk_reads_what_it_is_for_takes_it_and_prints_the_new_tickets(
    stage: cast.Stage, bought: dict[str, Any], waiting: Booking, clerk: Client
) -> None:
    sale = purchase.row(bought)
    found = clerk.get("/counter/waiting", {"q": (waiting.reference or "")[-6:]}).json()["bookings"]
    assert [(one["due"], one["seats"], one["exchangeOf"]) for one in found] == [(300, ["C1", "C2"], sale.reference)]

    sold = collect(clerk, waiting)

    assert sold.status_code == 200, sold.json()
    assert (sold.json()["bookingId"], sold.json()["seats"]) == (str(sale.pk), ["C1", "C2"])
    sale.refresh_from_db()
    assert (sale.status, sale.seat_labels, sale.total) == ("CONFIRMED", ["C1", "C2"], 1200)
    states = stage.states()
    assert (states["A1"], states["A2"], states["C1"], states["C2"]) == ("AVAILABLE", "AVAILABLE", "BOOKED", "BOOKED")
    paid = Payment.objects.order_by("amount").values_list("amount", "gateway", "booking")
    assert list(paid) == [(300, "cash", sale.pk), (900, "fake", sale.pk)]
    assert clerk.get(f"/counter/tickets/{sale.pk}/").content.count(b'class="stub"') == 2
    assert audit.violations() == []


def test_a_difference_that_can_no_longer_be_had_is_refused_before_money_is_taken(
    stage: cast.Stage, api: Api, bought: dict[str, Any], waiting: Booking, clerk: Client
) -> None:
    cancelled = api.post(f"/bookings/{bought['bookingId']}/cancel", {}, **AS_ASHA)
    assert cancelled.status_code == 200

    assert collect(clerk, waiting).status_code == 409

    assert not Payment.objects.filter(gateway="cash").exists()
    assert audit.violations() == []


def test_staff_who_made_the_exchange_are_told_how_the_difference_is_taken(
    stage: cast.Stage, waiting: Booking, devi: User
) -> None:
    manager = Client()
    manager.force_login(devi)

    page = manager.get(f"/bookings/{waiting.pk}/pay/").content.decode()

    assert "At the counter" in page and (waiting.reference or "") in page
