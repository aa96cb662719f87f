"""Holding seats and listing bookings as seeds 002 to 004 spell it. No rule of its own: parse, one call, render."""

import uuid
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import selectors
from bookings.api import access, schemas, shapes
from bookings.models import Booking
from bookings.services import holds
from showsewa import ids, numerals
from showsewa.apiview import ApiView
from showsewa.idempotency import once
from showsewa.parsing import OptionalText, SeatNames, parse
from venues import listings

_SHOWTIME, _HOLD = "019ab1f0-1111-7000-8000-000000000001", "019ab1f0-5555-7000-8000-000000000005"
_UNTIL = "2026-11-21T12:50:00Z"
ORDER_STATUSES = ["Pending", "Paid", "Failed"]  # seed 002's


class OrderIn(s.Serializer):
    seatIds = SeatNames(help_text='Ids or labels ("A1"), 1 to 10.')
    customerId = OptionalText(max_length=200, help_text="A guest's own key, or your own id when you are signed in.")


class LockedSeatOut(s.Serializer):
    _id = s.CharField()
    eventID = s.UUIDField()
    name = s.CharField()
    isTaken = s.BooleanField()
    lockedBy = s.CharField(allow_null=True)
    lockedUntil = s.DateTimeField()


class OrderOut(s.Serializer):
    orderId = s.UUIDField()
    status = s.ChoiceField(ORDER_STATUSES)
    seatIDs = s.ListField(child=s.CharField())
    amount = s.FloatField()
    currency = s.CharField()
    lockedUntil = s.DateTimeField()
    serverTime = s.DateTimeField()
    seats = LockedSeatOut(many=True)


class ReserveIn(s.Serializer):
    seatIds = SeatNames(help_text='Ids or labels ("A1"), 1 to 10.')
    userId = OptionalText(max_length=200)
    sessionToken = OptionalText(max_length=200)
    holdTimeoutSeconds = s.IntegerField(required=False, allow_null=True, help_text="A wish, kept within 60 to 600.")


class ReservedOut(s.Serializer):
    bookingId = s.UUIDField(help_text="Stands for the hold, and later for the booking.")
    holdId = s.UUIDField(help_text="The same.")
    finalAmount = s.FloatField()
    currency = s.CharField()
    heldUntil = s.DateTimeField()
    serverTime = s.DateTimeField()
    seatIds = s.ListField(child=s.CharField())


class HoldSeatsIn(s.Serializer):
    showId = s.UUIDField()
    showSeatIds = SeatNames(help_text='Ids or labels ("A1"), 1 to 10.')
    userId = OptionalText(max_length=200)
    sessionToken = OptionalText(max_length=200)


class SeatHoldOut(s.Serializer):
    seatId = s.CharField()
    expiresAt = s.DateTimeField()


class HoldSeatsOut(s.Serializer):
    success = s.BooleanField()
    holds = SeatHoldOut(many=True)
    expiresIn = s.IntegerField(help_text="Seconds from now.")
    holdId = s.UUIDField()
    totalAmount = s.FloatField()
    currency = s.CharField()
    serverTime = s.DateTimeField()


class PageIn(s.Serializer):
    limit = s.IntegerField(min_value=1, max_value=200, default=50)
    cursor = s.UUIDField(required=False)


class ListedOut(s.Serializer):
    id = s.UUIDField()
    bookingReference = s.CharField(allow_null=True)
    status = s.ChoiceField(Booking.Status.choices)
    showtimeId = s.UUIDField()
    bookedSeats = s.ListField(child=s.CharField())
    totalAmount = s.FloatField()
    currency = s.CharField()
    show = schemas.ShowOut()
    expiresAt = s.DateTimeField(allow_null=True)
    timestamp = s.DateTimeField()


class PageOut(s.Serializer):
    items = ListedOut(many=True)
    nextCursor = s.UUIDField(allow_null=True)


def _shown(name: str, body: type[s.Serializer], answer: type[s.Serializer], asked: Any, told: Any) -> Any:
    return extend_schema(
        operation_id=name,
        tags=["bookings"],
        request=body,
        responses={201: answer},
        examples=[
            OpenApiExample("Two seats", value=asked, request_only=True),
            OpenApiExample("Held", value=told, response_only=True, status_codes=["201"]),
        ],
    )


class Order(ApiView):
    """OP14."""

    scope = "holds:write"
    is_public = True
    is_booking = True

    @_shown(
        "reserveSeatsOfEvent",
        OrderIn,
        OrderOut,
        {"customerId": "6848509d75825a9f079930db", "seatIds": ["A1"]},
        {
            "orderId": _HOLD,
            "status": "Pending",
            "seatIDs": ["seat_1201"],
            "amount": 450,
            "currency": "NPR",
            "lockedUntil": _UNTIL,
            "serverTime": "2026-11-21T12:45:00Z",
            "seats": [
                {
                    "_id": "seat_1201",
                    "eventID": _SHOWTIME,
                    "name": "A1",
                    "isTaken": False,
                    "lockedBy": "6848509d75825a9f079930db",
                    "lockedUntil": _UNTIL,
                }
            ],
        },
    )
    @once
    def post(self, request: Request, event_id: uuid.UUID) -> Response:
        """Lock seats of an event (a showtime, or a movie with one showtime to come) in an order that waits for pay."""
        body = parse(OrderIn, request)
        customer = body.get("customerId", "")
        held = holds.hold_seats(
            showtime_id=listings.showtime_meant(event_id, now=self.now, actor=self.actor),
            seats=body["seatIds"],
            actor=access.holder(self.actor, {"userId": customer}),
            language=numerals.tag(),
        )
        return Response(_order(held, event_id, customer), status=201)


class Reserve(ApiView):
    """OP22."""

    scope = "holds:write"
    is_public = True
    is_booking = True

    @_shown(
        "reserveSeats",
        ReserveIn,
        ReservedOut,
        {"userId": "user-abc-123", "seatIds": ["A1", "A2"], "holdTimeoutSeconds": 600},
        {
            "bookingId": _HOLD,
            "holdId": _HOLD,
            "finalAmount": 900,
            "currency": "NPR",
            "heldUntil": "2026-11-21T12:55:00Z",
            "serverTime": "2026-11-21T12:45:00Z",
            "seatIds": ["A1", "A2"],
        },
    )
    @once
    def post(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """Hold seats, all or none, under a bookingId that later names the booking."""
        body = parse(ReserveIn, request)
        held = holds.hold_seats(
            showtime_id=showtime_id,
            seats=body["seatIds"],
            actor=access.holder(self.actor, body),
            seconds=body.get("holdTimeoutSeconds"),
            language=numerals.tag(),
        )
        return Response(_reserved(held), status=201)


class HoldSeats(ApiView):
    """OP27."""

    scope = "holds:write"
    is_public = True
    is_booking = True

    @_shown(
        "holdSeatsOfShow",
        HoldSeatsIn,
        HoldSeatsOut,
        {"showId": _SHOWTIME, "userId": "user-abc-123", "showSeatIds": ["seat_1201", "seat_1202"]},
        {
            "success": True,
            "holds": [
                {"seatId": "seat_1201", "expiresAt": _UNTIL},
                {"seatId": "seat_1202", "expiresAt": _UNTIL},
            ],
            "expiresIn": 300,
            "holdId": _HOLD,
            "totalAmount": 900,
            "currency": "NPR",
            "serverTime": "2026-11-21T12:45:00Z",
        },
    )
    @once
    def post(self, request: Request) -> Response:
        """Hold seats of a show for a few minutes, all or none."""
        body = parse(HoldSeatsIn, request)
        held = holds.hold_seats(
            showtime_id=body["showId"],
            seats=body["showSeatIds"],
            actor=access.holder(self.actor, body),
            language=numerals.tag(),
        )
        return Response(_holds(held), status=201)


class OfUser(ApiView):
    """OP35."""

    scope = "bookings:read"
    is_public = True

    @extend_schema(
        operation_id="listBookingsOfUser",
        tags=["bookings"],
        parameters=[
            OpenApiParameter("limit", int, description="1 to 200, 50 if not given."),
            OpenApiParameter("cursor"),
        ],
        responses={200: PageOut},
    )
    def get(self, request: Request, user_id: str) -> Response:
        """Your bookings, the newest first. userId: "me", your own id, or the guest key you also send as your token."""
        asked = PageIn().run_validation(request.query_params)
        owner, limit = access.signed_in_as(self.actor, user_id), asked["limit"]
        found = selectors.page_of_bookings(owner, before=asked.get("cursor"), most=limit + 1)
        items = [shapes.listed(booking) for booking in found[:limit]]
        more = found[limit - 1].pk if len(found) > limit else None
        return Response({"items": items, "nextCursor": more}, headers={"Cache-Control": "private, no-store"})


def _order(held: holds.Held, event_id: uuid.UUID, customer: str) -> dict[str, Any]:
    booking = held.booking
    by = booking.user_id or customer or None
    seat = {"eventID": event_id, "isTaken": False, "lockedBy": by, "lockedUntil": booking.expires_at}
    return {
        "orderId": booking.pk,
        "status": "Pending",
        "seatIDs": [ids.seat_id(each.id) for each in held.seats],
        "amount": booking.total,
        "currency": booking.currency,
        "lockedUntil": booking.expires_at,
        "serverTime": held.now,
        "seats": [{"_id": ids.seat_id(each.id), "name": each.label} | seat for each in held.seats],
    }


def _reserved(held: holds.Held) -> dict[str, Any]:
    booking = held.booking
    return {
        "bookingId": booking.pk,
        "holdId": booking.pk,
        "finalAmount": booking.total,
        "currency": booking.currency,
        "heldUntil": booking.expires_at,
        "serverTime": held.now,
        "seatIds": booking.seat_labels,
    }


def _holds(held: holds.Held) -> dict[str, Any]:
    booking = held.booking
    assert booking.expires_at is not None  # a hold has a deadline, by constraint
    return {
        "success": True,
        "holds": [{"seatId": ids.seat_id(seat.id), "expiresAt": booking.expires_at} for seat in held.seats],
        "expiresIn": _seconds(booking.expires_at, held.now),
        "holdId": booking.pk,
        "totalAmount": booking.total,
        "currency": booking.currency,
        "serverTime": held.now,
    }


def _seconds(until: datetime, now: datetime) -> int:
    return round((until - now).total_seconds())
