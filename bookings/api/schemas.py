"""What goes in and comes out of the bookings API. Answers are built by `shapes`; a test keeps the two alike."""

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bookings.models import Booking
from showsewa.parsing import OptionalText, SeatNames, Text

METHODS = ["CARD", "ESEWA", "KHALTI", "FONEPAY", "CASH", "COUNTER"]

_is_phone = RegexValidator(r"^\+?[0-9][0-9 ()./-]{4,22}$", _("Give a phone number with digits only."))


class Email(serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        return value


# --- in


class HoldIn(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    seatIds = SeatNames(help_text=_('Ids or labels ("A1"), 1 to 10.'))
    sessionToken = OptionalText(max_length=200)
    userId = OptionalText(max_length=200)
    holdTimeoutSeconds = serializers.IntegerField(
        required=False, allow_null=True, help_text=_("A wish, kept within 60 to 600.")
    )


class ReleaseIn(serializers.Serializer):
    sessionToken = OptionalText(max_length=200)


class PriceIn(serializers.Serializer):
    holdId = serializers.UUIDField()
    promoCode = OptionalText(max_length=40)
    sessionToken = OptionalText(max_length=200)


class UserDetailsIn(serializers.Serializer):
    email = Email(required=False, allow_blank=True, max_length=254)
    name = OptionalText(max_length=120)
    phone = OptionalText(max_length=24, validators=[_is_phone])


class ConfirmIn(serializers.Serializer):
    holdId = serializers.UUIDField()
    userDetails = UserDetailsIn(required=False, allow_null=True)
    paymentMethod = serializers.ChoiceField(METHODS, default="CARD")
    promoCode = Text(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=40,
        help_text=_("Left out: the code the hold was priced with last. Empty: none."),
    )
    sessionToken = OptionalText(max_length=200)
    userId = OptionalText(max_length=200)


class BookingIn(serializers.Serializer):
    holdId = serializers.UUIDField(required=False)
    showId = serializers.UUIDField(required=False)
    showSeatIds = SeatNames(required=False)
    userId = OptionalText(max_length=200)
    sessionToken = OptionalText(max_length=200)
    userDetails = UserDetailsIn(required=False, allow_null=True)
    promoCode = OptionalText(max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "holdId" not in attrs and not {"showId", "showSeatIds"} <= attrs.keys():
            raise serializers.ValidationError(_("Send a holdId, or a showId with showSeatIds."), "required")
        return attrs


class CancelIn(serializers.Serializer):
    reason = OptionalText(max_length=255)
    refundAmount = serializers.DecimalField(
        12, 2, required=False, allow_null=True, min_value=0, help_text=_("Counts only with payments:refund.")
    )
    seatIds = SeatNames(
        required=False, allow_empty=False, help_text=_("Only these seats of a confirmed booking; left out: all of it.")
    )
    sessionToken = OptionalText(max_length=200)
    userId = OptionalText(max_length=200)


class FinishIn(serializers.Serializer):
    paymentStatus = OptionalText(max_length=40, help_text=_("Never evidence of anything."))


# --- out


class HeldSeatOut(serializers.Serializer):
    id = serializers.CharField()
    seatNumber = serializers.CharField()
    row = serializers.CharField()
    number = serializers.IntegerField()
    type = serializers.CharField()
    price = serializers.FloatField()


class FeeOut(serializers.Serializer):
    name = serializers.CharField()
    nameNe = serializers.CharField()
    amount = serializers.FloatField()


class TaxOut(FeeOut):
    percent = serializers.FloatField(help_text=_("On top of the prices, beside the fees."))


class HoldOut(serializers.Serializer):
    holdId = serializers.UUIDField()
    showtimeId = serializers.UUIDField()
    expiresAt = serializers.DateTimeField()
    serverTime = serializers.DateTimeField()
    seats = HeldSeatOut(many=True)
    fees = FeeOut(many=True)
    taxes = TaxOut(many=True)
    totalAmount = serializers.FloatField()
    currency = serializers.CharField()


class ExtendedOut(serializers.Serializer):
    holdId = serializers.UUIDField()
    expiresAt = serializers.DateTimeField()
    serverTime = serializers.DateTimeField()


class ReleasedOut(serializers.Serializer):
    released = serializers.IntegerField()


class PriceOut(serializers.Serializer):
    holdId = serializers.UUIDField()
    subtotal = serializers.FloatField()
    discount = serializers.FloatField()
    finalAmount = serializers.FloatField()
    fees = FeeOut(many=True)
    taxes = TaxOut(many=True)
    currency = serializers.CharField()
    promoCode = serializers.CharField(allow_null=True)
    expiresAt = serializers.DateTimeField()
    serverTime = serializers.DateTimeField()


class ConfirmOut(serializers.Serializer):
    bookingId = serializers.UUIDField()
    bookingReference = serializers.CharField()
    status = serializers.ChoiceField(["PENDING_PAYMENT", "CONFIRMED"])
    paymentIntentId = serializers.CharField(allow_null=True)
    paymentUrl = serializers.CharField(allow_null=True)
    amount = serializers.FloatField()
    currency = serializers.CharField()
    expiresAt = serializers.DateTimeField(allow_null=True)
    serverTime = serializers.DateTimeField()
    ticketUrl = serializers.CharField(required=False, help_text=_("Once confirmed."))


class OpenedOut(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(Booking.Status.choices)
    totalAmount = serializers.FloatField()
    currency = serializers.CharField()
    expiresAt = serializers.DateTimeField(allow_null=True)
    serverTime = serializers.DateTimeField()
    bookingReference = serializers.CharField()


class BookedSeatOut(serializers.Serializer):
    id = serializers.CharField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]
    row = serializers.CharField(allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    tier = serializers.CharField(allow_null=True)
    type = serializers.CharField(allow_null=True)
    price = serializers.FloatField(allow_null=True)


class TicketOut(serializers.Serializer):
    seat = serializers.CharField()
    qr = serializers.CharField()


class BookingPaymentOut(serializers.Serializer):
    status = serializers.CharField()
    amount = serializers.FloatField()


class ShowOut(serializers.Serializer):
    movie = serializers.CharField()
    theatre = serializers.CharField()
    hall = serializers.CharField()
    startTime = serializers.DateTimeField()
    timeZone = serializers.CharField()


class OfferedSeatOut(serializers.Serializer):
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    price = serializers.FloatField()


class OfferOut(serializers.Serializer):
    seats = OfferedSeatOut(many=True)
    until = serializers.DateTimeField(
        help_text=_("Until then nobody else can have them; hold them, and they are yours.")
    )


class BookingOut(serializers.Serializer):
    id = serializers.UUIDField()
    bookingId = serializers.UUIDField()
    bookingReference = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(Booking.Status.choices)
    source = serializers.CharField()  # type: ignore[assignment]
    showtimeId = serializers.UUIDField()
    userId = serializers.UUIDField(allow_null=True)
    bookedSeats = serializers.ListField(child=serializers.CharField())
    seats = BookedSeatOut(many=True)
    subtotal = serializers.FloatField()
    discount = serializers.FloatField()
    fees = FeeOut(many=True)
    taxes = TaxOut(many=True)
    totalAmount = serializers.FloatField()
    currency = serializers.CharField()
    payment = BookingPaymentOut(allow_null=True)
    paymentStatus = serializers.ChoiceField(["pending", "paid", "failed", "refunded"])
    show = ShowOut()
    tickets = TicketOut(many=True)
    lostSeats = serializers.ListField(
        child=serializers.CharField(), help_text=_("Seats of a hold that were sold elsewhere meanwhile.")
    )
    soldAtCounter = serializers.BooleanField(help_text=_("Whether that was in the cinema itself."))
    offer = OfferOut(allow_null=True, help_text=_("What is held for you instead of them."))
    expiresAt = serializers.DateTimeField(allow_null=True)
    timestamp = serializers.DateTimeField()
    serverTime = serializers.DateTimeField()
    ticketUrl = serializers.CharField(required=False)


class RefundOut(serializers.Serializer):
    amount = serializers.FloatField()
    percent = serializers.FloatField()
    status = serializers.ChoiceField(["NONE", "PENDING", "SENT", "FAILED"])
    expectedBy = serializers.DateTimeField(allow_null=True)


class CancelledOut(serializers.Serializer):
    bookingId = serializers.UUIDField()
    status = serializers.ChoiceField(Booking.Status.choices)
    cancelledSeats = serializers.ListField(child=serializers.CharField())
    bookedSeats = serializers.ListField(child=serializers.CharField(), help_text=_("Those that are kept."))
    refund = RefundOut()
