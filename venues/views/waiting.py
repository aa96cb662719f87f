"""The pages of those who wait: for their turn in a rush, and on the list of a show that is sold out."""

import time
import uuid
from functools import lru_cache
from html import escape
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware import csrf
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import crowds
from bookings.models import Standby
from bookings.places import Standing
from bookings.services import rooms, standbys
from bookings.services.standbys import Wish
from seatsync import feed
from showsewa import authentication, context, limits, numerals
from showsewa.actors import NOBODY
from showsewa.refusals import Invalid, NotFound
from venues import listings
from venues.listings import Showing
from venues.views import pieces


@never_cache
@require_safe
def room(request: HttpRequest, showtime_id: uuid.UUID) -> HttpResponse:
    """The place in a rush. Coming here takes one, each look keeps it; whose turn it is goes on to the seats."""
    show = _showing(showtime_id, int(time.monotonic() / _FRESH))
    actor = authentication.guest(request)
    if not actor.is_customer:
        return redirect("showtime", showtime_id)
    standing = _standing(request, showtime_id)
    if standing.may_choose:
        response: HttpResponse = redirect("showtime", showtime_id)
    elif not _is_plain(request):
        response = render(request, "venues/waiting_room.html", _facts(show, standing))
    else:
        response = HttpResponse(_filled(request, show, standing))
    authentication.ensure_guest(request, response)
    return response


def _facts(show: Showing, standing: Standing) -> dict[str, Any]:
    return {
        "show": show,
        "standing": standing,
        "place": numerals.said(standing.place),
        "guess": _guess(standing),
        "seats": _seats(standing),
        "refresh": max(round(standing.look_in or 0), 3),
        "turn_minutes": round(settings.WAITING.turn / 60),
    }


def _is_plain(request: HttpRequest) -> bool:
    """Whether this visitor's page differs from others' by their place and token only."""
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES
    return not (is_known or request.META.get("QUERY_STRING") or hasattr(request, "asked_language"))


def _filled(request: HttpRequest, show: Showing, standing: Standing) -> str:
    """In a rush thousands come within seconds: the page is drawn once for all of them, but for these words."""
    city = context.city(request)
    page = _shell(show, numerals.voice(), bool(city), request.path, standing.is_sold_out)
    facts = _facts(show, standing)
    said = {
        "csrf": csrf.get_token(request),
        "number": standing.place,
        "place": facts["place"],
        "look_in": standing.look_in,
        "refresh": facts["refresh"],
        "guess": facts["guess"],
        "seats": facts["seats"],
        "city": city,
    }
    for name, word in said.items():
        page = page.replace(_GAP % name, escape(str(word)))
    return page


_GAP = "@@%s@@"
_FRESH = 2.0  # seconds for which those who come share what was read of the show


@lru_cache(maxsize=64)
def _showing(showtime_id: uuid.UUID, moment: int) -> Showing:
    """moment: only the key."""
    return listings.showing(showtime_id)


@lru_cache(maxsize=256)
def _shell(show: Showing, language: str, has_city: bool, path: str, is_sold_out: bool) -> str:
    """language: numerals.voice(), only the key. Everything else it says is in its arguments."""
    gaps = {name: _GAP % name for name in ("place", "guess", "seats", "refresh")}
    about = {
        "show": show,
        "standing": {"place": _GAP % "number", "look_in": _GAP % "look_in", "is_sold_out": is_sold_out},
        "turn_minutes": round(settings.WAITING.turn / 60),
        "csrf_token": _GAP % "csrf",
        "request": {"get_full_path": path, "path": path},
        "CITY": _GAP % "city" if has_city else "",
        "WS_URL": settings.WS_URL,
        "BASE_URL": settings.BASE_URL,
        "DIGITS": numerals.current(),
        "IS_DEMO": settings.SHOWSEWA_MODE != "live",
    }
    return render_to_string("venues/waiting_room.html", about | gaps)


def _standing(request: HttpRequest, showtime_id: uuid.UUID) -> Standing:
    """A first visit counts against the address's allowance; looks do not: whole offices wait behind one address."""
    actor = authentication.guest(request)
    try:
        if authentication.from_cookies(request) is not NOBODY:  # else they cannot have a place yet
            return crowds.standing(showtime_id=showtime_id, actor=actor)
    except rooms.NoPlace:
        pass
    limits.check(actor, limits.address_of(request))
    return crowds.join(showtime_id=showtime_id, actor=actor)


@never_cache
@require_safe
def room_state(request: HttpRequest, showtime_id: uuid.UUID) -> JsonResponse:
    """For the page's script, which is drawn once and then only told what has changed. place: None when it is over."""
    standing = crowds.standing(showtime_id=showtime_id, actor=authentication.from_cookies(request))
    said = {"place": standing.place, "wait": standing.look_in, "guess": _guess(standing), "seats": _seats(standing)}
    return JsonResponse(said)


def _guess(standing: Standing) -> str:
    """How long it takes, in honest words."""
    if standing.free == 0:
        held = standing.held or 0
        told = ngettext(
            "Every seat is taken; %d is not paid for yet. If it comes back, it goes on in this order.",
            "Every seat is taken; %d are not paid for yet. If some come back, it goes on in this order.",
            held,
        )
        return numerals.filled(told, held)
    if standing.seconds is None:
        return _("We cannot say yet how long it takes.")
    minutes = -(-standing.seconds // 60)
    said = ngettext("About %d minute. It may be more.", "About %d minutes. It may be more.", minutes)
    return numerals.filled(said, minutes)


def _seats(standing: Standing) -> str:
    free = standing.free or 0
    if not free:
        return ""
    said = numerals.filled(ngettext("%d seat is free at the moment.", "%d seats are free at the moment.", free), free)
    return f"{said} {_('They may be gone before it is your turn.')}" if (standing.place or 0) > free else said


@require_POST
def leave_room(request: HttpRequest, showtime_id: uuid.UUID) -> HttpResponse:
    show = listings.showing(showtime_id)
    rooms.leave(showtime_id=showtime_id, actor=authentication.from_cookies(request))
    messages.info(request, _("You have given up your place."))
    return redirect("movie", show.movie_id)


class ListForm(forms.Form):
    party = forms.IntegerField(min_value=1)
    zone = forms.CharField(max_length=80, required=False)
    email = forms.EmailField(
        max_length=254,
        required=False,
        error_messages={
            "invalid": gettext_lazy("This does not look like an e-mail address. An example: asha@example.com")
        },
    )
    phone = forms.CharField(max_length=40, required=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_list(request: HttpRequest, showtime_id: uuid.UUID) -> HttpResponse:
    """Leave word to be told when seats come free; afterwards, where one stands, and the way off the list."""
    show = listings.showing(showtime_id)
    if request.method != "POST":
        return _list_page(request, show, ListForm(initial={"party": 2, "email": _known_email(request)}))
    actor = authentication.from_cookies(request)
    limits.check(actor, limits.address_of(request))
    if "leave" in request.POST:
        return _left(request, show, standbys.leave(standby_id=standbys.entry_of(actor, show.id).pk, actor=actor))
    form = ListForm(request.POST)
    if actor is NOBODY:
        form.add_error(None, _("We keep your place under a cookie, and your browser sent none. Please allow it."))
    if not form.is_valid():
        return _list_page(request, show, form, status=422)
    given = form.cleaned_data
    try:
        standbys.join(
            showtime_id=show.id,
            actor=actor,
            wish=Wish(given["party"], given["zone"]),
            email=given["email"],
            phone=given["phone"],
            language=numerals.tag(),
            now=timezone.now(),
        )
    except standbys.SeatsFree as refusal:
        messages.info(request, refusal.message)
        return redirect("showtime", show.id)
    except (Invalid, standbys.ListFull) as refusal:
        form.add_error(None, refusal.message)
        return _list_page(request, show, form, status=refusal.status)
    return redirect("waiting-list", show.id)


def _list_page(request: HttpRequest, show: Showing, form: ListForm, *, status: int = 200) -> HttpResponse:
    entry = _entry(request, show.id)
    names = _zones(show.id)
    facts: dict[str, Any] = {
        "show": show,
        "form": form,
        "entry": entry,
        "zone": names.get(entry.zone, entry.zone) if entry else "",
        "place": standbys.place_of(entry) if entry else None,
        "zones": [(code, names.get(code, code)) for code in standbys.zones(show.id)],
        "parties": range(1, settings.MAX_SEATS_PER_HOLD + 1),
        "offer_minutes": round(settings.WAITING.offer_minutes),
        "is_over": show.starts_at <= timezone.now() or show.cancelled_at is not None,
    }
    response = render(request, "venues/waiting_list.html", facts, status=status)
    authentication.ensure_guest(request, response)
    return response


def _zones(showtime_id: uuid.UUID) -> dict[str, str]:
    """Their names on the seat page."""
    version = feed.snapshot(showtime_id).price_version
    return {zone.code: zone.name for zone in pieces.prices(showtime_id, version, numerals.voice()).zones}


def _entry(request: HttpRequest, showtime_id: uuid.UUID) -> Standby | None:
    try:
        entry = standbys.entry_of(authentication.from_cookies(request), showtime_id)
    except NotFound:
        return None
    return None if entry.ended_at else entry


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave_list(request: HttpRequest, standby_id: uuid.UUID) -> HttpResponse:
    """The link in the mail: asks once, for mail programs open links by themselves."""
    entry = standbys.entry_by_link(standby_id, request.GET.get("key", ""))
    show = listings.showing(entry.showtime_id)
    if request.method != "POST":
        return render(request, "venues/leave_list.html", {"show": show, "entry": entry})
    return _left(request, show, standbys.leave(standby_id=entry.pk, actor=authentication.from_cookies(request)))


def _left(request: HttpRequest, show: Showing, has_left: bool) -> HttpResponse:
    said = _("You are off the waiting list, and your address is erased.") if has_left else _("That was over already.")
    messages.success(request, said)
    return redirect("movie", show.movie_id)


def _known_email(request: HttpRequest) -> str:
    return request.user.email if request.user.is_authenticated else ""
