"""Is the database there, and do the jobs run? Asked by balancers, so it must answer when things are bad."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import Error, connection
from django.utils import timezone

from showsewa.celery import BEAT
from showsewa.models import Heartbeat

_PATIENCE = timedelta(seconds=30)


def check() -> dict[str, Any]:
    """queue: silent when no job has ever run, late when one has missed two rings and half a minute."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        beaten = dict(Heartbeat.objects.values_list("job", "beaten_at"))
    except Error:
        return {"status": "unavailable", "db": "away", "queue": "unknown", "late": [], "time": datetime.now(UTC)}
    now = timezone.now()
    late = sorted(job for job, moment in beaten.items() if now - moment > _due_within(job))
    queue = "silent" if not beaten else "late" if late else "ok"
    return {"status": "ok", "db": "ok", "queue": queue, "late": late, "time": now}


def _due_within(job: str) -> timedelta:
    """A job is named by the last word of its task. One rung by the calendar has a day."""
    every = next((every for task, every in BEAT.items() if task.rpartition(".")[2] == job), None)
    seconds = every if isinstance(every, int | float) else 24 * 3600
    return timedelta(seconds=2 * seconds) + _PATIENCE
