"""What a request says of where and when: the city, the day, the place, and the strip of days to choose from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse

from seatsync import programme
from showsewa import tastes
from venues.listings import City

CITY_COOKIE = tastes.CITY_COOKIE
NEAR_COOKIE = "near"  # what the browser's geolocation said, to a kilometre; static/js/near.js writes it
STRIP_DAYS = 7
TONIGHT_FROM = 17


@dataclass(frozen=True, slots=True)
class Day:
    """One date of the strip above a list."""

    date: date
    is_today: bool
    is_chosen: bool
    is_empty: bool = False


def chosen_city(request: HttpRequest, cities: list[City]) -> City:
    """As asked, else as remembered, else the one with the most cinemas."""
    by_name = {city.name: city for city in cities}
    for name in (request.GET.get("city", ""), unquote(request.COOKIES.get(CITY_COOKIE, ""))):
        if name in by_name:
            return by_name[name]
    return cities[0]


def chosen_day(request: HttpRequest, today: date) -> tuple[date, bool]:
    """The day asked for and whether one was; what is no date, past or too far away counts as not asked."""
    asked = date_of(request.GET.get("date", ""), today)
    return (today, False) if asked is None else (asked, True)


def date_of(text: str, today: date) -> date | None:
    """None for what is no date, past or too far away."""
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return None
    return asked if today <= asked <= today + timedelta(days=90) else None


def near(request: HttpRequest) -> programme.Point | None:
    """Where the visitor is, if the browser was allowed to say so."""
    try:
        latitude, longitude = (float(part) for part in request.COOKIES.get(NEAR_COOKIE, "").split(","))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def strip(today: date, chosen: date, playing: list[date] | None = None) -> list[Day]:
    days = {today + timedelta(days=n) for n in range(STRIP_DAYS)} | {chosen} | set(playing or ())
    return [
        Day(day, is_today=day == today, is_chosen=day == chosen, is_empty=playing is not None and day not in playing)
        for day in sorted(days)
    ]


def is_tonight(city: City, now: datetime) -> bool:
    return city.clock(now).hour >= TONIGHT_FROM


def where(request: HttpRequest, cities: list[City], city: City) -> dict[str, Any]:
    """What every page with a choice of cities needs."""
    return {"cities": cities, "city": city, "is_new_here": CITY_COOKIE not in request.COOKIES and len(cities) > 1}


def remember(request: HttpRequest, response: HttpResponse, city: City) -> HttpResponse:
    if request.GET.get("city") == city.name:
        tastes.set_cookie(response, CITY_COOKIE, city.name)
        tastes.keep(request, city=city.name)
    return response
