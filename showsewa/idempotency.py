"""Idempotency-Key: the same request again gets the first one's answer (RELIABILITY P6).

A refused request stores nothing, since it changed nothing: repeating it simply tries again. The one refusal that is
kept is a declined payment: the card was asked, and asking it again under the same key would be a second try.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa import problems, rendering
from showsewa.models import StoredAnswer
from showsewa.refusals import Invalid, Refusal
from showsewa.transactions import joining

Handler = Callable[..., Response]

_PAYMENT_REQUIRED = 402
_PROBLEM = "application/problem+json"


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
            if _is_kept(response):
                answer = {"status": response.status_code, "body": rendering.dumps(response.data)}
                StoredAnswer.objects.create(**named, body_hash=_hash(request), **answer)
        return response

    return _marked(run)


def once_apart(handler: Handler) -> Handler:
    """For work that calls a gateway between two transactions: the key is claimed first and the answer stored last.

    The work itself finds its own open session again, so a claim whose owner must be dead may be taken over. A claim is
    known by its time: who was so slow as to lose it stores nothing and deletes nothing.
    """

    @wraps(handler)
    def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        named = _name(view, request)
        if named is None:
            return handler(view, request, *args, **kwargs)
        stored, is_ours = _claim(named, request)
        if not is_ours:
            return _replay(stored, request)
        claim = StoredAnswer.objects.filter(pk=stored.pk, status=None, created_at=stored.created_at)
        try:
            response = handler(view, request, *args, **kwargs)
        except Refusal as refusal:
            if refusal.status != _PAYMENT_REQUIRED:
                claim.delete()
                raise
            response = _told(refusal, request)
        except Exception:
            claim.delete()
            raise
        if _is_kept(response):
            claim.update(status=response.status_code, body=rendering.dumps(response.data))
        else:
            claim.delete()
        return response

    return _marked(run)


def is_repeatable(handler: object) -> bool:
    """Whether a view's method heeds Idempotency-Key."""
    return getattr(handler, "is_repeatable", False)


def _marked(run: Handler) -> Handler:
    run.is_repeatable = True  # type: ignore[attr-defined]
    return run


def _is_kept(response: Response) -> bool:
    """What may be different in a moment is not worth remembering."""
    return response.status_code not in (409, 429) and response.status_code < 500


def _told(refusal: Refusal, request: Request) -> Response:
    said = problems.handler(refusal, {"request": request})
    assert said is not None  # a refusal is always an answer
    return said


def _name(view: Any, request: Request) -> dict[str, str] | None:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    if len(key) > 255 or not key.isascii() or not key.isprintable():
        raise Invalid(_("An Idempotency-Key is at most 255 printable ASCII characters."))
    route = request.resolver_match.route if request.resolver_match else request.path
    return {"actor": view.caller, "key": key, "route": f"{request.method} {_unversioned(route)}"[:120]}


def _unversioned(path: str) -> str:
    """/api/ and /api/v1/ are one API: whoever repeats on the other mount repeats."""
    return path.lstrip("/").removeprefix("api/").removeprefix("v1/")


def _take_turn(named: dict[str, str]) -> None:
    text = "\x1f".join(named.values())
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise InFlight(_("The first request with this key is still being worked on."))


def _claim(named: dict[str, str], request: Request) -> tuple[StoredAnswer, bool]:
    """The row of this key, and whether the work is ours to do now."""
    given_up = timedelta(seconds=settings.IDEMPOTENCY_CLAIM_SECONDS)
    with transaction.atomic(durable=True):
        now = timezone.now()
        fresh = {"body_hash": _hash(request), "status": None, "body": None, "created_at": now}
        rows = StoredAnswer.objects.select_for_update(no_key=True).order_by("pk")
        stored, is_new = rows.get_or_create(**named, defaults=fresh)
        if is_new or stored.status is not None:
            return stored, is_new
        if stored.created_at > now - given_up:
            raise InFlight(_("The first request with this key is still being worked on."))
        if stored.body_hash != fresh["body_hash"]:
            raise KeyReused(_("This Idempotency-Key was used for another request."))
        stored.created_at = now
        stored.save(update_fields=["created_at"])
        return stored, True


def _replay(stored: StoredAnswer, request: Request) -> Response:
    if stored.body_hash != _hash(request):
        raise KeyReused(_("This Idempotency-Key was used for another request."))
    body = orjson.loads(bytes(stored.body or b"null"))
    kind = _PROBLEM if stored.status is not None and stored.status >= 400 else None
    return Response(body, status=stored.status, content_type=kind, headers={"Idempotency-Replayed": "true"})


def _hash(request: Request) -> str:
    return hashlib.sha256(_unversioned(request.path).encode() + b"\0" + request._request.body).hexdigest()
