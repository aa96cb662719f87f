"""Stored answers grow old: after two days nobody sends their Idempotency-Key again."""

from datetime import datetime, timedelta

from showsewa.models import StoredAnswer

KEPT = timedelta(hours=48)


def purge(*, now: datetime) -> int:
    return StoredAnswer.objects.filter(created_at__lt=now - KEPT).delete()[0]
