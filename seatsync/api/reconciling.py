"""Proving that a channel and we agree: its list against ours, a checksum both can compute, and what was found."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import tally as tallies
from bookings.services import reconciling
from bookings.services.reconciling import Compared
from bookings.tally import Listed
from seatsync import records
from seatsync.api import reconciling_shapes as shapes
from seatsync.models import Reconciliation
from showsewa import idempotency
from showsewa.apiview import ApiView
from showsewa.paging import NewestFirst, newest_first
from showsewa.parsing import Text, parse

MOST_SHOWTIMES = 50


class Sales(serializers.Field):
    """Their list, by booking ({bookingReference, seats}) or seat by seat ({seatNumber, bookingReference})."""

    default_error_messages = {
        "not_a_list": _("Give a list, also when it is empty."),
        "max_length": _("At most {most} seats at a time."),
        "not_an_entry": _("Each entry has a bookingReference, and seats or a seatNumber."),
    }
    reference = Text(max_length=120)
    seat = Text(max_length=40)

    def to_internal_value(self, data: Any) -> list[Listed]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > reconciling.MOST_SEATS:
            self.fail("max_length", most=reconciling.MOST_SEATS)
        found: list[Listed] = []
        errors: dict[str, Any] = {}
        for number, entry in enumerate(data):
            try:
                found.extend(self._entry(entry, f"{number}"))
            except serializers.ValidationError as error:
                errors[str(number)] = error.detail
        if errors:
            raise serializers.ValidationError(errors)
        if len(found) > reconciling.MOST_SEATS:
            self.fail("max_length", most=reconciling.MOST_SEATS)
        return found

    def _entry(self, entry: Any, place: str) -> list[Listed]:
        if not isinstance(entry, dict) or ("seats" in entry) == ("seatNumber" in entry):
            self.fail("not_an_entry")
        reference = self._text(self.reference, entry.get("bookingReference"), "bookingReference")
        if "seatNumber" in entry:
            seat = self._text(self.seat, entry["seatNumber"], "seatNumber")
            return [Listed(seat, reference, f"{place}/seatNumber")]
        seats = entry["seats"]
        if not isinstance(seats, list):
            self.fail("not_an_entry")
        return [
            Listed(self._text(self.seat, seat, "seats", str(index)), reference, f"{place}/seats/{index}")
            for index, seat in enumerate(seats)
        ]

    def _text(self, kind: Text, value: Any, *pointer: str) -> str:
        try:
            text: str = kind.run_validation(value)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            for name in reversed(pointer):
                detail = {name: detail}
            raise serializers.ValidationError(detail) from error
        return text


class Asked(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    sales = Sales(help_text="All you have sold of this showtime.")


class AskedTogether(serializers.Serializer):
    showtimes: Any = serializers.ListSerializer(child=Asked(), min_length=1, max_length=MOST_SHOWTIMES)


class ListAsked(NewestFirst):
    showtimeId = serializers.UUIDField(required=False)
    origin = serializers.ChoiceField(choices=Reconciliation.Origin.choices, required=False)


@shapes.reconcile(Asked)
class Reconcile(ApiView):
    """It changes no seat: what differs is mended by a report, or by the cinema's staff."""

    scope = "seatsync:write"

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(Asked, request)
        lists = [(body["showtimeId"], _placed(body["sales"], "/sales"))]
        done = reconciling.reconcile(lists=lists, actor=self.actor, origin=Reconciliation.Origin.API)
        return Response(_answer(done[0]))


@shapes.reconcile_batch(AskedTogether)
class ReconcileBatch(ApiView):
    scope = "seatsync:write"

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(AskedTogether, request)
        lists = [
            (asked["showtimeId"], _placed(asked["sales"], f"/showtimes/{number}/sales"))
            for number, asked in enumerate(body["showtimes"])
        ]
        done = reconciling.reconcile(lists=lists, actor=self.actor, origin=Reconciliation.Origin.API)
        return Response({"success": True, "items": [_answer(one) for one in done]})


@shapes.CHECKSUM
class Checksum(ApiView):
    scope = "inventory:read"

    def get(self, request: Request, showtime_id: UUID) -> Response:
        tally = tallies.of_channel(self.actor, showtime_id)
        return Response(
            {
                "showtimeId": showtime_id,
                "version": tally.version,
                "algorithm": "sha256",
                "own": {"seats": len(tally.own), "checksum": tally.own_checksum},
                "all": {"seats": len(tally.statuses), "checksum": tally.map_checksum, "lapsedHolds": tally.lapsed},
            }
        )


@shapes.RECONCILIATIONS
class Reconciliations(ApiView):
    scope = "seatsync:write"
    permission = "seatsync.view_reconciliation"

    def get(self, request: Request) -> Response:
        asked = ListAsked().run_validation(request.query_params)
        rows = records.reconciliations_of(self.actor)
        named = {"showtimeId": "showtime", "origin": "origin"}
        rows = rows.filter(**{lookup: asked[name] for name, lookup in named.items() if name in asked})
        return Response(newest_first(rows, asked, _row))


@shapes.RECONCILIATION
class OneReconciliation(ApiView):
    scope = "seatsync:write"
    permission = "seatsync.view_reconciliation"

    def get(self, request: Request, reconciliation_id: UUID) -> Response:
        row = records.reconciliation_for(self.actor, reconciliation_id)
        return Response(_row(row) | {"differences": [_told(one) for one in row.differences]})


def _placed(listed: list[Listed], under: str) -> list[Listed]:
    return [Listed(one.seat, one.reference, f"{under}/{one.place}") for one in listed]


def _answer(done: Compared) -> dict[str, Any]:
    row, found = done.row, done.row.differences
    return {
        "success": True,
        "showtimeId": row.showtime_id,
        "version": done.tally.version,
        "theirs": row.theirs,
        "ours": row.ours,
        "agreed": done.agreed,
        "missingHere": [_missing_here(one) for one in found if one["kind"] == tallies.MISSING_HERE],
        "missingThere": [
            {"seatNumber": one["seatNumber"], "bookingReference": one["ours"]}
            for one in found
            if one["kind"] == tallies.MISSING_THERE
        ],
        "differs": [
            {"seatNumber": one["seatNumber"], "theirs": one["theirs"], "ours": one["ours"]}
            for one in found
            if one["kind"] == tallies.DIFFERS
        ],
        "checksum": done.tally.own_checksum,
        "reconciliationId": row.pk,
    }


def _missing_here(one: dict[str, Any]) -> dict[str, Any]:
    facts = {"seatNumber": one["seatNumber"], "bookingReference": one["theirs"], "seatNow": one["seatNow"]}
    return facts | ({"conflictId": one["conflictId"]} if one["conflictId"] else {})


def _row(row: Reconciliation) -> dict[str, Any]:
    kinds = [one["kind"] for one in row.differences]
    return {
        "id": row.pk,
        "showtimeId": row.showtime_id,
        "origin": row.origin,
        "createdAt": row.created_at,
        "theirs": row.theirs,
        "ours": row.ours,
        "agrees": row.is_clean,
        "missingHere": kinds.count(tallies.MISSING_HERE),
        "missingThere": kinds.count(tallies.MISSING_THERE),
        "differs": kinds.count(tallies.DIFFERS),
        "unfixed": sum(not one["fixed"] for one in row.differences),
    }


def _told(one: dict[str, Any]) -> dict[str, Any]:
    """A difference without who of the staff mended it."""
    fixed = one["fixed"]
    return {name: one[name] for name in ("seatNumber", "kind", "theirs", "ours", "seatNow", "code", "conflictId")} | {
        "fixed": {"outcome": fixed["outcome"], "at": fixed["at"]} if fixed else None
    }
