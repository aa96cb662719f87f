"""Promises that were given up after their last try, for the people who open them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from bookings.models import Notice
from payments.models import Refund
from showsewa import promises
from showsewa.actors import Actor
from showsewa.transactions import use_case

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Failed:
    notices: Sequence[Notice]
    refunds: Sequence[Refund]


def failed(*, actor: Actor) -> Failed:
    """What failed at the actor's cinemas, the newest first."""
    notices = _notices(actor).select_related("booking__showtime__movie").order_by("-failed_at")
    refunds = _refunds(actor).select_related("payment__booking__showtime__movie").order_by("-failed_at")
    return Failed(list(notices[:MOST_SHOWN]), list(refunds[:MOST_SHOWN]))


def count_failed(*, actor: Actor) -> int:
    return _notices(actor).count() + _refunds(actor).count()


@use_case
def try_again(kind: str, keys: Sequence[str], *, actor: Actor, now: datetime) -> int:
    """Open failed promises of one kind ("notice" or "refund") again; returns how many that were."""
    rows: QuerySet[Any] = {"notice": _notices, "refund": _refunds}[kind](actor)
    try:
        wanted = list(rows.filter(pk__in=keys).order_by("pk"))
    except ValidationError:  # a key that is none
        return 0
    return sum(promises.reopen(row, now=now) for row in wanted)


def _notices(actor: Actor) -> QuerySet[Notice]:
    rows = Notice.objects.filter(failed_at__isnull=False)
    return rows if actor.cinema_ids is None else rows.filter(booking__showtime__cinema__in=actor.cinema_ids)


def _refunds(actor: Actor) -> QuerySet[Refund]:
    rows = Refund.objects.filter(failed_at__isnull=False)
    return rows if actor.cinema_ids is None else rows.filter(payment__booking__showtime__cinema__in=actor.cinema_ids)
