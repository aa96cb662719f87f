"""Fixtures for all tests: the stage, the people on it, and clients that speak for them."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from xdist.scheduler import LoadFileScheduling

from showsewa import hints
from showsewa.models import User
from tests import cast


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright leaves an event loop in the thread that async tests trip over."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if not os.environ.get("LONG"):
        long = pytest.mark.skip(reason="takes long: make test LONG=1")
        for item in items:
            if item.get_closest_marker("long") is not None:
                item.add_marker(long)


class ByFile(LoadFileScheduling):
    """A file a worker; but all of the fault tests are one's, because they share a site."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/faults" if nodeid.startswith("tests/faults/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(autouse=True)
def _fresh_hints() -> Iterator[None]:
    """No test inherits another's broken Redis, or is taken for the one that guessed before it."""
    hints.forget()
    hints.attempt(lambda redis: [redis.delete(key) for key in redis.scan_iter("limit:guess:*")], otherwise=[])
    hints.forget()  # on a busy machine that may have taken too long
    cache.clear()
    yield
    hints.forget()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language behind in the thread, which under a server begins the next one with its own."""
    yield
    translation.deactivate()


@pytest.fixture
def stage(db: None) -> cast.Stage:
    return cast.make_stage()


@pytest.fixture
def race_stage(transactional_db: None) -> cast.Stage:
    """The stage for threads: really committed."""
    return cast.make_stage()


@pytest.fixture
def api() -> "Api":
    """Nobody in particular: an API caller without cookies."""
    return Api()


@pytest.fixture
def asha(stage: cast.Stage) -> User:
    return cast.make_user("asha@example.com", first_name="Asha")


@pytest.fixture
def bikash(stage: cast.Stage) -> User:
    return cast.make_user("bikash@example.com", first_name="Bikash")


@pytest.fixture
def chandra(stage: cast.Stage) -> User:
    return cast.make_user("chandra@example.com", role="counter", cinemas=(stage.cinema,), first_name="Chandra")


@pytest.fixture
def devi(stage: cast.Stage) -> User:
    return cast.make_user("devi@example.com", role="manager", cinemas=(stage.cinema,), first_name="Devi")


class Api:
    """A JSON client. token: a bearer key. Every answer is a Django response; `.json()` reads it."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.client = client or Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._all(headers))

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        data = b"" if body is None else body
        return self.client.generic(
            method,
            f"/api/v1{path}",
            data if isinstance(data, bytes) else self.client._encode_json(data, "application/json"),
            content_type="application/json",
            headers=self._all(headers),
        )

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        return self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
