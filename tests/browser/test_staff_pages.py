"""The counter's and the desk's pages: axe-core finds nothing, they fit their width, the console stays silent.

Their frame is the admin theme's; the good practice that goes beyond WCAG is not asked of it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from showsewa.admin.base import Evidence
from showsewa.models import User
from tests import cast, desk
from tests.browser import routes, steps
from tests.browser.conftest import DESK, Open, Site
from tests.browser.walk import LONG, SIZES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, LONG]

# One after the other they take four minutes.
APPS = [("bookings",), ("payments",), ("seatsync",), ("venues",), ("showsewa", "auth")]
BY_DAY = pytest.param({"viewport": DESK, "color_scheme": "light"}, id="desk-light")
BY_NIGHT = pytest.param({"viewport": DESK, "color_scheme": "dark", "locale": "ne-NP"}, id="desk-dark-nepali")


@pytest.fixture
def boss(site: Site) -> User:
    """Something stands on each of their pages."""
    desk.fill(site.stage, cast.make_user("gita@example.com", role="counter", cinemas=(site.stage.cinema,)))
    made = User.objects.create_superuser("boss@example.com", cast.PASSWORD)
    made.cinemas.set([site.stage.cinema])
    return made


@pytest.fixture
def page(boss: User, windows: Open, options: dict[str, Any]) -> Page:
    found = windows(**options)
    steps.sign_in(found, boss, to="/counter/")
    return found


@pytest.mark.parametrize("options", [BY_DAY, *SIZES])
def test_staff_pages_are_fit_for_everybody(
    site: Site, page: Page, screenshots: Path, request: pytest.FixtureRequest
) -> None:
    walk = Walk(page, screenshots, request.node.callspec.id)
    page.locator("#shows button").first.click()
    page.locator("#more").click()
    walk.look("counter")
    page.locator("#shift-open").click()
    walk.look("counter-shift")
    page.keyboard.press("Escape")
    page.locator("#waiting-open").click()
    walk.look("counter-waiting")
    walk.go("/counter/vouchers/", "counter-vouchers")
    page.locator("#id_amount").fill("500")
    page.locator("main form .button--primary").click()
    expect(page.locator(".voucher-paper")).to_be_visible()
    walk.look("counter-voucher-paper")
    walk.go("/door/", "door")
    page.locator("#code").press_sequentially("nobody\n")
    walk.look("door-refused")
    for name in sorted(routes.STAFF - {"counter", "sell-voucher", "door"}):
        walk.go(reverse(name), f"desk-{name}")
    walk.go("/admin/", "desk-index")
    walk.go(f"/admin/venues/showtime/{site.stage.path}/seats/", "desk-seats")

    assert walk.faults == []
    assert routes.STAFF - walk.seen == set()


@pytest.mark.parametrize("apps", APPS, ids=" ".join)
@pytest.mark.parametrize("options", [SIZES[0], BY_NIGHT])
def test_every_list_and_form_of_the_desk_is_fit_for_everybody(
    apps: tuple[str, ...], boss: User, page: Page, screenshots: Path, request: pytest.FixtureRequest
) -> None:
    client = Client()
    client.force_login(boss)
    walk = Walk(page, screenshots, request.node.callspec.id)
    for model_admin in admin.site._registry.values():
        if model_admin.opts.app_label not in apps:
            continue
        for name, path in _pages(model_admin):
            answer = client.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                walk.go(path, name)

    assert walk.faults == []
    assert len(walk.seen) > 5


def test_no_app_of_the_desk_is_left_out() -> None:
    assert {model._meta.app_label for model in admin.site._registry} == {name for apps in APPS for name in apps}


def _pages(model_admin: ModelAdmin) -> Iterator[tuple[str, str]]:
    """Its list, its forms and what we have added to them, with the row that is there."""
    row = model_admin.model._default_manager.first()
    for pattern in model_admin.get_urls():
        name = pattern.name or ""
        of_row = "<" in str(pattern.pattern)
        skipped = not name or (of_row and row is None) or name.endswith(("_delete", "_history"))
        if skipped or (name.endswith("_add") and isinstance(model_admin, Evidence)):
            continue
        yield f"admin-{name}", reverse(f"admin:{name}", args=[row.pk] if of_row and row else [])
