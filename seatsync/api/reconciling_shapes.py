"""What OpenAPI says about proving that both sides agree."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from seatsync.api.shapes import list_of, object_of, operation
from seatsync.models import Reconciliation, SeatStatus

_TAGS = ["channels"]
_SHOWTIME = "019ab1f0-1111-7000-8000-000000000001"
_ROW = "019ab1f0-3333-7000-8000-000000000003"
_OWN = "dec9c31b900cee68e162a0ce977fd447aa5ba68ae57dc37310f8af37eb2cfe1b"
_ALL = "b3a67273debf5fe6fbd7a15afbcf50cdc0a5f36b2b61cc81079c431b73c29db1"
_SEAT_NOW = s.ChoiceField(choices=SeatStatus.choices, allow_null=True, help_text="null: there is no such seat.")
_CONFLICT = s.UUIDField(required=False, help_text="Your case, when it was sold twice.")


class SalesShape(OpenApiSerializerFieldExtension):
    target_class = "seatsync.api.reconciling.Sales"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        reference = {"type": "string", "minLength": 1, "maxLength": 120}
        seat = {"type": "string", "minLength": 1, "maxLength": 40, "description": "Its label (A1) or its id."}
        by_booking = {"bookingReference": reference, "seats": {"type": "array", "items": seat, "maxItems": 5000}}
        by_seat = {"bookingReference": reference, "seatNumber": seat}
        forms = [
            {"type": "object", "required": list(form), "properties": form, "title": title}
            for title, form in (("By booking", by_booking), ("Seat by seat", by_seat))
        ]
        return {"type": "array", "maxItems": 5000, "items": {"oneOf": forms}}


_FOUND = {
    "success": s.BooleanField(),
    "showtimeId": s.UUIDField(),
    "version": s.IntegerField(help_text="Of our side of the comparison."),
    "theirs": s.IntegerField(help_text="Seats you listed."),
    "ours": s.IntegerField(help_text="Seats we have as sold by you."),
    "agreed": s.IntegerField(),
    "missingHere": list_of(
        "MissingHere",
        seatNumber=s.CharField(),
        bookingReference=s.CharField(),
        seatNow=_SEAT_NOW,
        conflictId=_CONFLICT,
    ),
    "missingThere": list_of("MissingThere", seatNumber=s.CharField(), bookingReference=s.CharField()),
    "differs": list_of("DifferingSeat", seatNumber=s.CharField(), theirs=s.CharField(), ours=s.CharField()),
    "checksum": s.CharField(help_text="Of our side, as `own` of the checksum operation."),
    "reconciliationId": s.UUIDField(),
}
_ASKED = {
    "showtimeId": _SHOWTIME,
    "sales": [
        {"bookingReference": "SG-1", "seats": ["A1", "A2"]},
        {"bookingReference": "SG-3", "seats": ["B1"]},
    ],
}
_ANSWER = {
    "success": True,
    "showtimeId": _SHOWTIME,
    "version": 2,
    "theirs": 3,
    "ours": 3,
    "agreed": 1,
    "missingHere": [{"seatNumber": "A2", "bookingReference": "SG-1", "seatNow": "AVAILABLE"}],
    "missingThere": [{"seatNumber": "A3", "bookingReference": "SG-2"}],
    "differs": [{"seatNumber": "B1", "theirs": "SG-3", "ours": "SG-2"}],
    "checksum": _OWN,
    "reconciliationId": _ROW,
}
_COUNTS = {
    "id": s.UUIDField(),
    "showtimeId": s.UUIDField(),
    "origin": s.ChoiceField(choices=Reconciliation.Origin.choices),
    "createdAt": s.DateTimeField(),
    "theirs": s.IntegerField(),
    "ours": s.IntegerField(),
    "agrees": s.BooleanField(),
    "missingHere": s.IntegerField(),
    "missingThere": s.IntegerField(),
    "differs": s.IntegerField(),
    "unfixed": s.IntegerField(),
}


def reconcile(body: Any) -> Any:
    return operation(
        "post",
        "reconcile",
        "Compare all you have sold of a showtime with what we have",
        tags=_TAGS,
        description=(
            "Your whole list; an empty one says that you have sold nothing. It changes no seat: report what is missing "
            "here, and free what is missing there, by `bulk-update`. At most 5,000 seats; a seat listed twice is "
            "refused."
        ),
        request=body,
        responses={200: object_of("Reconciled", **_FOUND)},
        examples=[
            OpenApiExample("Three seats", value=_ASKED, request_only=True),
            OpenApiExample("One of each kind", value=_ANSWER, response_only=True),
        ],
    )


def reconcile_batch(body: Any) -> Any:
    return operation(
        "post",
        "reconcileSeveral",
        "The same for several showtimes",
        tags=_TAGS,
        description="Up to 50 showtimes and 5,000 seats together; compared in one transaction.",
        request=body,
        responses={
            200: object_of("ReconciledSeveral", success=s.BooleanField(), items=list_of("ReconciledOne", **_FOUND))
        },
        examples=[OpenApiExample("One showtime", value={"showtimes": [_ASKED]}, request_only=True)],
    )


CHECKSUM = operation(
    "get",
    "getChecksum",
    "A checksum of a showtime that you can compute too",
    tags=_TAGS,
    description=(
        "SHA-256 of UTF-8 lines, each ended by a line feed and sorted by their bytes: `own` of `LABEL<TAB>REFERENCE` "
        "for each seat sold by you, `all` of `LABEL<TAB>STATUS` for every seat as you see it. `lapsedHolds` counts "
        "holds that read AVAILABLE because their time is over, and whose event has not been written yet."
    ),
    responses={
        200: object_of(
            "ShowtimeChecksum",
            showtimeId=s.UUIDField(),
            version=s.IntegerField(),
            algorithm=s.ChoiceField(choices=["sha256"]),
            own=object_of("OwnChecksum", seats=s.IntegerField(), checksum=s.CharField()),
            all=object_of("MapChecksum", seats=s.IntegerField(), checksum=s.CharField(), lapsedHolds=s.IntegerField()),
        )
    },
    examples=[
        OpenApiExample(
            "Three seats sold",
            value={
                "showtimeId": _SHOWTIME,
                "version": 2,
                "algorithm": "sha256",
                "own": {"seats": 3, "checksum": _OWN},
                "all": {"seats": 176, "checksum": _ALL, "lapsedHolds": 0},
            },
            response_only=True,
        )
    ],
)
RECONCILIATIONS = operation(
    "get",
    "listReconciliations",
    "Comparisons of your sales with ours",
    tags=_TAGS,
    description="Yours, the file imports for you, and one each night for every showtime of yesterday to tomorrow.",
    parameters=[
        OpenApiParameter("limit", int, description="1 to 200, 50 if not given."),
        OpenApiParameter("cursor", str),
        OpenApiParameter("showtimeId", str),
        OpenApiParameter("origin", str, enum=list(Reconciliation.Origin.values)),
    ],
    responses={
        200: object_of(
            "ReconciliationPage",
            items=list_of("ReconciliationCounts", **_COUNTS),
            nextCursor=s.CharField(allow_null=True, help_text="Ask with it for the next page; null on the last."),
        )
    },
)
RECONCILIATION = operation(
    "get",
    "getReconciliation",
    "One comparison, seat by seat",
    tags=_TAGS,
    responses={
        200: object_of(
            "ReconciliationDetail",
            **_COUNTS,
            differences=list_of(
                "SeatDifference",
                seatNumber=s.CharField(),
                kind=s.ChoiceField(choices=["missing_here", "missing_there", "differs"]),
                theirs=s.CharField(allow_blank=True),
                ours=s.CharField(allow_blank=True),
                seatNow=s.ChoiceField(choices=SeatStatus.choices, allow_null=True),
                code=s.CharField(allow_blank=True, help_text="At night: what became of your last report of it."),
                conflictId=s.UUIDField(allow_null=True),
                fixed=object_of("DifferenceFixed", outcome=s.CharField(), at=s.DateTimeField()),
            ),
        )
    },
)
