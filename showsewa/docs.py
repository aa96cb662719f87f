"""Edge: the API explained. OpenAPI document, Swagger UI and ReDoc from our own files, and every problem there is."""

from collections.abc import Iterator
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa.refusals import Refusal

# Said before any view is asked, or by DRF itself: no refusal of ours.
_OTHERS = {
    "BODY_TOO_LARGE": (413, "The body is larger than 256 kB."),
    "INTERNAL": (500, "A fault of ours. It has been written down under the request's id."),
    "METHOD_NOT_ALLOWED": (405, "This address does not know this method."),
    "NOT_ACCEPTABLE": (406, "The API speaks application/json."),
    "UNSUPPORTED_ENCODING": (415, "Send the body without a content encoding."),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Send the body as application/json."),
}


class Schema(SpectacularAPIView):
    """Made once: neither routes nor fields change while the process runs."""

    _made: dict[str, Any] | None = None

    def _get_schema_response(self, request: Request) -> Response:
        if Schema._made is None:
            Schema._made = self.generator_class().get_schema(request=None, public=True)
        return Response(Schema._made)


class Swagger(SpectacularSwaggerSplitView):
    url = "/api/schema"


# ReDoc styles itself by <style> elements it makes as it goes, and searches in a worker; scripts stay as strict.
@method_decorator(csp_update({"style-src": [UNSAFE_INLINE], "worker-src": [SELF, "blob:"]}), name="dispatch")
class Redoc(SpectacularRedocView):
    url = "/api/schema"


def problems(request: HttpRequest) -> HttpResponse:
    """Where `type` of a problem document leads."""
    rows = {code: (status, told) for code, (status, told) in _OTHERS.items()}
    for kind in _kinds(Refusal):
        rows.setdefault(kind.code, (kind.status, _meaning(kind)))
    return render(request, "docs/problems.html", {"problems": sorted((code, *row) for code, row in rows.items())})


def _kinds(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _meaning(kind: type[Refusal]) -> str:
    told = (kind.__doc__ or "").strip().partition("\n\n")[0]
    return " ".join(told.split())
