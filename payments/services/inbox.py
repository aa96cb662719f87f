"""The inbox of gateways' messages: verify, store, answer; settle from the row, now or when beat finds it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F

from payments import gateways
from payments.models import WebhookEvent
from payments.services import cases, settling
from showsewa.refusals import NotFound
from showsewa.transactions import use_case

RETRY_AFTER = timedelta(seconds=30)
MOST_ATTEMPTS = 50


def receive(*, gateway: str, body: bytes, headers: Mapping[str, str], now: datetime) -> WebhookEvent:
    """Store a message once and act on it. The same message again changes nothing. Refuses: BadSignature, NotFound."""
    sender = gateways.get(gateway)
    sender.verify(body, headers)
    event = sender.read(body)
    stored, is_new = _store(gateway=gateway, event_id=event.event_id, body=body.decode())
    if is_new or stored.processed_at is None:
        process(event_pk=stored.pk, report=event.report, now=now)
    return stored


@use_case
def _store(*, gateway: str, event_id: str, body: str) -> tuple[WebhookEvent, bool]:
    return WebhookEvent.objects.get_or_create(gateway=gateway, event_id=event_id, defaults={"body": body})


@use_case
def process(*, event_pk: int, report: gateways.Report | None, now: datetime) -> None:
    """Settle what a stored message reports, exactly once. Locks: the event, booking, seats by id, payment."""
    rows = WebhookEvent.objects.select_for_update(no_key=True).filter(pk=event_pk, processed_at=None)
    event = rows.order_by("pk").first()
    if event is None:
        return
    outcome = "ignored: of no use to us"
    if report is not None:
        try:
            outcome = settling.apply(report, gateway=event.gateway, now=now).status
        except NotFound:
            outcome = _without_payment(event, report)
    event.processed_at, event.outcome = now, outcome
    event.save(update_fields=["processed_at", "outcome"])


def _without_payment(event: WebhookEvent, report: gateways.Report) -> str:
    """Caller holds the event's lock. Money nobody asked for is somebody's all the same."""
    if report.word != gateways.Word.PAID:
        return "ignored: no payment has this session"
    cases.open_unplaced(event, report)
    return "case: no payment has this session"


def process_waiting(*, now: datetime, batch: int = 100) -> int:
    """Events stored but not settled, because their first processing was cut short."""
    waiting = WebhookEvent.objects.filter(
        processed_at=None, received_at__lt=now - RETRY_AFTER, attempts__lt=MOST_ATTEMPTS
    )
    done = 0
    for event in waiting.order_by("received_at")[:batch]:
        WebhookEvent.objects.filter(pk=event.pk).update(attempts=F("attempts") + 1)
        gateway = gateways.get(event.gateway)
        process(event_pk=event.pk, report=gateway.read(event.body.encode()).report, now=now)
        done += 1
    return done
