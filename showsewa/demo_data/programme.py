"""Which movie runs where and when: a week worked out from its first day alone, so that a day always looks the same."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from showsewa.demo_data.cinemas import CINEMAS, CONCERT_SLUG, CinemaFacts, HallFacts
from showsewa.demo_data.movies import CONCERT, MOVIES, MovieFacts

DAYS = 7
STEP = 15  # shows begin on the quarter of an hour
LAST_START = 22 * 60
EVENING = 17 * 60
TRAILERS = 15
_FRIDAY, _SATURDAY = 4, 5
_CONCERT_AT = {_FRIDAY: 18 * 60 + 30, _SATURDAY: 18 * 60}


@dataclass(frozen=True, slots=True)
class Showing:
    """start: minutes after midnight, by the clock on the wall."""

    cinema: CinemaFacts
    hall: HallFacts
    movie: MovieFacts
    day: date
    start: int
    format: str = "2D"
    language: str = ""
    subtitles: str = ""


def week(first: date) -> Iterator[Showing]:
    """Every showing of the seven days, hall by hall, in order of time."""
    for number in range(DAYS):
        for cinema in CINEMAS:
            for hall in cinema.halls:
                day = first + timedelta(days=number)
                yield from _concert(cinema, hall, day) if cinema.slug == CONCERT_SLUG else _day(cinema, hall, day)


def _concert(cinema: CinemaFacts, hall: HallFacts, day: date) -> Iterator[Showing]:
    if day.weekday() in _CONCERT_AT:
        yield Showing(cinema, hall, CONCERT, day, _CONCERT_AT[day.weekday()], format="Live", language="Nepali")


def _day(cinema: CinemaFacts, hall: HallFacts, day: date) -> Iterator[Showing]:
    chance = random.Random(f"{cinema.slug}/{hall.name}/{day.isoformat()}")
    start = hall.opens[day.weekday() == _SATURDAY]
    shown: list[str] = []
    while start <= LAST_START:
        movie = _choose(chance, start, shown)
        yield Showing(cinema, hall, movie, day, start, *_version(chance, hall, movie, start))
        shown.append(movie.key)
        start = _quarter(start + movie.runtime + hall.cleaning + TRAILERS)
        if start < EVENING and day.weekday() != _SATURDAY:
            start += chance.choice((0, STEP, 2 * STEP))  # on working days the house is in no hurry before five


def _choose(chance: random.Random, start: int, shown: list[str]) -> MovieFacts:
    """By weight, not twice running; children's movies by day, the one for adults in the evening only."""
    able = [movie for movie in MOVIES if movie.key not in shown[-2:] and _suits(movie, start)]
    return chance.choices(able, weights=[movie.weight for movie in able])[0]


def _suits(movie: MovieFacts, start: int) -> bool:
    if movie.certificate == "A":
        return start >= EVENING
    if movie.weight == 1 or movie.key == "yeti":
        return start < EVENING + 60
    return start + movie.runtime <= LAST_START + 150


def _version(chance: random.Random, hall: HallFacts, movie: MovieFacts, start: int) -> tuple[str, str, str]:
    """format, language, subtitles."""
    format = chance.choice(hall.formats) if movie.genres[0] in ("Animation", "Science fiction", "Action") else "2D"
    language = chance.choice(movie.languages) if "Animation" in movie.genres else movie.languages[0]
    if language != "Nepali":
        return format, language, "Nepali"
    return format, language, "English" if start >= EVENING and chance.random() < 0.4 else ""


def _quarter(minutes: int) -> int:
    return -(-minutes // STEP) * STEP
