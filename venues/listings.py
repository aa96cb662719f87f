"""What is on, where and when, by the cinema's own day. Whether seats are left is `seatsync`'s to say."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Avg, Count, F, FloatField, Func, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from showsewa import tongue
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from venues import sandbox
from venues.models import Cinema, Hall, Movie, Showtime


class Headline(NamedTuple):
    """What a list of seats says above itself."""

    movie: str
    cinema: str
    city: str
    starts_at: datetime
    time_zone: str
    cinema_id: uuid.UUID


def headline(showtime_id: uuid.UUID) -> Headline:
    """Refuses: NotFound."""
    columns = ("movie__title", "cinema__name", "cinema__city", "starts_at", "cinema__time_zone", "cinema_id")
    found = Showtime.objects.filter(pk=showtime_id).values_list(*columns).first()
    if found is None:
        raise NotFound(_("There is no such showtime."))
    return Headline(*found)


class Showing(NamedTuple):
    """What a seat page says above its map. Equal showings may share what was made of them."""

    id: uuid.UUID
    layout_id: uuid.UUID
    movie_id: uuid.UUID
    title: str
    title_ne: str
    cinema: str
    cinema_ne: str
    hall: str
    currency: str
    time_zone: str
    starts_at: datetime
    format: str
    language: str
    subtitles: str
    cancelled_at: datetime | None
    companions_until_minutes: int | None


_SHOWING = """
    SELECT t.id, t.layout_id, t.movie_id, m.title, m.title_ne, c.name, c.name_ne, h.name, c.currency, c.time_zone,
        t.starts_at, t.format, t.language, t.subtitles, t.cancelled_at, c.companions_until_minutes
    FROM venues_showtime t JOIN venues_movie m ON m.id = t.movie_id JOIN venues_cinema c ON c.id = t.cinema_id
    JOIN venues_hall h ON h.id = t.hall_id
    WHERE t.id = %s AND (NOT c.is_sandbox OR NOT %s)"""


def showing(showtime_id: uuid.UUID) -> Showing:
    """In plain SQL: this is read for every seat page. Refuses: NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWING, [showtime_id, settings.IS_LIVE])
        found = cursor.fetchone()
    if found is None:
        raise NotFound(_("There is no such showtime."))
    return Showing(*found)


def movie(movie_id: uuid.UUID) -> Movie:
    """Refuses: NotFound."""
    found = Movie.objects.filter(pk=movie_id, is_active=True).first()
    if found is None:
        raise NotFound(_("There is no such movie."))
    return found


def cinema(name: str, *, actor: Actor | None = None) -> Cinema:
    """By id or slug, of those the actor may know. Refuses: Invalid, since it names a filter and not a place to go."""
    try:
        named = Q(pk=uuid.UUID(name))
    except ValueError:
        named = Q(slug=name)
    found = Cinema.objects.filter(named, sandbox.known_to(actor), is_active=True).first()
    if found is None:
        errors = [{"pointer": "/cinema", "code": "UNKNOWN_CINEMA", "detail": _("There is no such cinema.")}]
        raise Invalid(_("There is no such cinema."), errors=errors)
    return found


@dataclass(frozen=True, slots=True)
class City:
    """A city with cinemas. time_zone: of its first cinema, for saying what "today" is there; latitude and longitude: of
    the middle of its cinemas.
    """

    name: str
    name_ne: str
    time_zone: str
    latitude: float
    longitude: float

    def today(self, now: datetime) -> date:
        return self.clock(now).date()

    def clock(self, now: datetime) -> datetime:
        return now.astimezone(ZoneInfo(self.time_zone))


def cities() -> list[City]:
    """The one with the most cinemas first."""
    rows = Cinema.objects.filter(sandbox.known_to(), is_active=True).order_by().values("city")
    found = rows.annotate(name_ne=Max("city_ne"), time_zone=Min("time_zone"), cinemas=Count("pk"))
    degrees = FloatField()
    found = found.annotate(lat=Avg("latitude", output_field=degrees), lon=Avg("longitude", output_field=degrees))
    ranked = found.order_by("-cinemas", "city").values_list("city", "name_ne", "time_zone", "lat", "lon")
    return [City(*row) for row in ranked]


def named_city(name: str) -> str:
    """A city's name in the reader's language, as its cinemas say it."""
    if not name or tongue.language() == "en":
        return name
    found = Cinema.objects.filter(sandbox.known_to(), city=name, is_active=True).aggregate(name_ne=Max("city_ne"))
    return tongue.own(name, found["name_ne"] or "")


def genres() -> list[str]:
    """Of the movies there are, by name."""
    return _named("genres")


def languages() -> list[str]:
    return _named("languages")


def _named(column: str) -> list[str]:
    rows = Movie.objects.filter(sandbox.known_to(), is_active=True).order_by()
    found = rows.annotate(word=Func(F(column), function="unnest")).values_list("word", flat=True).distinct()
    return sorted(found)


def cinema_at(slug: str) -> Cinema:
    """For its page. Refuses: NotFound."""
    found = Cinema.objects.filter(sandbox.known_to(), slug=slug, is_active=True).first()
    if found is None:
        raise NotFound(_("There is no such cinema."))
    return found


def days_on(of: Movie, *, now: datetime, city: str) -> list[date]:
    """The days on which a movie still has showtimes in a city, by the cinemas' own calendars."""
    rows = Showtime.objects.filter(movie=of, cancelled_at=None, starts_at__gt=now)
    rows = rows.filter(sandbox.known_to(path="cinema"), cinema__city=city, cinema__is_active=True).order_by("starts_at")
    starts = rows.values_list("starts_at", "cinema__time_zone")
    return sorted({starts_at.astimezone(ZoneInfo(zone)).date() for starts_at, zone in starts})


class OfDay(NamedTuple):
    """A movie's showtimes of one day. starts: when, each once, the soonest first."""

    movie: Movie
    starts: list[datetime]


Week = dict[date, list[OfDay]]


def week(first: date, *, days: int, zone: str, now: datetime, city: str = "", at: Cinema | None = None) -> Week:
    """What comes on each of these days, by a city's or a cinema's calendar; movies by title. Counted by the database:
    a big city has many thousand showtimes a week.
    """
    last = first + timedelta(days=days - 1)
    rows = Showtime.objects.filter(sandbox.known_to(path="cinema"), cancelled_at=None, movie__is_active=True)
    rows = rows.filter(cinema=at) if at else rows.filter(cinema__city=city, cinema__is_active=True)
    span = (max(now, bounds(first, zone, now)[0]), bounds(last, zone, now)[1])
    rows = rows.filter(starts_at__range=span).order_by().annotate(day=TruncDate("starts_at", tzinfo=ZoneInfo(zone)))
    found = rows.values_list("day", "movie").annotate(starts=ArrayAgg("starts_at", distinct=True, order_by="starts_at"))
    told = list(found)
    movies = Movie.objects.in_bulk({key for _day, key, _starts in told})
    on: Week = {first + timedelta(days=n): [] for n in range(days)}
    for day, key, starts in told:
        on[day].append(OfDay(movies[key], starts))
    for shown in on.values():
        shown.sort(key=lambda one: one.movie.title)
    return on


def showtime_meant(event_id: uuid.UUID, *, now: datetime, actor: Actor | None = None) -> uuid.UUID:
    """What seed 002 calls an event: a showtime, or a movie with one single showtime to come. Refuses: NotFound, Invalid
    when it is none or several.
    """
    if Showtime.objects.filter(pk=event_id).exists():
        return event_id
    coming = Showtime.objects.filter(movie=movie(event_id), cancelled_at=None, starts_at__gt=now)
    coming = coming.filter(sandbox.known_to(actor, path="cinema"))
    found = list(coming.order_by("starts_at").values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return found[0]
    told = _("Say which showtime: this event has several.") if found else _("This event has no showtime to come.")
    raise Invalid(told, errors=[{"pointer": "/eventId", "code": "WHICH_SHOWTIME", "detail": told}])


def hall(hall_id: uuid.UUID, *, cinema_id: uuid.UUID) -> Hall:
    """Refuses: NotFound, also for another cinema's."""
    found = Hall.objects.filter(pk=hall_id, cinema=cinema_id).first()
    if found is None:
        raise NotFound(_("There is no such hall."))
    return found


def bookable(
    day: date | None,
    *,
    now: datetime,
    at: Cinema | None = None,
    of: Movie | None = None,
    city: str = "",
    actor: Actor | None = None,
) -> list[Showtime]:
    """Showtimes of one day, in each cinema's own zone, that have not begun. day: None for today; city: "" for all.

    actor: who asks; None for any visitor.
    """
    rows = Showtime.objects.select_related("movie", "cinema", "hall").filter(cancelled_at=None, starts_at__gt=now)
    rows = rows.filter(sandbox.known_to(actor, path="cinema"), movie__is_active=True, cinema__is_active=True)
    if at is not None:
        rows = rows.filter(cinema=at)
    if of is not None:
        rows = rows.filter(movie=of)
    if city:
        rows = rows.filter(cinema__city=city)
    zones = [at.time_zone] if at is not None else Cinema.objects.values_list("time_zone", flat=True).distinct()
    wanted = Q(pk=None)
    for zone in zones:
        wanted |= Q(cinema__time_zone=zone, starts_at__range=bounds(day, zone, now))
    return list(rows.filter(wanted).order_by("starts_at", "pk"))


def bounds(day: date | None, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """From a day's midnight to just before the next one; a day is not always 24 hours."""
    there = ZoneInfo(zone)
    day = day or now.astimezone(there).date()
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=there)
    return datetime.combine(day, time.min, tzinfo=there), end - timedelta(microseconds=1)
