"""A country to search in: 3,000 movies, 2,000 cinemas, and a million showtimes in the fortnight to come.

400 of the cinemas stand within 10 km of one another, the others in cities of 33. Made once, always the same.
"""

import math
import random
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from benchmarks import stage
from venues.models import Cinema, Hall, Movie, Showtime

MOVIES, CINEMAS, CROWDED, PER_CITY = 3000, 2000, 400, 33
HALLS, DAYS, A_DAY = 6, 14, 6
METROPOLIS = (27.7172, 85.3240)
GENRES = ("Action", "Comedy", "Drama", "Family", "Folk", "Horror", "Musical", "Mystery", "Romance", "Thriller")
LANGUAGES = ("Nepali", "Hindi", "English", "Maithili")
_SYLLABLES = ("ka", "ri", "mo", "sha", "ten", "lu", "bi", "gor", "na", "phe", "su", "dra", "wa", "ji", "ko", "tsi")
_SLUG = "search-bench"

# Keys in the order of time, as the site makes them.
_FILL = """
    INSERT INTO venues_showtime
        (id, movie_id, cinema_id, hall_id, layout_id, starts_at, ends_at, busy_until, format, language, subtitles)
    SELECT (lpad(to_hex(row_number() OVER ()), 8, '0') || '-0000-7000-8000-' || substr(md5(h.id::text), 1, 12))::uuid,
        (%(movies)s::uuid[])[1 + floor(random() * %(count)s)], h.cinema_id, h.id, %(layout)s, start,
        start + interval '100 minutes', start + interval '110 minutes', '2D',
        (%(languages)s::text[])[1 + floor(random() * %(spoken)s)], ''
    FROM generate_series(0, %(days)s - 1) AS day, generate_series(0, %(a_day)s - 1) AS turn, venues_hall h
        JOIN venues_cinema c ON c.id = h.cinema_id,
        LATERAL (SELECT %(first)s::timestamptz + day * interval '1 day' + turn * interval '2 hours' AS start) AS at
    WHERE c.slug LIKE %(slug)s"""


@dataclass(frozen=True)
class Country:
    """words: of titles; people: their surnames; cities: the middles of those that are not crowded."""

    words: list[str]
    people: list[str]
    cities: list[tuple[float, float]]


def country() -> Country:
    """Made if it is not there yet: a few minutes."""
    chance = random.Random(21)
    words = sorted({"".join(chance.choices(_SYLLABLES, k=3)) for _n in range(1000)})
    people = sorted({"".join(chance.choices(_SYLLABLES, k=4)).capitalize() for _n in range(400)})
    cities = [
        (26.5 + 3.0 * n / 49, 80.5 + (n * 7 % 49) * 0.16) for n in range(math.ceil((CINEMAS - CROWDED) / PER_CITY))
    ]
    if not Cinema.objects.filter(slug=f"{_SLUG}-0").exists():
        _make(chance, words, people, cities)
    return Country(words, people, cities)


def _make(chance: random.Random, words: list[str], people: list[str], cities: list[tuple[float, float]]) -> None:
    layout = stage.make_hall(rows=10, per_row=15).layout
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # a history of all this would be as long again
        movies = Movie.objects.bulk_create(_movie(chance, words, people) for _n in range(MOVIES))
        cinemas = Cinema.objects.bulk_create(_cinema(chance, n, cities) for n in range(CINEMAS))
        Hall.objects.bulk_create(
            (Hall(cinema=cinema, name=f"Hall {n}", layout=layout) for cinema in cinemas for n in range(HALLS)),
            batch_size=5000,
        )
        cursor.execute("SELECT setseed(0.21)")
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        cursor.execute(
            _FILL,
            {
                "movies": [movie.pk for movie in movies],
                "count": MOVIES,
                "layout": layout.pk,
                "languages": list(LANGUAGES),
                "spoken": len(LANGUAGES),
                "days": DAYS,
                "a_day": A_DAY,
                "first": midnight + timedelta(hours=4),
                "slug": f"{_SLUG}-%",
            },
        )
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {Showtime._meta.db_table}, {Cinema._meta.db_table}, {Movie._meta.db_table}")


def _movie(chance: random.Random, words: list[str], people: list[str]) -> Movie:
    return Movie(
        title=" ".join(chance.choices(words, k=chance.randint(2, 4))).title(),
        people=", ".join(f"{chance.choice(people)} {chance.choice(people)}" for _n in range(5)),
        genres=chance.sample(GENRES, k=chance.randint(1, 2)),
        languages=[chance.choice(LANGUAGES)],
        synopsis=" ".join(chance.choices(words, k=40)),
        runtime_minutes=100,
    )


def _cinema(chance: random.Random, number: int, cities: list[tuple[float, float]]) -> Cinema:
    city = (number - CROWDED) // PER_CITY
    middle, name = (METROPOLIS, "Metropolis") if number < CROWDED else (cities[city], f"City {city}")
    far = 9.9 * math.sqrt(chance.random())  # evenly over a circle of so many km
    angle = chance.uniform(0, 2 * math.pi)
    return Cinema(
        name=f"Screen {number}",
        slug=f"{_SLUG}-{number}",
        city=name,
        latitude=round(middle[0] + far * math.sin(angle) / 111.2, 6),
        longitude=round(middle[1] + far * math.cos(angle) / 111.2 / math.cos(math.radians(middle[0])), 6),
    )
