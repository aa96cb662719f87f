"""Health, documents, problems, and bodies nobody should survive sending."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from showsewa.models import Heartbeat
from showsewa.refusals import Refusal
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

pytestmark = pytest.mark.django_db


def test_health_says_that_all_is_well(api: Api) -> None:
    Heartbeat.objects.create(job="expire_bookings", beaten_at=timezone.now())

    answer = api.get("/health")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["db"], body["queue"], body["late"]) == ("ok", "ok", "ok", [])
    assert body["time"].endswith("Z")
    assert Client().get("/api/health").status_code == 200


def test_health_names_jobs_that_are_late(api: Api) -> None:
    assert api.get("/health").json()["queue"] == "silent"
    Heartbeat.objects.create(job="send_notices", beaten_at=timezone.now() - timedelta(minutes=5))
    Heartbeat.objects.create(job="archive", beaten_at=timezone.now() - timedelta(hours=20))

    body = api.get("/health").json()

    assert (body["queue"], body["late"]) == ("late", ["send_notices"])


def test_health_is_503_without_a_database(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_named: object) -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", away)

    answer = api.get("/health")

    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["db"]) == ("unavailable", "away")


def test_the_document_lists_each_route_once_and_by_a_tidy_name() -> None:
    answer = Client().get("/api/v1/schema?format=json")

    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert "/api/v1/showtimes/{showtime_id}/seats" in document["paths"]
    assert "/api/v1/_noop" not in document["paths"]
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(set(names)) == len(names)
    told = [each["summary"] for path in document["paths"].values() for each in path.values()]
    assert [summary for summary in told if "_" in summary] == []  # each says what it does, not how it is called
    assert {"getSeatMap", "getSeatState", "reportSales", "blockSeats", "createVenue", "getHealth"} <= set(names)
    assert document["components"]["securitySchemes"]["channelKey"]["scheme"] == "bearer"
    paths = document["paths"]
    assert paths["/api/v1/seat-sync/bulk-update"]["post"]["security"] == [{"channelKey": ["seatsync:write"]}]
    assert {} in paths["/api/v1/showtimes/{showtime_id}/seats"]["get"]["security"]
    assert Client().get("/api/schema").status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/api/docs"])
def test_swagger_ui_comes_from_our_own_files_under_the_strict_policy(path: str) -> None:
    page = Client().get(path)
    script = Client().get(f"{path}?script=")

    assert (page.status_code, script.status_code) == (200, 200)
    html = page.content.decode()
    assert "http" not in re.sub(r'href="/|src="/', "", html).replace("http-equiv", "")
    assert not re.search(r"<style|<script>|style=", html)
    assert not re.search(r"unsafe|nonce", page["Content-Security-Policy"])
    assert b"/api/schema" in script.content


def test_redoc_keeps_its_scripts_strict() -> None:
    page = Client().get("/api/redoc")

    assert page.status_code == 200
    assert b"http" not in page.content
    scripts = re.search(r"script-src ([^;]*)", page["Content-Security-Policy"])
    assert scripts is not None
    assert "unsafe" not in scripts[1]


def kinds(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_problem_has_its_place_in_the_documents(stage: Stage, api: Api) -> None:
    page = Client().get("/docs/problems").content.decode()

    for kind in kinds(Refusal):
        row = re.search(rf'id="{kind.code}">.*?<dd>(.*?)</dd>', page, re.DOTALL)
        assert row and len(row[1]) > 10, f"{kind.code}: a docstring, or a line in showsewa/docs.py"
    problem = api.get(f"/showtimes/{uuid.uuid4()}/seats").json()
    assert problem["type"] == "/docs/problems#NOT_FOUND"
    assert {"title", "status", "detail", "instance", "requestId", "success", "message"} <= set(problem)


def test_an_unknown_address_is_a_problem_document(api: Api) -> None:
    answer = api.get("/nothing/here")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_no_op_view_is_there_for_benchmarks(api: Api) -> None:
    assert (api.get("/_noop").status_code, api.get("/_noop").json()) == (200, {})


# RELIABILITY R24.

DEEP = b'{"seatUpdates":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BODIES = {
    "array": b"[]",
    "null": b"null",
    "number": b"7",
    "text": b'"x"',
    "empty": b"",
    "cut": b'{"showtimeId": "',
    "bad utf-8": b'{"showtimeId": "\xff\xfe"}',
    "nul": b'{"showtimeId": "\\u0000"}',
    "raw nul": b'{"showtimeId": "\x00"}',
    "lone surrogate": b'{"showtimeId": "\\ud800"}',
    "nan": b'{"showtimeId": NaN}',
    "infinite": b'{"showtimeId": 1e400}',
    "deep": DEEP[:200_000],
    "deep enough": b'{"a":' * 30 + b"1" + b"}" * 30,
    "huge": b'{"showtimeId": "' + b"x" * 6_000_000 + b'"}',
}
WRITES = ["/seat-sync/bulk-update", "/seat-sync/block", "/seat-sync/unblock", "/venue", "/venue/{}/hall", "/events",
          "/events/{}/showtimes"]  # fmt: skip
VALUES: list[Any] = [
    None, True, -1, 0.001, "1e3", 10**20, "9" * 5000, [], {}, [[]], "", " ", "\u202eabc", "a\u0007b", {"a": [1]},
    "<img src=x onerror=alert(1)>" * 20, ["x"] * 600, 1e308,
]  # fmt: skip


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", WRITES)
def test_a_broken_body_is_refused(stage: Stage, till: Api, path: str, body: bytes) -> None:
    place = stage.cinema.pk if "venue" in path else stage.movie.pk

    refused = till.post(path.format(place), body)

    assert 400 <= refused.status_code < 500
    assert refused["Content-Type"] == "application/problem+json"


def complete(stage: Stage, path: str) -> dict[str, Any]:
    line = {"seatNumber": "A1", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    prices = [{"zone": "MAIN", "seatType": "STANDARD", "amount": 5}]
    spot = {"id": "A1", "label": "A1", "coordinates": {"x": 1, "y": 1}, "seatType": "standard"}
    layout = {"sections": [{"id": "s", "name": "S", "rows": [{"label": "A", "seats": [spot]}]}]}
    seats = {"seatIds": ["A1"], "showtimeId": stage.path, "reason": "x", "until": None}
    bodies: dict[str, dict[str, Any]] = {
        WRITES[0]: {"showtimeId": stage.path, "atomic": False, "mode": "per_seat", "seatUpdates": [line | {
            "timestamp": "2026-01-01T00:00:00Z"}]},
        WRITES[1]: seats,
        WRITES[2]: seats,
        WRITES[3]: {"name": "N", "address": {"street": "", "city": "C", "district": "", "state": "", "zip": ""},
                    "location": {"lat": 1, "lon": 1}, "imageUrls": ["k"]},
        WRITES[4]: {"hallName": "H", "seatLayout": layout, "cleaningMinutes": 5},
        WRITES[5]: {"name": "N", "imageUrl": "", "metadata": {"category": "Movie", "genres": ["x"], "durationMin": 5,
                    "languages": ["x"], "keywords": ["x"], "titleNe": "", "rating": "", "synopsis": ""}},
        WRITES[6]: {"venueId": str(stage.cinema.pk), "hallId": str(stage.hall.pk), "timestamp": "2026-01-01T00:00:00Z",
                    "prices": prices, "format": "2D", "language": "", "subtitles": ""},
    }  # fmt: skip
    return bodies[path]


def replaced(value: Any, nasty: Any) -> Iterator[Any]:
    """The document with each of its places in turn replaced."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value | {key: nasty}
            yield from (value | {key: changed} for changed in replaced(inner, nasty))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield [*value[:index], nasty, *value[index + 1 :]]
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in replaced(inner, nasty))


@pytest.mark.parametrize("path", WRITES)
def test_no_value_in_any_place_is_a_fault_of_ours(stage: Stage, till: Api, path: str) -> None:
    place = stage.cinema.pk if "venue" in path else stage.movie.pk
    body = complete(stage, path)

    for nasty in VALUES:
        for document in replaced(body, nasty):
            status = till.post(path.format(place), document).status_code
            assert status < 500, (nasty, document)


@pytest.mark.parametrize("seats", [["A1", "A1"], ["A1"] * 10_000, [None], [["A1"]], [1], "A1", {"A1": 1}, [""]])
def test_senseless_lists_of_seats_are_refused(stage: Stage, till: Api, seats: Any) -> None:
    body = {"showtimeId": stage.path, "reason": "x", "seatIds": seats}

    assert till.post("/seat-sync/block", body).status_code == 422


def test_seats_of_another_showtime_are_not_found(stage: Stage, till: Api) -> None:
    elsewhere = cast.make_stage(name="Other")
    seat = till.get(f"/showtimes/{elsewhere.path}/seats").json()["layout"]["rows"][0]["seats"][0]["id"]

    refused = till.post("/seat-sync/block", {"showtimeId": stage.path, "reason": "x", "seatIds": [seat]})

    assert refused.status_code == 404


def test_a_packed_body_is_refused(stage: Stage, till: Api) -> None:
    refused = till.post("/venue", b"\x1f\x8b bomb", Content_Encoding="gzip")

    assert refused.status_code == 415


def test_the_last_of_two_equal_keys_counts_and_nothing_breaks(stage: Stage, till: Api) -> None:
    body = f'{{"seatIds":["Z9"],"seatIds":["A1"],"reason":"x","showtimeId":"{stage.path}"}}'

    assert till.post("/seat-sync/block", body.encode()).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\nb"])
def test_a_senseless_idempotency_key_is_refused_or_none(stage: Stage, till: Api, key: str) -> None:
    answer = till.post("/events", {"name": "N"}, Idempotency_Key=key)

    assert answer.status_code == (201 if not key else 422)


def test_a_method_is_not_overridden(stage: Stage, till: Api) -> None:
    answer = till.post(f"/showtimes/{stage.path}/seats", {}, X_HTTP_Method_Override="GET")

    assert answer.status_code == 405
    assert till.send("OPTIONS", "/seat-sync/block").status_code in (200, 204)
