"""OP38 and OP36: theatres with their screens, and a screen's layout."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import channels
from showsewa import apiview, idempotency, rendering
from showsewa.actors import Actor
from showsewa.apiview import Read
from showsewa.paging import newest_first
from showsewa.parsing import Text, asked, parse, parse_part
from showsewa.transactions import joining
from venues import catalogue, services
from venues import layout as layouts
from venues.api import catalogue_shapes as shapes
from venues.api.catalogue import Address, Location
from venues.api.cataloguing import Catalogue, InCity
from venues.models import Cinema, Hall, HallLayout


class TheatreBody(serializers.Serializer):
    name = Text(max_length=255)
    nameNe = Text(max_length=255, allow_blank=True, default="")
    address = Address()
    cityNe = Text(max_length=80, allow_blank=True, default="")
    location = Location()
    phone = Text(max_length=24, allow_blank=True, default="")
    email = serializers.EmailField(max_length=254, allow_blank=True, default="")
    imageUrls = serializers.ListField(child=Text(max_length=255), max_length=20, default=list, help_text="Keys.")


_COLUMNS = {
    "name": "name",
    "nameNe": "name_ne",
    "cityNe": "city_ne",
    "phone": "phone",
    "email": "email",
    "imageUrls": "image_keys",
}


@shapes.theatres(TheatreBody)
class Theatres(Catalogue):
    model = "cinema"

    def get(self, request: Request) -> Response:
        terms = asked(InCity, request)
        rows = catalogue.cinemas(self.actor, catalogue.Wanted(city=terms["city"]))
        return Response(newest_first(rows, terms, shown))

    @idempotency.once
    def post(self, request: Request) -> Response:
        facts = _facts(parse(TheatreBody, request))
        with joining():
            cinema = services.create_cinema(is_sandbox=self.actor.is_test, **facts)
            channels.let_in(self.actor, cinema)
        return Response(shown(cinema), status=201)


@shapes.theatre(TheatreBody)
class OneTheatre(Catalogue):
    model = "cinema"

    def get(self, request: Request, theatre_id: UUID) -> Response:
        return Response(shown(catalogue.cinema(self.actor, theatre_id)))

    @idempotency.once
    def put(self, request: Request, theatre_id: UUID) -> Response:
        return self._change(theatre_id, parse(TheatreBody, request))

    @idempotency.once
    def patch(self, request: Request, theatre_id: UUID) -> Response:
        return self._change(theatre_id, parse_part(TheatreBody, request))

    @idempotency.once
    def delete(self, request: Request, theatre_id: UUID) -> Response:
        cinema = catalogue.cinema_to_change(self.actor, theatre_id)
        removed = services.remove_cinema(cinema_id=cinema.pk, now=self.now)
        return Response({"id": removed.pk, "isActive": removed.is_active})

    def _change(self, theatre_id: UUID, body: dict[str, Any]) -> Response:
        cinema = catalogue.cinema_to_change(self.actor, theatre_id)
        return Response(shown(services.change_cinema(cinema_id=cinema.pk, **_facts(body))))


@shapes.SCREEN
class Screen(Read):
    """OP36. A layout version never changes, so its number is the ETag."""

    scope = "inventory:read"

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        hall = catalogue.screen(actor, named["screen_id"])
        assert hall.layout is not None  # `screen` finds no others
        mark = f"l{hall.layout.version}"
        if apiview.is_current(request, mark):
            return apiview.unchanged(mark)
        return apiview.shared(rendering.dumps(_screen(hall, hall.layout)), mark)


def shown(cinema: Cinema) -> dict[str, Any]:
    return {
        "id": cinema.pk,
        "slug": cinema.slug,
        "name": cinema.name,
        "nameNe": cinema.name_ne,
        "address": {name: getattr(cinema, name) for name in ("street", "city", "district", "state", "zip")},
        "cityNe": cinema.city_ne,
        "location": {"lat": float(cinema.latitude), "lon": float(cinema.longitude)},
        "phone": cinema.phone,
        "email": cinema.email,
        "imageUrls": cinema.image_keys,
        "timeZone": cinema.time_zone,
        "currency": cinema.currency,
        "screens": [_listed(hall) for hall in cinema.halls.all()],
        "isActive": cinema.is_active,
    }


def _listed(hall: Hall) -> dict[str, Any]:
    return {"id": hall.pk, "name": hall.name, "totalSeats": hall.layout.seat_count if hall.layout else 0}


def _screen(hall: Hall, layout: HallLayout) -> dict[str, Any]:
    sections = layout.seat_layout["sections"]
    rows = [
        {
            "row": row["label"],
            "tier": section.get("zone") or layouts.zone_of(section["name"]),
            "seats": [
                {"number": number, "label": seat["label"], "type": seat["seatType"].upper()}
                for number, seat in enumerate(row["seats"], 1)
            ],
        }
        for section in sections
        for row in section["rows"]
    ]
    return {
        "screenId": hall.pk,
        "name": hall.name,
        "theatreId": hall.cinema_id,
        "layoutVersion": layout.version,
        "totalSeats": layout.seat_count,
        "rows": rows,
        "layout": layout.seat_layout,
    }


def _facts(body: dict[str, Any]) -> dict[str, Any]:
    """The columns of what was sent."""
    facts = {column: body[name] for name, column in _COLUMNS.items() if name in body}
    places = {"lat": "latitude", "lon": "longitude"}
    return facts | body.get("address", {}) | {places[key]: value for key, value in body.get("location", {}).items()}
