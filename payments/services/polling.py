"""Asking the gateway ourselves: a lost webhook and a closed browser must not cost anybody their seats (JOB-6)."""

from datetime import datetime, timedelta

from payments import gateways
from payments.models import Payment
from payments.services import settling
from showsewa.transactions import use_case

# After the first look (a minute in): minutes until the next; then hourly for two days.
STEPS = (1, 2, 4, 8, 15, 30)
HOURLY_FOR = timedelta(hours=48)


def poll_due(*, now: datetime, batch: int = 50) -> int:
    """Look up every open payment that is due. The gateway is asked outside any transaction."""
    due = _lease(now=now, batch=batch)
    for payment in due:
        report = gateways.get(payment.gateway).look_up(payment)
        if report.word != gateways.Word.OPEN:
            settling.settle(report, gateway=payment.gateway, now=now)
    return len(due)


@use_case
def _lease(*, now: datetime, batch: int) -> list[Payment]:
    rows = Payment.objects.select_for_update(no_key=True, skip_locked=True).filter(poll_at__lte=now)
    due = list(rows.order_by("poll_at")[:batch])
    for payment in due:
        payment.poll_at = _next(payment, now=now)
        payment.save(update_fields=["poll_at"])
    return due


def _next(payment: Payment, *, now: datetime) -> datetime | None:
    age = now - payment.created_at
    if age > HOURLY_FOR:
        return None
    for minutes in STEPS:
        if age < timedelta(minutes=2 * minutes):
            return now + timedelta(minutes=minutes)
    return now + timedelta(hours=1)
