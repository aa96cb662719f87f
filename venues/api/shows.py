"""OP39: shows, in seed 004's word; a showtime to everybody else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import opening, seatmaps, showtimes
from seatsync.seatmaps import Free
from showsewa import fields, idempotency
from showsewa.paging import Page
from showsewa.parsing import Text, asked, parse
from showsewa.transactions import joining
from venues import catalogue, services
from venues.api import catalogue_shapes as shapes
from venues.api.catalogue import NewShowtime, PriceLine
from venues.api.cataloguing import Catalogue
from venues.models import Price, Showtime


class ShowsAsked(Page):
    city = Text(max_length=80, default="")
    language = Text(max_length=40, default="")
    date = fields.NearDate(required=False)
    movieId = serializers.UUIDField(required=False)
    theatreId = serializers.UUIDField(required=False)
    cursor = fields.Cursor(fields.instant, UUID)


class ShowPatch(serializers.Serializer):
    """What may change of a show that is on the programme. Prices are whole also where the rest is a part."""

    startTime = fields.AwareDateTime(required=False)
    prices: Any = serializers.ListSerializer(child=PriceLine(), required=False, allow_empty=False, max_length=200)
    format = Text(max_length=12, required=False)
    language = Text(max_length=40, allow_blank=True, required=False)
    subtitles = Text(max_length=40, allow_blank=True, required=False)

    def validate_startTime(self, value: Any) -> Any:
        return NewShowtime().validate_timestamp(value)


class ShowChange(ShowPatch):
    startTime = fields.AwareDateTime()
    format = Text(max_length=12, default="2D")
    language = Text(max_length=40, allow_blank=True, default="")
    subtitles = Text(max_length=40, allow_blank=True, default="")


class NewShow(ShowChange):
    movieId = serializers.UUIDField()
    screenId = serializers.UUIDField()


@shapes.shows(NewShow)
class Shows(Catalogue):
    model = "showtime"

    def get(self, request: Request) -> Response:
        terms = asked(ShowsAsked, request)
        wanted = catalogue.Wanted(
            city=terms["city"],
            language=terms["language"],
            day=terms.get("date"),
            movie_id=terms.get("movieId"),
            cinema_id=terms.get("theatreId"),
        )
        page = catalogue.showtimes_page(
            self.actor, wanted, now=self.now, after=terms.get("cursor"), limit=terms["limit"]
        )
        free = seatmaps.free([showtime.pk for showtime in page.items])
        items = [_shown(showtime, free.get(showtime.pk), self.now) for showtime in page.items]
        return Response({"items": items, "nextCursor": fields.cursor(page.next)})

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(NewShow, request)
        hall = catalogue.hall_to_use(self.actor, body["screenId"])
        movie = catalogue.movie(self.actor, body["movieId"])
        showtime = services.schedule(
            movie_id=movie.pk,
            hall_id=hall.pk,
            starts_at=body["startTime"],
            prices=_lines(body),
            **{name: body[name] for name in ("format", "language", "subtitles")},
        )
        return Response(_whole(catalogue.showtime(self.actor, showtime.pk), self.now), status=201)


@shapes.show(ShowChange, ShowPatch)
class OneShow(Catalogue):
    model = "showtime"

    def get(self, request: Request, show_id: UUID) -> Response:
        return Response(_whole(catalogue.showtime(self.actor, show_id), self.now))

    @idempotency.once
    def put(self, request: Request, show_id: UUID) -> Response:
        return self._change(show_id, parse(ShowChange, request))

    @idempotency.once
    def patch(self, request: Request, show_id: UUID) -> Response:
        return self._change(show_id, parse(ShowPatch, request))

    @idempotency.once
    def delete(self, request: Request, show_id: UUID) -> Response:
        showtime = catalogue.showtime_to_change(self.actor, show_id)
        withdrawn = showtimes.withdraw(showtime_id=showtime.pk, now=self.now)
        return Response({"id": withdrawn.pk, "status": "CANCELLED"})

    def _change(self, show_id: UUID, body: dict[str, Any]) -> Response:
        showtime = catalogue.showtime_to_change(self.actor, show_id)
        facts = {name: body[name] for name in ("format", "language", "subtitles") if name in body}
        lines = _lines(body)
        with joining():
            showtimes.change(showtime_id=showtime.pk, starts_at=body.get("startTime"), **facts)
            if lines is not None:
                opening.change_prices(showtime_id=showtime.pk, lines=lines)
        return Response(_whole(catalogue.showtime(self.actor, show_id), self.now))


def _lines(body: dict[str, Any]) -> list[services.PriceLine] | None:
    given = body.get("prices")
    return given and [services.PriceLine(line["amount"], line["zone"], line["seatType"]) for line in given]


def _whole(showtime: Showtime, now: datetime) -> dict[str, Any]:
    """One show, with what its seats cost."""
    free = seatmaps.free([showtime.pk]).get(showtime.pk)
    return _shown(showtime, free, now) | {"prices": [_price(line) for line in catalogue.prices_of(showtime.pk)]}


def _shown(showtime: Showtime, free: Free | None, now: datetime) -> dict[str, Any]:
    cinema = showtime.cinema
    return {
        "id": showtime.pk,
        "movieId": showtime.movie_id,
        "movie": showtime.movie.title,
        "theatreId": cinema.pk,
        "theatre": cinema.name,
        "city": cinema.city,
        "screenId": showtime.hall_id,
        "screen": showtime.hall.name,
        "startTime": showtime.starts_at,
        "endTime": showtime.ends_at,
        "format": showtime.format,
        "language": showtime.language,
        "subtitles": showtime.subtitles,
        "status": _status(showtime, free, now),
        "totalSeats": free.total if free else showtime.layout.seat_count,
        "availableSeats": free.available if free else 0,
        "priceFrom": free.price_from if free else None,
        "currency": cinema.currency,
    }


def _status(showtime: Showtime, free: Free | None, now: datetime) -> str:
    if showtime.cancelled_at is not None:
        return "CANCELLED"
    if showtime.starts_at <= now:
        return "STARTED" if showtime.ends_at > now else "OVER"
    return "ON_SALE" if free is not None else "SCHEDULED"


def _price(line: Price) -> dict[str, Any]:
    return {"zone": line.zone, "seatType": line.seat_type, "amount": line.amount}
