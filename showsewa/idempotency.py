"""Idempotency-Key: the same request again gets the first one's answer (RELIABILITY P6).

A refused request stores nothing, since it changed nothing: repeating it simply tries again.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa import rendering
from showsewa.models import StoredAnswer
from showsewa.refusals import Invalid, Refusal
from showsewa.transactions import joining

Handler = Callable[..., Response]

_GIVEN_UP = timedelta(seconds=60)


class InFlight(Refusal):
    code = "IDEMPOTENCY_IN_FLIGHT"
    retry_after = 1


class KeyReused(Invalid):
    code = "IDEMPOTENCY_KEY_REUSED"


def once(handler: Handler) -> Handler:
    """For one use case on the database: its change and the stored answer are one transaction."""

    @wraps(handler)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        named = _name(view, request)
        if named is None:
            return handler(view, request, *args, **kwargs)
        with joining():
            _take_turn(named)
            stored = StoredAnswer.objects.filter(**named).first()
            if stored is not None:
                return _replay(stored, request)
            response = handler(view, request, *args, **kwargs)
            StoredAnswer.objects.create(
                **named, body_hash=_hash(request), status=response.status_code, body=rendering.dumps(response.data)
            )
        return response

    return run


def once_apart(handler: Handler) -> Handler:
    """For work that calls a gateway between two transactions: the key is claimed first and the answer stored last.

    The work itself finds its own open session again, so a claim whose owner died may be taken over after a minute.
    """

    @wraps(handler)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        named = _name(view, request)
        if named is None:
            return handler(view, request, *args, **kwargs)
        stored = _claim(named, request)
        if stored is not None:
            return _replay(stored, request)
        try:
            response = handler(view, request, *args, **kwargs)
        except Exception:
            StoredAnswer.objects.filter(**named).delete()
            raise
        body = rendering.dumps(response.data)
        StoredAnswer.objects.filter(**named).update(status=response.status_code, body=body)
        return response

    return run


def _name(view: Any, request: Request) -> dict[str, str] | None:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    if len(key) > 255 or not key.isascii() or not key.isprintable():
        raise Invalid(_("An Idempotency-Key is at most 255 printable ASCII characters."))
    route = request.resolver_match.route if request.resolver_match else request.path
    return {"actor": view.caller, "key": key, "route": f"{request.method} {route}"[:120]}


def _take_turn(named: dict[str, str]) -> None:
    text = "\x1f".join(named.values())
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise InFlight(_("The first request with this key is still being worked on."))


def _claim(named: dict[str, str], request: Request) -> StoredAnswer | None:
    """None: the key is ours now."""
    with transaction.atomic(durable=True):
        fresh = {"body_hash": _hash(request), "status": None, "body": None}
        rows = StoredAnswer.objects.select_for_update(no_key=True).order_by("pk")
        stored, is_new = rows.get_or_create(**named, defaults=fresh)
        if is_new:
            return None
        if stored.status is not None:
            return stored
        if stored.created_at > timezone.now() - _GIVEN_UP:
            raise InFlight(_("The first request with this key is still being worked on."))
        StoredAnswer.objects.filter(pk=stored.pk).update(created_at=timezone.now(), **fresh)
        return None


def _replay(stored: StoredAnswer, request: Request) -> Response:
    if stored.body_hash != _hash(request):
        raise KeyReused(_("This Idempotency-Key was used for another request."))
    body = orjson.loads(bytes(stored.body or b"null"))
    return Response(body, status=stored.status, headers={"Idempotency-Replayed": "true"})


def _hash(request: Request) -> str:
    return hashlib.sha256(request.path.encode() + b"\0" + request._request.body).hexdigest()
