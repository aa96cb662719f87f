"""What every API view shares: who may call it, how often, and who is calling."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from showsewa import authentication, limits
from showsewa.actors import NOBODY, Actor, Kind
from showsewa.authentication import Unauthorized, from_session_token
from showsewa.refusals import Forbidden


class ApiView(APIView):
    """scope: what a channel's key needs ("" = channels may not). permission: what staff need ("" = staff may not).

    is_public: people without either may call it too; what they reach is then the access selectors' business.
    is_booking: counts against the caller's requests per minute.
    """

    scope: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    is_public: ClassVar[bool] = False
    is_booking: ClassVar[bool] = False

    _allowance: limits.Allowance | None = None

    @property
    def actor(self) -> Actor:
        """The caller; one with neither key nor cookie may name its own sessionToken in the body, as each seed calls it."""
        actor = _actor(self.request)
        if actor is not NOBODY or not self.is_public or self.request.method in ("GET", "HEAD", "OPTIONS"):
            return actor
        body: Any = self.request.data
        token = body.get("sessionToken") or body.get("userId") or body.get("customerId")
        return from_session_token(token) if isinstance(token, str) and 0 < len(token) <= 200 else actor

    @property
    def caller(self) -> str:
        """Whose Idempotency-Keys are used: those who bring no name are told apart by the hold or booking they know."""
        actor = self.actor
        if actor is not NOBODY:
            return actor.key
        body: Any = self.request.data
        known = body.get("holdId") or body.get("bookingId") or next(iter(self.kwargs.values()), "")
        return f"{actor.key}:{known}"[:120]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._check_access(_actor(request))
        if self.is_booking:
            self._spend(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._allowance is not None:
            left, limit, resets = max(self._allowance.remaining, 0), self._allowance.limit, self._allowance.resets_in
            response["RateLimit-Policy"] = f'"booking";q={limit};w=60'
            response["RateLimit"] = f'"booking";r={left};t={resets}'
        return response

    def _check_access(self, actor: Actor) -> None:
        if actor.kind == Kind.CHANNEL:
            if not self.scope or self.scope not in actor.scopes:
                raise Forbidden(_("This key may not do this."), neededScope=self.scope)
        elif not self.is_public:
            if actor.kind != Kind.USER:
                raise Unauthorized(_("Sign in or send a key."))
            if not self.permission or self.permission not in actor.permissions:
                raise Forbidden(_("You may not do this."))

    def _spend(self, request: Request) -> None:
        self._allowance = limits.spend(_actor(request), limits.address_of(request._request))
        if self._allowance is not None and self._allowance.remaining < 0:
            refusal = limits.TooManyRequests(_("Too many requests. Please wait a moment."))
            refusal.retry_after = self._allowance.resets_in
            raise refusal


def _actor(request: Request) -> Actor:
    auth: Any = request.auth
    return auth or NOBODY


class Read(ApiView):
    """A GET that is asked for all the time. It goes past DRF, whose request, negotiation and response cost more than
    the one statement it reads; other methods take DRF's way. A refusal becomes an answer in the middleware.

    is_personal: what is yours looks different, so cookies are read too.
    """

    is_public: ClassVar[bool] = True
    is_personal: ClassVar[bool] = False

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        raise NotImplementedError

    def get(self, request: Request, **named: Any) -> HttpResponse:
        return self.read(request._request, _actor(request), **named)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        through_drf = super().as_view(**initkwargs)

        def view(request: HttpRequest, **named: Any) -> Any:
            if request.method != "GET":
                return through_drf(request, **named)
            reader = cls(**initkwargs)
            actor = authentication.of_reader(request, is_personal=cls.is_personal)
            reader._check_access(actor)
            return reader.read(request, actor, **named)

        view.cls, view.initkwargs, view.csrf_exempt = cls, initkwargs, True  # type: ignore[attr-defined]
        return view


_SHARED = {"Cache-Control": "no-cache", "Vary": "Cookie, Authorization, X-Session-Token"}
_PERSONAL = {"Cache-Control": "private, no-store", "Vary": "Cookie, Authorization, X-Session-Token"}


def is_current(request: HttpRequest, mark: str) -> bool:
    """Whether the caller's If-None-Match names this mark. Tags are weak: `serverTime` differs from answer to answer."""
    tags = request.META.get("HTTP_IF_NONE_MATCH", "")
    return any(tag.strip().removeprefix("W/") in (f'"{mark}"', "*") for tag in tags.split(",")) if tags else False


def unchanged(mark: str) -> HttpResponse:
    return HttpResponse(status=304, headers=_SHARED | {"ETag": f'W/"{mark}"'})


def shared(body: bytes, mark: str) -> HttpResponse:
    """JSON that is the same for everybody until the mark changes."""
    return HttpResponse(body, content_type="application/json", headers=_SHARED | {"ETag": f'W/"{mark}"'})


def personal(body: bytes) -> HttpResponse:
    """JSON that only its reader may see."""
    return HttpResponse(body, content_type="application/json", headers=_PERSONAL)
