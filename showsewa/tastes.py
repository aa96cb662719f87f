"""What an account remembers of how its owner looks for seats, their city and how many they are, and of their digits.

A browser has all of it in cookies; an account takes it along to the next one. Whatever was chosen last is meant.
"""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from showsewa.models import User

CITY_COOKIE, PARTY_COOKIE, DIGITS_COOKIE = "city", "party", "digits"
_YEAR = 365 * 24 * 3600


def account_page() -> str:
    return reverse("profile")


def set_cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, quote(value), max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def to_cookies(response: HttpResponse, user: Any) -> None:
    """Where the account has nothing to say, what the browser knows stays."""
    if user.city:
        set_cookie(response, CITY_COOKIE, user.city)
    if user.party:
        set_cookie(response, PARTY_COOKIE, str(user.party))
    if user.digits:
        set_cookie(response, DIGITS_COOKIE, user.digits)


def keep(request: HttpRequest, **chosen: Any) -> None:
    """Write what was just chosen (city=, party=, digits=) into the account, if somebody is signed in and it is new."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return
    new = {name: value for name, value in chosen.items() if getattr(user, name) != value}
    if new:
        User.objects.filter(pk=user.pk).update(**new)
