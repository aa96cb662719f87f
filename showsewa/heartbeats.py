"""Heartbeats: each job writes down when it last ran to its end, so that silence can be seen."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from showsewa.models import Heartbeat


def beat(job: str, work: Callable[[datetime], int]) -> int:
    """Run a job's work at the current time and note what it did, or what stopped it."""
    now = timezone.now()
    try:
        did = work(now)
    except Exception as error:
        _note(job, now, did=0, last_error=f"{type(error).__name__}: {error}"[:2000])
        raise
    _note(job, now, did=did, last_error="")
    return did


def _note(job: str, now: datetime, **facts: object) -> None:
    Heartbeat.objects.update_or_create(job=job, defaults={"beaten_at": now, **facts})
