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
from showsewa.paging import NewestFirst, newest_first


class Asked(NewestFirst):
    showtimeId = serializers.UUIDField(required=False)


@allotment_shapes.ALLOTMENTS
class Allotments(ApiView):
    """A channel's own; staff see all of their cinemas. They are given and taken back at the desk."""

    scope = "inventory:read"
    permission = "seatsync.view_allotment"

    def get(self, request: Request) -> Response:
        asked = Asked().run_validation(request.query_params)
        rows = allotting.of(self.actor, showtime_id=asked.get("showtimeId"))
        return Response(newest_first(rows, asked, lambda row: _allotment(row, self.actor)))


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
