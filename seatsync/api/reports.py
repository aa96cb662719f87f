"""OP2: what a theatre's POS or a platform has sold."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.services import reports
from seatsync import feed, seatmaps
from seatsync.api import channel_shapes
from seatsync.models import SeatStatus, Source
from showsewa import idempotency, ids
from showsewa.apiview import ApiView
from showsewa.fields import AwareDateTime, Flag
from showsewa.parsing import Text, parse

MOST_LINES = 500
_AHEAD = timedelta(minutes=5)
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
    timestamp = AwareDateTime(required=False, help_text="When it was sold. Evidence only: what counts is our clock.")

    def validate_timestamp(self, value: Any) -> Any:
        if value > timezone.now() + _AHEAD:
            raise serializers.ValidationError(_("This time is in the future. Please check your clock."), "clock_ahead")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["status"] == SeatStatus.BOOKED and not attrs["bookingReference"]:
            raise serializers.ValidationError({"bookingReference": [_("A sale needs its reference.")]}, "required")
        return attrs


class Report(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    atomic = Flag(default=False, help_text="All or nothing: only for tickets that are not printed yet.")
    mode = serializers.ChoiceField(choices=["per_seat", "all_or_nothing"], default="per_seat")
    seatUpdates: Any = serializers.ListSerializer(child=Line(), min_length=1, max_length=MOST_LINES)

    default_error_messages = {"empty": _lazy("Report at least one seat.")}


@channel_shapes.bulk_update(Report)
class BulkUpdate(ApiView):
    """200: every line is applied or was known. 207: look at `outcome` of each; the report itself is kept either way."""

    scope = "seatsync:write"

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(Report, request)
        showtime_id: UUID = body["showtimeId"]
        try:
            results = reports.apply(
                showtime_id=showtime_id,
                updates=[_update(line) for line in body["seatUpdates"]],
                actor=self.actor,
                now=timezone.now(),
                atomic=body["atomic"] or body["mode"] == "all_or_nothing",
            )
        except reports.ReportRefused as refusal:
            raise _told(refusal, showtime_id) from refusal
        answer = _answer(results, showtime_id)
        return Response(answer, status=200 if answer["success"] else 207)


def _update(line: dict[str, Any]) -> reports.SeatUpdate:
    return reports.SeatUpdate(
        line["seatNumber"], line["status"], line["bookingSource"], line["bookingReference"], line.get("timestamp")
    )


def _answer(results: list[reports.Result], showtime_id: UUID) -> dict[str, Any]:
    now, keys = feed.snapshot(showtime_id), seatmaps.keys_by_label(showtime_id)
    updated = sum(result.outcome in reports.SUCCESS for result in results)
    failed = len(results) - updated
    message = ngettext("%(n)d seat updated.", "%(n)d seats updated.", updated) % {"n": updated}
    if failed:
        message += " " + ngettext("%(n)d not: see results.", "%(n)d not: see results.", failed) % {"n": failed}
    rows = [_row(result, _status(now, keys, result.update.seat)) for result in results]
    data = {"updated": updated, "failed": failed, "results": rows}
    return {"success": not failed, "message": message, "data": data, "version": now.version}


def _row(result: reports.Result, status: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "seatNumber": result.update.seat,
        "success": result.outcome in reports.SUCCESS,
        "status": status,
        "outcome": result.outcome,
    }
    told = {"code": result.code, "conflictId": result.conflict_id, "holderSource": result.holder_source}
    return row | {name: value for name, value in told.items() if value}


def _status(now: feed.Snapshot, keys: dict[str, int], seat: str) -> str | None:
    """What the seat is now, whoever made it so; None for a seat that does not exist."""
    key = keys.get(seat, ids.seat_pk(seat) or 0)
    index = key - now.first_id
    return feed.WORDS[now.state[index]] if 0 <= index < len(now.state) else None


def _told(refusal: reports.ReportRefused, showtime_id: UUID) -> reports.ReportRefused:
    """The same refusal in the words of the API. Its conflicts were rolled back with it, so they have no id."""
    results: list[reports.Result] = refusal.facts["results"]
    for result in results:
        result.conflict_id = None
    answer = _answer(results, showtime_id)
    data = answer["data"] | {"updated": 0, "failed": len(results)}
    in_the_way = [row for row in data["results"] if not row["success"]]
    conflicts = [{"label": row["seatNumber"], "status": row["status"]} for row in in_the_way]
    return reports.ReportRefused(refusal.message, data=data, conflicts=conflicts, version=answer["version"])
