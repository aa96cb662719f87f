"""Reading the catalogue for those who list or change it: movies, cinemas, showtimes, and whose they are to change."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from showsewa.actors import Actor, Kind
from showsewa.refusals import Forbidden, NotFound
from venues import listings, sandbox
from venues.models import Cinema, Hall, Movie, Price, Showtime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list may be narrowed by; "" and None mean all."""

    city: str = ""
    genre: str = ""
    language: str = ""
    day: date | None = None
    movie_id: uuid.UUID | None = None
    cinema_id: uuid.UUID | None = None


def maker(actor: Actor) -> str:
    """Who made a movie. A channel's test keys are somebody else than its live ones."""
    return f"{actor.key}~test" if actor.is_test else actor.key


def movies(actor: Actor, wanted: Wanted, *, now: datetime) -> QuerySet[Movie]:
    """The newest first. With a city, language or day: those shown there, in it, then."""
    rows = Movie.objects.filter(_movies_known_to(actor), is_active=True).order_by("-id")
    if wanted.genre:
        rows = rows.filter(_has(wanted.genre))
    if wanted.city or wanted.day or wanted.language:
        shown = showtimes(actor, wanted, now=now).order_by().filter(movie=OuterRef("pk"))
        rows = rows.filter(Exists(shown))
    return rows


def cinemas(actor: Actor, wanted: Wanted) -> QuerySet[Cinema]:
    """The newest first, with their halls."""
    rows = Cinema.objects.filter(sandbox.known_to(actor), is_active=True).order_by("-id")
    if wanted.city:
        rows = rows.filter(Q(city__iexact=wanted.city) | Q(city_ne=wanted.city))
    return rows.prefetch_related("halls__layout")


def showtimes(actor: Actor, wanted: Wanted, *, now: datetime) -> QuerySet[Showtime]:
    """To come and not cancelled, the next one first."""
    rows = Showtime.objects.select_related("movie", "cinema", "hall", "layout")
    rows = rows.filter(sandbox.known_to(actor, path="cinema"), cancelled_at=None, starts_at__gt=now)
    rows = rows.filter(movie__is_active=True, cinema__is_active=True).order_by("starts_at", "id")
    if wanted.city:
        rows = rows.filter(Q(cinema__city__iexact=wanted.city) | Q(cinema__city_ne=wanted.city))
    if wanted.movie_id is not None:
        rows = rows.filter(movie=wanted.movie_id)
    if wanted.cinema_id is not None:
        rows = rows.filter(cinema=wanted.cinema_id)
    if wanted.language:
        rows = rows.filter(language__iexact=wanted.language)
    return rows.filter(_on(wanted.day, now)) if wanted.day else rows


@dataclass(frozen=True, slots=True)
class ShowtimesPage:
    """next: where the following page begins; None on the last."""

    items: list[Showtime]
    next: tuple[datetime, uuid.UUID] | None


def showtimes_page(
    actor: Actor, wanted: Wanted, *, now: datetime, limit: int, after: tuple[datetime, uuid.UUID] | None = None
) -> ShowtimesPage:
    """`showtimes`, page by page. after: the start and the id of the last one seen."""
    rows = showtimes(actor, wanted, now=now)
    if after is not None:
        rows = rows.filter(Q(starts_at__gt=after[0]) | Q(starts_at=after[0], id__gt=after[1]))
    found = list(rows[: limit + 1])
    items = found[:limit]
    return ShowtimesPage(items, (items[-1].starts_at, items[-1].pk) if len(found) > limit else None)


def movie(actor: Actor, movie_id: uuid.UUID) -> Movie:
    """Refuses: NotFound."""
    found = Movie.objects.filter(_movies_known_to(actor), pk=movie_id, is_active=True).first()
    if found is None:
        raise NotFound(_("There is no such movie."))
    return found


def cinema(actor: Actor, cinema_id: uuid.UUID) -> Cinema:
    """Refuses: NotFound."""
    found = cinemas(actor, Wanted()).filter(pk=cinema_id).first()
    if found is None:
        raise NotFound(_("There is no such venue."))
    return found


def showtime(actor: Actor, showtime_id: uuid.UUID) -> Showtime:
    """Also one that is over or cancelled. Refuses: NotFound."""
    rows = Showtime.objects.select_related("movie", "cinema", "hall", "layout")
    found = rows.filter(sandbox.known_to(actor, path="cinema"), pk=showtime_id).first()
    if found is None:
        raise NotFound(_("There is no such showtime."))
    return found


def prices_of(showtime_id: uuid.UUID) -> list[Price]:
    return list(Price.objects.filter(showtime=showtime_id).order_by("zone", "seat_type"))


def screen(actor: Actor, hall_id: uuid.UUID) -> Hall:
    """A hall with seats, of an open cinema. Refuses: NotFound."""
    rows = Hall.objects.select_related("layout", "cinema").filter(cinema__is_active=True, layout__isnull=False)
    found = rows.filter(sandbox.known_to(actor, path="cinema"), pk=hall_id).first()
    if found is None:
        raise NotFound(_("There is no such hall."))
    return found


def movie_to_change(actor: Actor, movie_id: uuid.UUID) -> Movie:
    """Movies are everybody's: staff may change any, a key those that its channel made. Refuses: NotFound, Forbidden."""
    found = movie(actor, movie_id)
    if actor.kind == Kind.CHANNEL and found.made_by != maker(actor):
        raise Forbidden(_("Another channel or our own staff made this movie; only they may change it."))
    return found


def cinema_to_change(actor: Actor, cinema_id: uuid.UUID) -> Cinema:
    """Refuses: NotFound, also for another's."""
    found = cinema(actor, cinema_id)
    if not actor.reaches(found.pk):
        raise NotFound(_("There is no such venue."))
    return found


def showtime_to_change(actor: Actor, showtime_id: uuid.UUID) -> Showtime:
    """Refuses: NotFound, also for another cinema's."""
    found = showtime(actor, showtime_id)
    if not actor.reaches(found.cinema_id):
        raise NotFound(_("There is no such showtime."))
    return found


def hall_to_use(actor: Actor, hall_id: uuid.UUID) -> Hall:
    """Refuses: NotFound, also for another cinema's."""
    found = Hall.objects.filter(pk=hall_id).first()
    if found is None or not actor.reaches(found.cinema_id):
        raise NotFound(_("There is no such hall."))
    return found


def _movies_known_to(actor: Actor) -> Q:
    """What a test key made is there for its maker, and for all where nothing is earnest."""
    known = sandbox.known_to()
    return known | Q(made_by=maker(actor)) if known and actor.kind == Kind.CHANNEL else known


def _has(genre: str) -> Q:
    """Genres are written with a capital in one cinema and without in another."""
    return Q(genres__contains=[genre]) | Q(genres__contains=[genre.capitalize()]) | Q(genres__contains=[genre.title()])


def _on(day: date, now: datetime) -> Q:
    zones = Cinema.objects.order_by().values_list("time_zone", flat=True).distinct()
    wanted = Q(pk=None)
    for zone in zones:
        wanted |= Q(cinema__time_zone=zone, starts_at__range=listings.bounds(day, zone, now))
    return wanted
