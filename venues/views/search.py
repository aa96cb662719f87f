"""The search page: a plain form and a plain list of what comes in the reader's city."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from seatsync import programme
from venues import listings, search
from venues.views.programme import chosen_city

_MOST = 200


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Movies in the order they were found in, with their next showtimes at each cinema."""
    cities = listings.cities()
    if not cities:
        return render(request, "venues/home.html", {"cities": []})
    city = chosen_city(request, cities)
    query = request.GET.get("q", "").replace("\0", "")[:100].strip()
    found = search.Found([])
    if query:
        found = search.shows(search.Asked(city=city.name, query=query), now=timezone.now(), limit=_MOST)
    context = {
        "cities": cities,
        "city": city,
        "query": query,
        "read_as": found.read_as,
        "shown": programme.of_showtimes([hit.showtime for hit in found.hits]),
    }
    return render(request, "venues/search.html", context)
