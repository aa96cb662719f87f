"""Webhooks at the desk: the API's own checks, the secret once, and sending again."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from seatsync import announcing, blocking, delivering, signing
from seatsync.models import Channel, Delivery, Subscription
from showsewa.actors import SYSTEM
from showsewa.models import User
from tests import cast
from tests.receiver import receiving


@pytest.fixture
def boss(stage: cast.Stage, settings: Any) -> Client:
    settings.WEBHOOKS_TO_LOOPBACK = True
    cast.moviepass(stage)
    return signed_in(User.objects.create_superuser("boss@example.com", cast.PASSWORD))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, row: Any = None) -> str:
    return reverse(f"admin:seatsync_{name}", args=[row.pk] if row else [])


def make(boss: Client, url: str) -> Any:
    channel = Channel.objects.get(name="Moviepass")
    return boss.post(page("subscription_add"), {"channel": channel.pk, "url": url, "is_test": "on"})


def test_a_webhook_is_made_at_the_desk_and_its_secret_shown_once(boss: Client) -> None:
    made = make(boss, "http://127.0.0.1:9000/hook")

    row = Subscription.objects.get()
    secret = signing.secret(row.pk, 1)
    assert secret in made.content.decode()
    for name in ("subscription_change", "subscription_edit", "subscription_rotate"):
        assert secret not in boss.get(page(name, row)).content.decode()
    rotated = boss.post(page("subscription_rotate", row), {}).content.decode()
    assert signing.secret(row.pk, 2) in rotated


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://169.254.169.254/", "file:///etc/passwd", "no"])
def test_the_desk_refuses_what_leads_inside(boss: Client, url: str) -> None:
    refused = make(boss, url)

    assert refused.context["form"].errors["url"]
    assert not Subscription.objects.exists()


def test_a_disabled_one_is_tested_again_after_it_was_enabled(boss: Client, stage: cast.Stage) -> None:
    with receiving() as receiver:
        make(boss, receiver.url)
        row = Subscription.objects.get()
        boss.post(page("subscription_switch", row), {})
        assert boss.post(page("subscription_send_test", row), {}).status_code == 422
        boss.post(page("subscription_switch", row), {})
        assert boss.post(page("subscription_send_test", row), {}).status_code == 302
        announcing.number()
        delivering.deliver_due()

        assert [event["type"] for event in receiver.got][-1] == "webhook.test"


def test_a_delivery_shows_what_was_said_and_is_sent_again(boss: Client, stage: cast.Stage) -> None:
    with receiving(text=b"noted with <thanks>") as receiver:
        announcing.number()
        make(boss, receiver.url)
        blocking.block(showtime_id=stage.showtime.pk, seats=["A1"], reason="x", actor=SYSTEM)
        announcing.number()
        delivering.deliver_due()
        sent = Delivery.objects.get()
        shown = boss.get(page("delivery_change", sent)).content.decode()
        boss.post(page("delivery_replay", sent), {})
        delivering.deliver_due()

        assert "seat.changed" in shown
        assert "noted with &lt;thanks&gt;" in shown
        assert receiver.sequences == [sent.sequence, sent.sequence]


def test_a_manager_looks_and_another_cinemas_sees_none(boss: Client, stage: cast.Stage, devi: User) -> None:
    make(boss, "http://127.0.0.1:9000/hook")
    row = Subscription.objects.get()
    elsewhere = cast.make_stage(name="Rara Cinema")
    stranger = cast.make_user("else@example.com", role="manager", cinemas=(elsewhere.cinema,))

    assert signed_in(devi).get(page("subscription_change", row)).status_code == 200
    assert signed_in(devi).post(page("subscription_rotate", row), {}).status_code in (302, 403)
    assert signed_in(stranger).get(page("subscription_changelist")).context["cl"].result_count == 0
    row.refresh_from_db()
    assert row.secret_number == 1
