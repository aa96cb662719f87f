"""What the words of a query mean: a tsquery each, and the nearest known word for one that nobody knows."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

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


@dataclass(frozen=True, slots=True)
class Query:
    """words: a tsquery each. read_as: (written, meant) of those that were read as others."""

    words: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()

    @property
    def any(self) -> str:
        return " | ".join(f"({word})" for word in self.words)

    @property
    def all(self) -> str:
        return " & ".join(f"({word})" for word in self.words)

    @property
    def full(self) -> int:
        """The mask of something that has every word, a bit a word."""
        return (1 << len(self.words)) - 1


def read(text: str) -> Query:
    """No words for a text that has none."""
    given = split(text)
    if not given:
        return Query()
    with connection.cursor() as cursor:
        cursor.execute(_READ, [given])
        found = cursor.fetchall()
    unknown = [n for n, (_word, _words, is_known) in enumerate(found) if not is_known]
    meant = _nearest([(found[n][0], n == len(found) - 1) for n in unknown]) if unknown else {}
    words, read_as = [], []
    for n, (word, as_query, _is_known) in enumerate(found):
        near = meant.get(unknown.index(n)) if n in unknown else None
        words.append(" | ".join(f"'{one}'" for one in near) if near else as_query)
        if near:
            read_as.append((word, near[0]))
    return Query(tuple(words), tuple(read_as))


def split(text: str) -> list[str]:
    """Its words: runs of letters, digits and the marks that belong to them."""
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" or sign in "\u200c\u200d" else " " for sign in text)
    return [word[:LONGEST_WORD] for word in kept.split()][:MOST_WORDS]


def _nearest(unknown: Sequence[tuple[str, bool]]) -> dict[int, list[str]]:
    """Place in the list -> the known words nearest to it, all of one distance. unknown: (word, may it still grow)."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, [[word for word, _grows in unknown], [grows for _word, grows in unknown]])
        return {place - 1: [word for word in words if "'" not in word][:20] for place, words in cursor.fetchall()}
