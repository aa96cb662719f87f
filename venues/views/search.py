"""The search page: a plain form and a plain list of what comes; and what the box offers while somebody types."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from seatsync import programme
from venues import listings, search, suggestions
from venues.listings import City
from venues.suggestions import Kind, Suggestion
from venues.views import asking

MOST = 200
RADII = (2, 5, 10, 25, 50)  # km


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says; what makes no sense in it counts as not said. within: km around the visitor."""

    query: str
    genre: str
    language: str
    first: date | None
    last: date | None
    within: int | None

    @property
    def is_anything(self) -> bool:
        return bool(self.query or self.is_narrowed)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.genre or self.language or self.first or self.last or self.within)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Movies in the order they were found in, with their next showtimes at each cinema."""
    now, cities = timezone.now(), listings.cities()
    if not cities:
        return render(request, "venues/home.html", {"cities": []})
    city, near = asking.chosen_city(request, cities), asking.near(request)
    genres, languages = listings.genres(), listings.languages()
    wanted = _wanted(request, city.today(now), genres, languages, has_place=near is not None)
    found = search.Found([])
    if wanted.is_anything:
        found = search.shows(_asked(wanted, city, near), now=now, limit=MOST)
    context = asking.where(request, cities, city) | {
        "query": wanted.query,
        "wanted": wanted,
        "genres": genres,
        "languages": languages,
        "today": city.today(now),
        "radii": RADII if near else (),
        "near_url": f"?{urlencode({'q': wanted.query, 'city': city.name, 'within': 10})}",
        "read_as": found.read_as,
        "shown": programme.of_showtimes([hit.showtime for hit in found.hits], near=near),
        "is_filtering": True,
    }
    return asking.remember(request, render(request, "venues/search.html", context), city)


@require_safe
@cache_control(private=True, max_age=60)
def suggest(request: HttpRequest) -> JsonResponse:
    """For static/js/suggest.js."""
    text, cities = _text(request), listings.cities()
    city = asking.chosen_city(request, cities).name if cities else ""
    found = suggestions.of(text, city=city, cities=cities, now=timezone.now())
    return JsonResponse({"items": [_told(one) for one in found]})


def _told(one: Suggestion) -> dict[str, str]:
    return {"kind": one.kind, "label": one.label, "hint": one.hint, "href": _page(one)}


def _page(one: Suggestion) -> str:
    if one.kind == Kind.CITY:
        return f"{reverse('home')}?{urlencode({'city': one.key})}"
    return reverse(one.kind, args=[one.key])


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "")[:100].strip()


def _wanted(request: HttpRequest, today: date, genres: list[str], languages: list[str], *, has_place: bool) -> Wanted:
    genre, language = request.GET.get("genre", ""), request.GET.get("language", "")
    first, last = (asking.date_of(request.GET.get(name, ""), today) for name in ("from", "to"))
    within = request.GET.get("within", "")
    return Wanted(
        query=_text(request),
        genre=genre if genre in genres else "",
        language=language if language in languages else "",
        first=first,
        last=max(first, last) if first and last else last,
        within=int(within) if has_place and within in map(str, RADII) else None,
    )


def _asked(wanted: Wanted, city: City, near: programme.Point | None) -> search.Asked:
    """A circle around the visitor is drawn whatever the city; without one the city is all there is."""
    return search.Asked(
        point=near if wanted.within else None,
        metres=(wanted.within or 0) * 1000,
        city="" if wanted.within else city.name,
        query=wanted.query,
        first=wanted.first,
        last=wanted.last,
        genre=wanted.genre,
        language=wanted.language,
    )
