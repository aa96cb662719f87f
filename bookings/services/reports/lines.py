"""A line of a report, what became of it, and the rule for its time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from seatsync import reported
from seatsync.models import Conflict, Outcome
from showsewa.refusals import Invalid

MAY_BE_AHEAD = timedelta(minutes=5)
OLD = timedelta(hours=24)

# What leaves a channel nothing to do: its word and ours agree.
SUCCESS = frozenset(
    {
        Outcome.APPLIED, Outcome.OVER_HOLD, Outcome.OVER_PAYMENT, Outcome.OVER_BLOCK, Outcome.DUPLICATE,
        Outcome.SUSPECT, Outcome.TOMBSTONE,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeatUpdate:
    """One line of a report. status: AVAILABLE, BOOKED or BLOCKED. timestamp: the channel's own, evidence only."""

    seat: str
    status: str
    source: str
    reference: str
    timestamp: datetime | None = None


@dataclass(slots=True)
class Result:
    """status: of the seat after the report, None for one that is not there. version: in which it has that status."""

    update: SeatUpdate
    outcome: Outcome
    code: str = ""
    conflict: Conflict | None = None
    holder_source: str = ""
    seat_id: int | None = None
    status: str | None = None
    version: int = 0

    @property
    def is_success(self) -> bool:
        return self.outcome in SUCCESS

    @property
    def conflict_id(self) -> uuid.UUID | None:
        return self.conflict.pk if self.conflict else None


def check_times(updates: Sequence[SeatUpdate], *, now: datetime, backfill: bool) -> None:
    """Refuses: Invalid for a time that lies ahead, or far back without being declared as backfill."""
    errors = []
    for number, line in enumerate(updates):
        code, told = _fault(line.timestamp, now=now, backfill=backfill)
        if code:
            errors.append({"pointer": f"/seatUpdates/{number}/timestamp", "code": code, "detail": told})
    if errors:
        raise Invalid(errors[0]["detail"], errors=errors)


def _fault(time: datetime | None, *, now: datetime, backfill: bool) -> tuple[str, str]:
    if time is None:
        return "", ""
    if time > now + MAY_BE_AHEAD:
        return "CLOCK_AHEAD", _("This time is in the future. Please check your clock.")
    if time < now - OLD and not backfill:
        return "BACKFILL_REQUIRED", _('This is more than 24 hours ago. If it is meant, send "backfill": true.')
    return "", ""


def keep(results: Sequence[Result], *, channel_id: uuid.UUID, showtime_id: uuid.UUID, backfill: bool) -> None:
    """Write every line down with its one outcome, in the order of the report."""
    rows = [
        reported.Line(
            result.seat_id,
            result.update.seat,
            result.update.status,
            result.update.source,
            result.update.reference,
            result.update.timestamp,
            result.outcome.value,
            result.code,
            result.conflict_id,
        )
        for result in results
    ]
    reported.keep(rows, channel_id=channel_id, showtime_id=showtime_id, backfill=backfill)
