"""The bookings pages: parse, one call, render."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bookings import qr


@require_safe
@cache_control(public=True, max_age=3600)
def ticket_key(request: HttpRequest) -> HttpResponse:
    """What a door device needs to check tickets without a network."""
    return JsonResponse(qr.published_key())
