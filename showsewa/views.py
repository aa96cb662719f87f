"""Accounts of customers, as far as they are ours: allauth opens them and lets people in. Nobody needs one to buy."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import favourites
from bookings.services import favourites as liking
from showsewa import tastes
from showsewa.admin.base import person
from showsewa.forms import ProfileForm
from showsewa.refusals import Forbidden
from venues import listings


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Who they are on their tickets, how they look for seats, what they are told, what they like."""
    user = person(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save(commit=False).save(update_fields=list(form.Meta.fields))
        liking.follow(user, city=_city(request), now=timezone.now())
        messages.success(request, _("Saved."))
        response = redirect("profile")
        tastes.to_cookies(response, user)
        return response
    return render(request, "account/profile.html", {"form": form, "favourites": favourites.of(user.pk)})


@require_POST
def like_movie(request: HttpRequest, movie_id: uuid.UUID) -> HttpResponse:
    page = reverse("movie", args=[movie_id])
    if not request.user.is_authenticated:
        return redirect_to_login(page)
    return _like(request, page, movie=listings.movie(movie_id))


@require_POST
def like_cinema(request: HttpRequest, slug: str) -> HttpResponse:
    page = reverse("cinema", args=[slug])
    if not request.user.is_authenticated:
        return redirect_to_login(page)
    return _like(request, page, cinema=listings.cinema_at(slug))


@never_cache
@require_safe
def staff_login(request: HttpRequest) -> HttpResponse:
    """The desk has no door of its own: one way in, with one set of limits. Refuses: Forbidden."""
    way_on = _safe(request.GET.get("next", "")) or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(way_on)
    if not person(request).is_staff:
        raise Forbidden(_("This page is for people who work here. Sign in with your account for work."))
    return redirect(way_on)


def _like(request: HttpRequest, page: str, **thing: Any) -> HttpResponse:
    if "off" in request.POST:
        liking.remove(person(request), **thing)
    else:
        liking.add(person(request), **thing, city=_city(request), now=timezone.now())
    return redirect(_back(request, page))


def _city(request: HttpRequest) -> str:
    """Where tickets of a movie are looked for: as the page says, or as the account or the browser remembers."""
    known = [city.name for city in listings.cities()]
    said = [request.POST.get("city", ""), person(request).city, *known]
    return next((name for name in said if name in known), "")


def _back(request: HttpRequest, page: str) -> str:
    return _safe(request.POST.get("next", "")) or page


def _safe(path: str) -> str:
    return path if path and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
