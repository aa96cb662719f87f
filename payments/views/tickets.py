"""Tickets to take along: the page of one seat, PDF, wallets, and the copy a device keeps for when it has no network.

Whoever has the link to one seat sees that seat: no name, no price, no other seat, nothing to cancel.
"""

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings import ics, passes, ticket_pdf, wallets
from bookings.models import Booking
from bookings.passes import Pass, State
from bookings.services import sharing
from bookings.views import changed, link, seen
from bookings.wallets import apple, google
from payments import selectors
from showsewa.authentication import from_cookies
from showsewa.refusals import NotFound

_STYLES = ("tokens", "base", "frame", "controls", "components", "checkout", "ticket")


def passes_of(booking: Booking) -> list[Pass]:
    is_paid_back = bool(selectors.standing(booking).refunds)
    return passes.of_booking(booking, is_paid_back=is_paid_back, now=timezone.now())


@never_cache
@require_safe
def offline(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """The copy: codes and seats alone, all in one document; never seen while there is a network."""
    booking, _key = _sold(request, booking_id)
    return _offline(request, booking, passes_of(booking), reference=booking.reference or "")


@never_cache
@require_safe
def state(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """For a page that shows tickets: when this changes, it is old."""
    booking, _key = seen(request, booking_id)
    return JsonResponse({"state": passes.standing(passes_of(booking))})


@never_cache
@require_safe
def pdf(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """Those that still let somebody in; after the show, all."""
    booking, _key = _sold(request, booking_id)
    good = [one for one in passes_of(booking) if one.code and one.state != State.USED]
    if not good:
        raise NotFound(_("All of these tickets have been used."))
    return _printed(request, booking, good, name=booking.reference or "tickets", with_reference=True)


@require_POST
def take_back(request: HttpRequest, booking_id: uuid.UUID, ticket_id: uuid.UUID) -> HttpResponse:
    """The link to one seat shows nothing any more."""
    booking, key = changed(request, booking_id)
    ticket = sharing.take_back(booking_id=booking.pk, ticket_id=ticket_id)
    said = _("The old link to seat %(seat)s shows nothing any more. Whoever should come gets a new one from you.")
    messages.success(request, said % {"seat": ticket.label})
    return redirect(link("ticket", booking, key))


@never_cache
@require_safe
def seat(request: HttpRequest, code: str) -> HttpResponse:
    """One ticket. What is not one any more says so, with 410, and nothing else."""
    booking, one = _handed_on(code)
    facts = {
        "booking": booking,
        "one": one,
        "code": code,
        "kept_for": passes.kept_for(from_cookies(request)),
        "standing": passes.standing([one]),
        **wallets.offered(),
    }
    page = render(request, "bookings/seat.html", facts, status=200 if one.code else 410)
    page["X-Robots-Tag"] = "noindex"
    return page


@never_cache
@require_safe
def seat_offline(request: HttpRequest, code: str) -> HttpResponse:
    booking, one = _good(code)
    return _offline(request, booking, [one], reference="")


@never_cache
@require_safe
def seat_state(request: HttpRequest, code: str) -> HttpResponse:
    _booking, one = _handed_on(code)
    return JsonResponse({"state": passes.standing([one])})


@never_cache
@require_safe
def seat_pdf(request: HttpRequest, code: str) -> HttpResponse:
    booking, one = _good(code)
    return _printed(request, booking, [one], name=f"ticket-{one.ticket.label}", with_reference=False)


@never_cache
@require_safe
def seat_calendar(request: HttpRequest, code: str) -> HttpResponse:
    booking, one = _good(code)
    entry = ics.entry(booking, url=one.link, now=timezone.now(), only=one.ticket)
    return _file(entry.encode(), "text/calendar; charset=utf-8", f"seat-{one.ticket.label}.ics")


@never_cache
@require_safe
def seat_apple(request: HttpRequest, code: str) -> HttpResponse:
    """Without keys a file to look at, and on a live site nothing."""
    booking, one = _good(code)
    if settings.IS_LIVE and not settings.APPLE_WALLET.can_sign:
        raise Http404
    packed = apple.package(booking, one, settings.APPLE_WALLET)
    return _file(packed, apple.TYPE, f"ticket-{one.ticket.label}.pkpass")


@never_cache
@require_safe
def seat_google(request: HttpRequest, code: str) -> HttpResponse:
    booking, one = _good(code)
    if not settings.GOOGLE_WALLET.can_sign:
        raise Http404
    return redirect(google.link(booking, one, settings.GOOGLE_WALLET, now=timezone.now()))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of ticket pages. Where it lies is its scope: it never sees another page of the site."""
    script = render(request, "bookings/offline.js", content_type="text/javascript; charset=utf-8")
    script["Service-Worker-Allowed"], script["Cache-Control"] = "/bookings/", "no-cache"
    return script


def _sold(request: HttpRequest, booking_id: uuid.UUID) -> tuple[Booking, str]:
    """Refuses: NotFound for what is not theirs, or no ticket."""
    booking, key = seen(request, booking_id)
    if booking.status != Booking.Status.CONFIRMED:
        raise NotFound(_("There is no ticket for this booking."))
    return booking, key


def _handed_on(code: str) -> tuple[Booking, Pass]:
    ticket = passes.by_code(code)
    booking = ticket.booking
    if booking.confirmed_at is None:  # its seats may still become others
        raise NotFound(_("There is no such ticket, or its link was taken back."))
    is_paid_back = bool(selectors.standing(booking).refunds)
    return booking, passes.of(ticket, booking=booking, is_paid_back=is_paid_back, now=timezone.now())


def _good(code: str) -> tuple[Booking, Pass]:
    """Refuses: NotFound for one that opens no door any more."""
    booking, one = _handed_on(code)
    if not one.code:
        raise NotFound(_("This ticket is not valid any more."))
    return booking, one


def _printed(
    request: HttpRequest, booking: Booking, good: list[Pass], *, name: str, with_reference: bool
) -> HttpResponse:
    size = request.GET.get("paper", "a6").lower()
    size = size if size in ticket_pdf.PAPERS else "a6"
    made = ticket_pdf.render(booking, good, size=size, made_at=timezone.now(), with_reference=with_reference)
    return _file(made, "application/pdf", f"{name}.pdf")


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def _offline(request: HttpRequest, booking: Booking, found: list[Pass], *, reference: str) -> HttpResponse:
    good = [one for one in found if one.code]
    facts = {
        "booking": booking,
        "passes": good,
        "reference": reference,
        "now": timezone.now(),
        "styles": _text(*(f"css/{name}.css" for name in _STYLES)),
        "icons": _text("icons.svg"),
    }
    return render(request, "bookings/offline.html", facts)


def _text(*names: str) -> SafeString:
    """Files of our own that a page carries within itself."""
    found = [finders.find(name) for name in names]
    return mark_safe("".join(Path(path).read_text() for path in found if path))  # noqa: S308 - our own
