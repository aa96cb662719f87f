"""The real pages in a real Chromium: the site by WSGI and its websockets, in this process, on the test database."""

import copy
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from seatsync import hub
from tests import cast, live

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
PATIENCE = 10_000  # ms; the machine may be busy


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine (apt-get install chromium)")
    # Playwright's loop runs in this thread, and Django takes any loop for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_said: Any) -> None:
        pass


@dataclass
class Site:
    """What `make up` runs, for one test. stage: what is on."""

    url: str
    ws_port: int
    stage: cast.Stage
    stop_sockets: Callable[[], object] = lambda: None
    start_sockets: Callable[[], object] = lambda: None

    @property
    def seats_url(self) -> str:
        return f"{self.url}/showtimes/{self.stage.path}/"


@pytest.fixture
def site(race_stage: cast.Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(hub, "CHECK_EVERY", 0.5)
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    url = f"http://127.0.0.1:{server.server_port}"
    with ExitStack() as running:
        wires = running.enter_context(ExitStack())
        ws_url = wires.enter_context(live.run_sockets())
        made = Site(url, int(ws_url.rpartition(":")[2]), race_stage)
        made.stop_sockets = wires.close
        made.start_sockets = lambda: wires.enter_context(live.run_sockets(made.ws_port))
        running.enter_context(_told(monkeypatch, url, ws_url))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()
        server.server_close()
    live.end_sessions()


@contextmanager
def _told(monkeypatch: pytest.MonkeyPatch, url: str, ws_url: str) -> Iterator[None]:
    """The settings learn the ports; the origins in place, for the running ASGI application has that very list."""
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["connect-src"] += [ws_url]
    monkeypatch.setattr(settings, "CONTENT_SECURITY_POLICY", policy)
    monkeypatch.setattr(settings, "BASE_URL", url)
    monkeypatch.setattr(settings, "WS_URL", ws_url)
    settings.WS_ORIGINS.append(url)
    yield
    settings.WS_ORIGINS.remove(url)


class Open(Protocol):
    def __call__(self, path: str = "", **options: Any) -> Page: ...


@pytest.fixture
def windows(chromium: Browser, site: Site) -> Iterator[Open]:
    """windows(path, **options) opens a page in a browser of its own: another person at another machine.

    options: as `new_context`; allow=regex of console lines that belong to the test. Any other error on the console,
    an uncaught exception, a refusal by the Content-Security-Policy or an answer of 500 fails the test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(path: str = "", *, allow: str = "", **options: Any) -> Page:
        context = chromium.new_context(base_url=site.url, **({"viewport": DESK, "locale": "en-GB"} | options))
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch(page, faults, allow)
        if path:
            page.goto(path)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


def watch(page: Page, faults: list[str], allow: str) -> None:
    def fault(text: str) -> None:
        if not (allow and re.search(allow, text)):
            faults.append(f"{page.url}: {text}")

    page.on("console", lambda said: said.type in ("error", "warning") and fault(said.text))
    page.on("pageerror", lambda error: fault(str(error)))
    page.on("response", lambda answer: answer.status >= 500 and fault(f"{answer.status} {answer.url}"))


@pytest.fixture
def screenshots() -> Path:
    folder = settings.VAR / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
