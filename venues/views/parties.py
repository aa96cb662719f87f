"""The party on a seat page: how many they are, remembered in a cookie of their own, and the best seats for them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bookings import best, seatrules
from seatsync import feed
from showsewa import tastes
from venues.listings import Showing

_COOKIE = tastes.PARTY_COOKIE


def remembered(request: HttpRequest) -> best.Party:
    """The page's script writes the cookie too, so it may say anything."""
    return best.Party(_count(request.COOKIES.get(_COOKIE, "")) or best.USUAL)


def posted(request: HttpRequest) -> best.Party:
    count = _count(request.POST.get("party", ""))
    return best.Party(count or 0, request.POST.get("zone", "")[:80], "accessible" in request.POST)


def remember(request: HttpRequest, response: HttpResponse) -> None:
    count = _count(request.POST.get("party", ""))
    if count:
        tastes.set_cookie(response, _COOKIE, str(count))
        tastes.keep(request, party=count)


def proposed(show: Showing, now: feed.Snapshot, party: best.Party) -> dict[str, Any] | None:
    """For the page, seats by their places in the layout. The same for all who look at this state."""
    is_released = seatrules.is_released(show.starts_at, show.companions_until_minutes, now=now.taken_at)
    choice = best.choose(show.layout_id, now.state, party, is_released=is_released)
    if choice is None:
        return None
    why = best.why(show.layout_id, choice, party)
    return {"seats": choice.seats, "together": choice.is_together, "view": choice.view, "why": why}


def _count(said: str) -> int | None:
    """1 to the most there may be, else None."""
    is_number = said.isascii() and said.isdigit() and len(said) <= 3
    return int(said) if is_number and 1 <= int(said) <= settings.MAX_SEATS_PER_HOLD else None
