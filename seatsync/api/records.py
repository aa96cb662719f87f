"""The journal of a showtime and the conflicts of sales, for channels and staff."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import records
from seatsync.api import channel_shapes
from seatsync.models import Conflict, SeatEvent
from showsewa import ids
from showsewa.actors import Actor, Kind
from showsewa.apiview import ApiView

MOST_ITEMS = 200


class Page(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ITEMS, default=50)


class ConflictsAsked(Page):
    cursor = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=Conflict.Status.choices, required=False)


class EventsAsked(Page):
    after = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)


@channel_shapes.CONFLICTS
class Conflicts(ApiView):
    scope = "seatsync:write"
    permission = "seatsync.view_conflict"

    def get(self, request: Request) -> Response:
        asked = ConflictsAsked().run_validation(request.query_params)
        rows = records.conflicts_of(self.actor)
        if "status" in asked:
            rows = rows.filter(status=asked["status"])
        if "cursor" in asked:
            rows = rows.filter(id__lt=asked["cursor"])
        found = list(rows[: asked["limit"] + 1])
        items = found[: asked["limit"]]
        more = items[-1].pk if len(found) > len(items) else None
        return Response({"items": [_conflict(row, self.actor) for row in items], "nextCursor": more})


@channel_shapes.EVENTS
class Events(ApiView):
    scope = "inventory:read"
    permission = "seatsync.view_seatevent"

    def get(self, request: Request, showtime_id: UUID) -> Response:
        asked = EventsAsked().run_validation(request.query_params)
        limit: int = asked["limit"]
        after: int = asked.get("since", asked["after"])
        found = records.events_for(self.actor, showtime_id, after=after, limit=limit + 1)
        items = found[:limit]
        more = str(items[-1].version) if len(found) > limit else None
        return Response({"items": [_event(row, self.actor) for row in items], "nextCursor": more})


def _conflict(row: Conflict, actor: Actor) -> dict[str, Any]:
    facts = {
        "id": row.pk,
        "showtimeId": row.seat.showtime_id,
        "seatId": ids.seat_id(row.seat_id),
        "seatNumber": row.seat.label,
        "status": row.status,
        "bookingSource": row.source,
        "bookingReference": row.reference,
        "reportedFor": row.reported_for,
        "holderSource": row.holder_source,
        "createdAt": row.created_at,
        "solvedAt": row.solved_at,
    }
    if actor.kind == Kind.CHANNEL:
        return facts
    return facts | {"channel": row.channel.name, "holderReference": row.holder_reference, "note": row.note}


def _event(row: SeatEvent, actor: Actor) -> dict[str, Any]:
    """Whose doing it was is for staff and for the channel that did it."""
    facts: dict[str, Any] = {
        "version": row.version,
        "action": row.action,
        "changes": [{"seatNumber": label, "from": before, "to": after} for label, before, after in row.changes],
        "createdAt": row.created_at,
    }
    if actor.kind == Kind.CHANNEL and row.actor != actor.key:
        return facts
    facts |= {"bookingSource": row.source, "bookingReference": row.reference, "reason": row.reason}
    return facts if actor.kind == Kind.CHANNEL else facts | {"actor": row.actor}
