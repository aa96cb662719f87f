"""What is on, grouped for reading: movie, cinema, showtimes, and how full each of them is."""

import math
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q

from seatsync import seatmaps
from seatsync.seatmaps import Free
from venues import listings, sandbox
from venues.models import Cinema, Movie, Showtime

Point = tuple[float, float]  # latitude and longitude, in degrees

FILLING, NEARLY_FULL = 0.4, 0.15  # of the seats still free


@dataclass(frozen=True, slots=True)
class Screening:
    """One showtime in a list. free: None until it is on sale. has_twin: another begins with it, in another hall."""

    showtime: Showtime
    free: Free | None
    has_twin: bool = False

    @property
    def is_sold_out(self) -> bool:
        return self.free is not None and self.free.available == 0

    @property
    def is_filling(self) -> bool:
        return self.free is not None and self.free.available < self.free.total * FILLING

    @property
    def is_nearly_full(self) -> bool:
        return self.free is not None and self.free.available < self.free.total * NEARLY_FULL

    @property
    def tenths_taken(self) -> int:
        if self.free is None:
            return 0
        taken = self.free.total - self.free.available
        return min(10, -(-taken * 10 // self.free.total))


@dataclass(frozen=True, slots=True)
class AtCinema:
    cinema: Cinema
    screenings: list[Screening]


@dataclass(frozen=True, slots=True)
class OnShow:
    """count: its showtimes. more: how many cinemas show it beside these."""

    movie: Movie
    cinemas: list[AtCinema]
    count: int
    more: int = 0


def of_day(day: date, *, now: datetime, city: str, near: Point | None = None, most: int | None = None) -> list[OnShow]:
    """All movies of a day in a city, the one with the most showtimes first. near, most: as below."""
    shown = of_showtimes(listings.bookable(day, now=now, city=city), near=near, most=most)
    return sorted(shown, key=lambda on_show: (-on_show.count, on_show.movie.title))


def of_showtimes(showtimes: Sequence[Showtime], *, near: Point | None = None, most: int | None = None) -> list[OnShow]:
    """Grouped by movie, in the order in which the movies first come. near: where to begin with the cinemas. most: so
    many of them a movie; nobody counts the seats of the others.
    """
    movies: dict[uuid.UUID, list[Showtime]] = {}
    for showtime in showtimes:
        movies.setdefault(showtime.movie_id, []).append(showtime)
    cinemas = {key: _by_cinema(group, near) for key, group in movies.items()}
    kept = [showtime for groups in cinemas.values() for group in groups[:most] for showtime in group]
    free = seatmaps.free([showtime.pk for showtime in kept])
    return [
        OnShow(
            movies[key][0].movie,
            [_at_cinema(group, free) for group in groups[:most]],
            count=len(movies[key]),
            more=len(groups[most:]) if most else 0,
        )
        for key, groups in cinemas.items()
    ]


def of_movie(movie: Movie, day: date, *, now: datetime, city: str, near: Point | None = None) -> list[AtCinema]:
    showtimes = listings.bookable(day, now=now, of=movie, city=city)
    free = seatmaps.free([showtime.pk for showtime in showtimes])
    return [_at_cinema(group, free) for group in _by_cinema(showtimes, near)]


def genres(shown: Iterable[OnShow]) -> list[str]:
    return sorted({genre for on_show in shown for genre in on_show.movie.genres})


def coming(today: date, *, now: datetime, city: str, limit: int) -> list[Movie]:
    """Movies to be released, or scheduled and not yet on sale, of which no ticket can be had in a city; the first
    released first.
    """
    there = Showtime.objects.filter(movie=OuterRef("pk"), cinema__city=city, cancelled_at=None, starts_at__gt=now)
    there = there.filter(sandbox.known_to(path="cinema"), cinema__is_active=True)
    on_sale, waiting = there.filter(inventory__isnull=False), there.filter(inventory=None)
    rows = Movie.objects.filter(sandbox.known_to(), is_active=True)
    rows = rows.filter(Q(released_on__gt=today) | Exists(waiting)).exclude(Exists(on_sale))
    return list(rows.order_by(F("released_on").asc(nulls_first=True), "title")[:limit])


def _at_cinema(showtimes: Sequence[Showtime], free: Mapping[uuid.UUID, Free]) -> AtCinema:
    begin = Counter(showtime.starts_at for showtime in showtimes)
    screenings = [Screening(one, free.get(one.pk), has_twin=begin[one.starts_at] > 1) for one in showtimes]
    return AtCinema(showtimes[0].cinema, screenings)


def _by_cinema(showtimes: Iterable[Showtime], near: Point | None = None) -> list[list[Showtime]]:
    groups: dict[uuid.UUID, list[Showtime]] = {}
    for showtime in showtimes:
        groups.setdefault(showtime.cinema_id, []).append(showtime)
    return sorted(groups.values(), key=lambda group: (_squared(group[0].cinema, near), group[0].cinema.name))


def _squared(cinema: Cinema, near: Point | None) -> float:
    """Good enough for the order of a city's cinemas, where the earth is flat."""
    if near is None:
        return 0.0
    north, east = float(cinema.latitude) - near[0], float(cinema.longitude) - near[1]
    return north**2 + (east * math.cos(math.radians(near[0]))) ** 2
