"""Who is calling: a channel by its key, a person by session, a browser by its signed guest cookie, or nobody yet."""

import hashlib
import secrets
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from seatsync import channels
from showsewa import limits
from showsewa.actors import NOBODY, Actor, Kind
from showsewa.models import User
from showsewa.refusals import Forbidden, Refusal

GUEST_COOKIE = "guest"
_SALT = "showsewa.guest"
_YEAR = 365 * 24 * 3600


class Unauthorized(Refusal):
    code = "UNAUTHORIZED"
    status = 401


class ActorAuthentication(BaseAuthentication):
    """Sets `request.auth` to the Actor. A cookie must come with its CSRF token; a key needs none."""

    def authenticate(self, request: Request) -> tuple[Any, Actor]:
        django_request = request._request
        header = request.headers.get("Authorization", "")
        if header:
            return AnonymousUser(), _channel(header, django_request)
        actor = from_cookies(django_request)
        if actor is not NOBODY:
            _check_csrf(django_request)
            return getattr(django_request, "user", AnonymousUser()), actor
        token = request.headers.get("X-Session-Token", "")
        return AnonymousUser(), from_session_token(token) if token else NOBODY

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="showsewa"'


def of_reader(request: HttpRequest, *, is_personal: bool) -> Actor:
    """Who asks in a plain GET. is_personal: False leaves cookies unread, so that no session has to be looked up."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header:
        return _channel(header, request)
    if not is_personal:
        return NOBODY
    actor = from_cookies(request) if request.COOKIES else NOBODY
    token = request.META.get("HTTP_X_SESSION_TOKEN", "")
    return from_session_token(token) if actor is NOBODY and token else actor


def from_cookies(request: HttpRequest) -> Actor:
    """The signed-in person, else the browser's guest, else NOBODY. No query for a browser without a session."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return of_user(user)
    return browser_of(request)


def browser_of(request: HttpRequest) -> Actor:
    """The browser's guest whoever is signed in, or NOBODY."""
    try:
        guest = request.get_signed_cookie(GUEST_COOKIE, salt=_SALT)
    except (KeyError, signing.BadSignature):
        return NOBODY
    return Actor(Kind.GUEST, str(guest))


def guest(request: HttpRequest) -> Actor:
    """Who this is, or will be once it has the cookie that `ensure_guest` gives: for what cannot wait until then."""
    actor = from_cookies(request)
    return actor if actor is not NOBODY else Actor(Kind.GUEST, _token(request))


def browser(request: HttpRequest) -> Actor:
    """The browser's guest whoever is signed in, or the one it will be once it has the cookie of `ensure_guest`."""
    known = browser_of(request)
    return known if known is not NOBODY else Actor(Kind.GUEST, _token(request))


def ensure_guest(request: HttpRequest, response: HttpResponse) -> None:
    """Give a browser its guest cookie before it can hold a seat; signed-in people need none.

    One that we cannot read (the key that signed it is gone) is replaced, or its browser could hold nothing for a year.
    """
    if browser_of(request) is NOBODY and not request.user.is_authenticated:
        response.set_signed_cookie(
            GUEST_COOKIE,
            _token(request),
            salt=_SALT,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )


def _token(request: HttpRequest) -> str:
    """A new guest's, the same all through one request."""
    if not hasattr(request, "new_guest"):
        request.new_guest = secrets.token_hex(16)  # type: ignore[attr-defined]
    token: str = request.new_guest  # type: ignore[attr-defined]
    return token


def from_session_token(token: str) -> Actor:
    """An API caller's own token, in a namespace of its own, so that it never reaches anybody else's bookings."""
    return Actor(Kind.SESSION, hashlib.sha256(token.encode()).hexdigest()[:40])


def of_user(user: User) -> Actor:
    cinemas = None
    if user.is_staff and not user.is_superuser:
        cinemas = frozenset(user.cinemas.values_list("pk", flat=True))
    permissions = frozenset(user.get_all_permissions()) if user.is_staff else frozenset()
    return Actor(
        Kind.USER,
        str(user.pk),
        user.get_full_name() or user.email,
        user_id=user.pk,
        is_staff=user.is_staff,
        permissions=permissions,
        cinema_ids=cinemas,
    )


def _channel(header: str, request: HttpRequest) -> Actor:
    scheme, _space, token = header.partition(" ")
    actor = None
    if scheme.lower() == "bearer":
        actor = channels.actor_for(token.strip(), now=timezone.now(), address=limits.address_of(request))
    if actor is None:
        raise Unauthorized(_("This key is unknown, expired or revoked."))
    return actor


def _check_csrf(request: HttpRequest) -> None:
    check = CSRFCheck(lambda _request: HttpResponse())
    check.process_request(request)
    reason = check.process_view(request, HttpResponse, (), {})
    if reason:
        raise Forbidden(_("The page is too old or the request did not come from it (CSRF). Please reload."))
