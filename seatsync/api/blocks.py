"""OP3: keeping seats back, and putting them on sale again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import blocking, inventory
from seatsync.api import channel_shapes
from showsewa import idempotency
from showsewa.apiview import ApiView
from showsewa.fields import AwareDateTime
from showsewa.parsing import SeatNames, Text, parse


class Seats(serializers.Serializer):
    seatIds = SeatNames(min_length=1)
    showtimeId = serializers.UUIDField(required=False, help_text="Needed when seats are named by label.")
    reason = Text(max_length=blocking.LONGEST_REASON, allow_blank=True, default="")


class BlockReason(Seats):
    reason = Text(max_length=blocking.LONGEST_REASON)
    until = AwareDateTime(required=False, allow_null=True, help_text="The seats go back on sale by themselves then.")

    def validate_until(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError(_("This time is over."), "past")
        return value


@channel_shapes.block(BlockReason)
class Block(ApiView):
    scope = "seats:block"
    permission = "seatsync.block_seats"

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(BlockReason, request)
        changes = _apply(partial(blocking.block_anywhere, until=body.get("until")), body, self)
        count = sum(len(change.seats) for change in changes)
        message = ngettext("%(n)d seat blocked.", "%(n)d seats blocked.", count) % {"n": count}
        data = {"blockedCount": count, "reason": body["reason"], "until": body.get("until")}
        return Response({"success": True, "message": message, "data": data | {"showtimes": _versions(changes)}})


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
