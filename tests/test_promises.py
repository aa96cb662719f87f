"""Promises are kept at least once, whatever becomes of their keepers; the kernel knows nothing of what they promise."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from payments.models import FakeMessage
from showsewa import promises

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> list[FakeMessage]:
    due = timezone.now() - timedelta(seconds=5)
    return [FakeMessage.objects.create(event_id=name, body="", due_at=due) for name in "abc"]


def test_a_keeper_that_dies_leaves_what_it_had_to_the_next_one(three: list[FakeMessage]) -> None:
    kept: list[str] = []

    def die(promise: FakeMessage) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        promises.keep(FakeMessage, die, now=timezone.now())

    assert promises.keep(FakeMessage, lambda promise: kept.append(promise.event_id), now=timezone.now()) == 0
    later = timezone.now() + promises.lease() + timedelta(seconds=1)
    assert promises.keep(FakeMessage, lambda promise: kept.append(promise.event_id), now=later) == 3
    assert kept == ["a", "b", "c"]


def test_one_that_fails_does_not_keep_the_others_waiting(three: list[FakeMessage]) -> None:
    def fail_first(promise: FakeMessage) -> None:
        if promise.event_id == "a":
            raise OSError("the receiver hung up")

    promises.keep(FakeMessage, fail_first, now=timezone.now())

    assert list(FakeMessage.objects.filter(done_at=None).values_list("event_id", "attempts")) == [("a", 1)]
    failed = FakeMessage.objects.get(event_id="a")
    assert failed.is_open and "hung up" in failed.last_error and failed.due_at > timezone.now()


def test_a_slow_keeper_gives_the_rest_back_untried(three: list[FakeMessage], settings: LazySettings) -> None:
    settings.PROMISE_LEASE_SECONDS = 0.3
    tried: list[str] = []

    def be_slow(promise: FakeMessage) -> None:
        tried.append(promise.event_id)
        deadline = timezone.now() + timedelta(seconds=0.11)
        while timezone.now() < deadline:
            pass

    assert promises.keep(FakeMessage, be_slow, now=timezone.now()) == 1

    assert tried == ["a"]
    rest = FakeMessage.objects.filter(done_at=None)
    assert [(message.event_id, message.attempts) for message in rest.order_by("id")] == [("b", 0), ("c", 0)]
    assert all(message.due_at <= timezone.now() for message in rest)
