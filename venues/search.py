"""Searching showtimes: words on the movie and the cinema, place on the cinema, showtimes found by their b-trees.

Each word of a query must be found in the movie or in the cinema ("dal bhat pokhara"), as a whole, as its beginning or
as its Nepali stem; a word that nobody knows is read as the nearest one that somebody does. The words themselves are
kept by the database (migration 0004), so they are never stale.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from showsewa.refusals import Invalid
from venues import listings, search_words
from venues.models import Showtime
from venues.search_words import Query

# Looked at first where the order is known beforehand: most lists are full by then. Few films are quicker by themselves.
_NEAREST_FIRST = 25
_SOONEST_FIRST = timedelta(hours=24)
_FEW_FILMS = 40
_FOR_EVER = timedelta(days=3653)

_PLACES = """
    SELECT c.id,
        CASE WHEN %(lat)s::float8 IS NULL THEN 0 ELSE round(
            2 * 6371008.8 * asin(least(1, (c.place <-> venues_place(%(lat)s, %(lon)s)) / (2 * 6371008.8)))
        ) END::int AS metres,
        c.time_zone, coalesce(found.mask, 0) AS mask,
        CASE WHEN %(any)s = '' THEN 0 ELSE round(10000 * ts_rank(c.words, %(any)s::tsquery, 1)) END::int AS rank
    FROM venues_cinema c, LATERAL (
        SELECT bit_or(1 << (place - 1)::int) AS mask
        FROM unnest(%(words)s::tsquery[]) WITH ORDINALITY AS w(words, place) WHERE c.words @@ w.words
    ) AS found
    WHERE c.is_active AND (%(city)s = '' OR lower(%(city)s) IN (lower(c.city), c.city_ne))
        AND (%(venue)s::uuid IS NULL OR c.id = %(venue)s) AND (%(only)s::uuid[] IS NULL OR c.id = ANY(%(only)s))
        AND NOT (%(is_live)s AND c.is_sandbox)"""

# The box is what the index knows; the circle is cut out of it by the sphere's own straight-line distance.
_WITHIN = """
        AND c.place <@ cube_enlarge(venues_place(%(lat)s, %(lon)s), %(reach)s, 3)
        AND c.place <-> venues_place(%(lat)s, %(lon)s) <= %(reach)s"""

_FILMS = """
    SELECT m.id, coalesce(found.mask, 0),
        CASE WHEN %(any)s = '' THEN 0 ELSE round(10000 * ts_rank(m.words, %(any)s::tsquery, 1)) END::int
    FROM venues_movie m, LATERAL (
        SELECT bit_or(1 << (place - 1)::int) AS mask
        FROM unnest(%(words)s::tsquery[]) WITH ORDINALITY AS w(words, place) WHERE m.words @@ w.words
    ) AS found
    WHERE m.is_active AND (%(genre)s = '' OR lower(%(genre)s) = ANY(lower(m.genres::text)::text[]))"""

_WITH_WORDS = " AND m.words @@ %(any)s::tsquery"

# Every hit is of one of these films. The masks are asked of the showtime, lest each place be tried with each film.
_HITS_OF_FILMS = """
    SELECT s.id, p.rank + f.rank AS relevance, p.metres, s.starts_at
    FROM unnest(%(places)s::uuid[], %(metres)s::int[], %(masks)s::int[], %(ranks)s::int[], %(zones)s::int[])
        AS p(id, metres, mask, rank, zone)
    JOIN venues_showtime s ON s.cinema_id = p.id
    JOIN unnest(%(films)s::uuid[], %(film_masks)s::int[], %(film_ranks)s::int[]) AS f(id, mask, rank)
        ON f.id = s.movie_id
    WHERE s.cancelled_at IS NULL AND s.starts_at > %(after)s AND s.starts_at <= %(until)s
        AND (%(are_complete)s OR CASE WHEN s.cancelled_at IS NULL THEN p.mask | f.mask END = %(full)s)
        AND (%(language)s = '' OR lower(%(language)s) = lower(s.language))
        AND (%(is_one_zone)s OR (
            s.starts_at > (%(afters)s::timestamptz[])[p.zone] AND s.starts_at <= (%(untils)s::timestamptz[])[p.zone]
        ))
        AND (%(after_id)s::uuid IS NULL OR (-(p.rank + f.rank), p.metres, s.starts_at, s.id)
            > (-%(after_rank)s::int, %(after_metres)s::int, %(after_start)s::timestamptz, %(after_id)s))
    ORDER BY relevance DESC, p.metres, s.starts_at, s.id LIMIT %(limit)s"""

# Some cinema has every word itself, or there are none: any film will do there.
_HITS = (
    _HITS_OF_FILMS.replace("f.rank", "coalesce(f.rank, 0)")
    .replace("f.mask", "coalesce(f.mask, 0)")
    .replace("JOIN unnest", "JOIN venues_movie m ON m.id = s.movie_id AND m.is_active\n    LEFT JOIN unnest")
)


class Mark(NamedTuple):
    """Where a hit stands in its order: the next page begins after it."""

    relevance: int
    metres: int
    starts_at: datetime
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """point: latitude and longitude. first, last: days of the cinemas' own calendars. only: cinemas a key may see."""

    point: tuple[float, float] | None = None
    metres: int = 0
    city: str = ""
    venue_id: uuid.UUID | None = None
    query: str = ""
    first: date | None = None
    last: date | None = None
    genre: str = ""
    language: str = ""
    only: frozenset[uuid.UUID] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """metres: None when no point was asked about."""

    showtime: Showtime
    metres: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """read_as: the words that were looked for instead of those nobody knows."""

    hits: list[Hit]
    next: Mark | None = None
    read_as: tuple[tuple[str, str], ...] = ()


class _Place(NamedTuple):
    """A cinema in reach. mask: which words it has."""

    id: uuid.UUID
    metres: int
    zone: str
    mask: int
    rank: int


class _Film(NamedTuple):
    id: uuid.UUID
    mask: int
    rank: int


@dataclass(frozen=True, slots=True)
class _Step:
    """Where to look. relevance: of all that is there, where that is known. soon_after: look for a day from then on."""

    places: list[_Place]
    films: list[_Film]
    relevance: int | None = None
    soon_after: datetime | None = None


def shows(asked: Asked, *, now: datetime, limit: int = 50, after: Mark | None = None) -> Found:
    """Showtimes to come: by relevance, then the nearest, then the soonest. Refuses: Invalid without any place."""
    if asked.point is None and not asked.city and asked.venue_id is None:
        raise Invalid(_("Say where: lat and lon, a city, or a venueId."))
    query = search_words.read(asked.query)
    if asked.query.strip() and not query.words:
        return Found([])
    marks = find(asked, query, now=now, limit=limit + 1, after=after)
    shown = marks[:limit]
    rows = Showtime.objects.select_related("movie", "cinema", "hall").in_bulk([mark.id for mark in shown])
    has_point = asked.point is not None
    hits = [Hit(rows[mark.id], mark.metres if has_point else None) for mark in shown if mark.id in rows]
    return Found(hits, shown[-1] if len(marks) > limit else None, query.read_as)


def find(asked: Asked, query: Query, *, now: datetime, limit: int, after: Mark | None = None) -> list[Mark]:
    """The hits' places in their order, without their rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A plan made once for all arrays takes each for ten rows, and walks the films anew for every showtime.
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        places = _places(cursor, asked, query)
        any_film_will_do = any(place.mask == query.full for place in places)
        films = []
        if places and (query.words or asked.genre):
            films = _films(cursor, asked, query, has_words=not any_film_will_do or not asked.genre)
        is_any_film = any_film_will_do and not asked.genre
        if not is_any_film:
            places, films = _fitting(places, films, query)
        elif not films:
            places = [place for place in places if place.mask == query.full]
        if not places or not (films or is_any_film):
            return []
        are_complete = all(one.mask == query.full for one in (places if is_any_film else films))
        terms = _terms(asked, query, limit=limit, after=after) | {"are_complete": are_complete}
        marks: list[Mark] = []
        for step in _steps(places, films, is_any_film=is_any_film, now=now, after=after):
            cursor.execute(
                _HITS if is_any_film else _HITS_OF_FILMS, terms | _columns(step) | _times(asked, step, now=now)
            )
            marks = [Mark(relevance, metres, start, key) for key, relevance, metres, start in cursor.fetchall()]
            if len(marks) == limit:
                break
        return marks


def _places(cursor: Any, asked: Asked, query: Query) -> list[_Place]:
    lat, lon = asked.point or (None, None)
    where: dict[str, Any] = {
        "lat": lat,
        "lon": lon,
        "reach": asked.metres,
        "city": asked.city,
        "venue": asked.venue_id,
        "only": None if asked.only is None else list(asked.only),
        "is_live": settings.IS_LIVE and asked.only is None,  # whoever is bound to cinemas may know those
        "words": list(query.words),
        "any": query.any,
    }
    cursor.execute(_PLACES if asked.point is None else _PLACES + _WITHIN, where)
    return [_Place(*row) for row in cursor.fetchall()]


def _films(cursor: Any, asked: Asked, query: Query, *, has_words: bool) -> list[_Film]:
    statement = _FILMS + _WITH_WORDS if query.words and has_words else _FILMS
    cursor.execute(statement, {"any": query.any, "words": list(query.words), "genre": asked.genre})
    return [_Film(*row) for row in cursor.fetchall()]


def _fitting(places: Sequence[_Place], films: Sequence[_Film], query: Query) -> tuple[list[_Place], list[_Film]]:
    """Those that can have every word together with some of the others."""
    in_places = in_films = 0
    for place in places:
        in_places |= place.mask
    fitting = [film for film in films if film.mask | in_places == query.full]
    for film in fitting:
        in_films |= film.mask
    return [place for place in places if place.mask | in_films == query.full], fitting


def _steps(
    places: list[_Place], films: list[_Film], *, is_any_film: bool, now: datetime, after: Mark | None
) -> Iterator[_Step]:
    """Where to look, one after the other until the list is full; the last is everything."""
    best = None if is_any_film and films else _best(places, films, after)
    if best is not None and not 0 < len(films) <= _FEW_FILMS:
        yield _nearest(best, now=now, after=after)
    yield _Step(places, films)


def _best(places: list[_Place], films: list[_Film], after: Mark | None) -> _Step | None:
    """Those of the highest relevance (that the page before did not end below), if it is of one rank on either side."""
    of_films, of_places = {film.rank for film in films} or {0}, {place.rank for place in places}
    sums = {rank + other for rank in of_films for other in of_places}
    left = [rank for rank in sums if after is None or rank <= after.relevance]
    if min(len(of_films), len(of_places)) != 1 or not left:
        return None
    if len(of_films) == 1:
        rank = max(left) - of_films.pop()
        return _Step([place for place in places if place.rank == rank], films, relevance=max(left))
    rank = max(left) - of_places.pop()
    return _Step(places, [film for film in films if film.rank == rank], relevance=max(left))


def _nearest(best: _Step, *, now: datetime, after: Mark | None) -> _Step:
    """Of one relevance the nearest come first, and at one distance the soonest. Those at one distance stay together."""
    seen = after if after and after.relevance == best.relevance else None
    ordered = sorted(best.places, key=lambda place: place.metres)
    if seen:
        ordered = [place for place in ordered if place.metres >= seen.metres] or ordered
    if ordered[0].metres == ordered[-1].metres:
        return replace(best, soon_after=seen.starts_at if seen else now)
    farthest = ordered[min(_NEAREST_FIRST, len(ordered)) - 1].metres
    return replace(best, places=[place for place in ordered if place.metres <= farthest])


def _columns(step: _Step) -> dict[str, Any]:
    """Rows as arrays, one a column. zones: the place of each one's zone among the sorted ones, from one."""
    numbers = {zone: n for n, zone in enumerate(sorted({place.zone for place in step.places}), 1)}
    return {
        "places": [place.id for place in step.places],
        "metres": [place.metres for place in step.places],
        "masks": [place.mask for place in step.places],
        "ranks": [place.rank for place in step.places],
        "zones": [numbers[place.zone] for place in step.places],
        "films": [film.id for film in step.films],
        "film_masks": [film.mask for film in step.films],
        "film_ranks": [film.rank for film in step.films],
    }


def _times(asked: Asked, step: _Step, *, now: datetime) -> dict[str, Any]:
    """From when until when by each zone's own calendar, and the whole of it."""
    afters, untils = [], []
    for zone in sorted({place.zone for place in step.places}):
        begin = listings.bounds(asked.first, zone, now)[0] if asked.first else now
        end = listings.bounds(asked.last, zone, now)[1] if asked.last else now + _FOR_EVER
        afters.append(max(now, begin - timedelta(microseconds=1)))
        untils.append(min(end, max(afters[-1], step.soon_after) + _SOONEST_FIRST) if step.soon_after else end)
    return {
        "after": min(afters),
        "until": max(untils),
        "afters": afters,
        "untils": untils,
        "is_one_zone": len(afters) == 1,
    }


def _terms(asked: Asked, query: Query, *, limit: int, after: Mark | None) -> dict[str, Any]:
    return {
        "full": query.full,
        "language": asked.language,
        "limit": limit,
        "after_id": after and after.id,
        "after_rank": after.relevance if after else 0,
        "after_metres": after.metres if after else 0,
        "after_start": after.starts_at if after else None,
    }
