"""Other seats or another show: choose, see what it costs or gives back, agree. Parse, one call, render."""

import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import exchanges, seatgrid, selectors
from bookings.models import Booking
from bookings.services.checkout import AmountChanged, Told
from bookings.views import CHANGE, changed, link, query
from payments.services import exchanging, refunding
from seatsync import seatmaps
from showsewa.authentication import from_cookies
from showsewa.refusals import NotFound, Refusal
from venues.models import SeatType


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """GET: the shows and their seats. POST: what the chosen ones mean; with `agreed`, the exchange."""
    booking, key = changed(request, booking_id)
    if booking.status != Booking.Status.CONFIRMED:
        return redirect(link("ticket", booking, key))
    by_staff = selectors.is_staff_for(from_cookies(request), booking, CHANGE)
    try:
        exchanging.check(booking, now=timezone.now(), by_staff=by_staff)
    except exchanging.ExchangeOpen:
        waiting = exchanging.waiting_for(booking)
        return redirect(link("pay", waiting, _key(waiting, key)) if waiting else link("ticket", booking, key))
    except Refusal as refusal:
        return render(request, "payments/exchange.html", _facts(booking, key) | {"refusal": refusal.message})
    if request.method != "POST":
        return _choose(request, booking, key)
    chosen = list(dict.fromkeys(request.POST.getlist("seat")))[:50]
    try:
        return _go_on(request, booking, key, chosen, by_staff=by_staff)
    except NotFound:
        raise
    except Refusal as refusal:
        return _choose(request, booking, key, refusal=refusal, chosen=chosen)


def _go_on(request: HttpRequest, booking: Booking, key: str, seats: list[str], *, by_staff: bool) -> HttpResponse:
    asked: dict[str, Any] = {
        "seats": seats,
        "actor": from_cookies(request),
        "now": timezone.now(),
        "by_staff": by_staff,
    }
    show = _show(request, booking)
    if "agreed" not in request.POST:
        return _confirm(request, booking, key, exchanging.terms(booking, show, **asked))
    try:
        told = Told(_sum(request.POST["agreed"]), booking.currency)
        done = exchanging.exchange(booking_id=booking.pk, showtime_id=show, told=told, **asked)
    except AmountChanged as refusal:
        messages.warning(request, refusal.message)
        return _confirm(request, booking, key, exchanging.terms(booking, show, **asked))
    if done.waiting is not None:
        return redirect(link("pay", done.waiting, _key(done.waiting, key)))
    messages.success(request, _("Exchanged. Your new codes are below and in your mail; the old ones open no door."))
    return redirect(link("ticket", booking, key))


def _confirm(request: HttpRequest, booking: Booking, key: str, terms: exchanging.Terms) -> HttpResponse:
    facts = {
        "terms": terms,
        "plan": terms.plan,
        "within_days": refunding.EXPECTED_WITHIN.days,
        "onto_vouchers": refunding.onto_vouchers(booking, terms.back),
    }
    return render(request, "payments/exchange_terms.html", _facts(booking, key) | facts)


def _choose(
    request: HttpRequest, booking: Booking, key: str, *, refusal: Refusal | None = None, chosen: list[str] | None = None
) -> HttpResponse:
    now = timezone.now()
    shows = exchanges.shows_for(booking, now=now)
    show = exchanges.show_for(booking, _show(request, booking), now=now)
    free = seatmaps.free([one.pk for one in shows])
    ticked = chosen if chosen is not None else (booking.seat_labels if show.pk == booking.showtime_id else [])
    rows = seatgrid.rows(show, own=booking)
    facts: dict[str, Any] = {
        "shows": [(one, free.get(one.pk)) for one in shows],
        "show": show,
        "rows": rows,
        "has_sections": len({row.section for row in rows}) > 1,
        "signs": [(sign, SeatType(kind).label) for kind, sign in seatgrid.SIGNS.items() if _has(rows, sign)],
        "prices": seatgrid.prices(show),
        "ticked": ticked,
        "count": len(booking.seat_labels),
        "alert": refusal.message if refusal else "",
    }
    status = refusal.status if refusal else 200
    return render(request, "payments/exchange.html", _facts(booking, key) | facts, status=status)


def _has(rows: list[seatgrid.Row], sign: str) -> bool:
    return any(spot.sign == sign for row in rows for spot in row.spots)


def _facts(booking: Booking, key: str) -> dict[str, Any]:
    return {"booking": booking, "query": query(key), "key": key}


def _key(waiting: Booking, key: str) -> str:
    """Who came by the sale's link goes on by one to what pays for its new seats."""
    return selectors.link_key(waiting.pk) if key else ""


def _show(request: HttpRequest, booking: Booking) -> uuid.UUID:
    named = request.POST.get("show") or request.GET.get("show") or str(booking.showtime_id)
    try:
        return uuid.UUID(named)
    except ValueError:
        raise NotFound(_("There is no such showtime."))


def _sum(text: str) -> Decimal:
    try:
        return Decimal(text[:20])
    except InvalidOperation:
        return Decimal("NaN")  # no sum at all: what it really is gets said
