"""Asking the gateway ourselves: a lost webhook and a closed browser must not cost anybody their seats (JOB-6)."""

import logging
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from payments import gateways
from payments.models import UNOPENED, Payment
from payments.services import settling
from showsewa import hints
from showsewa.transactions import use_case

logger = logging.getLogger(__name__)

# After the first look (a minute in): minutes until the next; then hourly for two days.
STEPS = (1, 2, 4, 8, 15, 30)
HOURLY_FOR = timedelta(hours=48)
# Somebody who waits at the screen has it asked sooner, but not more often than this.
ASK_EVERY_MS = 3000


def poll_due(*, now: datetime, batch: int = 50) -> int:
    """Look up every open payment that is due; returns how many were asked about. Outside any transaction.

    Gateway by gateway, each with a time of its own: one that hangs holds up neither the others nor this job for long,
    and what it left unasked is due again in the next run.
    """
    return sum(
        _poll(gateway, now=now, batch=batch) for gateway in _due(now).values_list("gateway", flat=True).distinct()
    )


def _poll(gateway: str, *, now: datetime, batch: int) -> int:
    due = _lease(gateway, now=now, batch=batch)
    enough_at = time.monotonic() + settings.POLL_GATEWAY_SECONDS
    for asked, payment in enumerate(due):
        if time.monotonic() > enough_at:
            logger.warning("gateway %s is slow: %s payments are asked about later", gateway, len(due) - asked)
            _give_back(due[asked:], now=now)
            return asked
        _look_up(payment, now=now)
    return len(due)


def ask(*, booking_id: uuid.UUID, now: datetime, min_age: timedelta = timedelta(0)) -> None:
    """Ask the gateway now about a booking's open payment, unless it was opened or asked about just now."""
    opened = Payment.objects.filter(
        booking_id=booking_id, status=Payment.Status.INITIATED, created_at__lte=now - min_age
    )
    for payment in opened.exclude(session__startswith=UNOPENED):
        if _is_first_to_ask(payment):
            _look_up(payment, now=now)


def ask_about(payment: Payment, *, now: datetime) -> gateways.Word | None:
    """The same about one payment, whatever became of it here, for somebody who has just come back from its gateway.

    Returns what the gateway says; None when it was not asked or does not answer.
    """
    if payment.session.startswith(UNOPENED) or not _is_first_to_ask(payment, "asked-back"):
        return None
    return _look_up(payment, now=now)


def _is_first_to_ask(payment: Payment, name: str = "asked") -> bool:
    key = f"{name}:{payment.pk}"
    return hints.attempt(lambda redis: bool(redis.set(key, 1, nx=True, px=ASK_EVERY_MS)), otherwise=True)


def _look_up(payment: Payment, *, now: datetime) -> gateways.Word | None:
    """Outside any transaction. A gateway that does not answer is asked again at its next turn."""
    try:
        report = gateways.get(payment.gateway).look_up(payment)
    except gateways.GatewayError as error:
        logger.warning("gateway %s, payment %s: %s", payment.gateway, payment.pk, error)
        return None
    if report.word != gateways.Word.OPEN:
        settling.settle(report, gateway=payment.gateway, now=now)
    return report.word


def _due(now: datetime) -> QuerySet[Payment]:
    """Of a session that is not opened yet the gateway knows nothing."""
    return Payment.objects.filter(poll_at__lte=now).exclude(session__startswith=UNOPENED).order_by()


@use_case
def _lease(gateway: str, *, now: datetime, batch: int) -> list[Payment]:
    rows = _due(now).select_for_update(no_key=True, skip_locked=True).filter(gateway=gateway)
    due = list(rows.order_by("poll_at")[:batch])
    for payment in due:
        payment.poll_at = _next(payment, now=now)
        payment.save(update_fields=["poll_at"])
    return due


@use_case
def _give_back(unasked: Sequence[Payment], *, now: datetime) -> None:
    """Caller has leased them. Money that was told of meanwhile needs no asking any more."""
    keys = [payment.pk for payment in unasked]
    Payment.objects.filter(pk__in=keys).exclude(status=Payment.Status.SUCCESS).update(poll_at=now)


def _next(payment: Payment, *, now: datetime) -> datetime | None:
    age = now - payment.created_at
    if age > HOURLY_FOR:
        return None
    for minutes in STEPS:
        if age < timedelta(minutes=2 * minutes):
            return now + timedelta(minutes=minutes)
    return now + timedelta(hours=1)
