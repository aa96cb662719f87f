"""Stored answers grow old: after a while nobody sends their Idempotency-Key again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from showsewa.models import StoredAnswer

# Reports of sales and refunds are repeated after days: a till that was off the line, a night's settlement.
_LONG = Q(route__startswith="POST seat-sync/") | Q(route__startswith="POST payments/refund/")


def purge(*, now: datetime) -> int:
    usual, late = (timedelta(hours=hours) for hours in (settings.IDEMPOTENCY_HOURS, settings.IDEMPOTENCY_LONG_HOURS))
    old = Q(created_at__lt=now - usual) & ~_LONG
    return StoredAnswer.objects.filter(old | Q(created_at__lt=now - late)).delete()[0]
