"""Who a key is: an integrator's first call."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import channels
from seatsync.api import channel_shapes
from showsewa import limits
from showsewa.apiview import ApiView


@channel_shapes.CHANNEL
class WhoAmI(ApiView):
    """All that decides what a key may do, so that nobody has to find out by being refused."""

    is_for_any_key = True

    def get(self, request: Request) -> Response:
        found = channels.of(self.actor)
        return Response(_channel(found), headers={"Cache-Control": "private, no-store"})


def _channel(found: channels.Account) -> dict[str, Any]:
    channel, key = found.channel, found.key
    cinemas = [{"id": one.pk, "name": one.name, "city": one.city, "timeZone": one.time_zone} for one in found.cinemas]
    return {
        "id": channel.pk,
        "name": channel.name,
        "kind": channel.kind,
        "isTest": key.is_test,
        "scopes": sorted(key.scopes),
        "sources": channel.sources,
        "pricing": {"kind": channel.pricing, "percent": channel.percent},
        "cinemas": cinemas,
        "key": {
            "prefix": key.prefix,
            "createdAt": key.created_at,
            "expiresAt": key.expires_at,
            "addresses": key.addresses,
        },
        "rateLimits": {lane.value: {"perMinute": limit or None} for lane, limit in limits.of_keys().items()},
        "serverTime": timezone.now(),
    }
