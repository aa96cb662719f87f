"""Who a request about bookings speaks for. No rule is decided here: the selectors say what is visible."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from bookings.services.checkout import Buyer
from showsewa.actors import NOBODY, Actor, Kind
from showsewa.authentication import Unauthorized, from_session_token
from showsewa.models import User
from showsewa.refusals import Forbidden, Invalid


class TokenRequired(Invalid):
    code = "SESSION_TOKEN_REQUIRED"


def check_user_id(actor: Actor, user_id: str) -> None:
    """A userId in a body is no credential: of somebody signed in it must be their own. Refuses: Forbidden."""
    if actor.kind == Kind.USER and user_id not in ("", "me", actor.id):
        raise Forbidden(_("This userId is not yours."))


def holder(actor: Actor, body: dict[str, Any]) -> Actor:
    """Who will hold the seats: a channel's customers apart from each other, everybody else by their own name."""
    user_id = body.get("userId", "")
    if actor is NOBODY:
        raise TokenRequired(
            _("Send a sessionToken of your own making, so that the seats can be kept for you."),
            errors=[{"pointer": "/sessionToken", "code": "REQUIRED", "detail": _("This field is required.")}],
        )
    check_user_id(actor, user_id)
    if actor.kind == Kind.CHANNEL:
        return actor.on_behalf_of(body.get("sessionToken") or user_id or uuid.uuid4().hex)
    return actor


def named(actor: Actor, user_id: str) -> Actor:
    """Whose things a userId in the path means. Refuses: Forbidden for anybody else's."""
    if actor is NOBODY and user_id != "me":
        return from_session_token(user_id)  # a guest's key is all the credential a guest has
    if actor.kind == Kind.CHANNEL and user_id not in ("me", actor.id):
        return actor.on_behalf_of(user_id)
    own_names = {"me", actor.id} if actor.kind in (Kind.USER, Kind.GUEST, Kind.CHANNEL) else {"me"}
    if user_id in own_names or (actor.kind == Kind.SESSION and from_session_token(user_id) == actor):
        return actor
    raise Forbidden(_("This is not yours."))


def signed_in_as(actor: Actor, user_id: str) -> Actor:
    """The same, for what a name alone does not open. Refuses: Unauthorized, Forbidden."""
    if actor is NOBODY:
        raise Unauthorized(_("Sign in, or send your sessionToken in X-Session-Token."))
    return named(actor, user_id)


def link_key(request: Request) -> str:
    """The key of a signed ticket link (`?key=`)."""
    return request.query_params.get("key", "")[:200]


def buyer(request: Request, details: dict[str, Any]) -> Buyer:
    """The buyer as given; somebody signed in need not repeat what we know."""
    user = request.user
    known = Buyer(user.get_full_name(), user.email, user.phone) if isinstance(user, User) else Buyer()
    return Buyer(
        details.get("name") or known.name, details.get("email") or known.email, details.get("phone") or known.phone
    )


def reachable_buyer(request: Request, details: dict[str, Any], actor: Actor) -> Buyer:
    """Somebody has to be told where the tickets are; a channel tells its customers itself. Refuses: Invalid."""
    found = buyer(request, details)
    if not found.email and not found.phone and actor.kind != Kind.CHANNEL:
        told = _("Give an e-mail address or a phone number.")
        raise Invalid(told, errors=[{"pointer": "/userDetails", "code": "REQUIRED", "detail": told}])
    return found
