"""OP3: keeping seats back, and putting them on sale again."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import blocking, inventory
from seatsync.api import channel_shapes
from showsewa import idempotency
from showsewa.apiview import ApiView
from showsewa.parsing import SeatNames, Text, parse


class Seats(serializers.Serializer):
    seatIds = SeatNames(min_length=1)
    showtimeId = serializers.UUIDField(required=False, help_text="Needed when seats are named by label.")
    reason = Text(max_length=blocking.LONGEST_REASON, allow_blank=True, default="")
    until = serializers.CharField(required=False, allow_null=True, help_text="Not supported yet: refused when given.")

    def validate_until(self, value: str | None) -> None:
        if value is not None:
            raise serializers.ValidationError(_("Blocks end when somebody ends them; `until` is not supported yet."))


class BlockReason(Seats):
    reason = Text(max_length=blocking.LONGEST_REASON)


@channel_shapes.block(BlockReason)
class Block(ApiView):
    scope = "seats:block"
    permission = "seatsync.block_seats"

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(BlockReason, request)
        changes = _apply(blocking.block_anywhere, body, self)
        count = sum(len(change.seats) for change in changes)
        message = ngettext("%(n)d seat blocked.", "%(n)d seats blocked.", count) % {"n": count}
        data = {"blockedCount": count, "reason": body["reason"], "showtimes": _versions(changes)}
        return Response({"success": True, "message": message, "data": data})


@channel_shapes.unblock(Seats)
class Unblock(ApiView):
    scope = "seats:block"
    permission = "seatsync.block_seats"

    @idempotency.once
    def post(self, request: Request) -> Response:
        changes = _apply(blocking.unblock_anywhere, parse(Seats, request), self)
        count = sum(len(change.seats) for change in changes)
        message = ngettext("%(n)d seat unblocked.", "%(n)d seats unblocked.", count) % {"n": count}
        data = {"unblockedCount": count, "showtimes": _versions(changes)}
        return Response({"success": True, "message": message, "data": data})


def _apply(
    use_case: Callable[..., list[inventory.Change]], body: dict[str, Any], view: ApiView
) -> list[inventory.Change]:
    return use_case(seats=body["seatIds"], showtime_id=body.get("showtimeId"), reason=body["reason"], actor=view.actor)


def _versions(changes: list[inventory.Change]) -> list[dict[str, Any]]:
    return [{"showtimeId": change.showtime_id, "version": change.version} for change in changes]
