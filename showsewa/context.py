"""What every template knows about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {"WS_URL": settings.WS_URL, "BASE_URL": settings.BASE_URL, "IS_DEMO": settings.SHOWSEWA_MODE != "live"}
