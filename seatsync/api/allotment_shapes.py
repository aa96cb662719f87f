"""What OpenAPI says about allotments."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from seatsync.api.shapes import list_of, object_of, operation

_EXAMPLE = {
    "items": [
        {
            "id": "019ab1f0-5555-7000-8000-000000000005",
            "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
            "seats": ["C1", "C2", "C3"],
            "percent": 20,
            "releaseMinutes": 120,
            "releaseAt": "2026-11-21T10:45:00Z",
            "releasedAt": None,
            "createdAt": "2026-11-20T08:12:31.505Z",
        }
    ],
    "nextCursor": None,
}
ALLOTMENTS = operation(
    "get",
    "listAllotments",
    "Seats that are yours alone to sell",
    tags=["channels"],
    description=(
        "Until `releaseAt` these seats are AVAILABLE on your maps and BLOCKED on everybody else's. Then what is unsold "
        "goes back by itself and you hear `allotment.returned`. Staff see the allotments of all channels of their "
        "cinemas, with the channel's name."
    ),
    parameters=[
        OpenApiParameter("showtimeId", {"type": "string", "format": "uuid"}, description="Of this showtime only."),
        OpenApiParameter("limit", int, description="1 to 200, 50 if not given."),
        OpenApiParameter("cursor", str, description="`nextCursor` of the page before."),
    ],
    responses={
        200: object_of(
            "Allotments",
            items=list_of(
                "Allotment",
                id=s.UUIDField(),
                showtimeId=s.UUIDField(),
                seats=s.ListField(child=s.CharField()),
                percent=s.IntegerField(allow_null=True, help_text="How it was asked for, when not seat by seat."),
                releaseMinutes=s.IntegerField(),
                releaseAt=s.DateTimeField(),
                releasedAt=s.DateTimeField(allow_null=True),
                createdAt=s.DateTimeField(),
                channel=s.CharField(required=False),
            ),
            nextCursor=s.UUIDField(allow_null=True),
        )
    },
    examples=[OpenApiExample("A fifth of a small house", value=_EXAMPLE, response_only=True)],
)
