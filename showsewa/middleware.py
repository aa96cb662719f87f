"""What every request passes: its id, a cap on its body before anything parses it, and refusals made into answers."""

import re
import secrets
from collections.abc import Callable, Container

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from showsewa import authentication, numerals, problems, tastes
from showsewa.refusals import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]

_A_YEAR = 365 * 24 * 3600
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_JSON_SIGNS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{\]}]', re.DOTALL)


class RequestId:
    """One id per request, the caller's own if it brought a sane one; it stands in every problem and every log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        brought = request.headers.get("X-Request-Id", "")
        request.request_id = brought if _REQUEST_ID.fullmatch(brought) else secrets.token_hex(8)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class SignedOut:
    """Whoever signs out, or has their data erased, leaves no ticket on the device: what pages stored there goes."""

    ROUTES = ("logout", "account_logout", "my-data")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        route = request.resolver_match.url_name if request.method == "POST" and request.resolver_match else ""
        if route in self.ROUTES and response.status_code == 302:
            response["Clear-Site-Data"] = '"storage"'
            authentication.ensure_guest(request, response)  # who waits in a rush keeps the place under it
        return response


class BodyGuard:
    """Refuses a body that is too large, too deep or not text before a parser sees it (RELIABILITY R24).

    Having read it, it stays readable: Idempotency-Keys are compared by the body's hash after it was parsed.
    """

    JSON_PATHS = ("/api/", "/counter/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("POST", "PUT", "PATCH", "DELETE") and request.path.startswith(self.JSON_PATHS):
            refused = self._refusal(request)
            if refused is not None:
                return problems.response(request, status=refused[0], code=refused[1], message=refused[2])
        return self.get_response(request)

    def _refusal(self, request: HttpRequest) -> tuple[int, str, str] | None:
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return 415, "UNSUPPORTED_ENCODING", "Send the body without a content encoding."
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return 413, "BODY_TOO_LARGE", "The body is larger than 256 kB."
        body = request.body
        if b"\0" in body or b"\\u0000" in body:
            return 400, "MALFORMED", "The body contains a NUL character."
        if body.count(b"[") + body.count(b"{") > settings.BODY_MAX_DEPTH and _depth(body) > settings.BODY_MAX_DEPTH:
            return 400, "MALFORMED", "The body is nested too deeply."
        return None


class AskedLanguage:
    """?lang=ne: the page in that language, whatever the reader usually takes, so that each has an address of its own.
    ?digits=deva: Nepali pages with Devanagari digits.

    Both are remembered from then on, the digits by the account too, and taken out of the address: a form that leads
    back leads to the usual one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = _asked(request, lang=dict(settings.LANGUAGES), digits=numerals.CHOICES)
        if language := asked.get("lang"):
            translation.activate(language)
            request.LANGUAGE_CODE = request.asked_language = language  # type: ignore[attr-defined]
        with numerals.using(asked.get("digits") or request.COOKIES.get(tastes.DIGITS_COOKIE, "")):
            response = self.get_response(request)
        for name, cookie in (("lang", settings.LANGUAGE_COOKIE_NAME), ("digits", tastes.DIGITS_COOKIE)):
            if name in asked:
                response.set_cookie(cookie, asked[name], max_age=_A_YEAR, samesite="Lax", secure=request.is_secure())
        if "digits" in asked and response.status_code < 500:
            tastes.keep(request, digits=asked["digits"])
        return response


class ContentPolicy(CSPMiddleware):
    """django-csp for what a browser renders. JSON gets the strictest policy as a constant: building one per answer
    took a seventh of a hot read."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(("application/json", "application/problem+json")):
            return super().process_response(request, response)
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response


class AdminPolicy:
    """The admin's own scripts (Alpine) need eval; nothing else on the site does, so the exception ends at /admin/.

    Its times are those of one office clock; the rest of the site tells each cinema's. To staff it speaks English
    throughout: of Nepali it has only the words it shares with the public pages, and would mix both.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        language = "en" if request.user.is_staff else translation.get_language()
        with timezone.override(settings.ADMIN_TIME_ZONE), translation.override(language):
            response = self.get_response(request)
        response["Content-Language"] = language
        response._csp_replace = {  # type: ignore[attr-defined]
            "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
            "style-src": [SELF, UNSAFE_INLINE],
        }
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A box that is filled by searching looks for whatever key came back, and has no answer to one that is none."""
        is_ours = isinstance(error, ValidationError) and request.path.startswith("/admin/")
        return problems.bad_request(request, error) if is_ours else None


class Refusals:
    """A refusal raised by a page becomes a friendly page; a database that is busy or away, a 503."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal | OperationalError | IntegrityError):
            refusal = problems.as_refusal(error)
            if refusal is not None:
                return problems.answer(request, refusal)
        return None


def _asked(request: HttpRequest, **choices: Container[str]) -> dict[str, str]:
    """Those of `choices` the address asks for, and takes them out of it."""
    text = request.META.get("QUERY_STRING", "")
    if request.path.startswith("/api/") or not any(f"{name}=" in text for name in choices):
        return {}
    query = QueryDict(text, mutable=True)
    asked = {name: str(query[name]) for name, known in choices.items() if query.get(name) in known}
    for name in asked:
        del query[name]
    request.META["QUERY_STRING"] = query.urlencode()
    return asked


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for sign in _JSON_SIGNS.findall(body):
        if sign in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
        elif sign in (b"]", b"}"):
            depth -= 1
    return deepest
