"""What is on, grouped for reading: movie, cinema, showtimes, and how full each of them is."""

import math
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from seatsync import seatmaps
from seatsync.seatmaps import Free
from venues import listings
from venues.models import Cinema, Movie, Showtime

Point = tuple[float, float]  # latitude and longitude, in degrees

FILLING, NEARLY_FULL = 0.4, 0.15  # of the seats still free


@dataclass(frozen=True, slots=True)
class Screening:
    """One showtime in a list. free: None until it is on sale."""

    showtime: Showtime
    free: Free | None

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
    movie: Movie
    cinemas: list[AtCinema]

    @property
    def count(self) -> int:
        return sum(len(at.screenings) for at in self.cinemas)


def of_day(day: date, *, now: datetime, city: str, near: Point | None = None) -> list[OnShow]:
    """All movies of a day in a city, the one with the most showtimes first. near: where to begin with the cinemas."""
    shown = of_showtimes(listings.bookable(day, now=now, city=city), near=near)
    return sorted(shown, key=lambda on_show: (-on_show.count, on_show.movie.title))


def of_showtimes(showtimes: Sequence[Showtime], *, near: Point | None = None) -> list[OnShow]:
    """Grouped by movie, in the order in which the movies first come."""
    groups: dict[uuid.UUID, list[Screening]] = {}
    for one in _with_free(showtimes):
        groups.setdefault(one.showtime.movie_id, []).append(one)
    return [OnShow(group[0].showtime.movie, _by_cinema(group, near)) for group in groups.values()]


def of_movie(movie: Movie, day: date, *, now: datetime, city: str, near: Point | None = None) -> list[AtCinema]:
    return _by_cinema(_with_free(listings.bookable(day, now=now, of=movie, city=city)), near)


def _with_free(showtimes: Sequence[Showtime]) -> list[Screening]:
    free = seatmaps.free([showtime.pk for showtime in showtimes])
    return [Screening(showtime, free.get(showtime.pk)) for showtime in showtimes]


def _by_cinema(screenings: Iterable[Screening], near: Point | None = None) -> list[AtCinema]:
    groups: dict[uuid.UUID, AtCinema] = {}
    for one in screenings:
        showtime = one.showtime
        groups.setdefault(showtime.cinema_id, AtCinema(showtime.cinema, [])).screenings.append(one)
    return sorted(groups.values(), key=lambda at: (_squared(at.cinema, near), at.cinema.name))


def _squared(cinema: Cinema, near: Point | None) -> float:
    """Good enough for the order of a city's cinemas, where the earth is flat."""
    if near is None:
        return 0.0
    north, east = float(cinema.latitude) - near[0], float(cinema.longitude) - near[1]
    return north**2 + (east * math.cos(math.radians(near[0]))) ** 2
