"""Edge: is the site well (OP45), and a view that does nothing for the benchmarks to compare with."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa import health
from showsewa.apiview import ApiView

_HEALTH = inline_serializer(
    "Health",
    {
        "status": s.ChoiceField(choices=["ok", "unavailable"]),
        "db": s.ChoiceField(choices=["ok", "away"]),
        "queue": s.ChoiceField(choices=["ok", "late", "silent", "unknown"]),
        "time": s.DateTimeField(),
        "late": s.ListField(child=s.CharField(), help_text="Jobs that have not run when they should have."),
    },
)


class Health(ApiView):
    """Late jobs are shown and do not make the site unwell: sales do not wait for them."""

    is_public = True
    authentication_classes = ()

    @extend_schema(
        operation_id="getHealth",
        summary="Is the site well?",
        tags=["operations"],
        auth=[],
        responses={200: _HEALTH, 503: _HEALTH},
    )
    def get(self, request: Request) -> Response:
        found = health.check()
        return Response(found, status=200 if found["db"] == "ok" else 503, headers={"Cache-Control": "no-store"})


class Noop(ApiView):
    """The yardstick of `make bench`: all of the middleware, and an empty view. Not there in live mode."""

    is_public = True

    @extend_schema(exclude=True)
    def get(self, request: Request, **named: Any) -> Response:
        return Response({})
