"""Delivering announcements to webhooks: to each address strictly in their order, to all addresses at once.

A webhook's row is its queue's lock: `due_at` is pushed ahead while somebody sends, and only who still has that lease
writes down what came of it. So one message of a webhook is under way at a time, a dead sender needs no rescue, and a
message may arrive twice, never out of turn. Threads only speak HTTP; the caller's thread alone asks the database.
"""

import logging
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from seatsync import announcing, signing, subscriptions
from seatsync.models import Delivery, Subscription
from seatsync.posting import Answer, Line
from showsewa import promises

logger = logging.getLogger(__name__)

AT_ONCE = 16
_BATCH = 100  # messages of one webhook before others get the thread
_LOOK_EVERY = 0.25  # seconds, while threads are at work
KEPT_ANSWER = 2000  # characters in the log
LOST = "lost: sandbox weather"
GONE = 410


@dataclass(slots=True)
class _Run:
    """One webhook while we have its lease."""

    subscription: Subscription
    lease: datetime
    waiting: deque[Delivery]
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.line = Line(self.subscription.url)


def deliver_due() -> int:
    """Send what is due and return how many messages that were. Goes on for a while as long as there is more.

    Several may run at once: each takes webhooks that no other has.
    """
    enough_at = time.monotonic() + promises.lease().total_seconds() / 3
    under_way: dict[Future[Answer], _Run] = {}
    sent, look_at = 0, 0.0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        while True:
            now = time.monotonic()
            if look_at <= now < enough_at and len(under_way) < AT_ONCE:
                for run in _lease(AT_ONCE - len(under_way)):
                    _send_next(pool, run, under_way)
                look_at = now + _LOOK_EVERY
            if not under_way:
                return sent
            for future in wait(under_way, timeout=_LOOK_EVERY, return_when=FIRST_COMPLETED).done:
                run = under_way.pop(future)
                sent += 1
                if not _note(run, run.waiting.popleft(), future.result()):
                    run.line.close()
                elif run.waiting and time.monotonic() < enough_at:
                    _send_next(pool, run, under_way)
                else:
                    _give_back(run)
                    look_at = 0.0


def step(attempts: int) -> timedelta:
    """How long to wait after so many failed tries."""
    steps = settings.WEBHOOK_STEPS_SECONDS
    return timedelta(seconds=steps[min(attempts, len(steps)) - 1])


def _lease(most: int) -> Iterator[_Run]:
    now = timezone.now()
    until = now + max(promises.lease(), timedelta(seconds=3 * settings.WEBHOOK_TIMEOUT_SECONDS))
    has_work = Exists(Delivery.objects.filter(subscription=OuterRef("pk"), done_at=None))
    rows = Subscription.objects.filter(has_work, disabled_at=None, due_at__lte=now, channel__is_active=True)
    with transaction.atomic():
        locked = rows.select_for_update(no_key=True, skip_locked=True, of=("self",)).order_by("due_at", "pk")
        leased = list(locked[:most])
        Subscription.objects.filter(pk__in=[row.pk for row in leased]).update(due_at=until)
    for row in leased:
        open_ = Delivery.objects.select_related("announcement").filter(subscription=row, done_at=None)
        # A replay goes before what is newer; of two of the same, the first asked for.
        yield _Run(row, until, deque(open_.order_by("sequence", "created_at", "pk")[:_BATCH]))


def _send_next(pool: ThreadPoolExecutor, run: _Run, under_way: dict[Future[Answer], _Run]) -> None:
    while run.waiting and run.subscription.is_test and run.subscription.to_lose > 0:
        if not _lose(run, run.waiting.popleft()):
            return
    if not run.waiting:
        _give_back(run)
        return
    announcement = run.waiting[0].announcement
    message_id, body = str(announcement.pk), announcing.body(announcement)
    headers = {
        "content-type": "application/json",
        "user-agent": "ShowSewa-Webhooks/1",
        **signing.headers(run.subscription, message_id, body, now=timezone.now()),
    }
    under_way[pool.submit(run.line.post, body, headers)] = run


def _note(run: _Run, delivery: Delivery, answer: Answer) -> bool:
    """Write down what came of a try; False when the run is over: it failed, or the lease is lost."""
    now = timezone.now()
    is_ours = _write(
        run,
        delivery,
        attempts=F("attempts") + 1,
        done_at=now if answer.is_good else None,
        tried_at=now,
        answer_status=answer.status,
        answer_body=answer.text[:KEPT_ANSWER].replace("\0", ""),
        took_ms=answer.took_ms,
        last_error=answer.error,
    )
    if is_ours and not answer.is_good:
        _back_off(run, answer, now=now)
    elif is_ours and run.subscription.failing_since is not None:
        run.subscription.failing_since = None
        _mine(run).update(attempts=0, failing_since=None)
    return is_ours and answer.is_good


def _back_off(run: _Run, answer: Answer, *, now: datetime) -> None:
    row = run.subscription
    row.attempts, row.failing_since = row.attempts + 1, row.failing_since or now
    logger.info("webhook %s, try %s: %s", row.pk, row.attempts, answer.error)
    is_hopeless = now - row.failing_since >= timedelta(hours=settings.WEBHOOK_GIVE_UP_HOURS)
    is_over = answer.status == GONE or is_hopeless
    fresh = {"attempts": row.attempts, "failing_since": row.failing_since}
    if not is_over:
        _mine(run).update(due_at=now + step(row.attempts), **fresh)
    elif _mine(run).update(**fresh):
        subscriptions.give_up(row.pk, lease=run.lease, reason=answer.error, now=now)


def _lose(run: _Run, delivery: Delivery) -> bool:
    now = timezone.now()
    run.subscription.to_lose -= 1
    _mine(run).filter(to_lose__gt=0).update(to_lose=F("to_lose") - 1)
    return _write(run, delivery, done_at=now, tried_at=now, last_error=LOST)


def _write(run: _Run, delivery: Delivery, **facts: object) -> bool:
    """Only while the lease is still ours: one who changed the webhook meanwhile has it sent anew."""
    mine = Delivery.objects.filter(pk=delivery.pk, done_at=None, subscription__in=_mine(run))
    return bool(mine.update(**facts))


def _mine(run: _Run) -> QuerySet[Subscription]:
    return Subscription.objects.filter(pk=run.subscription.pk, due_at=run.lease, disabled_at=None)


def _give_back(run: _Run) -> None:
    run.line.close()
    _mine(run).update(due_at=timezone.now())
