"""Home, movie and poster: what is on, by city and day."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote, unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seatsync import programme
from showsewa.refusals import NotFound
from venues import listings, posters
from venues.listings import City
from venues.views import reviews

CITY_COOKIE = "city"
NEAR_COOKIE = "near"  # what the browser's geolocation said, to a kilometre; static/js/near.js writes it
STRIP_DAYS = 7
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Day:
    """One date of the strip above a list."""

    date: date
    is_today: bool
    is_chosen: bool
    is_empty: bool = False


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    cities = listings.cities()
    if not cities:
        return render(request, "venues/home.html", {"cities": []})
    city = chosen_city(request, cities)
    today = city.today(now)
    day, is_asked = chosen_day(request, today)
    near = _near(request)
    shown = programme.of_day(day, now=now, city=city.name, near=near)
    is_late = not shown and not is_asked
    if is_late:  # tonight's last show has begun
        day = today + timedelta(days=1)
        shown = programme.of_day(day, now=now, city=city.name, near=near)
    context = {
        "cities": cities,
        "city": city,
        "day": day,
        "days": _strip(today, day),
        "is_today": day == today,
        "is_late": is_late,
        "shown": shown,
        "is_new_here": CITY_COOKIE not in request.COOKIES and len(cities) > 1,
    }
    return _remember(request, render(request, "venues/home.html", context), city)


@require_safe
def movie(request: HttpRequest, movie_id: uuid.UUID) -> HttpResponse:
    now = timezone.now()
    film = listings.movie(movie_id)
    cities = listings.cities()
    if not cities:
        raise NotFound(_("No cinema is open yet."))
    city = chosen_city(request, cities)
    today = city.today(now)
    playing = listings.days_on(film, now=now, city=city.name)
    day, is_asked = chosen_day(request, today)
    if not is_asked and playing:
        day = playing[0]
    context = {
        "movie": film,
        "cities": cities,
        "city": city,
        "day": day,
        "days": _strip(today, day, playing),
        "is_playing": bool(playing),
        "cinemas": programme.of_movie(film, day, now=now, city=city.name, near=_near(request)),
    } | reviews.of(request, film)
    return _remember(request, render(request, "venues/movie.html", context), city)


@require_safe
def poster(request: HttpRequest, movie_id: uuid.UUID) -> HttpResponse:
    """Drawn, for ever: its address carries the drawing's mark."""
    response = HttpResponse(posters.draw(posters.of(listings.movie(movie_id))), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def chosen_city(request: HttpRequest, cities: list[City]) -> City:
    """As asked, else as remembered, else the one with the most cinemas."""
    by_name = {city.name: city for city in cities}
    for name in (request.GET.get("city", ""), unquote(request.COOKIES.get(CITY_COOKIE, ""))):
        if name in by_name:
            return by_name[name]
    return cities[0]


def chosen_day(request: HttpRequest, today: date) -> tuple[date, bool]:
    """The day asked for and whether one was; what is no date, past or too far away counts as not asked."""
    try:
        asked = date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return today, False
    is_near = today <= asked <= today + timedelta(days=90)
    return (asked, True) if is_near else (today, False)


def _near(request: HttpRequest) -> programme.Point | None:
    """Where the visitor is, if the browser was allowed to say so."""
    try:
        latitude, longitude = (float(part) for part in request.COOKIES.get(NEAR_COOKIE, "").split(","))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _strip(today: date, chosen: date, playing: list[date] | None = None) -> list[Day]:
    days = {today + timedelta(days=n) for n in range(STRIP_DAYS)} | {chosen} | set(playing or ())
    return [
        Day(day, is_today=day == today, is_chosen=day == chosen, is_empty=playing is not None and day not in playing)
        for day in sorted(days)
    ]


def _remember(request: HttpRequest, response: HttpResponse, city: City) -> HttpResponse:
    if request.GET.get("city") == city.name:
        response.set_cookie(CITY_COOKIE, quote(city.name), max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response
