"""The page with Stripe's card element: parse, one call, render. What is typed there goes to Stripe, never to us."""

import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.models import Booking
from bookings.views import changed, link, query
from payments.services import cards, starting
from showsewa import limits
from showsewa.authentication import from_cookies

_STRIPE = "https://js.stripe.com"


@never_cache
@require_safe
def card(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """The element comes back here when it is done: we ask Stripe, and go where the booking then belongs."""
    limits.check(from_cookies(request), limits.address_of(request))  # each look at this page is a question to Stripe
    booking, key = changed(request, booking_id)
    now = timezone.now()
    if booking.status != Booking.Status.PENDING or booking.expires_at is None or booking.expires_at <= now:
        return redirect(link("pay", booking, key))
    try:
        form = cards.form(booking_id=booking.pk, now=now)
    except starting.GatewayDown as refusal:
        messages.warning(request, refusal.message)
        return redirect(link("pay", booking, key))
    if form is None:
        return redirect(link("pay", booking, key))
    facts = {
        "booking": booking,
        "query": query(key),
        "form": form,
        "js_url": settings.GATEWAY_URLS["stripe_js"],
        "now": now,
    }
    response = render(request, "payments/card.html", facts)
    response._csp_update = _hosts()  # type: ignore[attr-defined]
    return response


def _hosts() -> dict[str, list[str]]:
    """What this page alone may load from, as docs.stripe.com/security/guide#content-security-policy has it."""
    scripts, frames = [_origin(settings.GATEWAY_URLS["stripe_js"])], []
    if scripts == [_STRIPE]:
        scripts, frames = [_STRIPE, "https://*.js.stripe.com"], ["https://hooks.stripe.com"]
    return {
        "script-src": scripts,
        "frame-src": [*scripts, *frames],
        "connect-src": [_origin(settings.GATEWAY_URLS["stripe"])],
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
