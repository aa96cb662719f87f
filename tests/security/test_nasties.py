"""R24 over every route of the matrix: whatever is sent, the answer is a problem in less than a second, never a fault.

The values come one at a time into each field of a body that was right, into each query, and instead of the body. Each
field and each route has a third of them, the next one the next third; all of them with LONG=1.
"""

import json
import os
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.security import world as worlds
from tests.security.rows import ROWS, Row
from tests.security.test_matrix import call
from tests.security.world import World

VALUES: list[Any] = [
    None, True, -1, 0.001, 10**20, 10**400, [], {}, [[]], "", "\u202eA1", "x" * 5000, ["A1"] * 2000, [None], [{}],
    "' OR 1=1 --", "<img onerror=x>", "NaN", "seat_9999999999999999999999", "2031-13-45T99:00:00Z",
]  # fmt: skip

BODIES = [
    b'{"a": NaN}', b'{"a": 1e400}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}', b'{"a": "\xff\xfe"}', b"[]", b"1",
    b"null", b"", b"{", b"[" * 100_000, b'{"a":' * 5000, b'{"holdId": 1, "holdId": 2}', b"x" * 300_000,
]  # fmt: skip

QUERIES = [
    "?limit=-1", "?limit=1e9", "?cursor=%00", "?cursor=%27%22", "?after=x", "?since=99999999999999999999", "?%FF=%FF",
    "?ordering=user__password", "?user__password__startswith=p", "?date=2026-02-30", "?lat=NaN&lon=Infinity",
]  # fmt: skip


_turn = count()


def share(values: list[Any]) -> list[Any]:
    return values if os.environ.get("LONG") else values[next(_turn) % 3 :: 3]


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.RATE_LIMIT_PER_MINUTE = settings.RATE_LIMIT_CHANNEL_PER_MINUTE = 0
    return worlds.make()


def spoilt(body: Any) -> Iterator[Any]:
    """Each field, also of the objects inside, replaced by each nasty value."""
    if isinstance(body, dict):
        for name, inner in body.items():
            yield from (body | {name: value} for value in share(VALUES))
            yield from (body | {name: other} for other in spoilt(inner))
    elif isinstance(body, list) and body:
        yield from ([other, *body[1:]] for other in spoilt(body[0]))


def faults(world: World, row: Row, bodies: Iterator[Any], queries: list[str]) -> list[str]:
    found = []
    for body in bodies:
        found += _fault(world, Row(**(vars(row) | {"make_body": lambda _world, sent=body: sent})), "")
    for query in queries:
        found += _fault(world, row, query)
    return found


def _fault(world: World, row: Row, query: str) -> list[str]:
    began = time.monotonic()
    answer = call(world, row, world.callers[row.own or "An"], query=query)
    took = time.monotonic() - began
    is_problem = answer.status_code < 400 or answer["Content-Type"] == "application/problem+json"
    if answer.status_code < 500 and took < 1 and is_problem:
        return []
    sent = row.body(world)
    told = sent if isinstance(sent, bytes) else json.dumps(sent)
    return [f"{row.method} {row.route}{query} {told[:200]!r}: {answer.status_code} in {took:.1f} s"]


@pytest.mark.slow
def test_no_field_takes_a_nasty_value_badly(world: World) -> None:
    found = []
    for row in ROWS:
        if row.own and row.make_body:
            found += faults(world, row, spoilt(row.make_body(world)), [])

    assert found == [], "\n" + "\n".join(found)


@pytest.mark.slow
def test_no_route_takes_a_body_that_is_no_object_or_a_wild_query_badly(world: World) -> None:
    found = []
    for row in ROWS:
        bodies = iter(share(BODIES) if row.method != "GET" else [])
        found += faults(world, row, bodies, share(QUERIES) if row.method == "GET" else [])

    assert found == [], "\n" + "\n".join(found)
