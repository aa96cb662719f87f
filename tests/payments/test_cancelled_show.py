"""A show is cancelled while somebody is buying: nobody is sold a seat in it, and no money is kept."""

from typing import Any

from django.utils import timezone

from bookings.models import Booking
from bookings.services import holds
from payments import audit
from payments.gateways import fake
from payments.models import Payment, Refund
from payments.services import settling
from tests import cast
from venues import services


def pay_for(api: Any, stage: cast.Stage, *seats: str) -> Payment:
    held = api.post(
        "/bookings/hold", {"showtimeId": stage.path, "seatIds": list(seats), "sessionToken": cast.ASHA_TOKEN}
    ).json()
    buyer = {"email": "asha@example.com", "name": "Asha"}
    answer = api.post(
        "/bookings/confirm", {"holdId": held["holdId"], "userDetails": buyer, "paymentMethod": "CARD"}
    ).json()
    return Payment.objects.get(booking=answer["bookingId"])


def test_money_for_a_cancelled_show_goes_back(api: Any, stage: cast.Stage) -> None:
    payment = pay_for(api, stage, "A1", "A2")
    services.cancel_showtime(showtime_id=stage.showtime.pk, now=timezone.now())

    settling.settle(fake.charge(payment.session, "tok_ok"), gateway="fake", now=timezone.now())

    booking = Booking.objects.get(pk=payment.booking_id)
    assert (booking.status, booking.ending) == ("CANCELLED", "SHOW_CANCELLED")
    assert Refund.objects.get(payment=payment).amount == payment.amount
    assert stage.states()["A1"] == "AVAILABLE"
    assert audit.violations() == []


def test_a_hold_of_a_cancelled_show_cannot_be_bought(api: Any, stage: cast.Stage) -> None:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.ASHA)
    services.cancel_showtime(showtime_id=stage.showtime.pk, now=timezone.now())

    answer = api.post(
        "/bookings/confirm",
        {"holdId": str(held.booking.pk), "userDetails": {"email": "a@example.com"}, "paymentMethod": "CARD"},
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "NOT_ON_SALE"
