"""S02 and S13: what a caller adds to a body changes nothing, and what is secret is nowhere to be read."""

import logging
from typing import Any

import pytest
from django.test import Client

from seatsync import feed
from tests import cast, purchase
from tests.conftest import Api
from tests.security import world as worlds
from tests.security.rows import ROWS, Row
from tests.security.test_matrix import call
from tests.security.world import World

WISHES = {
    "status": "CONFIRMED", "price": 1, "total": 1, "totalAmount": 1, "amount": 1, "finalAmount": 1, "discount": 449,
    "source": "WALK_IN", "bookingSource": "WALK_IN", "channelId": "00000000-0000-7000-8000-000000000001",
    "venue": "x", "is_staff": True, "isStaff": True, "expiresAt": "2099-01-01T00:00:00Z", "refundAmount": 10**6,
    "owner": "user:1", "is_test": False, "scopes": ["payments:refund"], "version": 99,
}  # fmt: skip
# What a seed lets the client say, and a ruling bounds; tests of their own see to these.
SAID_ALOUD = {
    "payments/refund/<uuid:booking_id>": {"amount"},
    "bookings/<uuid:booking_id>/cancel": {"refundAmount"},
    "bookings/<uuid:booking_id>/preparePayment": {"finalAmount"},
}
# Differ from one answer to the next by themselves.
FLEETING = {
    "id",
    "slug",
    "bookingReference",
    "paymentUrl",
    "posterUrl",
    "ticketUrl",
    "key",
    "serverTime",
    "secret",
    "clientSecret",
}
FLEETING_ENDS = ("Id", "At", "By", "Until", "Intent")


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.RATE_LIMIT_PER_MINUTE = settings.RATE_LIMIT_CHANNEL_PER_MINUTE = 0
    return worlds.make()


def test_nobody_gets_a_price_a_status_or_a_source_by_writing_it_into_the_body(world: World) -> None:
    gained = []
    for row in ROWS:
        body = row.make_body(world) if row.make_body else {}
        if row.method == "GET" or not row.own or not isinstance(body, dict):
            continue
        wishes = {name: wish for name, wish in WISHES.items() if name not in SAID_ALOUD.get(row.route, set())}
        plain, wished = _answer(world, row, body), _answer(world, row, wishes | body)
        if plain != wished and wished[0] not in (400, 422):
            gained.append(f"{row.method} {row.route}: {plain} became {wished}")

    assert gained == [], "\n" + "\n".join(gained)


def _answer(world: World, row: Row, body: dict[str, Any]) -> tuple[int, Any]:
    sent = Row(**(vars(row) | {"make_body": lambda _world: body}))
    answer = call(world, sent, world.callers[row.own])
    return answer.status_code, _lasting(answer.json() if answer.content else None)


def _lasting(told: Any) -> Any:
    if isinstance(told, dict):
        kept = {name for name in told if name not in FLEETING and not name.endswith(FLEETING_ENDS)}
        return {name: _lasting(told[name]) for name in sorted(kept)}
    return [_lasting(inner) for inner in told] if isinstance(told, list) else told


def test_no_secret_is_in_a_log_or_an_answer(
    stage: cast.Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    token, password, card = cast.moviepass(stage), "planted-password-1", "4242424242424242"
    answers = [Client().post("/login/", {"username": "asha@example.com", "password": password})]
    booking = purchase.book(Api(), stage, "A1")
    sent = {"bookingId": booking["bookingId"], "paymentIntentId": "pi", "paymentMethod": {"token": card, "pan": card}}
    answers.append(Api().post("/payments/process", sent))
    answers.append(Api(token + "x").get(f"/seat-sync/availability/{stage.path}"))

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("something of ours broke")

    monkeypatch.setattr(feed, "snapshot", fail)
    answers.append(Api(token).get(f"/seat-sync/availability/{stage.path}"))

    assert [answer.status_code for answer in answers] == [200, 422, 401, 500]
    told = caplog.text + "".join(answer.content.decode() for answer in answers)
    assert [secret for secret in (token, password, card) if secret in told] == []
