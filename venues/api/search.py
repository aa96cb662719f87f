"""OP21: showtimes near somebody, by words, day and place."""

import math
import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa import fields
from showsewa.actors import Actor, Kind
from showsewa.apiview import ApiView
from showsewa.parsing import Text, asked
from venues import search
from venues.api import catalogue_shapes
from venues.models import Cinema, Movie
from venues.templatetags.pictures import poster_url

_DISTANCE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(km|m)?", re.ASCII | re.IGNORECASE)
_USUAL, _FARTHEST = 25_000, 200_000


class Distance(serializers.CharField):
    """ "10km", "800m", or a number of kilometres; in metres inside."""

    default_error_messages = {
        "distance": _("Write a distance such as 10km."),
        "far": _("Search within 200 km at most."),
    }

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        found = _DISTANCE.fullmatch(str(data).strip())
        if found is None:
            self.fail("distance")
        metres = float(found[1]) * (1 if (found[2] or "km").lower() == "m" else 1000)
        if metres > _FARTHEST:
            self.fail("far")
        return max(round(metres), 1)


class Coordinate(serializers.FloatField):
    """NaN would pass every comparison."""

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class SearchAsked(serializers.Serializer):
    lat = Coordinate(min_value=-90, max_value=90, required=False)
    lon = Coordinate(min_value=-180, max_value=180, required=False)
    distance = Distance(required=False)
    city = Text(max_length=80, default="")
    venueId = serializers.UUIDField(required=False)
    query = Text(max_length=100, allow_blank=True, default="")
    startDate = fields.NearDate(required=False)
    endDate = fields.NearDate(required=False)
    genre = Text(max_length=40, allow_blank=True, default="")
    language = Text(max_length=40, allow_blank=True, default="")
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)
    cursor = fields.Cursor(fields.whole, fields.whole, fields.instant, UUID)

    def validate(self, terms: dict[str, Any]) -> dict[str, Any]:
        if ("lat" in terms) != ("lon" in terms):
            raise serializers.ValidationError({"lat": [_("Send lat and lon together.")]})
        if "startDate" in terms and "endDate" in terms and terms["endDate"] < terms["startDate"]:
            raise serializers.ValidationError({"endDate": [_("The end lies before the start.")]})
        return terms


@catalogue_shapes.SEARCH
class SearchShows(ApiView):
    """People find what is open to them, a key its own cinemas."""

    is_public = True
    scope = "inventory:read"

    def get(self, request: Request) -> Response:
        terms = asked(SearchAsked, request)
        after = search.Mark(*terms["cursor"]) if "cursor" in terms else None
        found = search.shows(_terms(terms, self.actor), now=self.now, limit=terms["limit"], after=after)
        return Response({"items": [_hit(hit) for hit in found.hits], "nextCursor": fields.cursor(found.next)})


def _terms(terms: dict[str, Any], actor: Actor) -> search.Asked:
    return search.Asked(
        point=(terms["lat"], terms["lon"]) if "lat" in terms else None,
        metres=terms.get("distance", _USUAL),
        city=terms["city"],
        venue_id=terms.get("venueId"),
        query=terms["query"],
        first=terms.get("startDate"),
        last=terms.get("endDate"),
        genre=terms["genre"],
        language=terms["language"],
        only=actor.cinema_ids if actor.kind == Kind.CHANNEL else None,
    )


def _hit(hit: search.Hit) -> dict[str, Any]:
    """Seed 003's document, with the distance beside it."""
    showtime = hit.showtime
    return {
        "showtimeId": showtime.pk,
        "showtime": showtime.starts_at,
        "event": _event(showtime.movie),
        "venue": _venue(showtime.cinema),
        "distanceKm": None if hit.metres is None else round(hit.metres / 1000, 1),
    }


def _event(movie: Movie) -> dict[str, Any]:
    category = movie.metadata.get("category") if isinstance(movie.metadata, dict) else None
    return {
        "eventId": movie.pk,
        "name": movie.title,
        "category": category if isinstance(category, str) and category else movie.kind.capitalize(),
        "imageUrl": poster_url(movie),
        "keywords": movie.keywords,
    }


def _venue(cinema: Cinema) -> dict[str, Any]:
    return {
        "venueId": cinema.pk,
        "name": cinema.name,
        "city": cinema.city,
        "address": {name: getattr(cinema, name) for name in ("street", "city", "district", "state", "zip")},
        "location": {"lat": float(cinema.latitude), "lon": float(cinema.longitude)},
    }
