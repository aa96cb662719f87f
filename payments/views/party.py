"""The page of a party: friends take seats of one hold by its link, and see what became of each. It is the same for all
but for their own seats; whoever has only the link learns first names and nothing else.
"""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import parties
from bookings.models import Party
from bookings.services import parties as sharing
from bookings.views import changed, link
from showsewa import authentication, limits, numerals
from showsewa.actors import NOBODY
from showsewa.parsing import can_be_shown
from showsewa.refusals import Refusal


class NameForm(forms.Form):
    name = forms.CharField(
        max_length=40,
        error_messages={"required": gettext_lazy("Your first name, so that the others know whose seat it is.")},
    )

    def clean_name(self):
        if not can_be_shown(self.cleaned_data["name"]):  # others read it
            raise forms.ValidationError(_("This text has characters that cannot be shown."))
        return self.cleaned_data["name"]


class HostForm(NameForm):
    name = forms.CharField(max_length=40, required=False)


@require_POST
def open_party(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    booking, key = changed(request, booking_id)
    form = HostForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    if booking.party is not None:
        return redirect("party", booking.party.token)
    try:
        party = sharing.open_party(
            booking_id=booking.pk, name=name, actor=authentication.from_cookies(request), now=timezone.now()
        )
    except Refusal as refusal:
        messages.warning(request, refusal.message)
        return redirect(link("details", booking, key))
    return redirect("party", party.token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def party(request: HttpRequest, token: str) -> HttpResponse:
    """Which seats there are and whose; a press of one button takes some and leads on to their payment."""
    actor = authentication.guest(request)
    found = parties.find(token, actor)
    if request.method != "POST":
        return _page(request, found)
    form, chosen = NameForm(request.POST), list(dict.fromkeys(request.POST.getlist("seat")))
    try:
        _check(request, found)
        if not form.is_valid():
            return _page(request, found, form, chosen=chosen, status=422)
        own = sharing.claim(
            token=token,
            seats=chosen,
            name=form.cleaned_data["name"],
            actor=actor,
            now=timezone.now(),
            language=numerals.tag(),
        )
    except Refusal as refusal:
        return _page(request, found, form, chosen=chosen, refusal=refusal, status=refusal.status)
    return redirect("details", own.pk)


@require_POST
def give_back(request: HttpRequest, token: str) -> HttpResponse:
    actor = authentication.from_cookies(request)
    found = parties.find(token, actor)
    try:
        _check(request, found)
        sharing.give_back(token=token, seats=request.POST.getlist("seat"), actor=actor, now=timezone.now())
        messages.success(request, _("You have given your seats back: others of the party may take them."))
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    return redirect("party", token)


def _check(request: HttpRequest, found: Party) -> None:
    """Whoever takes seats here is counted as everywhere. Refuses: TooManyRequests, TooManyHolders."""
    actor, address = authentication.from_cookies(request), limits.address_of(request)
    limits.check(actor, address)
    if actor is NOBODY:
        raise Refusal(
            _("We keep your seats under a cookie, and your browser sent none. Please allow it and try again.")
        )
    limits.check_hoard(actor, address, found.showtime_id)


def _page(
    request: HttpRequest,
    found: Party,
    form: NameForm | None = None,
    *,
    chosen: list[str] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    standing = parties.look(found, authentication.guest(request), now=now)
    first = request.user.first_name if request.user.is_authenticated else ""
    known = standing.own.party_name if standing.own else first
    facts: dict[str, Any] = {
        "party": found,
        "standing": standing,
        "form": form or NameForm(initial={"name": known}),
        "chosen": _proposed(standing) if chosen is None else chosen,
        "refusal": refusal,
        "url": settings.BASE_URL + parties.url_path(found),
        "now": now,
    }
    response = render(request, "bookings/party.html", facts, status=status)
    authentication.ensure_guest(request, response)
    return response


def _proposed(standing: parties.Standing) -> list[str]:
    """Most want one seat, and the next is as good as any: one tap less. Who has one is left to choose."""
    return [] if standing.own else [seat.label for seat in standing.free[:1]]
