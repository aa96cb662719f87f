"""Paying and confirming as seeds 002 and 003 spell it. No rule of its own: parse, one call, render."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import selectors
from bookings.api import access, shapes
from bookings.dialects import ORDER_STATUSES
from bookings.models import Booking, InvalidState
from bookings.services import checkout, holds
from payments.api import schemas
from payments.services import buying, charging, testing
from payments.services.buying import Bought
from showsewa import ids
from showsewa.apiview import ApiView
from showsewa.idempotency import once_apart
from showsewa.parsing import OptionalText, Text, parse

_HOLD, _SHOWTIME = "019ab1f0-5555-7000-8000-000000000005", "019ab1f0-1111-7000-8000-000000000001"
_CUSTOMER = "6848509d75825a9f079930db"


class PayIn(s.Serializer):
    customerId = OptionalText(max_length=200)
    paymentMethod = schemas.TokenIn(required=False, allow_null=True, help_text="tok_ok when left out.")


class PaidOut(s.Serializer):
    orderId = s.UUIDField()
    status = s.ChoiceField(ORDER_STATUSES)
    amount = s.FloatField()
    currency = s.CharField()
    paymentUrl = s.CharField(required=False, help_text="While the payment is not finished: where to finish it.")


class ReservationIn(s.Serializer):
    orderId = s.UUIDField()
    customerId = OptionalText(max_length=200)


class ReservationFactsOut(s.Serializer):
    _id = s.UUIDField()
    customerID = s.CharField(allow_null=True)
    eventID = s.UUIDField()
    seatIDs = s.ListField(child=s.CharField())
    orderID = s.UUIDField()


class ReservationOut(s.Serializer):
    reservation = ReservationFactsOut()


class PrepareIn(s.Serializer):
    finalAmount = s.DecimalField(12, 2, min_value=0, help_text="What the buyer believes to pay.")
    currency = Text(max_length=3)
    userId = OptionalText(max_length=200)
    sessionToken = OptionalText(max_length=200)


class PreparedOut(s.Serializer):
    bookingId = s.UUIDField()
    paymentIntent = s.CharField(allow_null=True)
    clientSecret = s.CharField(allow_null=True, help_text="The gateway's session: what its form is opened with.")
    paymentUrl = s.CharField(allow_null=True)
    amount = s.FloatField()
    currency = s.CharField()
    expiresAt = s.DateTimeField(allow_null=True)
    serverTime = s.DateTimeField()


class Pay(ApiView):
    """OP15."""

    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        operation_id="payOrder",
        tags=["payments"],
        request=PayIn,
        responses={200: PaidOut, 202: PaidOut},
        examples=[
            OpenApiExample("A customer pays", value={"customerId": _CUSTOMER}, request_only=True),
            OpenApiExample(
                "Paid",
                value={"orderId": _HOLD, "status": "Paid", "amount": 450, "currency": "NPR"},
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    @once_apart
    def post(self, request: Request, order_id: uuid.UUID) -> Response:
        """Pay an order at the test gateway. 202: it has to be paid at `paymentUrl`, or the money is under way."""
        body, now, actor = parse(PayIn, request), self.now, self.actor
        access.check_user_id(actor, body.get("customerId", ""))
        booking = selectors.booking_for(actor, order_id)
        token = (body.get("paymentMethod") or {}).get("token") or "tok_ok"
        bought = buying.pay_at_once(
            booking_id=booking.pk,
            buyer=access.buyer(request, {}),
            token=testing.TOO_LATE if self.sky.is_payment_late else token,
            return_path=shapes.return_path(booking),
            actor=actor,
            now=now,
        )
        answer = _paid(bought)
        return Response(answer, status=202 if "paymentUrl" in answer else 200)


class Confirm(ApiView):
    """OP16."""

    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        operation_id="confirmSeatsOfEvent",
        tags=["payments"],
        request=ReservationIn,
        responses={200: ReservationOut},
        examples=[
            OpenApiExample("A paid order", value={"orderId": _HOLD, "customerId": _CUSTOMER}, request_only=True),
            OpenApiExample(
                "The reservation",
                value={
                    "reservation": {
                        "_id": _HOLD,
                        "customerID": _CUSTOMER,
                        "eventID": _SHOWTIME,
                        "seatIDs": ["seat_1201"],
                        "orderID": _HOLD,
                    }
                },
                response_only=True,
            ),
        ],
    )
    @once_apart
    def post(self, request: Request, event_id: uuid.UUID) -> Response:
        """The reservation of a paid order. Only a verified payment of ours is evidence that it is paid."""
        body, actor = parse(ReservationIn, request), self.actor
        customer = body.get("customerId", "")
        access.check_user_id(actor, customer)
        booking = selectors.booking_at(actor, body["orderId"], event_id=event_id)
        try:
            booking = charging.confirm_paid(booking_id=booking.pk, actor=actor, now=self.now)
        except InvalidState as refusal:
            raise _in_words_of_002(refusal) from refusal
        return Response({"reservation": _reservation(booking, event_id, customer)})


class Prepare(ApiView):
    """OP23."""

    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        operation_id="preparePayment",
        tags=["payments"],
        request=PrepareIn,
        responses={200: PreparedOut},
        examples=[
            OpenApiExample("As it was told", value={"finalAmount": 900, "currency": "NPR"}, request_only=True),
            OpenApiExample(
                "Open",
                value={
                    "bookingId": _HOLD,
                    "paymentIntent": "pi_86b280c75a4b974c3167c3a5",
                    "clientSecret": "sess_ad245271314178cd46957bb10813096d",
                    "paymentUrl": "/payments/fake-checkout/sess_ad245271314178cd46957bb10813096d",
                    "amount": 900,
                    "currency": "NPR",
                    "expiresAt": "2026-11-21T13:00:00Z",
                    "serverTime": "2026-11-21T12:45:00Z",
                },
                response_only=True,
            ),
        ],
    )
    @once_apart
    def post(self, request: Request, booking_id: uuid.UUID) -> Response:
        """Open the payment of a hold for the sum the buyer was told: 409 AMOUNT_CHANGED when it is another by now."""
        body, now, actor = parse(PrepareIn, request), self.now, self.actor
        access.check_user_id(actor, body.get("userId", ""))
        booking = selectors.booking_for(actor, booking_id, is_fresh_hold_enough=True)
        bought = buying.buy(
            booking_id=booking.pk,
            buyer=access.buyer(request, {}),
            payment_method="",
            told=checkout.Told(body["finalAmount"], body["currency"]),
            return_path=shapes.return_path(booking),
            actor=actor,
            now=now,
        )
        payment = bought.payment
        return Response(
            {
                "bookingId": bought.booking.pk,
                "paymentIntent": payment.intent if payment else None,
                "clientSecret": payment.session if payment else None,
                "paymentUrl": payment.url if payment else None,
                "amount": bought.booking.total,
                "currency": bought.booking.currency,
                "expiresAt": bought.booking.expires_at,
                "serverTime": now,
            }
        )


def _paid(bought: Bought) -> dict[str, Any]:
    """Paid as soon as the sale stands: seed 002's confirm then only reads it."""
    booking = bought.booking
    is_paid = booking.status == Booking.Status.CONFIRMED
    answer = {
        "orderId": booking.pk,
        "status": "Paid" if is_paid else "Pending",
        "amount": booking.total,
        "currency": booking.currency,
    }
    return answer if is_paid or bought.payment is None else answer | {"paymentUrl": bought.payment.url}


def _reservation(booking: Booking, event_id: uuid.UUID, customer: str) -> dict[str, Any]:
    return {
        "_id": booking.pk,
        "customerID": booking.user_id or customer or None,
        "eventID": event_id,
        "seatIDs": [ids.seat_id(ticket.show_seat_id) for ticket in selectors.tickets(booking)],
        "orderID": booking.pk,
    }


def _in_words_of_002(refusal: InvalidState) -> Exception:
    """What has run out is gone (410) here, where OP24 names its state (409)."""
    is_over = refusal.facts.get("bookingStatus") == Booking.Status.EXPIRED
    return holds.HoldExpired(_("The time to pay for these seats is over. Please choose again.")) if is_over else refusal
