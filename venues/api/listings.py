"""OP4, OP5: what is on."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import pricing
from seatsync import seatmaps
from seatsync.models import OWN_WEB
from seatsync.seatmaps import Free
from showsewa import fields
from showsewa.actors import Actor
from showsewa.apiview import ApiView
from venues import listings
from venues.api import shapes
from venues.models import Cinema, Movie, Showtime
from venues.templatetags.pictures import poster_url


class Asked(serializers.Serializer):
    cinema = serializers.CharField(max_length=80, required=False)
    date = fields.NearDate(required=False)


@shapes.NOW_SHOWING
class NowShowing(ApiView):
    is_public = True
    scope = "inventory:read"

    def get(self, request: Request) -> Response:
        rows = _asked(request, self, of=None)
        movies: dict[UUID, dict[str, Any]] = {}
        for showtime, free in rows:
            movie = movies.setdefault(showtime.movie_id, _movie(showtime.movie) | {"showtimes": []})
            movie["showtimes"].append(_showtime(showtime, free, self.actor))
        return Response({"movies": list(movies.values())})


@shapes.SHOWTIMES_OF_MOVIE
class ShowtimesOfMovie(ApiView):
    is_public = True
    scope = "inventory:read"

    def get(self, request: Request, movie_id: UUID) -> Response:
        movie = listings.movie(movie_id)
        rows = _asked(request, self, of=movie)
        showtimes = [_showtime(showtime, free, self.actor) for showtime, free in rows]
        return Response({"movieId": movie.pk, "showtimes": showtimes})


def _asked(request: Request, view: ApiView, *, of: Movie | None) -> list[tuple[Showtime, Free]]:
    """Those on sale, with how full they are: to a channel, what it may sell."""
    asked, actor = Asked().run_validation(request.query_params), view.actor
    at: Cinema | None = listings.cinema(asked["cinema"], actor=actor) if "cinema" in asked else None
    found = listings.bookable(asked.get("date"), now=view.now, at=at, of=of, actor=actor)
    free = seatmaps.free([showtime.pk for showtime in found], viewer=actor.channel_id or OWN_WEB)
    return [(showtime, free[showtime.pk]) for showtime in found if showtime.pk in free]


def _movie(movie: Movie) -> dict[str, Any]:
    return {
        "id": movie.pk,
        "title": movie.title,
        "titleNe": movie.title_ne,
        "durationMin": movie.runtime_minutes,
        "language": movie.languages[0] if movie.languages else "",
        "genres": movie.genres,
        "rating": movie.certificate,
        "posterUrl": poster_url(movie),
    }


def _showtime(showtime: Showtime, free: Free, actor: Actor) -> dict[str, Any]:
    cinema = showtime.cinema
    return {
        "id": showtime.pk,
        "startTime": showtime.starts_at,
        "endTime": showtime.ends_at,
        "cinema": {"id": cinema.pk, "slug": cinema.slug, "name": cinema.name, "city": cinema.city},
        "hall": showtime.hall.name,
        "format": showtime.format,
        "language": showtime.language,
        "subtitles": showtime.subtitles,
        "totalSeats": free.total,
        "availableSeats": free.available,
        "priceFrom": pricing.on_channel(free.price_from, actor),
        "currency": cinema.currency,
    }
