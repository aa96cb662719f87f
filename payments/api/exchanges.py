"""Exchanging the seats of a sale over HTTP: parse, one call, render."""

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import exchanges, selectors
from bookings.api import access, shapes
from bookings.api.bookings import LINK_KEY
from bookings.api.schemas import SeatNames
from bookings.models import Booking
from bookings.services.checkout import Told
from payments.services import exchanging
from seatsync import seatmaps
from showsewa.apiview import ApiView
from showsewa.idempotency import once
from showsewa.parsing import OptionalText, parse

STAFF = "bookings.cancel_booking"

_EXAMPLE = OpenApiExample(
    "To another show",
    request_only=True,
    value={"showtimeId": "019d2f7c-3a4e-7d4b-9a51-0c2b5a6f1e77", "seatIds": ["C4", "C5"], "amount": 100},
)


class ExchangeIn(serializers.Serializer):
    showtimeId = serializers.UUIDField(
        required=False, allow_null=True, help_text=_("Of the same movie at the same cinema; left out: the same show.")
    )
    seatIds = SeatNames(help_text=_("All the seats they will have, as many as now; ids or labels."))
    amount = serializers.DecimalField(
        12, 2, required=False, allow_null=True,
        help_text=_("The difference the buyer was told, less than 0 for money back; another one is refused."),
    )  # fmt: skip
    currency = OptionalText(max_length=3)
    isTrial = serializers.BooleanField(default=False, help_text=_("Only say what it would cost; nothing changes."))
    sessionToken = OptionalText(max_length=200)
    userId = OptionalText(max_length=200)


class ExchangeShowOut(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    startsAt = serializers.DateTimeField()
    hall = serializers.CharField()
    format = serializers.CharField()
    language = serializers.CharField()
    availableSeats = serializers.IntegerField()
    priceFrom = serializers.FloatField(allow_null=True)
    isYours = serializers.BooleanField()


class ExchangeShowsOut(serializers.Serializer):
    bookingId = serializers.UUIDField()
    seats = serializers.ListField(child=serializers.CharField())
    showtimes = ExchangeShowOut(many=True)


class ExchangeOut(serializers.Serializer):
    bookingId = serializers.UUIDField()
    status = serializers.ChoiceField(["TRIAL", "PAYMENT_DUE", "EXCHANGED"])
    showtimeId = serializers.UUIDField()
    oldSeats = serializers.ListField(child=serializers.CharField())
    newSeats = serializers.ListField(child=serializers.CharField())
    difference = serializers.FloatField(help_text=_("What the new seats cost more; less than 0: less."))
    amountDue = serializers.FloatField()
    refundAmount = serializers.FloatField()
    currency = serializers.CharField()
    refundPercentLater = serializers.IntegerField(help_text=_("What cancelling later gives back at most."))
    paymentBookingId = serializers.UUIDField(
        allow_null=True, help_text=_("To be paid like any booking, by expiresAt; until then nothing has changed.")
    )
    expiresAt = serializers.DateTimeField(allow_null=True)


class Exchange(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        summary="Where these people could go instead",
        tags=["bookings"], parameters=[LINK_KEY], responses=ExchangeShowsOut,
    )  # fmt: skip
    def get(self, request: Request, booking_id: uuid.UUID) -> Response:
        """Where the people of a booking could go instead: other shows of the same movie at the same cinema."""
        booking = self._booking(request, booking_id)
        exchanging.check(booking, now=self.now, by_staff=self._is_staff(booking))
        found = exchanges.shows_for(booking, now=self.now)
        free = seatmaps.free([show.pk for show in found])
        shows = [_show(show, booking, free.get(show.pk)) for show in found]
        answer = {"bookingId": booking.pk, "seats": booking.seat_labels, "showtimes": shows}
        return Response(answer, headers={"Cache-Control": "private, no-store"})

    @extend_schema(
        summary="Take other seats or another show",
        tags=["bookings"], parameters=[LINK_KEY], request=ExchangeIn, examples=[_EXAMPLE],
        responses={200: ExchangeOut, 202: ExchangeOut},
    )  # fmt: skip
    @once
    def post(self, request: Request, booking_id: uuid.UUID) -> Response:
        """Take other seats, or another show, for those of a confirmed booking. 202: the difference is to be paid first,
        as `paymentBookingId`."""
        body, actor = parse(ExchangeIn, request), self.actor
        access.check_user_id(actor, body.get("userId", ""))
        booking = self._booking(request, booking_id)
        show, seats, by_staff = body.get("showtimeId") or booking.showtime_id, body["seatIds"], self._is_staff(booking)
        if body["isTrial"]:
            terms = exchanging.terms(booking, show, seats, actor=actor, now=self.now, by_staff=by_staff)
            return Response(_answer(terms, "TRIAL"))
        amount = body.get("amount")
        done = exchanging.exchange(
            booking_id=booking.pk, showtime_id=show, seats=seats, actor=actor, now=self.now, by_staff=by_staff,
            told=None if amount is None else Told(amount, body.get("currency") or booking.currency),
        )  # fmt: skip
        status = "PAYMENT_DUE" if done.waiting else "EXCHANGED"
        return Response(_answer(done.terms, status, done), status=202 if done.waiting else 200)

    def _booking(self, request: Request, booking_id: uuid.UUID) -> Booking:
        key = access.link_key(request)
        return selectors.booking_to_change(self.actor, booking_id, permission=STAFF, key=key)

    def _is_staff(self, booking: Booking) -> bool:
        return selectors.is_staff_for(self.actor, booking, STAFF)


def _show(show: Any, booking: Booking, free: seatmaps.Free | None) -> dict[str, Any]:
    return {
        "showtimeId": show.pk,
        "startsAt": show.starts_at,
        "hall": show.hall.name,
        "format": show.format,
        "language": show.language,
        "availableSeats": free.available if free else 0,
        "priceFrom": free.price_from if free else None,
        "isYours": show.pk == booking.showtime_id,
    }


def _answer(terms: exchanging.Terms, status: str, done: exchanging.Exchanged | None = None) -> dict[str, Any]:
    plan = terms.plan
    waiting = done.waiting if done else None
    old = done.exchange.old_seats if done else plan.booking.seat_labels
    return {
        "bookingId": plan.booking.pk,
        "status": status,
        "showtimeId": plan.showtime.pk,
        "oldSeats": old,
        "newSeats": plan.labels,
        "difference": terms.difference,
        "amountDue": terms.pays,
        "refundAmount": shapes.refund_sum(done.refunds) if done else terms.back,
        "currency": plan.booking.currency,
        "refundPercentLater": terms.percent,
        "paymentBookingId": waiting.pk if waiting else None,
        "expiresAt": waiting.expires_at if waiting else None,
    }
