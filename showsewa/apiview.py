"""What every API view shares: who may call it, how often, and who is calling."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from showsewa import limits
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
        """The caller; one with neither key nor cookie may name its own sessionToken (or userId) in the body."""
        actor: Actor = self.request.auth or NOBODY
        if actor is not NOBODY or not self.is_public or self.request.method in ("GET", "HEAD", "OPTIONS"):
            return actor
        token = self.request.data.get("sessionToken") or self.request.data.get("userId")
        return from_session_token(token) if isinstance(token, str) and 0 < len(token) <= 200 else actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._check_access(request.auth or NOBODY)
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
        self._allowance = limits.spend(request.auth or NOBODY, limits.address_of(request._request))
        if self._allowance is not None and self._allowance.remaining < 0:
            refusal = limits.TooManyRequests(_("Too many requests. Please wait a moment."))
            refusal.retry_after = self._allowance.resets_in
            raise refusal
