""" "Tell me when tickets are on sale": asking for it, and the page behind the link in the message."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from bookings import openings
from bookings.services import openings as asked
from seatsync.models import OpeningNotice
from showsewa import limits, numerals
from showsewa.authentication import from_cookies
from showsewa.refusals import Invalid
from venues.views import programme


@require_POST
def tell_me(request: HttpRequest, movie_id: uuid.UUID) -> HttpResponse:
    limits.check(from_cookies(request), limits.address_of(request))
    address = request.POST.get("address", "").replace("\0", "")[:254]
    try:
        medium = asked.ask(
            movie_id=movie_id,
            city=request.POST.get("city", ""),
            address=address,
            language=numerals.tag(),
            now=timezone.now(),
        )
    except Invalid as refusal:
        told = {"tell_me_address": address, "tell_me_error": refusal.message}
        return programme.movie_page(request, movie_id, status=refusal.status, **told)
    if medium == OpeningNotice.Medium.SMS:
        messages.success(request, _("We will send one SMS when tickets are on sale, and nothing else."))
    else:
        messages.success(request, _("We will send one e-mail when tickets are on sale, and nothing else."))
    return redirect("movie", movie_id)


# The code in the address is all the right it takes, for mail programs that unsubscribe by themselves (RFC 8058) too.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opening_notice(request: HttpRequest, code: str) -> HttpResponse:
    """Looking changes nothing: programs that check links in mails open them all."""
    notice = openings.by_code(code)
    if request.method != "POST":
        return render(request, "venues/opening_notice.html", {"notice": notice, "movie": notice.movie})
    count = asked.stop(notice, all_of_address="all" in request.POST)
    said = ngettext("Done: we will not write about it.", "Done: we will write about none of the %d.", count)
    messages.success(request, numerals.filled(said, count) if "%d" in said else said)
    return redirect(reverse("movie", args=[notice.movie_id]))
