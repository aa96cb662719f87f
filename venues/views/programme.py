"""Home, movie and poster: what is on, by city and day."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import favourites, openings
from seatsync import programme
from showsewa.authentication import from_cookies
from showsewa.refusals import NotFound
from venues import listings, posters
from venues.views import asking, reviews

# So many cinemas of a movie on the first page; the movie's own page has all.
MOST_CINEMAS = 4
MOST_COMING = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    cities = listings.cities()
    if not cities:
        return render(request, "venues/home.html", {"cities": []})
    city = asking.chosen_city(request, cities)
    today = city.today(now)
    day, is_asked = asking.chosen_day(request, today)
    look = partial(programme.of_day, now=now, city=city.name, near=asking.near(request), most=MOST_CINEMAS)
    shown = look(day)
    is_late = not shown and not is_asked
    if is_late:  # tonight's last show has begun
        day = today + timedelta(days=1)
        shown = look(day)
    context = asking.where(request, cities, city) | {
        "day": day,
        "days": asking.strip(today, day),
        "is_today": day == today,
        "is_tonight": day == today and asking.is_tonight(city, now),
        "is_late": is_late,
        "shown": shown,
        "genres": programme.genres(shown),
        "coming": programme.coming(today, now=now, city=city.name, limit=MOST_COMING),
    }
    return asking.remember(request, render(request, "venues/home.html", context), city)


@require_safe
def movie(request: HttpRequest, movie_id: uuid.UUID) -> HttpResponse:
    return movie_page(request, movie_id)


def movie_page(request: HttpRequest, movie_id: uuid.UUID, *, status: int = 200, **told: Any) -> HttpResponse:
    """told: what else the page has to say, such as what is wrong with an address typed into it."""
    now = timezone.now()
    film = listings.movie(movie_id)
    cities = listings.cities()
    if not cities:
        raise NotFound(_("No cinema is open yet."))
    city = asking.chosen_city(request, cities)
    today = city.today(now)
    playing = listings.days_on(film, now=now, city=city.name)
    day, is_asked = asking.chosen_day(request, today)
    if not is_asked and playing:
        day = playing[0]
    context = asking.where(request, cities, city) | {
        "movie": film,
        "day": day,
        "days": asking.strip(today, day, playing),
        "is_favourite": favourites.has(from_cookies(request), movie=film),
        "is_playing": bool(playing),
        "is_on_sale": bool(playing) and openings.on_sale(now=now, movie=film, city=city.name).exists(),
        "is_released": film.released_on is None or film.released_on <= today,
        "cinemas": programme.of_movie(film, day, now=now, city=city.name, near=asking.near(request)),
    }
    page = render(request, "venues/movie.html", context | reviews.of(request, film) | told, status=status)
    return asking.remember(request, page, city)


@require_safe
def poster(request: HttpRequest, movie_id: uuid.UUID) -> HttpResponse:
    """Drawn, for ever: its address carries the drawing's mark."""
    response = HttpResponse(posters.draw(posters.of(listings.movie(movie_id))), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
