"""A way through the site's pages, each looked at: by a person in a picture, by axe-core, and for its width."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser import axe, routes
from tests.browser.conftest import DESK, PHONE

TABLET = {"width": 820, "height": 1180}
LONG = pytest.mark.long
SIZES: list[Any] = [
    pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="phone-light"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark", "locale": "ne-NP"}, id="phone-dark-nepali", marks=LONG),
    pytest.param({"viewport": DESK, "color_scheme": "dark"}, id="desk-dark", marks=LONG),
    pytest.param({"viewport": DESK, "color_scheme": "light", "locale": "ne-NP"}, id="desk-light-nepali", marks=LONG),
    pytest.param({"viewport": TABLET, "color_scheme": "light", "contrast": "more"}, id="tablet", marks=LONG),
]


@dataclass
class Walk:
    """rules: axe-core's tags. seen: the names in showsewa/urls.py of the pages looked at."""

    page: Page
    pictures: Path
    size: str
    rules: tuple[str, ...] = axe.WCAG
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def go(self, path: str, name: str) -> None:
        self.page.goto(path)
        self.look(name)

    def look(self, name: str) -> None:
        page = self.page
        page.screenshot(path=self.pictures / f"{name}-{self.size}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            self.faults.append(f"{name} scrolls sideways")
        self.faults += [f"{name}: {fault}" for fault in axe.found(page, self.rules)]
        try:
            match = resolve(urlsplit(page.url).path)
            self.seen.add(routes.name_of(match.url_name, match.route))
        except Resolver404:
            pass
