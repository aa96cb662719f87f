"""Searching showtimes: words on the movie and the cinema, place on the cinema, showtimes found by their b-tree.

Each word of a query must be found in the movie or in the cinema ("dal bhat pokhara"), as a whole, as its beginning or
as its Nepali stem; a word that nobody knows is read as the nearest one that somebody does. The words themselves are
kept by the database (migration 0004), so they are never stale.
"""

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from showsewa.refusals import Invalid
from venues.models import Showtime

MOST_WORDS = 8
LONGEST_WORD = 40

_READ = """
    SELECT venues_plain(word), q.words::text,
        EXISTS (SELECT FROM venues_movie m WHERE m.words @@ q.words AND m.is_active)
        OR EXISTS (SELECT FROM venues_cinema c WHERE c.words @@ q.words AND c.is_active)
    FROM unnest(%s::text[]) WITH ORDINALITY AS given(word, place),
        LATERAL (SELECT '''' || replace(replace(venues_plain(word), '''', ''), '\\', '') || '''' AS quoted) AS plain,
        LATERAL (
            SELECT to_tsquery('pg_catalog.simple', quoted || ':*') || to_tsquery('pg_catalog.nepali', quoted) AS words
        ) AS q
    WHERE numnode(q.words) > 0 ORDER BY place"""

# The words that movies and cinemas are known by are few: they are compared one by one, and only when a query has a
# word that none of them has. The last word may still be growing, so it is compared with beginnings as well. Trigrams
# would need no such walk, and tell "baat" from "bhat" no better than from any other word.
_NEAREST = """
    WITH known AS (
        SELECT DISTINCT lexeme FROM venues_movie m, unnest(m.words) WHERE m.is_active AND length(lexeme) <= 60
        UNION SELECT lexeme FROM venues_cinema c, unnest(c.words) WHERE c.is_active AND length(lexeme) <= 60
    ), compared AS (
        SELECT place, lexeme, least(
            2 * levenshtein_less_equal(word, lexeme, most),
            CASE WHEN is_growing THEN 1 + 2 * levenshtein_less_equal(word, left(lexeme, length(word)), most) END
        ) AS off, 2 * most + is_growing::int AS most
        FROM known, unnest(%s::text[], %s::boolean[]) WITH ORDINALITY AS given(word, is_growing, place),
            LATERAL (SELECT CASE WHEN length(word) < 5 THEN 1 ELSE 2 END AS most) AS allowed
        WHERE length(word) > 3 AND length(lexeme) >= length(word) - most
            AND (is_growing OR length(lexeme) <= length(word) + most)
    ), ranked AS (
        SELECT place, lexeme, off, rank() OVER (PARTITION BY place ORDER BY off) AS rank FROM compared WHERE off <= most
    )
    SELECT place, array_agg(lexeme ORDER BY lexeme) FROM ranked WHERE rank = 1 GROUP BY place"""

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
    SELECT m.id, coalesce(found.mask, 0), round(10000 * ts_rank(m.words, %(any)s::tsquery, 1))::int
    FROM venues_movie m, LATERAL (
        SELECT bit_or(1 << (place - 1)::int) AS mask
        FROM unnest(%(words)s::tsquery[]) WITH ORDINALITY AS w(words, place) WHERE m.words @@ w.words
    ) AS found
    WHERE m.is_active AND m.words @@ %(any)s::tsquery"""

_HITS = """
    SELECT s.id, p.rank + coalesce(f.rank, 0) AS relevance, p.metres, s.starts_at
    FROM unnest(%(places)s::uuid[], %(metres)s::int[], %(zones)s::text[], %(masks)s::int[], %(ranks)s::int[])
        AS p(id, metres, zone, mask, rank)
    JOIN venues_showtime s ON s.cinema_id = p.id AND s.cancelled_at IS NULL
        AND s.starts_at > greatest(%(now)s::timestamptz, %(first)s::date::timestamp AT TIME ZONE p.zone)
        AND s.starts_at < coalesce((%(last)s::date + 1)::timestamp AT TIME ZONE p.zone, 'infinity')
    JOIN venues_movie m ON m.id = s.movie_id AND m.is_active
    LEFT JOIN unnest(%(films)s::uuid[], %(film_masks)s::int[], %(film_ranks)s::int[]) AS f(id, mask, rank)
        ON f.id = s.movie_id
    WHERE (p.mask | coalesce(f.mask, 0)) = %(full)s
        AND (%(genre)s = '' OR lower(%(genre)s) = ANY(lower(m.genres::text)::text[]))
        AND (%(language)s = '' OR lower(%(language)s) = lower(s.language))
        AND (%(after_id)s::uuid IS NULL OR (-(p.rank + coalesce(f.rank, 0)), p.metres, s.starts_at, s.id)
            > (-%(after_rank)s::int, %(after_metres)s::int, %(after_start)s::timestamptz, %(after_id)s))
    ORDER BY relevance DESC, p.metres, s.starts_at, s.id LIMIT %(limit)s"""


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


@dataclass(frozen=True, slots=True)
class _Query:
    """words: a tsquery each. read_as: as in Found."""

    words: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()

    @property
    def any(self) -> str:
        return " | ".join(f"({word})" for word in self.words)


def shows(asked: Asked, *, now: datetime, limit: int = 50, after: Mark | None = None) -> Found:
    """Showtimes to come: by relevance, then the nearest, then the soonest. Refuses: Invalid without any place."""
    if asked.point is None and not asked.city and asked.venue_id is None:
        raise Invalid(_("Say where: lat and lon, a city, or a venueId."))
    given = split(asked.query)
    query = _read(given) if given else _Query()
    if asked.query.strip() and not query.words:
        return Found([])
    marks = _hits(asked, query, now=now, limit=limit + 1, after=after)
    shown = marks[:limit]
    rows = Showtime.objects.select_related("movie", "cinema", "hall").in_bulk([mark.id for mark in shown])
    has_point = asked.point is not None
    hits = [Hit(rows[mark.id], mark.metres if has_point else None) for mark in shown if mark.id in rows]
    return Found(hits, shown[-1] if len(marks) > limit else None, query.read_as)


def split(text: str) -> list[str]:
    """Its words: runs of letters, digits and the marks that belong to them."""
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" or sign in "\u200c\u200d" else " " for sign in text)
    return [word[:LONGEST_WORD] for word in kept.split()][:MOST_WORDS]


def _read(given: Sequence[str]) -> _Query:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(given)])
        read = cursor.fetchall()
    unknown = [n for n, (_word, _words, is_known) in enumerate(read) if not is_known]
    meant = _nearest([(read[n][0], n == len(read) - 1) for n in unknown]) if unknown else {}
    words, read_as = [], []
    for n, (word, as_query, _is_known) in enumerate(read):
        near = meant.get(unknown.index(n)) if n in unknown else None
        words.append(" | ".join(f"'{one}'" for one in near) if near else as_query)
        if near:
            read_as.append((word, near[0]))
    return _Query(tuple(words), tuple(read_as))


def _nearest(unknown: Sequence[tuple[str, bool]]) -> dict[int, list[str]]:
    """Place in the list -> the known words nearest to it, all of one distance. unknown: (word, may it still grow)."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, [[word for word, _grows in unknown], [grows for _word, grows in unknown]])
        return {place - 1: [word for word in words if "'" not in word][:20] for place, words in cursor.fetchall()}


def _hits(asked: Asked, query: _Query, *, now: datetime, limit: int, after: Mark | None) -> list[Mark]:
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
    with transaction.atomic(), connection.cursor() as cursor:
        # A plan made once for all arrays takes each for ten rows, and walks the films anew for every showtime.
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        cursor.execute(_PLACES if asked.point is None else _PLACES + _WITHIN, where)
        places = cursor.fetchall()
        films = []
        if query.words and places:
            cursor.execute(_FILMS, {"any": query.any, "words": list(query.words)})
            films = cursor.fetchall()
        if not places:
            return []
        cursor.execute(_HITS, _columns(places, films) | _terms(asked, query, now=now, limit=limit, after=after))
        return [Mark(relevance, metres, starts_at, key) for key, relevance, metres, starts_at in cursor.fetchall()]


def _columns(places: Sequence[tuple], films: Sequence[tuple]) -> dict[str, Any]:
    """Rows as arrays, one a column."""
    named: dict[str, Any] = {}
    for names, rows in (
        (("places", "metres", "zones", "masks", "ranks"), places),
        (("films", "film_masks", "film_ranks"), films),
    ):
        named |= {name: [row[n] for row in rows] for n, name in enumerate(names)}
    return named


def _terms(asked: Asked, query: _Query, *, now: datetime, limit: int, after: Mark | None) -> dict[str, Any]:
    return {
        "now": now,
        "first": asked.first,
        "last": asked.last,
        "full": (1 << len(query.words)) - 1,
        "genre": asked.genre,
        "language": asked.language,
        "limit": limit,
        "after_id": after and after.id,
        "after_rank": after.relevance if after else 0,
        "after_metres": after.metres if after else 0,
        "after_start": after.starts_at if after else None,
    }
