"""What comes back when a ticket is given back. Pure; the rules in force at the sale are kept on the booking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from showsewa import money
from venues.models import Cinema


@dataclass(frozen=True, slots=True)
class Step:
    """Who cancels before `until` gets this much back."""

    until: datetime
    percent: int
    amount: Decimal


def snapshot(cinema: Cinema) -> dict[str, Any]:
    """{"tiers": [[hours before the start, percent], ...], "cancelUntilHours": n}, as JSON on the booking.

    A cinema's own rules, else the usual ones. [] is a rule too: nothing comes back.
    """
    tiers = settings.REFUND_TIERS if cinema.refund_tiers is None else cinema.refund_tiers
    return {"tiers": tiers, "cancelUntilHours": settings.CANCEL_UNTIL_HOURS}


def refund_percent(policy: dict[str, Any], *, starts_at: datetime, now: datetime) -> int:
    """The percentage of the first tier whose time before the start is not yet reached; 0 after the last."""
    left = starts_at - now
    for hours, percent in sorted(policy.get("tiers", settings.REFUND_TIERS), reverse=True):
        if left >= timedelta(hours=hours):
            return int(percent)
    return 0


def steps(policy: dict[str, Any], *, paid: Decimal, starts_at: datetime, now: datetime) -> list[Step]:
    """What is still ahead of the rules, the best first, to be said before anybody buys. Empty: it is too late."""
    closing = policy.get("cancelUntilHours", settings.CANCEL_UNTIL_HOURS)
    ahead: list[Step] = []
    for hours, percent in sorted(policy.get("tiers", settings.REFUND_TIERS), reverse=True):
        until = starts_at - timedelta(hours=max(hours, closing))
        if until > now and until not in [step.until for step in ahead]:
            ahead.append(Step(until, int(percent), money.percent(paid, percent)))
    return ahead


def can_cancel(policy: dict[str, Any], *, starts_at: datetime, now: datetime) -> bool:
    """By the customer; staff may always."""
    hours = policy.get("cancelUntilHours", settings.CANCEL_UNTIL_HOURS)
    return starts_at - now >= timedelta(hours=hours)
