"""Paying with a gift voucher over HTTP: parse, one call, render."""

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import selectors
from bookings.api import access
from bookings.api.bookings import LINK_KEY
from bookings.models import Booking
from payments.services import vouchers
from showsewa import limits
from showsewa.apiview import ApiView
from showsewa.idempotency import once_apart
from showsewa.parsing import OptionalText, Text, parse


class VoucherIn(serializers.Serializer):
    code = Text(max_length=40, help_text=_("As printed; dashes and small letters do not matter."))
    amount = serializers.DecimalField(
        12, 2, required=False, allow_null=True, min_value=0, help_text=_("At most so much of it; all that is due else.")
    )
    userId = OptionalText(max_length=200)
    sessionToken = OptionalText(max_length=200)


class VoucherOut(serializers.Serializer):
    bookingId = serializers.UUIDField()
    bookingStatus = serializers.ChoiceField(Booking.Status.choices)
    paymentId = serializers.UUIDField()
    paidAmount = serializers.FloatField(help_text=_("What the voucher paid."))
    dueAmount = serializers.FloatField(help_text=_("What is still to be paid; 0 and the booking is confirmed."))
    currency = serializers.CharField()
    voucherLast4 = serializers.CharField()
    voucherBalance = serializers.FloatField(help_text=_("What the voucher is still worth."))
    voucherExpiresOn = serializers.DateField(allow_null=True)


class PayByVoucher(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        summary="Pay by a gift voucher",
        tags=["payments"],
        parameters=[LINK_KEY],
        request=VoucherIn,
        responses=VoucherOut,
    )
    @once_apart
    def post(self, request: Request, booking_id: uuid.UUID) -> Response:
        """Pay a booking that waits for its money, as far as a gift voucher reaches; the rest in any other way."""
        body, actor = parse(VoucherIn, request), self.actor
        access.check_user_id(actor, body.get("userId", ""))
        booking = selectors.booking_for(actor, booking_id, key=access.link_key(request))
        with limits.guessing(limits.address_of(request._request)):
            spent = vouchers.pay(
                booking_id=booking.pk, code=body["code"], most=body.get("amount"), actor=actor, now=self.now
            )
        return Response(_spent(spent))


def _spent(spent: vouchers.Spent) -> dict[str, Any]:
    return {
        "bookingId": spent.booking.pk,
        "bookingStatus": spent.booking.status,
        "paymentId": spent.payment.pk,
        "paidAmount": spent.payment.amount,
        "dueAmount": spent.due,
        "currency": spent.booking.currency,
        "voucherLast4": spent.voucher.last4,
        "voucherBalance": spent.left,
        "voucherExpiresOn": spent.voucher.expires_on,
    }
