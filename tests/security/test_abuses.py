"""S02, S13 and S15: what a caller adds to a body changes nothing, and what is secret is nowhere to be read."""

import inspect
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from bookings import dispatch
from bookings.models import Notice
from seatsync import feed
from showsewa import celery, hints, promises
from showsewa.models import User
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
    "bookings/<uuid:booking_id>/voucher": {"amount"},
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
    "token",
    "url",
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
    # Of a payment the gateway is asked once in a few seconds, and what was rolled back was asked all the same.
    hints.attempt(lambda redis: [redis.delete(key) for key in redis.scan_iter("*asked-back:*")], otherwise=[])
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


def test_no_task_takes_an_argument_so_none_carries_a_secret() -> None:
    celery.app.loader.import_default_modules()
    ours = [task for name, task in celery.app.tasks.items() if not name.startswith("celery.")]

    assert len(ours) >= len(celery.BEAT)
    assert [task.name for task in ours if inspect.signature(task.run).parameters] == []


def test_no_form_of_ours_has_a_field_for_a_card() -> None:
    """The card is typed at the gateway's page or into the gateway's own element (SAQ A)."""
    card = re.compile(r"""<input[^>]*(cc-number|cc-csc|cc-exp|card.?number|name=["']?(cvc|cvv|exp))""", re.IGNORECASE)
    forms = sorted((Path(django_settings.BASE_DIR) / "templates").rglob("*.html"))

    assert len(forms) > 50
    assert [str(form) for form in forms if card.search(form.read_text())] == []


@pytest.mark.slow
def test_no_secret_is_in_a_mail_or_on_a_page_of_the_desk(stage: cast.Stage, settings: Any, tmp_path: Path) -> None:
    settings.MAILBOX = tmp_path
    token, card = cast.till(stage), "4242424242424242"
    boss = User.objects.create_superuser("boss@example.com", cast.PASSWORD)
    device = TOTPDevice.objects.create(user=boss, name="phone", confirmed=True)
    booking = purchase.buy(Api(), stage, "A1")
    sent = {"bookingId": booking["bookingId"], "paymentIntentId": booking["paymentIntentId"]}
    Api().post("/payments/process", sent | {"paymentMethod": {"token": card, "pan": card}})
    purchase.send(Api(), purchase.event(purchase.session_of(booking)))
    promises.keep(Notice, dispatch.send, now=timezone.now())
    client = Client()
    client.force_login(boss)

    told = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file()) + "".join(_desk(client))

    assert "boss@example.com" in told
    assert booking["bookingReference"] in told
    secrets = [token, card, cast.PASSWORD, boss.password, device.key, settings.SECRET_KEY]
    assert [secret for secret in [*secrets, settings.PAYMENT_WEBHOOK_SECRET] if secret in told] == []


def _desk(client: Client) -> list[str]:
    """Every list, and of each the first row's page."""
    seen = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        seen.append(client.get(reverse(f"{name}_changelist")).content.decode())
        row = model._default_manager.first()
        if row is not None:
            seen.append(client.get(reverse(f"{name}_change", args=[row.pk])).content.decode())
    return seen
