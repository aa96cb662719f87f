"""OP2: what a theatre's POS or a platform has sold."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.services import reports
from seatsync.api import channel_shapes
from seatsync.models import SeatStatus, Source
from showsewa import idempotency
from showsewa.apiview import ApiView
from showsewa.fields import AwareDateTime, Flag
from showsewa.parsing import Text, parse
from showsewa.rendering import JsonParser, PlainJsonParser

MOST_LINES = 500
_REPORTABLE = [SeatStatus.AVAILABLE, SeatStatus.BOOKED, SeatStatus.BLOCKED]


class Line(serializers.Serializer):
    seatNumber = Text(max_length=40, help_text="Its label (A1) or its id.")
    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in _REPORTABLE])
    bookingSource = serializers.ChoiceField(choices=Source.choices)
    bookingReference = Text(
        max_length=120,
        allow_blank=True,
        default="",
        help_text="Yours, one for all seats of a sale. Needed to sell a seat and to free it again.",
    )
    timestamp = AwareDateTime(
        required=False,
        help_text="When it was sold, by your clock. Orders your own reports; beside others' it is evidence only.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["status"] == SeatStatus.BOOKED and not attrs["bookingReference"]:
            raise serializers.ValidationError({"bookingReference": [_("A sale needs its reference.")]}, "required")
        return attrs


class Report(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    atomic = Flag(default=False, help_text="All or nothing: only for tickets that are not printed yet.")
    mode = serializers.ChoiceField(choices=["per_seat", "all_or_nothing"], default="per_seat")
    backfill = Flag(default=False, help_text="Needed for times more than 24 hours ago.")
    seatUpdates: Any = serializers.ListSerializer(child=Line(), min_length=1, max_length=MOST_LINES)

    default_error_messages = {"empty": _lazy("Report at least one seat.")}


@channel_shapes.bulk_update(Report)
class BulkUpdate(ApiView):
    """200: every line is applied or was known. 207: look at `outcome` of each; the report itself is kept either way."""

    scope = "seatsync:write"
    parser_classes = (JsonParser, PlainJsonParser)

    def post(self, request: Request) -> Response:
        try:
            return self._apply(request)
        except reports.ReportRefused as refusal:
            # Whatever transaction there was (an Idempotency-Key has one of its own) is rolled back by now.
            raise self._told(refusal, parse(Report, request)) from refusal

    @idempotency.once
    def _apply(self, request: Request) -> Response:
        body = parse(Report, request)
        results = reports.apply(
            showtime_id=body["showtimeId"],
            updates=[_update(line) for line in body["seatUpdates"]],
            actor=self.actor,
            now=self.now,
            atomic=body["atomic"] or body["mode"] == "all_or_nothing",
            backfill=body["backfill"],
        )
        answer = _answer(results)
        return Response(answer, status=200 if answer["success"] else 207)

    def _told(self, refusal: reports.ReportRefused, body: dict[str, Any]) -> reports.ReportRefused:
        """The same refusal in the words of the API, its lines written down."""
        results = reports.keep_refused(
            refusal, showtime_id=body["showtimeId"], actor=self.actor, backfill=body["backfill"]
        )
        answer = _answer(results)
        in_the_way = [row for row in answer["data"]["results"] if row.get("code") != reports.NOT_ALL]
        conflicts = [{"label": row["seatNumber"], "status": row["status"]} for row in in_the_way if not row["success"]]
        return reports.ReportRefused(
            refusal.message, data=answer["data"], conflicts=conflicts, version=answer["version"]
        )


def _update(line: dict[str, Any]) -> reports.SeatUpdate:
    return reports.SeatUpdate(
        line["seatNumber"], line["status"], line["bookingSource"], line["bookingReference"], line.get("timestamp")
    )


def _answer(results: list[reports.Result]) -> dict[str, Any]:
    updated = sum(result.is_success for result in results)
    failed = len(results) - updated
    message = ngettext("%(n)d seat updated.", "%(n)d seats updated.", updated) % {"n": updated}
    if failed:
        message += " " + ngettext("%(n)d not: see results.", "%(n)d not: see results.", failed) % {"n": failed}
    data = {"updated": updated, "failed": failed, "results": [_row(result) for result in results]}
    version = max(result.version for result in results)
    return {"success": not failed, "message": message, "data": data, "version": version}


def _row(result: reports.Result) -> dict[str, Any]:
    row: dict[str, Any] = {
        "seatNumber": result.update.seat,
        "success": result.is_success,
        "status": result.status,
        "outcome": result.outcome,
        "version": result.version,
    }
    told = {"code": result.code, "conflictId": result.conflict_id, "holderSource": result.holder_source}
    return row | {name: value for name, value in told.items() if value}
