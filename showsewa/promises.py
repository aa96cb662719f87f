"""Promises: rows that say what is still owed. Written with their cause, kept outside any transaction.

Beat rings every two seconds and the keeper reads what is due: no message has to arrive for a promise to be kept,
and nothing on the way to a sale talks to the broker.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

logger = logging.getLogger(__name__)


class Promise(models.Model):
    """One thing to do at least once. Open while both ends are null; `due_at` is also the lease of its keeper."""

    # Seconds to wait after each failed try; after the last one the promise is given to a person.
    STEPS: ClassVar[tuple[float, ...]] = (2, 4, 8, 60, 300, 1800, 7200, 21600, 43200)

    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.failed_at is None


class Permanent(Exception):
    """Raised by a performer when another try cannot help (address refused, gateway says no)."""


AnyPromise = TypeVar("AnyPromise", bound=Promise)

OPEN = Q(done_at=None, failed_at=None)


def keep(model: type[AnyPromise], perform: Callable[[AnyPromise], None], *, now: datetime, batch: int = 50) -> int:
    """Perform what is due and return how many were tried.

    Each row's `due_at` is pushed ahead before the work: a keeper that dies needs no rescue, the row falls due again.
    Performing may so happen twice, and every performer carries its own idempotency key.
    """
    due = _lease(model, now=now, batch=batch)
    enough_at = time.monotonic() + lease().total_seconds() / 3
    for number, promise in enumerate(due):
        if time.monotonic() > enough_at:  # whoever is so slow must neither outlive its lease nor starve other jobs
            _give_back(model, due[number:])
            return number
        _perform(model, promise, perform)
    return len(due)


def lease() -> timedelta:
    """How long a keeper may take over one promise before another one may try it."""
    return timedelta(seconds=settings.PROMISE_LEASE_SECONDS)


def reopen(promise: Promise, *, now: datetime) -> bool:
    """A person says "try again". Returns False when the promise was kept meanwhile."""
    fresh = {"due_at": now, "attempts": 0, "failed_at": None}
    return bool(type(promise)._default_manager.filter(pk=promise.pk, done_at=None).update(**fresh))


def _lease(model: type[AnyPromise], *, now: datetime, batch: int) -> list[AnyPromise]:
    with transaction.atomic(durable=True):
        rows = model._default_manager.select_for_update(no_key=True, skip_locked=True).filter(OPEN, due_at__lte=now)
        due = list(rows.order_by("due_at", "pk")[:batch])
        until = now + lease()
        model._default_manager.filter(pk__in=[promise.pk for promise in due]).update(
            due_at=until, attempts=models.F("attempts") + 1
        )
    for promise in due:
        promise.due_at, promise.attempts = until, promise.attempts + 1
    return due


def _give_back(model: type[AnyPromise], untried: Sequence[AnyPromise]) -> None:
    rows = model._default_manager.filter(OPEN, pk__in=[promise.pk for promise in untried], due_at=untried[0].due_at)
    rows.update(due_at=timezone.now(), attempts=models.F("attempts") - 1)


def _perform(model: type[AnyPromise], promise: AnyPromise, perform: Callable[[AnyPromise], None]) -> None:
    try:
        perform(promise)
    except Exception as error:  # the one place where any failure is an expected one: it is kept, shown, tried again
        logger.warning("promise %s %s, try %s: %s", model.__name__, promise.pk, promise.attempts, error)
        _close(model, promise, **_after_failure(promise, error))
    else:
        _close(model, promise, done_at=timezone.now(), last_error="")


def _after_failure(promise: Promise, error: Exception) -> dict[str, Any]:
    now, told = timezone.now(), f"{type(error).__name__}: {error}"[:2000]
    if isinstance(error, Permanent) or promise.attempts > len(promise.STEPS):
        return {"failed_at": now, "last_error": told}
    return {"due_at": now + timedelta(seconds=promise.STEPS[promise.attempts - 1]), "last_error": told}


def _close(model: type[AnyPromise], promise: AnyPromise, **ends: Any) -> None:
    # Only while the lease is still ours: a promise reopened during the work stays open.
    model._default_manager.filter(OPEN, pk=promise.pk, due_at=promise.due_at).update(**ends)
