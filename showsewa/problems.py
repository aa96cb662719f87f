"""The one place where a refusal becomes HTTP: problem details (RFC 9457) for the API, a friendly page for people.

`success`, `message` and `requestId` stand beside the standard members for clients of the older envelope.
"""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa import rendering
from showsewa.refusals import Busy, Forbidden, Invalid, NotFound, Refusal
from showsewa.transactions import is_contention

logger = logging.getLogger(__name__)


class DatabaseAway(Busy):
    code = "UNAVAILABLE"
    retry_after = 3


class Clash(Refusal):
    """A constraint said no where the code had no friendlier words: somebody was quicker."""

    code = "CONFLICT"


class Malformed(Refusal):
    code = "MALFORMED"
    status = 400


def as_refusal(error: Exception) -> Refusal | None:
    """What an exception means to the caller, or None when it is a fault of ours."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OperationalError):
        if is_contention(error):
            return Busy(_("Somebody else is just taking these seats. Please try again."))
        logger.error("database: %s", error)
        return DatabaseAway(_("The service is away for a moment. Nothing was changed; please try again."))
    if isinstance(error, IntegrityError):
        logger.warning("constraint: %s", error)
        return Clash(_("Somebody else was quicker. Nothing was changed; please try again."))
    if isinstance(error, Http404 | exceptions.NotFound):
        return NotFound(_("There is nothing at this address."))
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return Forbidden(str(error) or _("You may not do this."))
    return None


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    request: Request = context["request"]
    refusal = as_refusal(error) or _from_drf(error)
    if refusal is None:
        return None
    body = document(
        status=refusal.status, code=refusal.code, message=refusal.message, request=request._request, facts=refusal.facts
    )
    response = Response(body, status=refusal.status, content_type="application/problem+json")
    _add_headers(response, refusal)
    return response


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The same for a plain view: a problem document under /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        made = response(request, status=refusal.status, code=refusal.code, message=refusal.message, **refusal.facts)
    else:
        made = render(request, "problem.html", {"refusal": refusal}, status=refusal.status)
    _add_headers(made, refusal)
    return made


def response(request: HttpRequest, *, status: int, code: str, message: Any, **facts: Any) -> HttpResponse:
    body = document(status=status, code=code, message=message, request=request, facts=facts)
    return HttpResponse(rendering.dumps(body), status=status, content_type="application/problem+json")


def document(*, status: int, code: str, message: Any, request: HttpRequest, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": f"/docs/problems#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(message),
        "instance": request.path,
        "code": code,
        "requestId": getattr(request, "request_id", ""),
        "success": False,
        "message": str(message),
    } | facts


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, NotFound(_("There is nothing at this address.")))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nobody's browser sends such a thing by itself: too many fields, a broken upload, a foreign host."""
    return answer(request, Malformed(_("We cannot read what was sent. Nothing was changed.")))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, Forbidden(str(exception or "") or _("You may not do this.")))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of a form is missing or old; also what a browser without cookies meets first."""
    return answer(request, Forbidden(_("This page has become too old, or your browser refused our cookie.")))


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, _Fault(_("Something went wrong on our side. We have been told.")))


class _Fault(Refusal):
    code = "INTERNAL"
    status = 500


def _from_drf(error: Exception) -> Refusal | None:
    if isinstance(error, exceptions.ValidationError):
        errors = _errors(error.get_full_details(), "")
        return Invalid(errors[0]["detail"] if errors else _("The input is not valid."), errors=errors)
    if isinstance(error, exceptions.ParseError):
        return Malformed(str(error.detail))
    if isinstance(error, exceptions.APIException):
        made = Refusal(str(error.detail))
        made.status, made.code = error.status_code, str(error.default_code).upper()
        return made
    return None


def _errors(details: Any, pointer: str) -> list[dict[str, str]]:
    """DRF's nested details as a flat list of JSON pointers."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        return [{"pointer": pointer or "/", "code": str(details["code"]).upper(), "detail": str(details["message"])}]
    if isinstance(details, dict):
        return [
            e for k, v in details.items() for e in _errors(v, pointer if k == "non_field_errors" else f"{pointer}/{k}")
        ]
    if all(isinstance(item, dict) and set(item) == {"message", "code"} for item in details):
        return [error for item in details for error in _errors(item, pointer)]
    return [error for index, item in enumerate(details) if item for error in _errors(item, f"{pointer}/{index}")]


def _add_headers(made: HttpResponse, refusal: Refusal) -> None:
    if refusal.retry_after is not None:
        made["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        made["WWW-Authenticate"] = 'Bearer realm="showsewa"'
