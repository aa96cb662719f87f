"""OP37: movies and events, listed and kept."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa import fields, idempotency
from showsewa.paging import newest_first
from showsewa.parsing import Text, asked, parse, parse_part
from venues import catalogue, services
from venues.api import catalogue_shapes as shapes
from venues.api.cataloguing import Catalogue, InCity
from venues.models import Movie
from venues.templatetags.pictures import poster_url


class MoviesAsked(InCity):
    genre = Text(max_length=40, default="")
    language = Text(max_length=40, default="")
    date = fields.NearDate(required=False)


def _words(most: int) -> Any:
    return serializers.ListField(child=Text(max_length=40), max_length=most, default=list)


class MovieBody(serializers.Serializer):
    """Each field names its column in `source`; nothing else of a body is taken."""

    title = Text(max_length=255)
    titleNe = Text(max_length=255, allow_blank=True, default="", source="title_ne")
    kind = serializers.ChoiceField(choices=Movie.Kind.choices, default=Movie.Kind.MOVIE)
    synopsis = Text(max_length=5000, allow_blank=True, default="")
    synopsisNe = Text(max_length=5000, allow_blank=True, default="", source="synopsis_ne")
    genres = _words(20)
    languages = _words(20)
    keywords = _words(50)
    people = Text(max_length=2000, allow_blank=True, default="", help_text="Cast and makers.")
    durationMin = serializers.IntegerField(min_value=1, max_value=1440, default=120, source="runtime_minutes")
    rating = Text(max_length=8, allow_blank=True, default="", source="certificate")
    posterKey = Text(max_length=255, allow_blank=True, default="", source="poster_key", help_text="In the storage.")
    releaseDate = fields.NearDate(allow_null=True, default=None, source="released_on")


@shapes.movies(MovieBody)
class Movies(Catalogue):
    model = "movie"

    def get(self, request: Request) -> Response:
        terms = asked(MoviesAsked, request)
        wanted = catalogue.Wanted(terms["city"], terms["genre"], terms["language"], terms.get("date"))
        rows = catalogue.movies(self.actor, wanted, now=self.now)
        return Response(newest_first(rows, terms, shown))

    @idempotency.once
    def post(self, request: Request) -> Response:
        facts = parse(MovieBody, request)
        made = services.create_movie(made_by=catalogue.maker(self.actor), is_sandbox=self.actor.is_test, **facts)
        return Response(shown(made), status=201)


@shapes.movie(MovieBody)
class OneMovie(Catalogue):
    model = "movie"

    def get(self, request: Request, movie_id: UUID) -> Response:
        return Response(shown(catalogue.movie(self.actor, movie_id)))

    @idempotency.once
    def put(self, request: Request, movie_id: UUID) -> Response:
        return self._change(movie_id, parse(MovieBody, request))

    @idempotency.once
    def patch(self, request: Request, movie_id: UUID) -> Response:
        return self._change(movie_id, parse_part(MovieBody, request))

    @idempotency.once
    def delete(self, request: Request, movie_id: UUID) -> Response:
        movie = catalogue.movie_to_change(self.actor, movie_id)
        removed = services.remove_movie(movie_id=movie.pk, now=self.now)
        return Response({"id": removed.pk, "isActive": removed.is_active})

    def _change(self, movie_id: UUID, facts: dict[str, Any]) -> Response:
        movie = catalogue.movie_to_change(self.actor, movie_id)
        return Response(shown(services.change_movie(movie_id=movie.pk, **facts)))


def shown(movie: Movie) -> dict[str, Any]:
    return {
        "id": movie.pk,
        "title": movie.title,
        "titleNe": movie.title_ne,
        "kind": movie.kind,
        "synopsis": movie.synopsis,
        "synopsisNe": movie.synopsis_ne,
        "genres": movie.genres,
        "languages": movie.languages,
        "keywords": movie.keywords,
        "people": movie.people,
        "durationMin": movie.runtime_minutes,
        "rating": movie.certificate,
        "posterUrl": poster_url(movie),
        "releaseDate": movie.released_on,
        "isActive": movie.is_active,
    }
