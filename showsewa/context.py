"""What every template knows about the site."""

from functools import partial
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

from showsewa import numerals
from showsewa.tastes import CITY_COOKIE
from venues import listings


def site(request: HttpRequest) -> dict[str, Any]:
    is_demo = settings.SHOWSEWA_MODE != "live"
    return {
        "CITY": partial(city, request),
        "WS_URL": settings.WS_URL,
        "BASE_URL": settings.BASE_URL,
        "IS_DEMO": is_demo,
        "DIGITS": numerals.current(),
    }


def city(request: HttpRequest) -> str:
    """As last chosen, by the name its people have for it in the reader's language. Asked only where it is shown."""
    return listings.named_city(unquote(request.COOKIES.get(CITY_COOKIE, ""))[:80].replace("\0", ""))
