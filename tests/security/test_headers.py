"""S16: what a browser is told to guard, on every page; and Django's own list of what a live site must set."""

import json
import os
import secrets
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api

_LOOK = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_SAMESITE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_DOMAIN", "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT", "DEBUG"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def live(**more: str) -> subprocess.CompletedProcess[str]:
    """Look at the settings of a live site behind https."""
    env = os.environ | {
        "SHOWSEWA_MODE": "live",
        "DJANGO_SETTINGS_MODULE": "showsewa.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "PAYMENT_WEBHOOK_SECRET": secrets.token_urlsafe(60),
        "BASE_URL": "https://showsewa.example",
        "ALLOWED_HOSTS": "showsewa.example",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "UNSAFE": "",
    }
    command = [sys.executable, "-c", _LOOK]
    folder = django_settings.BASE_DIR
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser tests' own
    return subprocess.run(command, env=env | more, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_a_live_site_leaves_djangos_deployment_check_nothing_to_say() -> None:
    done = live()

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_DOMAIN": None,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_SSL_REDIRECT": True,
        "DEBUG": False,
    }
    assert live(BASE_URL="http://showsewa.example").returncode != 0  # the check is what finds fault


def pages(stage: cast.Stage, client: Client) -> list[str]:
    """A page of every kind: public, of a hold, of a sale, of the desk, of the API, and what is not there."""
    api = Api(client=Client())
    api.client.cookies = client.cookies
    body = {"showtimeId": stage.path, "seatIds": ["A1"]}
    waiting = purchase.confirm(api, api.post("/bookings/hold", body).json()["holdId"])["bookingId"]
    held = api.post("/bookings/hold", body | {"seatIds": ["B1"]}).json()["holdId"]
    named = [
        reverse(name)
        for name in (
            "home",
            "search",
            "suggest",
            "coming",
            "week",
            "login",
            "find-booking",
            "my-bookings",
            "my-data",
            "docs",
        )
    ]
    named += [reverse("showtime", args=[stage.path]), reverse("movie", args=[stage.movie.pk])]
    named += [reverse("cinema", args=[stage.cinema.slug]), reverse("genre", args=["Comedy"])]
    named += [reverse(name, args=[waiting]) for name in ("pay", "cancel")] + [reverse("details", args=[held])]
    desk = [reverse("admin:index"), reverse("admin:bookings_booking_changelist"), "/admin/second-factor/"]
    return [*named, *desk, "/docs/problems", f"/api/v1/showtimes/{stage.path}/state", "/api/v1/nothing", "/nothing/"]


def test_every_page_tells_browsers_what_to_guard(stage: cast.Stage, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    client = Client(headers={"Accept": "text/html"})
    client.force_login(User.objects.create_superuser("boss@example.com", cast.PASSWORD))

    lacking = []
    for page in pages(stage, client):
        answer = client.get(page, secure=True)
        policy = answer.headers.get("Content-Security-Policy", "")
        told = {
            "sniff": answer.headers.get("X-Content-Type-Options") == "nosniff",
            "frame": answer.headers.get("X-Frame-Options") == "DENY" and "frame-ancestors 'none'" in policy,
            "referrer": answer.headers.get("Referrer-Policy") == "same-origin",
            "opener": answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
            "hsts": "max-age=31536000; includeSubDomains" in answer.headers.get("Strict-Transport-Security", ""),
            "policy": "default-src 'self'" in policy or "default-src 'none'" in policy,
        }
        lacking += [f"{answer.status_code} {page}: {name}" for name, is_there in told.items() if not is_there]

    assert lacking == []
