"""The page of the door: parse, one call, render. What it lives on is `bookings.api.door`."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from bookings import manifest
from bookings.api.door import PERMISSION
from showsewa.authentication import from_cookies
from showsewa.refusals import Forbidden


@never_cache
@login_required
@ensure_csrf_cookie
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """One show at a time: the one that begins next, until somebody chooses another."""
    actor = from_cookies(request)
    if PERMISSION not in actor.permissions:
        raise Forbidden(_("The door is for people who work there. Sign in with an account of the cinema."))
    now = timezone.now()
    shows = manifest.shows(actor, now=now)
    chosen = manifest.chosen(shows, request.GET.get("show", ""), now=now)
    return render(request, "door/page.html", {"shows": shows, "show": chosen, "words": _words()})


def _words() -> dict[str, str]:
    """What the page's script says, in the reader's language. Capitals: by outcome."""
    return {
        "ADMITTED": _("Come in"),
        "ALREADY_CHECKED_IN": _("Already in"),
        "WRONG_SHOW": _("Another show"),
        "TICKET_MOVED": _("Another seat"),
        "TICKET_NOT_PAID": _("Not paid"),
        "TICKET_SOLD_AGAIN": _("Sold again"),
        "TICKET_REFUNDED": _("Paid back"),
        "TICKET_CANCELLED": _("Cancelled"),
        "TICKET_INVALID": _("Not our ticket"),
        "NOT_FOUND": _("No such ticket"),
        "SHOW_OVER": _("The show is over"),
        "REFUSED": _("Not let in"),
        "NO_ANSWER": _("No answer"),
        "unsure": _("Perhaps it was counted, perhaps not. Ask again: it never lets two in."),
        "nobody": _("Nothing in the list of this show fits “%s”."),
        "several": _("More than one fits: choose below."),
        "admit": _("Let in"),
        "undo": _("Undo"),
        "undone": _("Undone"),
        "undo_title": _("Take back: seat %s?"),
        "in_since": _("in since %s"),
        "by": _("%s, by %s"),
        "count": _("%(inside)s of %(sold)s in"),
        "no_list": _("The list did not come. Codes can be scanned all the same."),
        "no_camera": _("The camera cannot be used. Allow it in the browser, or use a scanner."),
        "mistake": _("Scanned by mistake"),
    }
