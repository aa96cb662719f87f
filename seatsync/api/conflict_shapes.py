"""What OpenAPI says about seats sold twice."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers as s

from seatsync.api.shapes import list_of, object_of, operation
from seatsync.models import Conflict, Source

_TAGS = ["channels"]
_FIELDS: dict[str, Any] = {
    "id": s.UUIDField(),
    "showtimeId": s.UUIDField(),
    "seatId": s.CharField(),
    "seatNumber": s.CharField(),
    "status": s.ChoiceField(choices=Conflict.Status.choices),
    "holderSource": s.ChoiceField(choices=Source.choices, help_text="Where the sale was made that had the seat first."),
    "reporterSource": s.ChoiceField(choices=Source.choices, help_text="Where the one was made that came second."),
    "winner": s.ChoiceField(choices=Conflict.Winner.choices, allow_null=True),
    "resolution": s.ChoiceField(choices=Conflict.Resolution.choices, allow_null=True, help_text="What the loser got."),
    "deadline": s.DateTimeField(),
    "createdAt": s.DateTimeField(),
    "solvedAt": s.DateTimeField(allow_null=True),
    "role": s.ChoiceField(choices=Conflict.Winner.choices, required=False, help_text="Channels: which side you are."),
    "bookingSource": s.ChoiceField(choices=Source.choices, help_text="Your own; for staff, the reporter's."),
    "bookingReference": s.CharField(help_text="Your own; for staff, the reporter's."),
    "reportedFor": s.DateTimeField(allow_null=True),
    "isAsked": s.BooleanField(required=False, help_text="Channels: your sale lost, and we wait for your answer."),
    "answer": s.ChoiceField(choices=["accepted", "rejected"], allow_null=True),
    "newSeatNumber": s.CharField(allow_null=True, help_text="Where the loser sits now, told to the loser alone."),
    "channel": s.CharField(required=False, help_text="Staff only, as the next two."),
    "holderReference": s.CharField(required=False),
    "note": s.CharField(required=False),
}
_EXAMPLE = {
    "id": "019ab1f0-2222-7000-8000-000000000002",
    "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
    "seatId": "seat_1201",
    "seatNumber": "A1",
    "status": "SOLVED",
    "holderSource": "OTHER_PLATFORM",
    "reporterSource": "WALK_IN",
    "winner": "REPORTER",
    "resolution": "ACCEPTED",
    "deadline": "2026-11-21T11:30:00Z",
    "createdAt": "2026-11-21T08:00:00Z",
    "solvedAt": "2026-11-21T08:05:00Z",
    "role": "HOLDER",
    "bookingSource": "OTHER_PLATFORM",
    "bookingReference": "MP-1",
    "reportedFor": None,
    "isAsked": False,
    "answer": "accepted",
    "newSeatNumber": None,
}

# Only our own screens ask it.
HIDDEN = extend_schema(exclude=True)

CONFLICTS = operation(
    "get",
    "listConflicts",
    "Seats sold twice",
    tags=_TAGS,
    description=(
        "Both channels of a conflict find it here, each with its own reference and nothing of the other's sale but its "
        "source. `isAsked`: answer it."
    ),
    parameters=[
        OpenApiParameter("limit", int, description="1 to 200, 50 if not given."),
        OpenApiParameter("cursor", str),
        OpenApiParameter("status", str, enum=["OPEN", "SOLVED"]),
    ],
    responses={
        200: object_of(
            "ConflictPage",
            items=list_of("Conflict", **_FIELDS),
            nextCursor=s.CharField(allow_null=True, help_text="Ask with it for the next page; null on the last."),
        )
    },
)


def answer(body: Any) -> Any:
    return operation(
        "post",
        "answerConflict",
        "Answer a conflict that your sale lost",
        tags=_TAGS,
        description=(
            "`accepted`: you see to your customer, and the seat is the other sale's; if it was yours until now, your "
            "booking is without it. `rejected`: staff of the cinema decide. Only the channel that was asked "
            "(`seat.conflict`) may answer; to all others the conflict is not found."
        ),
        request=body,
        responses={200: object_of("AnsweredConflict", **_FIELDS)},
        examples=[
            OpenApiExample("We see to it", value={"answer": "accepted", "note": "Moved to B4"}, request_only=True),
            OpenApiExample("Solved", value=_EXAMPLE, response_only=True, status_codes=["200"]),
        ],
    )
