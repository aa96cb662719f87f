"""The steps of a sale through Stripe, and both sides of its refunds."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from payments.gateways import stripe
from payments.models import Payment, Refund
from payments.services import refunding
from showsewa import promises
from tests import cast, purchase
from tests import stripe_stand_in as stand_in
from tests.conftest import Api
from tests.purchase import AS_ASHA
from tests.stripe_stand_in import StandIn


def send(api: Api, event: dict[str, Any], **changes: Any) -> Any:
    """Post an event as Stripe would. changes: to how it is signed."""
    body, headers = stand_in.message(event, **changes)
    return api.send("POST", "/payments/webhook/stripe", body, **headers)


def bought(api: Api, stage: cast.Stage, bank: StandIn, *seats: str) -> dict[str, Any]:
    """A booking paid at Stripe, which we were told of."""
    booking = purchase.book(api, stage, *seats)
    bank.pay(purchase.session_of(booking))
    [event] = bank.events(purchase.session_of(booking))
    assert send(api, event).status_code == 200
    assert purchase.row(booking).status == "CONFIRMED"
    return booking


def send_refunds(*, later: timedelta = timedelta(0)) -> None:
    promises.keep(Refund, refunding.send_refund, now=timezone.now() + later)


def at_stripe(bank: StandIn, booking: dict[str, Any]) -> list[tuple[str, Decimal]]:
    """Every refund there: our refund's id, and the sum."""
    given = [refund for payment in payments(booking) for refund in bank.refunds(payment.session)]
    return sorted((refund["metadata"][stripe.REFUND_MARK], Decimal(refund["amount"]) / 100) for refund in given)


def here(booking: dict[str, Any]) -> list[tuple[str, Decimal]]:
    rows = Refund.objects.filter(payment__booking=booking["bookingId"])
    return sorted((str(refund.pk), refund.amount) for refund in rows)


def payments(booking: dict[str, Any]) -> list[Payment]:
    return list(Payment.objects.filter(booking=booking["bookingId"]).order_by("pk"))


def paid(bank: StandIn, intent: str) -> dict[str, Any]:
    return bank.intent(intent) | {"status": "succeeded", "amount_received": 45_000, "latest_charge": "ch_1"}


def card_page(api: Api, booking: dict[str, Any]) -> tuple[str, str]:
    """Where the buyer is sent, with the key of their link, and the way on."""
    started = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    return started["paymentUrl"], f"/bookings/{booking['bookingId']}/pay/"
