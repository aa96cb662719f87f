"""The journal of a showtime, for channels and staff."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import records
from seatsync.api import channel_shapes
from seatsync.models import SeatEvent
from showsewa.actors import Actor, Kind
from showsewa.apiview import ApiView
from showsewa.paging import Page


class EventsAsked(Page):
    after = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    since = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


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
