"""OP17-OP20: making venues, halls, events and showtimes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import channels
from showsewa import idempotency
from showsewa.apiview import ApiView
from showsewa.fields import AwareDateTime
from showsewa.parsing import Text, parse
from showsewa.refusals import NotFound
from showsewa.transactions import joining
from venues import catalogue, listings, services
from venues import layout as layouts
from venues.api import shapes
from venues.models import Cinema, Movie, SeatType

_FARTHEST = timedelta(days=5 * 366)


class Address(serializers.Serializer):
    street = Text(max_length=255, allow_blank=True, default="")
    city = Text(max_length=80)
    district = Text(max_length=80, allow_blank=True, default="")
    state = Text(max_length=80, allow_blank=True, default="")
    zip = Text(max_length=16, allow_blank=True, default="")


class Degrees(serializers.FloatField):
    """A number, not a text or a truth value; kept to six places, a hand's breadth."""

    def to_internal_value(self, data: Any) -> Decimal:  # type: ignore[override]
        if isinstance(data, bool | str):
            self.fail("invalid")
        return Decimal(str(round(super().to_internal_value(data), 6)))


class Location(serializers.Serializer):
    lat = Degrees(min_value=-90, max_value=90)
    lon = Degrees(min_value=-180, max_value=180)


class Venue(serializers.Serializer):
    name = Text(max_length=255)
    address = Address()
    location = Location()
    imageUrls = serializers.ListField(
        child=Text(max_length=255), max_length=20, default=list, help_text="Keys of images uploaded to the storage."
    )


class NewHall(serializers.Serializer):
    hallName = Text(max_length=80)
    seatLayout = serializers.JSONField(help_text="Sections of rows of seats, as docs/api.md tells.")
    cleaningMinutes = serializers.IntegerField(min_value=0, max_value=240, default=15)


class Metadata(serializers.Serializer):
    """What we know of an event. Anything else in `metadata` is kept as it came."""

    titleNe = Text(max_length=255, allow_blank=True, default="")
    category = Text(max_length=40, default="Movie", help_text="Movie, or what else it is: Concert, Play ...")
    genres = serializers.ListField(child=Text(max_length=40), max_length=20, default=list)
    languages = serializers.ListField(child=Text(max_length=40), max_length=20, default=list)
    keywords = serializers.ListField(child=Text(max_length=40), max_length=50, default=list)
    durationMin = serializers.IntegerField(min_value=1, max_value=1440, default=120)
    rating = Text(max_length=8, allow_blank=True, default="")
    synopsis = Text(max_length=5000, allow_blank=True, default="")


def _nothing_known() -> dict[str, Any]:
    known: dict[str, Any] = Metadata().run_validation({})
    return known


class Event(serializers.Serializer):
    name = Text(max_length=255)
    imageUrl = Text(max_length=255, allow_blank=True, default="", help_text="Key of an image in the storage.")
    metadata = Metadata(default=_nothing_known)


class PriceLine(serializers.Serializer):
    zone = Text(max_length=80, allow_blank=True, default="")
    seatType = serializers.ChoiceField(choices=SeatType.choices, allow_blank=True, default="")
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0))


class NewShowtime(serializers.Serializer):
    venueId = serializers.UUIDField()
    hallId = serializers.UUIDField()
    timestamp = AwareDateTime(help_text="When it begins.")
    prices: Any = serializers.ListSerializer(child=PriceLine(), required=False, allow_empty=False, max_length=200)
    format = Text(max_length=12, default="2D")
    language = Text(max_length=40, allow_blank=True, default="")
    subtitles = Text(max_length=40, allow_blank=True, default="")

    def validate_timestamp(self, value: Any) -> Any:
        now = timezone.now()
        if not now < value < now + _FARTHEST:
            raise serializers.ValidationError(_("A showtime lies in the future, and not years away."))
        return value


@shapes.create_venue(Venue)
class Venues(ApiView):
    scope = "catalog:write"
    permission = "venues.add_cinema"

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(Venue, request)
        with joining():
            cinema = services.create_cinema(
                name=body["name"],
                latitude=body["location"]["lat"],
                longitude=body["location"]["lon"],
                image_keys=body["imageUrls"],
                is_sandbox=self.actor.is_test,
                **body["address"],
            )
            channels.let_in(self.actor, cinema)
        return Response(_venue(cinema), status=201)


@shapes.create_hall(NewHall)
class Halls(ApiView):
    scope = "catalog:write"
    permission = "venues.add_hall"

    @idempotency.once
    def post(self, request: Request, venue_id: UUID) -> Response:
        body = parse(NewHall, request)
        if not self.actor.reaches(venue_id):
            raise NotFound(_("There is no such venue."))
        hall = services.create_hall(
            cinema_id=venue_id,
            name=body["hallName"],
            layout=_layout(body["seatLayout"]),
            cleaning_minutes=body["cleaningMinutes"],
        )
        assert hall.layout is not None  # a hall is made with its seats
        made = {"hallId": hall.pk, "venueId": venue_id, "hallName": hall.name}
        return Response(made | {"seatCount": hall.layout.seat_count, "layoutVersion": hall.layout.version}, status=201)


@shapes.create_event(Event)
class Events(ApiView):
    scope = "catalog:write"
    permission = "venues.add_movie"

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(Event, request)
        known = body["metadata"]
        is_movie = known["category"].casefold() in ("movie", "film")
        movie = services.create_movie(
            title=body["name"],
            kind=Movie.Kind.MOVIE if is_movie else Movie.Kind.EVENT,
            poster_key=body["imageUrl"],
            made_by=catalogue.maker(self.actor),
            is_sandbox=self.actor.is_test,
            metadata=_as_it_came(request),
            title_ne=known["titleNe"],
            genres=known["genres"],
            languages=known["languages"],
            keywords=known["keywords"],
            runtime_minutes=known["durationMin"],
            certificate=known["rating"],
            synopsis=known["synopsis"],
        )
        return Response({"eventId": movie.pk, "name": movie.title}, status=201)


@shapes.create_showtime(NewShowtime)
class Showtimes(ApiView):
    scope = "catalog:write"
    permission = "venues.add_showtime"

    @idempotency.once
    def post(self, request: Request, event_id: UUID) -> Response:
        body = parse(NewShowtime, request)
        hall = listings.hall(body["hallId"], cinema_id=body["venueId"])
        if not self.actor.reaches(hall.cinema_id):
            raise NotFound(_("There is no such hall."))
        given = body.get("prices")
        prices = given and [services.PriceLine(line["amount"], line["zone"], line["seatType"]) for line in given]
        extra = {name: body[name] for name in ("format", "language", "subtitles")}
        showtime = services.schedule(
            movie_id=event_id, hall_id=hall.pk, starts_at=body["timestamp"], prices=prices, may_wait=True, **extra
        )
        made = {"showtimeId": showtime.pk, "eventId": event_id, "venueId": hall.cinema_id, "hallId": hall.pk}
        # Seats come into being in the background; the showtime is on sale when they are there.
        return Response(made | {"timestamp": showtime.starts_at, "inventoryStatus": "PENDING"}, status=201)


def _as_it_came(request: Request) -> Any:
    document: Any = request.data  # a JSON object, says its parser
    return document.get("metadata", {})


def _layout(document: object) -> layouts.Layout:
    """Its faults point into the body, where the layout is one field."""
    try:
        return layouts.parse(document)
    except layouts.LayoutInvalid as refusal:
        errors = [error | {"pointer": f"/seatLayout{error['pointer']}"} for error in refusal.facts["errors"]]
        raise layouts.LayoutInvalid(refusal.message, **(refusal.facts | {"errors": errors})) from refusal


def _venue(cinema: Cinema) -> dict[str, Any]:
    address = {name: getattr(cinema, name) for name in ("street", "city", "district", "state", "zip")}
    return {
        "venueId": cinema.pk,
        "slug": cinema.slug,
        "name": cinema.name,
        "address": address,
        "location": {"lat": float(cinema.latitude), "lon": float(cinema.longitude)},
        "imageUrls": cinema.image_keys,
    }
