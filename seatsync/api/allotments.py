"""Seats given to channels for themselves."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import allotting
from seatsync.api import allotment_shapes
from seatsync.models import Allotment
from showsewa.actors import Actor, Kind
from showsewa.apiview import ApiView


class Asked(serializers.Serializer):
    showtimeId = serializers.UUIDField(required=False)
    cursor = serializers.UUIDField(required=False)
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


@allotment_shapes.ALLOTMENTS
class Allotments(ApiView):
    """A channel's own; staff see all of their cinemas. They are given and taken back at the desk."""

    scope = "inventory:read"
    permission = "seatsync.view_allotment"

    def get(self, request: Request) -> Response:
        asked = Asked().run_validation(request.query_params)
        rows = allotting.of(self.actor, showtime_id=asked.get("showtimeId"))
        if "cursor" in asked:
            rows = rows.filter(id__lt=asked["cursor"])
        found = list(rows[: asked["limit"] + 1])
        items = found[: asked["limit"]]
        more = items[-1].pk if len(found) > len(items) else None
        return Response({"items": [_allotment(row, self.actor) for row in items], "nextCursor": more})


def _allotment(row: Allotment, actor: Actor) -> dict[str, Any]:
    facts = {
        "id": row.pk,
        "showtimeId": row.showtime_id,
        "seats": row.seat_labels,
        "percent": row.percent,
        "releaseMinutes": row.release_minutes,
        "releaseAt": row.release_at,
        "releasedAt": row.released_at,
        "createdAt": row.created_at,
    }
    return facts if actor.kind == Kind.CHANNEL else facts | {"channel": row.channel.name}
