"""Heartbeats: each job writes down when it last ran to its end, so that silence can be seen."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from showsewa.celery import BEAT
from showsewa.models import Heartbeat

# A job is silent when it has missed three rings; one rung by the clock (once a day), when it has missed its day.
PATIENCE = timedelta(minutes=1)
A_DAY = timedelta(hours=26)


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


def silent(*, now: datetime) -> list[str]:
    """Jobs that should have run by now and have not. A slow one that has never run may just not be due yet."""
    beaten = dict(Heartbeat.objects.values_list("job", "beaten_at"))
    late = []
    for task, every in BEAT.items():
        job, is_timed = task.rpartition(".")[2], isinstance(every, int | float)
        patience = max(timedelta(seconds=3 * every), PATIENCE) if is_timed else A_DAY
        if beaten[job] < now - patience if job in beaten else patience == PATIENCE:
            late.append(job)
    return late


def _note(job: str, now: datetime, *, did: int, last_error: str) -> None:
    """One statement: seven jobs ring in a second."""
    beaten = Heartbeat(job=job, beaten_at=now, did=did, last_error=last_error)
    told = ["beaten_at", "did", "last_error"]
    Heartbeat.objects.bulk_create([beaten], update_conflicts=True, unique_fields=["job"], update_fields=told)
