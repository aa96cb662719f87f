"""What every API view shares: who may call it, how often, and who is calling."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings import crowds
from showsewa import authentication, limits, problems, weather
from showsewa.actors import NOBODY, Actor, Kind
from showsewa.authentication import Unauthorized, from_session_token
from showsewa.limits import Lane
from showsewa.refusals import Forbidden, Refusal

_SAFE = ("GET", "HEAD", "OPTIONS")
# Scopes of keys whose work is administration, whatever the method.
_ADMIN_SCOPES = frozenset({"catalog:write", "webhooks:manage", "reports:read"})


class ApiView(APIView):
    """scope: what a channel's key needs ("" = channels may not). permission: what staff need ("" = staff may not).

    is_public: people without either may call it too; what they reach is then the access selectors' business.
    is_for_any_key: a key needs no scope for it. is_booking: counts against a person's requests per minute.
    """

    scope: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    is_public: ClassVar[bool] = False
    is_for_any_key: ClassVar[bool] = False
    is_booking: ClassVar[bool] = False

    _allowance: limits.Allowance | None = None
    # What a test key wants to go wrong with this request; fair for everybody else.
    sky: weather.Weather = weather.FAIR

    @property
    def actor(self) -> Actor:
        """The caller; one with neither key nor cookie may name its own token in the body, by each seed's name."""
        actor = _actor(self.request)
        if actor is not NOBODY or not self.is_public or self.request.method in _SAFE:
            return actor
        body: Any = self.request.data
        token = body.get("sessionToken") or body.get("userId") or body.get("customerId")
        return from_session_token(token) if isinstance(token, str) and 0 < len(token) <= 200 else actor

    @property
    def caller(self) -> str:
        """Whose Idempotency-Keys are used: those who bring no name are told apart by the hold or booking they know."""
        actor = self.actor
        if actor is not NOBODY:
            return f"{actor.key}~test" if actor.is_test else actor.key
        body: Any = self.request.data
        known = body.get("holdId") or body.get("bookingId") or next(iter(self.kwargs.values()), "")
        return f"{actor.key}:{known}"[:120]

    @property
    def now(self) -> datetime:
        """The time by which this request is judged; a test key may ask for another one (`weather`)."""
        return timezone.now() + self.sky.clock

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        actor = _actor(request)
        self._spend(actor, request._request)
        self._check_access(actor)
        if actor.is_test:
            self.sky = weather.read(request.headers)
            if self.sky != weather.FAIR and request.method not in _SAFE:
                body: Any = request.data
                weather.befall(self.sky, actor, kwargs, body)
        elif self.is_booking:
            self._check_crowd(request, kwargs)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        headers = self.sky.echo | (self._allowance.headers if self._allowance is not None else {})
        for name, value in headers.items():
            response[name] = value
        return response

    def _check_access(self, actor: Actor) -> None:
        if actor.kind == Kind.CHANNEL:
            if not self.is_for_any_key and (not self.scope or self.scope not in actor.scopes):
                raise Forbidden(_("This key may not do this."), neededScope=self.scope)
        elif not self.is_public:
            if actor.kind != Kind.USER:
                raise Unauthorized(_("Sign in or send a key."))
            if not self.permission or self.permission not in actor.permissions:
                raise Forbidden(_("You may not do this."))

    def _spend(self, actor: Actor, request: HttpRequest) -> None:
        if actor.kind == Kind.CHANNEL:
            self._allowance = limits.spend(actor, "", self._lane(request))
        elif self.is_booking:
            self._allowance = limits.spend(actor, limits.address_of(request))
        if self._allowance is not None:
            self._allowance.check()

    def _lane(self, request: HttpRequest) -> Lane:
        if self.scope in _ADMIN_SCOPES:
            return Lane.ADMIN
        return Lane.READ if request.method in _SAFE else Lane.SELL

    def _check_crowd(self, request: Request, named: dict[str, Any]) -> None:
        """Who wants seats is counted: by address against hoarding, by showtime for its waiting room."""
        body: Any = request.data
        showtime_id, seats = weather.wished(named, body)
        if showtime_id is not None and seats:
            limits.check_hoard(self.actor, limits.address_of(request._request), showtime_id)
            crowds.check(showtime_id, self.actor)


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

    def _read_for_key(self, request: HttpRequest, actor: Actor, named: dict[str, Any]) -> HttpResponse:
        """Counted, and told what is left; nobody else's read asks Redis for anything."""
        try:
            self._spend(actor, request)
            self._check_access(actor)
            response = self.read(request, actor, **named)
        except Refusal as refusal:
            response = problems.answer(request, refusal)
        for name, value in (self._allowance.headers if self._allowance is not None else {}).items():
            response[name] = value
        return response

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        through_drf = super().as_view(**initkwargs)

        def view(request: HttpRequest, **named: Any) -> Any:
            if request.method != "GET":
                return through_drf(request, **named)
            reader = cls(**initkwargs)
            actor = authentication.of_reader(request, is_personal=cls.is_personal)
            if actor.kind == Kind.CHANNEL:
                return reader._read_for_key(request, actor, named)
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
