"""Pages to browse by: a cinema, a genre, what is coming, and a week at a glance."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import favourites
from seatsync import programme
from showsewa.authentication import from_cookies
from showsewa.refusals import NotFound
from venues import listings, search
from venues.listings import City
from venues.models import Cinema
from venues.views import asking

MOST_COMING = 60
MOST_OF_GENRE = 200
WEEK = 7
FARTHEST_WEEK = timedelta(days=12 * WEEK)


@require_safe
def cinema(request: HttpRequest, slug: str) -> HttpResponse:
    now, at = timezone.now(), listings.cinema_at(slug)
    city = _city_of(at)
    today = city.today(now)
    day, is_asked = asking.chosen_day(request, today)
    showtimes = listings.bookable(day, now=now, at=at)
    if not showtimes and not is_asked:
        day = today + timedelta(days=1)
        showtimes = listings.bookable(day, now=now, at=at)
    context = {
        "at": at,
        "is_favourite": favourites.has(from_cookies(request), cinema=at),
        "city": city,
        "day": day,
        "days": asking.strip(today, day),
        "shown": programme.of_showtimes(showtimes),
    }
    return render(request, "venues/cinema.html", context)


@require_safe
def genre(request: HttpRequest, genre: str) -> HttpResponse:
    if genre not in listings.genres():
        raise NotFound(_("There is no such genre."))
    cities = _cities()
    city = asking.chosen_city(request, cities)
    asked = search.Asked(city=city.name, genre=genre)
    found = search.shows(asked, now=timezone.now(), limit=MOST_OF_GENRE)
    context = asking.where(request, cities, city) | {
        "genre": genre,
        "shown": programme.of_showtimes([hit.showtime for hit in found.hits], near=asking.near(request)),
    }
    return asking.remember(request, render(request, "venues/genre.html", context), city)


@require_safe
def coming(request: HttpRequest) -> HttpResponse:
    now, cities = timezone.now(), _cities()
    city = asking.chosen_city(request, cities)
    context = asking.where(request, cities, city) | {
        "coming": programme.coming(city.today(now), now=now, city=city.name, limit=MOST_COMING)
    }
    return asking.remember(request, render(request, "venues/coming.html", context), city)


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """A city's week, or with ?cinema= that of one of them."""
    now, cities = timezone.now(), _cities()
    at = listings.cinema_at(request.GET["cinema"]) if request.GET.get("cinema") else None
    city = _city_of(at) if at else asking.chosen_city(request, cities)
    today = city.today(now)
    first = asking.date_of(request.GET.get("date", ""), today) or today
    before, after = max(today, first - timedelta(days=WEEK)), first + timedelta(days=WEEK)
    context = asking.where(request, cities, city) | {
        "at": at,
        "today": today,
        "first": first,
        "last": after - timedelta(days=1),
        "before": before if first > today else None,
        "after": after if after <= today + FARTHEST_WEEK else None,
        "week": listings.week(first, days=WEEK, zone=city.time_zone, now=now, city=city.name, at=at),
    }
    return asking.remember(request, render(request, "venues/week.html", context), city)


def _cities() -> list[City]:
    """Refuses: NotFound while there are none."""
    found = listings.cities()
    if not found:
        raise NotFound(_("No cinema is open yet."))
    return found


def _city_of(at: Cinema) -> City:
    return City(at.city, at.city_ne, at.time_zone, float(at.latitude), float(at.longitude))
