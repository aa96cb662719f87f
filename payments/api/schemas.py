"""What goes in and comes out of the payments API."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from bookings.models import Booking
from payments.models import Payment
from showsewa.parsing import OptionalText, Text

REFUND_WORDS = ["NONE", "PENDING", "SENT", "FAILED"]


# --- in


class TokenIn(serializers.Serializer):
    type = OptionalText(max_length=20)
    token = Text(max_length=120, help_text=_("tok_ok, tok_declined or tok_late at the test gateway."))

    def validate_token(self, value: str) -> str:
        if not value.startswith("tok_"):
            raise serializers.ValidationError(_("Send a token, which begins with tok_; never a card number."), "token")
        return value


class ProcessIn(serializers.Serializer):
    bookingId = serializers.UUIDField()
    paymentIntentId = Text(max_length=120)
    paymentMethod = TokenIn()


class InitiateIn(serializers.Serializer):
    bookingId = serializers.UUIDField()
    userId = OptionalText(max_length=200)
    sessionToken = OptionalText(max_length=200)
    provider = OptionalText(max_length=20)


class SimulateIn(serializers.Serializer):
    result = serializers.ChoiceField(["success", "failed", "expired", "twice"], default="success")
    delaySeconds = serializers.FloatField(default=0, min_value=0)


class RefundIn(serializers.Serializer):
    amount = serializers.DecimalField(
        12, 2, required=False, allow_null=True, min_value=0, help_text=_("Counts only with payments:refund.")
    )
    reason = OptionalText(max_length=255)
    sessionToken = OptionalText(max_length=200)
    userId = OptionalText(max_length=200)


# --- out


class NextOut(serializers.Serializer):
    paymentUrl = serializers.CharField()
    statusUrl = serializers.CharField()


class ProcessOut(serializers.Serializer):
    success = serializers.BooleanField()
    bookingId = serializers.UUIDField()
    bookingReference = serializers.CharField()
    status = serializers.ChoiceField(["CONFIRMED", "PENDING_PAYMENT"])
    ticketUrl = serializers.CharField(required=False, help_text=_("Once confirmed."))
    next = NextOut(required=False, help_text=_("While the payment is not finished."))


class InitiateOut(serializers.Serializer):
    bookingId = serializers.UUIDField()
    paymentUrl = serializers.CharField(allow_null=True)
    sessionId = serializers.CharField(allow_null=True)
    paymentIntentId = serializers.CharField(allow_null=True)
    amount = serializers.FloatField()
    currency = serializers.CharField()
    expiresAt = serializers.DateTimeField(allow_null=True)
    serverTime = serializers.DateTimeField()


class SimulateOut(serializers.Serializer):
    sessionId = serializers.CharField()
    result = serializers.CharField()
    status = serializers.ChoiceField(["processed", "scheduled"])


class WebhookOut(serializers.Serializer):
    status = serializers.ChoiceField(["processed"])


@extend_schema_serializer(component_name="RefundOfBookingOut")
class RefundOut(serializers.Serializer):
    refundId = serializers.UUIDField()
    refundAmount = serializers.FloatField()
    refundPercentage = serializers.FloatField()
    status = serializers.ChoiceField(REFUND_WORDS)
    currency = serializers.CharField()
    bookingId = serializers.UUIDField()
    bookingStatus = serializers.ChoiceField(Booking.Status.choices)
    expectedBy = serializers.DateTimeField()


class RefundLineOut(serializers.Serializer):
    refundId = serializers.UUIDField()
    amount = serializers.FloatField()
    status = serializers.ChoiceField(REFUND_WORDS)
    reason = serializers.CharField()


class PaymentOut(serializers.Serializer):
    paymentId = serializers.UUIDField()
    provider = serializers.CharField()
    sessionId = serializers.CharField()
    status = serializers.ChoiceField(Payment.Status.choices)
    amount = serializers.FloatField()
    currency = serializers.CharField()
    createdAt = serializers.DateTimeField()
    settledAt = serializers.DateTimeField(allow_null=True)
    underReview = serializers.BooleanField(
        help_text=_("Another sum came in than was asked for: a person decides, or it goes back by itself.")
    )
    refunds = RefundLineOut(many=True)


class StatusOut(serializers.Serializer):
    bookingId = serializers.UUIDField()
    bookingReference = serializers.CharField(allow_null=True)
    bookingStatus = serializers.ChoiceField(Booking.Status.choices)
    totalAmount = serializers.FloatField()
    currency = serializers.CharField()
    payments = PaymentOut(many=True)
    expiresAt = serializers.DateTimeField(allow_null=True)
    serverTime = serializers.DateTimeField()
