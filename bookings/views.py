"""The bookings pages: parse, one call, render. No page needs JavaScript; what is not yours is not found."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import guesses, ics, links, losses, passes, policy, promos, qr, selectors, wallets
from bookings.forms import BuyerForm, FindForm
from bookings.models import Booking
from bookings.services import at_counter, checkout, holds, offers
from payments import invoices, returning, ways
from payments import selectors as payments
from payments.services import buying, polling, starting
from showsewa import limits, numerals
from showsewa.authentication import from_cookies
from showsewa.refusals import NotFound, Refusal

# Booking's own permission for staff who act on a booking that is not theirs.
CHANGE = "bookings.cancel_booking"
_ALIVE = (Booking.Status.HELD, Booking.Status.PENDING, Booking.Status.CONFIRMED)


def link(name: str, booking: Booking, key: str = "") -> str:
    """A page of this booking; the key goes along for people who came by a ticket link."""
    return reverse(name, args=[booking.pk]) + query(key)


def query(key: str) -> str:
    return f"?{urlencode({'key': key})}" if key else ""


def seen(request: HttpRequest, booking_id: uuid.UUID) -> tuple[Booking, str]:
    """The booking to show and the key it was opened with. Refuses: NotFound."""
    key = request.GET.get("key", "")
    return selectors.booking_for(from_cookies(request), booking_id, key=key), key


def changed(request: HttpRequest, booking_id: uuid.UUID) -> tuple[Booking, str]:
    """The same for a page that changes it. Refuses: NotFound, Forbidden, TooManyRequests."""
    key, actor = request.GET.get("key", ""), from_cookies(request)
    if request.method == "POST":
        limits.check(actor, limits.address_of(request))
    return selectors.booking_to_change(actor, booking_id, permission=CHANGE, key=key), key


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """Who buys, what it costs, how to pay. A booking past this step is shown where it now belongs."""
    booking, key = changed(request, booking_id)
    if booking.status == Booking.Status.PENDING:
        return redirect(link("pay", booking, key))
    if booking.status != Booking.Status.HELD:
        return redirect(link("ticket", booking, key))
    if booking.party is not None and not booking.seat_labels:
        return redirect("party", booking.party.token)  # friends have taken all of them
    offered = [(way.code, way.label) for way in ways.offered(booking, now=timezone.now())]
    if request.method != "POST":
        first = {"gateway": offered[0][0] if offered else ""}
        first["promo_code"] = promos.typed(booking)
        known = selectors.last_buyer(from_cookies(request))
        form = BuyerForm(gateways=offered, initial=first | dict(known) | _account(request))
        return _details(request, booking, key, form)
    form = BuyerForm(request.POST, gateways=offered)
    is_valid = form.is_valid()
    if "price" in request.POST:
        return _details(request, booking, key, form, is_asking=True)
    return _buy(request, booking, key, form) if is_valid else _details(request, booking, key, form, status=422)


def _account(request: HttpRequest) -> dict[str, str]:
    user = request.user
    if not user.is_authenticated:
        return {}
    known = {"name": user.get_full_name(), "email": user.email, "phone": user.phone}
    return {field: value for field, value in known.items() if value}


def _details(
    request: HttpRequest,
    booking: Booking,
    key: str,
    form: BuyerForm,
    *,
    is_asking: bool = False,
    refused: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """is_asking: only for the price with a promo code, so other fields are not blamed yet.

    refused: the code was, when paying: what it costs without is asked again.
    """
    now = timezone.now()
    try:
        priced = _price(request, booking, form, refused, now=now)
    except holds.HoldExpired as ended:
        return _ended(request, booking, key, refusal=ended)
    facts = {
        "booking": booking,
        "query": query(key),
        "tickets": selectors.tickets(booking),
        "loss": losses.of(booking),
        "form": form,
        "is_asking": is_asking,
        "offered": ways.offered(booking, now=now),
        "refund_steps": refund_steps(booking, priced["quote"].total - priced["quote"].fee_kept),
        "fee_kept": priced["quote"].fee_kept,
        "minutes_more": settings.HOLD_EXTENSION_MINUTES,
        "minutes_to_pay": settings.BOOKING_EXPIRY_MINUTES,
        "minutes_shared": settings.PARTY.minutes,
        "now": now,
    }
    return render(request, "bookings/details.html", facts | priced, status=422 if priced["promo_refusal"] else status)


def _price(
    request: HttpRequest, booking: Booking, form: BuyerForm, refused: Refusal | None, *, now: datetime
) -> dict[str, Any]:
    """What it costs with the code in the form, or without it and why.

    A code that cannot help leaves its field, so that paying then is paying what the page says; one mistyped stays.
    """
    code = (form["promo_code"].value() or "").strip()[:40]
    try:
        if refused is None:
            with guesses.promo_code(from_cookies(request), limits.address_of(request), code):
                quote = checkout.price(booking_id=booking.pk, promo_code=code, now=now)
            return {"quote": quote, "promo": code.upper(), "promo_typed": code, "promo_refusal": ""}
    except (promos.PromoRefused, limits.TooManyRequests) as refusal:
        refused = refusal
    quote = checkout.price(booking_id=booking.pk, promo_code="", now=now)
    may_be_right = isinstance(refused, promos.Unknown | limits.TooManyRequests)
    return {
        "quote": quote,
        "promo": "",
        "promo_typed": code if may_be_right else "",
        "promo_refused": "" if may_be_right else code.upper(),
        "promo_refusal": refused.message,
    }


def refund_steps(booking: Booking, paid: Decimal) -> list[policy.Step]:
    """What would come back until when, as its page says before and after the sale."""
    rules = booking.refund_policy or policy.snapshot(booking.showtime.cinema)
    return policy.steps(rules, paid=paid, starts_at=booking.showtime.starts_at, now=timezone.now())


def _buy(request: HttpRequest, booking: Booking, key: str, form: BuyerForm) -> HttpResponse:
    actor, code = from_cookies(request), form.cleaned_data["promo_code"]
    try:
        with guesses.promo_code(actor, limits.address_of(request), code):
            bought = buying.buy(
                booking_id=booking.pk,
                buyer=form.buyer,
                payment_method=form.cleaned_data["gateway"] or "FREE",
                promo_code=code,
                return_path=link("pay", booking, key),
                actor=actor,
                now=timezone.now(),
            )
    except (promos.PromoRefused, limits.TooManyRequests) as refusal:
        return _details(request, booking, key, form, refused=refusal)
    except holds.HoldExpired as refusal:
        return _ended(request, booking, key, refusal=refusal)
    except (at_counter.NotOffered, at_counter.Limit) as refusal:
        form.add_error("gateway", refusal.message)
        return _details(request, booking, key, form, status=422)
    except starting.GatewayDown as refusal:
        messages.warning(request, refusal.message)
        return redirect(link("pay", booking, key))
    if bought.payment is not None:
        return redirect(returning.way_on(bought.payment, link("pay", booking, key)))
    return redirect(link("ticket", bought.booking, key))  # or on to its payment, while it waits for that


@require_POST
def extend(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    booking, key = changed(request, booking_id)
    try:
        holds.extend(booking_id=booking.pk, actor=from_cookies(request), now=timezone.now())
        messages.success(request, _("You have more time for your seats."))
    except holds.AlreadyExtended as refusal:
        messages.warning(request, refusal.message)
    except holds.HoldExpired as refusal:
        return _ended(request, booking, key, refusal=refusal)
    return redirect(link("details", booking, key))


@require_POST
def release(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    booking, key = changed(request, booking_id)
    holds.release(booking_id=booking.pk, actor=from_cookies(request))
    return redirect(link("ticket", booking, key))


@require_POST
def offer(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """Take what is held instead of a seat that was sold elsewhere, or leave it."""
    booking, key = changed(request, booking_id)
    actor, loss = from_cookies(request), losses.of(booking)
    if request.POST.get("answer") != "take":
        offers.decline(booking_id=booking.pk, actor=actor)
    elif actor.key != booking.owner or not loss.offered:
        messages.warning(request, _("These seats are not kept for you any more."))
    else:
        try:
            wanted = [*loss.kept, *loss.labels]
            held = holds.hold_seats(showtime_id=booking.showtime_id, seats=wanted, actor=actor, language=numerals.tag())
            return redirect(link("details", held.booking))
        except Refusal as refusal:
            messages.warning(request, refusal.message)
    return redirect(link("details", booking, key))


@never_cache
@require_safe
def ticket(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """The tickets, one code a seat; for a booking that ended, what became of it and of its money."""
    booking, key = seen(request, booking_id)
    if booking.status == Booking.Status.HELD:
        return redirect(link("details", booking, key))
    if booking.status == Booking.Status.PENDING:
        return redirect(link("pay", booking, key))
    if booking.status != Booking.Status.CONFIRMED:
        return _sale_of(request, booking, key) or _ended(request, booking, key)
    now, cinema, actor = timezone.now(), booking.showtime.cinema, from_cookies(request)
    standing = payments.standing(booking)
    shown = passes.of_booking(booking, is_paid_back=bool(standing.refunds), now=now)
    facts = {
        "booking": booking,
        "query": query(key),
        "passes": shown,
        "passes_standing": passes.standing(shown),
        "kept_for": passes.kept_for(actor),
        "standing": standing,
        "refund_steps": refund_steps(booking, booking.total - booking.fee_kept),
        "fee_kept": booking.fee_kept,
        "place": f"{cinema.latitude},{cinema.longitude}",
        "own_key": selectors.key_to_hand_on(actor, booking, key=key),
        "is_invoiced": invoices.is_ours(booking),
        "is_over": booking.showtime.ends_at <= now,
    } | wallets.offered()
    return render(request, "bookings/ticket.html", facts)


def _sale_of(request: HttpRequest, booking: Booking, key: str) -> HttpResponse | None:
    """Whoever paid the difference of an exchange, or did not, goes back to the tickets; None: money of it came back."""
    is_done = booking.ending == Booking.Ending.EXCHANGED
    if booking.exchange_of is None or (not is_done and payments.standing(booking).refunds):
        return None
    if booking.status == Booking.Status.EXPIRED:
        messages.warning(request, _("The difference was not paid in time: your tickets are as they were."))
    return redirect(link("ticket", booking.exchange_of, selectors.link_key(booking.exchange_of.pk) if key else ""))


def _ended(request: HttpRequest, booking: Booking, key: str, *, refusal: Refusal | None = None) -> HttpResponse:
    standing = payments.standing(booking)
    facts = {
        "refusal": refusal,
        "booking": booking,
        "query": query(key),
        "passes": passes.of_booking(booking, is_paid_back=bool(standing.refunds), now=timezone.now()),
        "standing": standing,
        "state": state_of(booking, standing),
        "is_invoiced": invoices.is_ours(booking),
        "is_on_sale": booking.showtime.starts_at > timezone.now(),
        "loss": losses.of(booking),
    }
    return render(request, "bookings/ended.html", facts, status=refusal.status if refusal else 200)


@never_cache
@require_safe
def calendar(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    booking, key = seen(request, booking_id)
    if booking.status != Booking.Status.CONFIRMED:
        raise NotFound(_("There is no ticket for this booking."))
    own_key = selectors.key_to_hand_on(from_cookies(request), booking, key=key)  # a calendar has no cookie of ours
    url = settings.BASE_URL + link("ticket", booking, own_key)
    entry = ics.entry(booking, url=url, now=timezone.now())
    name = f'attachment; filename="{booking.reference}.ics"'
    return HttpResponse(entry, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})


@never_cache
@require_safe
def state(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """For a page that waits: where the booking stands. Somebody who waits has the gateway asked as well."""
    booking, _key = seen(request, booking_id)
    if booking.status == Booking.Status.PENDING:
        polling.ask(booking_id=booking.pk, now=timezone.now(), min_age=starting.FIRST_LOOK / 4)
    booking, _key = seen(request, booking_id)
    return JsonResponse({"state": state_of(booking, payments.standing(booking))})


def state_of(booking: Booking, standing: payments.Standing) -> str:
    """One word for all that a waiting page shows: when it changes, the page is old."""
    paid = ",".join(payment.status for payment in standing.payments)
    back = ",".join("open" if refund.is_open else "done" for refund in standing.refunds)
    review = "|review" if standing.cases else ""
    return f"{booking.status}|{paid}|{back}{review}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The printed reference and the address it was sold to, together, lead to the ticket."""
    form = FindForm(request.POST or None)
    if not form.is_valid():
        return render(request, "bookings/find.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        with limits.guessing(limits.address_of(request)):
            booking = selectors.booking_by_reference(form.cleaned_data["reference"], **form.address)
    except NotFound as refusal:
        form.add_error(None, refusal.message)
        return render(request, "bookings/find.html", {"form": form}, status=refusal.status)
    return redirect(link("ticket", booking, selectors.link_key(booking.pk)))


@never_cache
@require_safe
def my_bookings(request: HttpRequest) -> HttpResponse:
    """What is to come first, the next before the others; then what was."""
    now, bookings = timezone.now(), selectors.my_bookings(from_cookies(request))
    open_ones = [one for one in bookings if one.status in _ALIVE and one.showtime.ends_at > now]
    groups = [
        {"title": _("To come"), "bookings": sorted(open_ones, key=lambda one: one.showtime.starts_at)},
        {"title": _("Over"), "bookings": [one for one in bookings if one not in open_ones]},
    ]
    return render(request, "bookings/mine.html", {"groups": groups, "is_any": bool(bookings), "now": now})


@require_safe
@cache_control(public=True, max_age=3600)
def ticket_key(request: HttpRequest) -> HttpResponse:
    """What a door device needs to check tickets without a network."""
    return JsonResponse(qr.published_key())


@never_cache
@require_safe
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    """What an SMS carries instead of a ticket link."""
    booking_id = links.read_short(code)
    if booking_id is None:
        raise NotFound(_("There is no such booking."))
    return redirect(reverse("ticket", args=[booking_id]) + query(selectors.link_key(booking_id)))
