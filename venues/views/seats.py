"""The seat page and its form. The page is one drawing kept in process plus the state of this moment."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware import csrf
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings import best, charges, crowds, losses
from bookings import selectors as bookings
from bookings.models import Booking
from bookings.services import best as holding
from bookings.services import holds, rooms
from seatsync import feed, inventory
from showsewa import authentication, limits, numerals
from showsewa.actors import NOBODY, Actor
from showsewa.refusals import NotFound, Refusal
from venues import halls, listings, seating
from venues.listings import Showing
from venues.views import parties, pieces, words

_ANY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Own:
    """What this visitor holds here. until: None when nothing, or when it waits for its payment."""

    booking_id: uuid.UUID | None = None
    ordinals: frozenset[int] = frozenset()
    until: datetime | None = None
    is_paying: bool = False
    has_lapsed: bool = False
    loss: losses.Loss | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """Why a form came back: the words, and what it had chosen."""

    refusal: Refusal
    chosen: list[str] = field(default_factory=list)


@require_safe
def showtime(request: HttpRequest, showtime_id: uuid.UUID) -> HttpResponse:
    return _page(request, showtime_id, is_list="list" in request.GET)


@require_POST
def hold(request: HttpRequest, showtime_id: uuid.UUID) -> HttpResponse:
    """The form of a page without scripts: the seats ticked there, or the best ones for a party."""
    actor = authentication.from_cookies(request)
    address = limits.address_of(request)
    limits.check(actor, address)
    limits.check_hoard(actor, address, showtime_id)
    chosen = list(dict.fromkeys(request.POST.getlist("seat")))
    try:
        crowds.check(showtime_id, actor)
        if actor is NOBODY:
            raise Refusal(
                _("We keep your seats under a cookie, and your browser sent none. Please allow it and try again.")
            )
        language = numerals.tag()
        if "best" in request.POST:
            party = parties.posted(request)
            held = holding.hold_best(showtime_id=showtime_id, party=party, actor=actor, language=language).held
        else:
            held = holds.hold_seats(showtime_id=showtime_id, seats=chosen, actor=actor, language=language)
    except NotFound:
        raise
    except rooms.WaitingRoomOpen:
        return redirect("waiting-room", showtime_id)
    except Refusal as refusal:
        response = _page(request, showtime_id, is_list=True, answer=_Answer(refusal, chosen))
    else:
        response = redirect("details", held.booking.pk)
    parties.remember(request, response)
    return response


def _page(
    request: HttpRequest, showtime_id: uuid.UUID, *, is_list: bool, answer: _Answer | None = None
) -> HttpResponse:
    if crowds.waits(showtime_id, authentication.from_cookies(request)):
        return redirect("waiting-room", showtime_id)
    show = listings.showing(showtime_id)
    try:
        now = feed.snapshot(showtime_id)
    except NotFound:
        return _closed(request, show, "soon" if show.starts_at > timezone.now() else "started")
    if show.cancelled_at is not None or show.starts_at <= now.taken_at:
        return _closed(request, show, "cancelled" if show.cancelled_at else "started")
    own = _own(authentication.from_cookies(request), now)
    if own.booking_id is None and _must_wait(request, now):
        return redirect("waiting-room", showtime_id)
    if answer is None and not is_list and _is_plain(request, own):
        response = _filled(request, show, now, own)
    else:
        party = parties.remembered(request)
        context = _context(show, now, own, party, is_list=is_list, answer=answer)
        response = render(request, "venues/showtime.html", context, status=answer.refusal.status if answer else 200)
    response["Cache-Control"] = "private, no-store"
    authentication.ensure_guest(request, response)
    return response


def _must_wait(request: HttpRequest, now: feed.Snapshot) -> bool:
    """In a rush whoever is not let in goes to the waiting room; otherwise people are only counted."""
    actor = authentication.guest(request)
    if not now.is_crowded:
        crowds.seen(now.showtime_id, actor)
        return False
    if not actor.is_customer:
        return False
    try:
        return not crowds.standing(showtime_id=now.showtime_id, actor=actor).may_choose
    except rooms.NoPlace:
        return True


def _is_plain(request: HttpRequest, own: _Own) -> bool:
    """Whether this visitor's page differs from others' by state and token only."""
    is_asked = hasattr(request, "asked_language")  # its address is another
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES
    return not (is_known or own.is_paying or own.has_lapsed or own.loss or request.META.get("QUERY_STRING") or is_asked)


def _filled(request: HttpRequest, show: Showing, now: feed.Snapshot, own: _Own) -> HttpResponse:
    language = numerals.voice()
    is_sold_out = "A" not in now.state and not own.ordinals
    shell = pieces.shell(show, now.price_version, language, is_sold_out=is_sold_out, path=request.path)
    party = parties.remembered(request)
    page = _payload(show, now, own, own.ordinals, pieces.prices(now.showtime_id, now.price_version, language), party)
    return HttpResponse(shell.fill(csrf_token=csrf.get_token(request), page=page))


def _context(
    show: Showing, now: feed.Snapshot, own: _Own, party: best.Party, *, is_list: bool, answer: _Answer | None
) -> dict[str, Any]:
    language = numerals.voice()
    chosen, alert = _chosen(show, now, answer) if answer else (own.ordinals, "")
    if is_list:
        twin = pieces.twin(show.layout_id, now.showtime_id, now.price_version, language)
        seats = twin.fill(now.state, chosen=chosen, own=own.ordinals)
    else:
        seats = pieces.drawn(show.layout_id, language)
    prices = pieces.prices(now.showtime_id, now.price_version, language)
    return pieces.surroundings(show, now.price_version, language) | {
        "own": own,
        "is_list": is_list,
        "is_sold_out": "A" not in now.state and not own.ordinals,
        "alert": alert,
        # Ours, with every name in it escaped.
        "seats": seats,
        "party": party.count,
        "page": _payload(show, now, own, chosen, prices, party),
    }


def _payload(
    show: Showing,
    now: feed.Snapshot,
    own: _Own,
    chosen: frozenset[int],
    prices: pieces.Prices,
    party: best.Party,
) -> str:
    facts = {
        "showtimeId": now.showtime_id,
        "version": now.version,
        "firstId": now.first_id,
        "state": now.state,
        "serverTime": _clock(now.taken_at),
        "currency": prices.currency,
        "charges": charges.for_page(bookings.charges_at(now.showtime_id, charges.ON_WEB)),
        "maxSeats": settings.MAX_SEATS_PER_HOLD,
        "stateUrl": f"/api/v1/showtimes/{now.showtime_id}/state",
        "detailsUrl": _url("details"),
        "offerUrl": _url("offer"),
        "mineUrl": reverse("my-bookings"),
        "timeZone": show.time_zone,
        "chosen": sorted(chosen),
        "hints": halls.seats(show.layout_id).hints,
        "party": party.count,
        "bestUrl": f"/api/v1/showtimes/{now.showtime_id}/best",
        "best": None if own.booking_id or chosen else parties.proposed(show, now, party),
        "hold": {"id": own.booking_id, "seats": sorted(own.ordinals), "expiresAt": _clock(own.until)}
        if own.until
        else None,
    }
    return words.script_json(facts)[:-1] + f',"prices":{prices.json}}}'


def _own(actor: Actor, now: feed.Snapshot) -> _Own:
    if not actor.id or ("H" not in now.state and not now.lapsed):
        return _Own()
    booking, keys = bookings.held_seats(actor, now.showtime_id)
    if booking is None:
        return _Own(loss=losses.at_showtime(actor, now.showtime_id))
    if booking.status == Booking.Status.PENDING:
        return _Own(booking.pk, is_paying=True)
    if booking.expires_at is None or booking.expires_at <= now.taken_at:
        return _Own(has_lapsed=True)
    ordinals = frozenset(key - now.first_id for key in keys)
    return _Own(booking.pk, ordinals, booking.expires_at, loss=losses.of(booking) or None)


def _chosen(show: Showing, now: feed.Snapshot, answer: _Answer) -> tuple[frozenset[int], str]:
    """What of the choice still stands, and what to say about the rest."""
    ordinal_of = pieces.labels(show.layout_id)
    alert, facts = str(answer.refusal.message), answer.refusal.facts
    instead = facts.get("mended") or facts.get("bestLeft")  # one tap from being held
    names = instead["seats"] if instead else answer.chosen
    wanted = [ordinal_of[label] for label in names if label in ordinal_of]
    if isinstance(answer.refusal, inventory.SeatsUnavailable) and facts["conflicts"]:
        taken = [conflict["label"] for conflict in answer.refusal.facts["conflicts"]]
        lost = [ordinal_of[label] for label in taken]
        wanted = [n for n in wanted if n not in lost]
        hall = halls.seats(show.layout_id)
        near = [hall.spots[n].label for n in seating.near(hall, now.state, lost, kept=wanted)]
        alert = _("Somebody was quicker: %(seats)s. Nothing was held.") % {"seats": ", ".join(taken)}
        if near:
            alert += " " + _("Near the first is free: %(seats)s.") % {"seats": ", ".join(near)}
    return frozenset(wanted), alert


def _closed(request: HttpRequest, show: Showing, why: str) -> HttpResponse:
    context = {"show": show, "why": why}
    return render(request, "venues/closed.html", context, status=200 if why == "soon" else 410)


@lru_cache(maxsize=2)
def _url(name: str) -> str:
    """With a hold's id to be put in place of the zeros."""
    return reverse(name, args=[_ANY])


def _clock(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
