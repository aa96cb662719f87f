"""What OpenAPI says about the operations for channels: reports, blocks, conflicts, journal."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers as s

from bookings.services.reports import Outcome
from seatsync.api.shapes import list_of, object_of, operation
from seatsync.models import SCOPES, Channel, Source

_TAGS = ["channels"]
_RESULTS = list_of(
    "ReportResult",
    seatNumber=s.CharField(),
    success=s.BooleanField(),
    status=s.CharField(allow_null=True, help_text="What the seat is now; null for an unknown one."),
    outcome=s.ChoiceField(choices=[outcome.value for outcome in Outcome]),
    version=s.IntegerField(help_text="The showtime's version in which the seat has this status."),
    code=s.CharField(required=False),
    conflictId=s.UUIDField(required=False),
    holderSource=s.ChoiceField(choices=Source.choices, required=False),
)
_REPORTED = object_of(
    "ReportAnswer",
    success=s.BooleanField(),
    message=s.CharField(),
    data=object_of("ReportData", updated=s.IntegerField(), failed=s.IntegerField(), results=_RESULTS),
    version=s.IntegerField(),
)
_REFUSED_REPORT = OpenApiResponse(
    object_of(
        "ReportRefusal",
        type=s.CharField(),
        title=s.CharField(),
        status=s.IntegerField(),
        detail=s.CharField(),
        instance=s.CharField(),
        code=s.CharField(),
        requestId=s.CharField(),
        success=s.BooleanField(),
        message=s.CharField(),
        data=object_of("ReportRefusalData", updated=s.IntegerField(), failed=s.IntegerField(), results=_RESULTS),
        conflicts=list_of("ReportObstacle", label=s.CharField(), status=s.CharField(allow_null=True)),
        version=s.IntegerField(),
    ),
    description="All or nothing was asked for, so nothing was changed; or an Idempotency-Key is still being worked on.",
)
_SALE = {
    "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
    "seatUpdates": [
        {
            "seatNumber": "A1",
            "status": "BOOKED",
            "bookingSource": "WALK_IN",
            "bookingReference": "POS-12345",
            "timestamp": "2026-11-21T10:30:00Z",
        }
    ],
}
_APPLIED = {
    "success": True,
    "message": "1 seat updated.",
    "data": {
        "updated": 1,
        "failed": 0,
        "results": [{"seatNumber": "A1", "success": True, "status": "BOOKED", "outcome": "applied", "version": 8}],
    },
    "version": 8,
}
_CONFLICT = {
    "success": False,
    "message": "0 seats updated. 1 not: see results.",
    "data": {
        "updated": 0,
        "failed": 1,
        "results": [
            {
                "seatNumber": "A1",
                "success": False,
                "status": "BOOKED",
                "outcome": "conflict",
                "version": 8,
                "code": "SEAT_SOLD",
                "conflictId": "019ab1f0-2222-7000-8000-000000000002",
                "holderSource": "SHOWSEWA",
            }
        ],
    },
    "version": 8,
}
_VERSIONS = list_of("ChangedShowtime", showtimeId=s.UUIDField(), version=s.IntegerField())
_CURSOR = s.CharField(allow_null=True, help_text="Ask with it for the next page; null on the last.")
_LIMIT = OpenApiParameter("limit", int, description="1 to 200, 50 if not given.")


def bulk_update(body: Any) -> Any:
    return operation(
        "post",
        "reportSales",
        "Report what a channel sold, freed or blocked",
        tags=_TAGS,
        description=(
            "A reported sale has happened: it is never refused, and never written over another. Each line gets one "
            "`outcome`, in the order of the request. With success: `applied`, `applied_over_hold`, "
            "`applied_over_payment`, `applied_over_block`, `duplicate`, `duplicate_suspect` (the seat is yours already "
            "under another reference), `tombstone` (cancelled before it was sold). Without: `conflict` (sold to "
            "somebody else first; staff are told), `stale` (older than what you said before), `rejected`, "
            "`not_yours`, `busy` (send that line again). 200: all with success; 207: look at each, also when none "
            "was; the report is kept either way. All or nothing answers 200 or 409, with the same list and no seat "
            "changed. Use one reference for all seats of a sale, and repeat it unchanged when you retry."
        ),
        request=body,
        responses={200: _REPORTED, 207: _REPORTED, 409: _REFUSED_REPORT},
        examples=[
            OpenApiExample("A walk-in sale", value=_SALE, request_only=True),
            OpenApiExample("Applied", value=_APPLIED, response_only=True, status_codes=["200"]),
            OpenApiExample("Sold twice", value=_CONFLICT, response_only=True, status_codes=["207"]),
        ],
    )


def block(body: Any) -> Any:
    data = object_of(
        "BlockedData",
        blockedCount=s.IntegerField(),
        reason=s.CharField(),
        until=s.DateTimeField(allow_null=True),
        showtimes=_VERSIONS,
    )
    return operation(
        "post",
        "blockSeats",
        "Keep seats back from sale",
        tags=_TAGS,
        description="All or none, and never over a hold or a sale: then 409 with the seats in the way.",
        request=body,
        responses={200: object_of("Blocked", success=s.BooleanField(), message=s.CharField(), data=data)},
        examples=[
            OpenApiExample(
                "Two broken chairs",
                value={"seatIds": ["seat_1201", "seat_1202"], "reason": "Maintenance"},
                request_only=True,
            ),
            OpenApiExample(
                "Blocked",
                value={
                    "success": True,
                    "message": "2 seats blocked.",
                    "data": {
                        "blockedCount": 2,
                        "reason": "Maintenance",
                        "showtimes": [{"showtimeId": "019ab1f0-1111-7000-8000-000000000001", "version": 9}],
                    },
                },
                response_only=True,
            ),
        ],
    )


def unblock(body: Any) -> Any:
    data = object_of("UnblockedData", unblockedCount=s.IntegerField(), showtimes=_VERSIONS)
    return operation(
        "post",
        "unblockSeats",
        "Put blocked seats on sale again",
        tags=_TAGS,
        request=body,
        responses={200: object_of("Unblocked", success=s.BooleanField(), message=s.CharField(), data=data)},
    )


EVENTS = operation(
    "get",
    "listSeatEvents",
    "The journal of a showtime",
    tags=_TAGS,
    description=(
        "One entry per change, with gapless versions, oldest first. Source, reference and reason are told to staff and "
        "to the channel that made the change."
    ),
    parameters=[
        _LIMIT,
        OpenApiParameter("after", int, description="The last version you have; 0 for all."),
        OpenApiParameter("since", int, description="The same, by the name it has in maps."),
    ],
    responses={
        200: object_of(
            "SeatEventPage",
            items=list_of(
                "SeatEvent",
                version=s.IntegerField(),
                action=s.CharField(),
                changes=s.ListField(child=s.JSONField(), help_text="{seatNumber, from, to}"),
                createdAt=s.DateTimeField(),
                bookingSource=s.CharField(required=False),
                bookingReference=s.CharField(required=False),
                reason=s.CharField(required=False),
                actor=s.CharField(required=False),
            ),
            nextCursor=_CURSOR,
        )
    },
)

_RATE = object_of("RateClass", perMinute=s.IntegerField(allow_null=True, help_text="null: as much as you like."))
CHANNEL = operation(
    "get",
    "getChannel",
    "Who am I, and what may I do?",
    tags=_TAGS,
    description="For any key, whatever its scopes. `isTest` keys reach sandbox cinemas and no others.",
    responses={
        200: object_of(
            "ChannelAccount",
            id=s.UUIDField(),
            name=s.CharField(),
            kind=s.ChoiceField(choices=Channel.Kind.choices),
            isTest=s.BooleanField(),
            scopes=s.ListField(child=s.ChoiceField(choices=sorted(SCOPES))),
            sources=s.ListField(child=s.ChoiceField(choices=Source.choices)),
            pricing=object_of(
                "ChannelPricing", kind=s.ChoiceField(choices=Channel.Pricing.choices), percent=s.FloatField()
            ),
            cinemas=list_of(
                "ChannelCinema", id=s.UUIDField(), name=s.CharField(), city=s.CharField(), timeZone=s.CharField()
            ),
            key=object_of(
                "ChannelKeyFacts",
                prefix=s.CharField(),
                createdAt=s.DateTimeField(),
                expiresAt=s.DateTimeField(allow_null=True),
                addresses=s.ListField(child=s.CharField()),
            ),
            rateLimits=object_of("RateClasses", sell=_RATE, read=_RATE, admin=_RATE),
            serverTime=s.DateTimeField(),
        )
    },
    examples=[
        OpenApiExample(
            "A platform in the sandbox",
            value={
                "id": "019ab1f0-3333-7000-8000-000000000003",
                "name": "Moviepass",
                "kind": "PLATFORM",
                "isTest": True,
                "scopes": ["bookings:read", "bookings:write", "holds:write", "inventory:read"],
                "sources": ["OTHER_PLATFORM"],
                "pricing": {"kind": "LIST", "percent": 0},
                "cinemas": [
                    {
                        "id": "019ab1f0-4444-7000-8000-000000000004",
                        "name": "Himal Cinema",
                        "city": "Kathmandu",
                        "timeZone": "Asia/Kathmandu",
                    }
                ],
                "key": {
                    "prefix": "ssk_test_Yk3fQ0a",
                    "createdAt": "2026-11-21T05:30:00.000Z",
                    "expiresAt": None,
                    "addresses": [],
                },
                "rateLimits": {"sell": {"perMinute": 6000}, "read": {"perMinute": 1200}, "admin": {"perMinute": 120}},
                "serverTime": "2026-11-21T05:37:25.120Z",
            },
            response_only=True,
        )
    ],
)
