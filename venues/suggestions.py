"""What the search box offers while somebody types: movies, cinemas, cities, genres."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from showsewa import numerals, tongue
from venues import listings, search_words
from venues.listings import City
from venues.search_words import Query

_MOVIES, _CINEMAS, _OTHERS = 5, 3, 2

# Those on show first.
_FIND_MOVIES = """
    SELECT m.id, m.title, m.title_ne, m.runtime_minutes FROM venues_movie m
    WHERE m.is_active AND m.words @@ %(all)s::tsquery AND NOT (%(is_live)s AND m.is_sandbox)
    ORDER BY EXISTS (
        SELECT FROM venues_showtime s WHERE s.movie_id = m.id AND s.cancelled_at IS NULL AND s.starts_at > %(now)s
    ) DESC, ts_rank(m.words, %(all)s::tsquery) DESC, m.title, m.id LIMIT %(limit)s"""

_FIND_CINEMAS = """
    SELECT c.slug, c.name, c.name_ne, c.city, c.city_ne FROM venues_cinema c
    WHERE c.is_active AND c.words @@ %(all)s::tsquery AND NOT (%(is_live)s AND c.is_sandbox)
    ORDER BY ts_rank(c.words, %(all)s::tsquery) DESC, c.city = %(city)s DESC, c.name LIMIT %(limit)s"""


class Kind(StrEnum):
    MOVIE = "movie"
    CINEMA = "cinema"
    CITY = "city"
    GENRE = "genre"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """key: what its page is found by: a movie's id, a cinema's slug, a city's or a genre's name. hint: beside it."""

    kind: Kind
    key: str | uuid.UUID
    label: str
    hint: str = ""


def of(text: str, *, city: str, cities: Sequence[City], now: datetime) -> list[Suggestion]:
    """In the reader's language, for whatever language they write in. city: whose cinemas come first."""
    query = search_words.read(text)
    if not query.words:
        return []
    return [
        *_movies(query, now=now),
        *_genres(text),
        *_cinemas(query, city=city),
        *_cities(text, cities),
    ]


def _movies(query: Query, *, now: datetime) -> list[Suggestion]:
    rows = _rows(_FIND_MOVIES, query, now=now, limit=_MOVIES)
    return [
        Suggestion(Kind.MOVIE, key, tongue.own(title, title_ne), numerals.filled(_("%(minutes)s min"), minutes=minutes))
        for key, title, title_ne, minutes in rows
    ]


def _cinemas(query: Query, *, city: str) -> list[Suggestion]:
    rows = _rows(_FIND_CINEMAS, query, city=city, limit=_CINEMAS)
    return [
        Suggestion(Kind.CINEMA, slug, tongue.own(name, name_ne), tongue.own(*where))
        for slug, name, name_ne, *where in rows
    ]


def _genres(text: str) -> list[Suggestion]:
    found = [genre for genre in listings.genres() if _begins(text, genre, _(genre))]
    return [Suggestion(Kind.GENRE, genre, _(genre)) for genre in found[:_OTHERS]]


def _cities(text: str, cities: Sequence[City]) -> list[Suggestion]:
    found = [city for city in cities if _begins(text, city.name, city.name_ne)]
    return [Suggestion(Kind.CITY, city.name, tongue.named(city)) for city in found[:_OTHERS]]


def _begins(text: str, *names: str) -> bool:
    written = text.strip().casefold()
    return any(name.casefold().startswith(written) for name in names if name)


def _rows(statement: str, query: Query, **terms: str | int | datetime) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"all": query.all, "is_live": settings.IS_LIVE, **terms})
        rows: list[tuple] = cursor.fetchall()
        return rows
