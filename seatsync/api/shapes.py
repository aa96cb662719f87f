"""What OpenAPI says about these operations, with examples from real runs. Nothing here acts."""

from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers as s

from seatsync.models import SeatStatus

_TAG = ["seats"]
_SYNC = ["channels"]
_NOT_MODIFIED = OpenApiResponse(description="The map with this ETag is still the current one.")


def object_of(name: str, /, **fields: Any) -> Any:
    return inline_serializer(name, fields)


def list_of(name: str, /, **fields: Any) -> Any:
    return inline_serializer(name, fields, many=True)


def operation(method: str, name: str, summary: str, *, tags: list[str], **facts: Any) -> Any:
    return extend_schema_view(**{method: extend_schema(operation_id=name, summary=summary, tags=tags, **facts)})


_IF_NONE_MATCH = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="An earlier ETag: 304.")
_SESSION = OpenApiParameter("X-Session-Token", str, OpenApiParameter.HEADER, description="Yours, to see your own hold.")
_STATUS_001 = s.ChoiceField(choices=["AVAILABLE", "LOCKED", "SELECTED", "BOOKED", "BLOCKED"])
_STATUS = s.ChoiceField(choices=SeatStatus.choices)

_SEAT = list_of(
    "MapSeat",
    id=s.CharField(),
    seatNumber=s.IntegerField(help_text="Its place in the row, from the left."),
    label=s.CharField(),
    type=s.CharField(),
    x=s.FloatField(),
    y=s.FloatField(),
    price=s.FloatField(required=False),
    companionOf=s.CharField(required=False),
    pairWith=s.CharField(required=False),
    status=_STATUS_001,
)
_ROW = list_of("MapRow", label=s.CharField(), section=s.CharField(), zone=s.CharField(), seats=_SEAT)
_SCREEN: dict[str, Any] = {
    "x": s.FloatField(),
    "y": s.FloatField(),
    "width": s.FloatField(),
    "label": s.CharField(required=False),
}
_MAP = object_of(
    "SeatMap",
    showtimeId=s.UUIDField(),
    totalSeats=s.IntegerField(),
    availableSeats=s.IntegerField(),
    version=s.IntegerField(),
    serverTime=s.DateTimeField(),
    currency=s.CharField(),
    layout=object_of("MapLayout", rows=_ROW),
    screen=inline_serializer("Screen", _SCREEN, allow_null=True),
    aisles=s.ListField(child=s.JSONField()),
    facilities=s.ListField(child=s.JSONField()),
)
_MAP_EXAMPLE = OpenApiExample(
    "A hall of two seats",
    value={
        "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
        "totalSeats": 2,
        "availableSeats": 1,
        "version": 7,
        "serverTime": "2026-11-21T12:45:00.120Z",
        "currency": "NPR",
        "layout": {
            "rows": [
                {
                    "label": "A",
                    "section": "Main",
                    "zone": "MAIN",
                    "seats": [
                        {
                            "id": "seat_1",
                            "seatNumber": 1,
                            "label": "A1",
                            "type": "STANDARD",
                            "x": 36,
                            "y": 40,
                            "price": 450,
                            "status": "AVAILABLE",
                        },
                        {
                            "id": "seat_2",
                            "seatNumber": 2,
                            "label": "A2",
                            "type": "STANDARD",
                            "x": 72,
                            "y": 40,
                            "price": 450,
                            "status": "LOCKED",
                        },
                    ],
                }
            ]
        },
        "screen": {"x": 0, "y": 0, "width": 200},
        "aisles": [],
        "facilities": [],
    },
    response_only=True,
)

SEAT_MAP = operation(
    "get",
    "getSeatMap",
    "The seats of a showtime as a map",
    tags=_TAG,
    description=(
        "`SELECTED` are the seats of your own live hold, `LOCKED` those in somebody else's. With `since` the answer "
        "is only what changed after that version (`{showtimeId, version, since, seats[]}`), or the whole map when more "
        "than 200 changes lie between."
    ),
    parameters=[
        OpenApiParameter("since", int, description="The version of the map you have."),
        OpenApiParameter("prices", str, enum=["lazy"], description="`lazy` leaves the prices out."),
        _IF_NONE_MATCH,
        _SESSION,
    ],
    responses={200: _MAP, 304: _NOT_MODIFIED},
    examples=[_MAP_EXAMPLE],
)
STATE = operation(
    "get",
    "getSeatState",
    "The seats of a showtime as one letter each",
    tags=_TAG,
    description=(
        "The cheapest way to be up to date. `state` has a letter for every seat in layout order: A available, H held, "
        "B booked, X blocked; the n-th seat (from 0) has the id `seat_<firstId + n>`."
    ),
    parameters=[_IF_NONE_MATCH],
    responses={
        200: object_of(
            "SeatState",
            showtimeId=s.UUIDField(),
            version=s.IntegerField(),
            state=s.CharField(),
            firstId=s.IntegerField(),
            serverTime=s.DateTimeField(),
        ),
        304: _NOT_MODIFIED,
    },
    examples=[
        OpenApiExample(
            "Fifteen seats",
            value={
                "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
                "version": 7,
                "state": "AAHHABBBAAAAXAA",
                "firstId": 1201,
                "serverTime": "2026-11-21T12:45:00.120Z",
            },
            response_only=True,
        )
    ],
)
PRICES = operation(
    "get",
    "getSeatPrices",
    "What each seat of a showtime costs",
    tags=_TAG,
    parameters=[_IF_NONE_MATCH],
    responses={
        200: object_of(
            "SeatPrices",
            showtimeId=s.UUIDField(),
            currency=s.CharField(),
            priceVersion=s.IntegerField(),
            seats=list_of("SeatPrice", id=s.CharField(), label=s.CharField(), price=s.FloatField()),
        ),
        304: _NOT_MODIFIED,
    },
)
INVENTORY = operation(
    "get",
    "getInventory",
    "The seats of a showtime as an inventory",
    tags=_TAG,
    description="Who holds or bought a seat is told to its owner only, so these three fields are always null here.",
    parameters=[_IF_NONE_MATCH],
    responses={
        200: object_of(
            "ShowtimeInventory",
            showtimeId=s.UUIDField(),
            version=s.IntegerField(),
            lastUpdated=s.DateTimeField(),
            seatMap=object_of(
                "InventorySeatMap",
                seats=list_of(
                    "InventorySeat",
                    seatId=s.CharField(),
                    id=s.CharField(),
                    status=s.ChoiceField(choices=["available", "held", "booked", "blocked"]),
                    holderId=s.CharField(allow_null=True),
                    heldUntil=s.DateTimeField(allow_null=True),
                    bookingId=s.CharField(allow_null=True),
                ),
            ),
        ),
        304: _NOT_MODIFIED,
    },
)
AVAILABILITY = operation(
    "get",
    "getAvailability",
    "The seats of a showtime as a list, for channels",
    tags=_SYNC,
    description="`bookingSource` is there for staff, and for a channel's own sales.",
    parameters=[_IF_NONE_MATCH],
    responses={
        200: object_of(
            "Availability",
            success=s.BooleanField(),
            data=object_of(
                "AvailabilityData",
                showtime=object_of(
                    "AvailabilityShowtime",
                    id=s.UUIDField(),
                    movie=s.CharField(),
                    theater=s.CharField(),
                    city=s.CharField(),
                    showDate=s.DateField(),
                    showTime=s.CharField(),
                    totalSeats=s.IntegerField(),
                    availableSeats=s.IntegerField(),
                ),
                version=s.IntegerField(),
                seats=list_of(
                    "AvailabilitySeat",
                    id=s.CharField(),
                    seatNumber=s.CharField(),
                    row=s.CharField(),
                    column=s.IntegerField(),
                    type=s.CharField(),
                    price=s.FloatField(),
                    status=_STATUS,
                    isHeld=s.BooleanField(),
                    bookingSource=s.CharField(required=False, allow_null=True),
                ),
            ),
        ),
        304: _NOT_MODIFIED,
    },
)
