"""What every template knows about the site."""

from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

from showsewa import numerals


def site(request: HttpRequest) -> dict[str, Any]:
    city = unquote(request.COOKIES.get("city", ""))[:80]
    is_demo = settings.SHOWSEWA_MODE != "live"
    return {
        "CITY": city,
        "WS_URL": settings.WS_URL,
        "BASE_URL": settings.BASE_URL,
        "IS_DEMO": is_demo,
        "DIGITS": numerals.current(),
    }
