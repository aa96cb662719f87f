"""The counter's and the desk's own pages: axe-core finds nothing, they fit their width, the console stays silent.

Their frame is the admin theme's; the good practice that goes beyond WCAG is not asked of it.
"""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from showsewa.models import User
from tests import cast
from tests.browser import steps
from tests.browser.conftest import DESK, Open, Site
from tests.browser.walk import LONG, SIZES, Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK_PAGES = (
    "figures", "board", "equation", "equation-rows", "audit", "failed-promises", "personal-data", "second-factor",
    "admin:index",
)  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESK, "color_scheme": "light"}, id="desk-light", marks=LONG),
        *[pytest.param(*size.values, id=size.id, marks=LONG) for size in SIZES],
    ],
)
def test_staff_pages_are_fit_for_everybody(
    site: Site, windows: Open, screenshots: Path, options: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    boss = User.objects.create_superuser("boss@example.com", cast.PASSWORD)
    boss.cinemas.set([site.stage.cinema])
    page = windows(**options)
    walk = Walk(page, screenshots, request.node.callspec.id)
    steps.sign_in(page, boss, to="/counter/")
    page.locator("#shows button").first.click()
    page.locator("#more").click()
    walk.look("counter")
    walk.go("/counter/vouchers/", "counter-vouchers")
    for name in DESK_PAGES:
        walk.go(reverse(name), f"desk-{name.removeprefix('admin:')}")
    walk.go(f"/admin/venues/showtime/{site.stage.path}/seats/", "desk-seats")

    assert walk.faults == []
