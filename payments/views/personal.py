"""A signed-in customer's own data: to look at, to take along, to have erased."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.services import standbys
from payments import personal
from payments.services import forgetting
from showsewa import numerals
from showsewa.authentication import from_cookies


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    actor = from_cookies(request)
    if actor.user_id is None:
        return redirect("login")
    bookings = personal.of_user(actor.user_id)
    if "export" in request.POST:
        data = personal.export_of_account(actor.user_id)
        headers = {"Content-Disposition": 'attachment; filename="showsewa-my-data.json"'}
        return JsonResponse(data, headers=headers, json_dumps_params={"indent": 2, "ensure_ascii": False})
    if "erase" not in request.POST:
        return render(request, "payments/my_data.html", {"bookings": bookings, "is_staff": actor.is_staff})
    done = forgetting.forget(bookings, now=timezone.now())
    standbys.forget(owner=actor.key)
    if not done.kept and forgetting.close_account(user_id=actor.user_id):
        logout(request)
        messages.success(request, _("You are forgotten: your account is closed and your name is erased."))
        return redirect("home")
    said = ngettext("Your name was erased from %d booking.", "Your name was erased from %d bookings.", done.erased)
    messages.success(request, numerals.filled(said, done.erased))
    return redirect("my-data")
