"""Accounts of customers: getting one and changing it. Nobody needs one to buy."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from showsewa import limits
from showsewa.actors import NOBODY
from showsewa.admin.base import person
from showsewa.forms import ProfileForm, RegisterForm
from showsewa.models import User


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new customer, signed in at once; whoever is signed in already has nothing to do here."""
    if request.user.is_authenticated:
        return redirect("my-bookings")
    form = RegisterForm(request.POST or None)
    if request.method == "POST":
        limits.check(NOBODY, limits.address_of(request))
        if form.is_valid():
            given = form.cleaned_data
            user = User.objects.create_user(given["email"], given["password"], first_name=given["first_name"])
            login(request, user)
            return redirect(_way_on(request))
    return render(request, "register.html", {"form": form, "next": request.GET.get("next", "")})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What a customer's tickets and mails say of them."""
    form = ProfileForm(request.POST or None, instance=person(request))
    if request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        user.save(update_fields=list(form.Meta.fields))
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "profile.html", {"form": form})


def _way_on(request: HttpRequest) -> str:
    """Only to a page of ours."""
    path = request.POST.get("next", "")
    return path if path and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "my-bookings"
