"""Webhooks over real HTTP: in order, over outages, without one receiver holding up another."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from payments import audit
from seatsync import announcing, blocking, delivering, tasks
from seatsync.models import ChannelNotice, Delivery, Subscription
from showsewa.actors import SYSTEM
from tests import cast
from tests.conftest import Api
from tests.receiver import Receiver, receiving

HOUR = 0.9  # seconds: an hour, four thousand times as fast
STEPS = [step * HOUR / 3600 for step in (5, 30, 60, 300, 1200, 3600, 14_400)]


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    settings.WEBHOOK_STEPS_SECONDS = STEPS


@pytest.fixture
def moviepass(stage: cast.Stage) -> Api:
    return Api(cast.moviepass(stage))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def subscribe(api: Api, receiver: Receiver, **facts: Any) -> Subscription:
    answer = api.post("/webhooks", {"url": receiver.url, "topics": ["seat.changed"]} | facts)
    assert answer.status_code == 201, answer.json()
    return Subscription.objects.get(pk=answer.json()["id"])


def change(stage: cast.Stage, *seats: str) -> None:
    """One event a seat."""
    for seat in seats:
        blocking.block(showtime_id=stage.showtime.pk, seats=[seat], reason="x", actor=SYSTEM)
    announcing.number()


def versions(receiver: Receiver) -> list[int]:
    return [event["data"]["version"] for event in receiver.got]


def deliver_until(done: Callable[[], bool], *, seconds: float = 10) -> None:
    """Ring like beat does, only faster."""
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        delivering.deliver_due()
        time.sleep(0.01)
    assert done()


def test_events_arrive_once_and_in_order(stage: cast.Stage, moviepass: Api, receiver: Receiver) -> None:
    subscribe(moviepass, receiver)
    change(stage, "A1", "A2", "A3", "A4", "A5")

    assert delivering.deliver_due() == 5
    assert delivering.deliver_due() == 0

    assert versions(receiver) == [1, 2, 3, 4, 5]
    assert receiver.headers[0]["content-type"] == "application/json"
    assert not audit.violations()


def test_a_receiver_that_was_down_for_an_hour_gets_everything_in_order(
    stage: cast.Stage, moviepass: Api, receiver: Receiver
) -> None:
    subscribe(moviepass, receiver)
    change(stage, "A1")
    delivering.deliver_due()
    receiver.down()
    until = time.monotonic() + HOUR
    for seat in ("A2", "A3", "A4", "A5", "B1", "B2"):
        change(stage, seat)
        delivering.deliver_due()
        time.sleep(HOUR / 6)
    time.sleep(max(until - time.monotonic(), 0))
    [row] = Subscription.objects.all()
    assert row.failing_since is not None
    assert row.attempts >= 4

    receiver.up()
    change(stage, "B3")
    deliver_until(lambda: len(receiver.got) == 8)

    assert versions(receiver) == [1, 2, 3, 4, 5, 6, 7, 8]
    row.refresh_from_db()
    assert (row.failing_since, row.attempts, row.disabled_at) == (None, 0, None)


@pytest.mark.parametrize("answer", [500, 302, 404])
def test_what_is_not_accepted_is_sent_again_and_nothing_overtakes_it(
    stage: cast.Stage, moviepass: Api, receiver: Receiver, answer: int
) -> None:
    subscribe(moviepass, receiver)
    receiver.answer, receiver.moved_to, receiver.text = answer, "http://127.0.0.1:1/elsewhere", b"no \x00 thanks"
    change(stage, "A1", "A2")
    deliver_until(lambda: receiver.calls >= 3)

    first, second = Delivery.objects.order_by("sequence")
    assert (first.answer_status, first.last_error, second.attempts) == (answer, f"answered {answer}", 0)
    assert first.answer_body == "no  thanks"

    receiver.answer, receiver.moved_to = 200, ""
    deliver_until(lambda: len(receiver.got) == 2)
    assert versions(receiver) == [1, 2]


def test_one_that_hangs_holds_up_nobody(stage: cast.Stage, moviepass: Api, receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_TIMEOUT_SECONDS = 0.4
    with receiving(answer=0) as stuck:
        hung = subscribe(moviepass, stuck)
        subscribe(moviepass, receiver)
        change(stage, "A1", "A2", "A3")
        began = time.monotonic()
        delivering.deliver_due()

        assert versions(receiver) == [1, 2, 3]
        assert time.monotonic() - began < 2
        failed = Delivery.objects.filter(subscription=hung).order_by("sequence")[0]
        assert failed.last_error == "no answer within 0.4 s"
        assert failed.answer_status is None
        stuck.over.set()
        stuck.answer = 200
        deliver_until(lambda: len(stuck.got) == 3)

    assert versions(stuck) == [1, 2, 3]


def test_a_long_answer_is_not_read_to_its_end(stage: cast.Stage, moviepass: Api) -> None:
    with receiving(text=b"x" * 300_000) as wordy:
        subscribe(moviepass, wordy)
        change(stage, "A1")
        delivering.deliver_due()

    [row] = Delivery.objects.all()
    assert row.done_at is not None
    assert len(row.answer_body) == delivering.KEPT_ANSWER


def test_410_disables_at_once_tells_the_channel_once_and_the_feed_has_the_rest(
    stage: cast.Stage, moviepass: Api, receiver: Receiver
) -> None:
    row = subscribe(moviepass, receiver)
    row.channel.contact = "ops@moviepass.example"
    row.channel.save(update_fields=["contact"])
    change(stage, "A1")
    delivering.deliver_due()
    receiver.answer = 410
    change(stage, "A2", "A3")
    delivering.deliver_due()
    change(stage, "A4")
    delivering.deliver_due()

    webhook = moviepass.get(f"/webhooks/{row.pk}").json()
    assert (webhook["status"], webhook["disabledReason"], webhook["waiting"]) == ("disabled", "answered 410", 2)
    tasks.send_channel_notices()
    tasks.send_channel_notices()
    [letter] = mail.outbox
    assert letter.to == ["ops@moviepass.example"]
    assert str(row.pk) in letter.body
    assert receiver.calls == 2
    missed = moviepass.get(f"/webhook-events?after={receiver.sequences[-1]}").json()["items"]
    assert [e["data"]["version"] for e in missed] == [2, 3, 4]

    receiver.answer = 200
    assert moviepass.send("PATCH", f"/webhooks/{row.pk}", {"enabled": True}).json()["status"] == "live"
    change(stage, "A5")
    delivering.deliver_due()
    assert versions(receiver) == [1, 2, 3, 5]  # where it stopped, and what is new; 4 is in the feed, or replayed
    moviepass.post(f"/webhooks/{row.pk}/replay", {"after": receiver.sequences[2]})
    delivering.deliver_due()
    assert versions(receiver) == [1, 2, 3, 5, 4, 5]


def test_after_three_days_it_is_given_up(stage: cast.Stage, moviepass: Api, receiver: Receiver) -> None:
    row = subscribe(moviepass, receiver)
    receiver.answer = 500
    change(stage, "A1")
    delivering.deliver_due()
    past = timezone.now() - timedelta(hours=71)
    Subscription.objects.update(failing_since=past, due_at=past)
    delivering.deliver_due()
    row.refresh_from_db()
    assert row.disabled_at is None

    Subscription.objects.update(failing_since=past - timedelta(hours=2), due_at=past)
    delivering.deliver_due()
    row.refresh_from_db()

    assert row.disabled_reason == "answered 500"
    assert ChannelNotice.objects.count() == 0  # this channel has no contact
    assert not audit.violations()


def test_the_waits_are_those_of_the_contract_until_three_days_are_over(settings: Any) -> None:
    hours = [3600, 4 * 3600, 6 * 3600, 12 * 3600, 12 * 3600, 12 * 3600]
    settings.WEBHOOK_STEPS_SECONDS = [5, 30, 60, 300, 1200, 3600, 14_400, 21_600, 43_200]

    assert [delivering.step(n).total_seconds() for n in range(1, 12)] == [5, 30, 60, 300, 1200, *hours]


def test_a_channel_that_lost_everything_catches_up_by_the_feed(
    stage: cast.Stage, moviepass: Api, receiver: Receiver
) -> None:
    row = subscribe(moviepass, receiver)
    Subscription.objects.filter(pk=row.pk).update(to_lose=3)
    change(stage, "A1", "A2", "A3", "A4")
    delivering.deliver_due()

    log = moviepass.get(f"/webhooks/{row.pk}/deliveries").json()["items"]
    assert versions(receiver) == [4]
    assert [one["status"] for one in log] == ["delivered", "lost", "lost", "lost"]
    told = moviepass.get("/webhook-events?after=0").json()["items"]
    assert [e["data"]["version"] for e in told if e["type"] == "seat.changed"] == [1, 2, 3, 4]


def test_a_sender_that_died_leaves_nothing_behind(stage: cast.Stage, moviepass: Api, receiver: Receiver) -> None:
    subscribe(moviepass, receiver)
    change(stage, "A1")
    list(delivering._lease(5))  # and nothing more of it

    assert delivering.deliver_due() == 0
    Subscription.objects.update(due_at=timezone.now())
    delivering.deliver_due()

    assert versions(receiver) == [1]


def test_whoever_lost_the_lease_writes_nothing_down(stage: cast.Stage, moviepass: Api, receiver: Receiver) -> None:
    """The address is changed while a message is on its way to the old one: it goes to the new one as well."""
    row = subscribe(moviepass, receiver)
    change(stage, "A1")
    [run] = delivering._lease(5)
    with receiving() as new:
        moviepass.send("PATCH", f"/webhooks/{row.pk}", {"url": new.url})
        answer = run.line.post(b'{"sequence": 0}', {})
        assert answer.is_good
        assert not delivering._note(run, run.waiting.popleft(), answer)
        delivering.deliver_due()

        assert versions(new) == [1]


def test_a_kept_connection_that_was_closed_is_opened_again(
    stage: cast.Stage, moviepass: Api, receiver: Receiver
) -> None:
    subscribe(moviepass, receiver)
    change(stage, "A1")
    [run] = delivering._lease(5)
    assert run.line.post(b'{"sequence": 1}', {}).is_good
    receiver.down()
    receiver.up()

    assert run.line.post(b'{"sequence": 2}', {}).is_good
    assert receiver.sequences == [1, 2]
    run.line.close()
