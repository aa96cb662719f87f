"""RELIABILITY C as a generated test: every route and method of the API against every kind of caller.

The routes come from the URL resolver: one without its row here fails.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from showsewa import urls
from tests.conftest import Api
from tests.security import world as worlds
from tests.security.rows import ROWS, Row
from tests.security.world import World

# DRF answers OPTIONS itself, HEAD is GET.
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.RATE_LIMIT_PER_MINUTE = settings.RATE_LIMIT_CHANNEL_PER_MINUTE = 0
    return worlds.make()


def routes() -> Iterator[tuple[str, str]]:
    for pattern in urls.api:
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        for method in METHODS:
            if view is not None and hasattr(view, method):
                yield method.upper(), str(pattern.pattern)


def test_every_route_has_its_row() -> None:
    known = {(row.method, row.route) for row in ROWS}

    assert set(routes()) - known == set()
    assert known - set(routes()) == set()


def test_everybody_gets_what_the_matrix_says_and_nothing_else(world: World) -> None:
    wrong = []
    for row in ROWS:
        for caller, expected in row.expected().items():
            answer = call(world, row, world.callers[caller])
            if answer.status_code not in expected:
                wrong.append(
                    f"{row.method} {row.route} {caller}: {answer.status_code}, not {expected}: {answer.content[:150]!r}"
                )

    assert wrong == [], "\n" + "\n".join(wrong)


def test_a_key_in_the_address_opens_nothing(world: World) -> None:
    token = world.callers[row_owner := "till"].headers["Authorization"].removeprefix("Bearer ")
    wrong = []
    for row in ROWS:
        if row.own == row_owner and "An" in row.strangers:
            answer = call(world, row, Api(), query=f"?token={token}&access_token={token}&key={token}")
            if answer.status_code not in row.expected()["An"]:
                wrong.append(f"{row.method} {row.route}: {answer.status_code}")

    assert wrong == []


def test_a_cookie_without_its_csrf_token_writes_nothing(world: World) -> None:
    devi = worlds.User.objects.get(email="devi@example.com")
    careless = worlds.signed_in(devi, enforce_csrf_checks=True)
    wrong = []
    for row in ROWS:
        if row.method != "GET" and not row.is_open_to_all:
            answer = call(world, row, careless)
            if answer.status_code != 403 or "CSRF" not in answer.content.decode():
                wrong.append(f"{row.method} {row.route}: {answer.status_code}")

    assert wrong == []


def test_another_method_in_a_header_and_a_forged_address_change_nothing(world: World) -> None:
    wrong = []
    for row in (row for row in ROWS if "An" in row.strangers):
        headers = {
            "X_HTTP_Method_Override": "DELETE",
            "X_Forwarded_For": "127.0.0.1",
            "X_Original_URL": "/api/v1/health",
        }
        answer = call(world, row, world.callers["An"], **headers)
        if answer.status_code not in row.expected()["An"]:
            wrong.append(f"{row.method} {row.route}: {answer.status_code}")

    assert wrong == []


def call(world: World, row: Row, api: Api, *, query: str = "", **headers: str) -> Any:
    """The answer, with everything that it changed undone."""
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]  # use cases insist on beginning their own transaction
    with undone:
        answer = api.send(row.method, row.path(world) + query, row.body(world), **headers)
        transaction.set_rollback(True)
    return answer
