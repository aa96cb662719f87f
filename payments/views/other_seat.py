"""The page for somebody who was given another seat: take it, or have the money back. Parse, one call, render."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.services import conflicts as seats
from bookings.views import changed, link, query
from payments.services import conflicts, refunding
from showsewa.authentication import from_cookies
from showsewa.refusals import NotFound


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def other_seat(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """Opened by the link in the mail. A second click finds the work done."""
    booking, key = changed(request, booking_id)
    now = timezone.now()
    if request.method == "POST":
        try:
            conflicts.refuse(
                booking_id=booking.pk, conflict_id=_conflict(request), actor=from_cookies(request), now=now
            )
            messages.success(request, _("Your money is on its way back."))
        except conflicts.NothingMoved as refusal:
            messages.warning(request, refusal.message)
        return redirect(link("ticket", booking, key))
    facts = {
        "booking": booking,
        "query": query(key),
        "moved": [
            (conflict, ticket, refunding.onto_vouchers(booking, ticket.paid))
            for conflict, ticket in seats.moved(booking, now=now)
        ],
        "within_days": refunding.EXPECTED_WITHIN.days,
    }
    return render(request, "payments/other_seat.html", facts)


def _conflict(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("conflict", ""))
    except ValueError:
        raise NotFound(_("There is no such conflict."))
