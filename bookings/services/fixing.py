"""Mending what a comparison found, by staff, in the channel's name and by the same reports the channel would send."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bookings import tally as tallies
from bookings.services import reports
from bookings.services.reports import Result, SeatUpdate
from seatsync import channels
from seatsync.models import Channel, Outcome, Reconciliation, SeatStatus
from showsewa.actors import Actor, Kind
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import joining

MOST_AT_ONCE = 500
# What ends a difference: it is as they say now, or the desk of conflicts has it.
_SETTLED = reports.SUCCESS | {Outcome.CONFLICT}


class NothingToFix(Refusal):
    code = "NOTHING_TO_FIX"


@dataclass(frozen=True, slots=True)
class Fixed:
    """conflicts: seats that turned out to be sold twice. refused: [(seat, why)], which stay open."""

    settled: int
    conflicts: int
    refused: list[tuple[str, str]]


def fix(*, reconciliation_id: uuid.UUID, seats: Sequence[str] | None, actor: Actor, now: datetime) -> Fixed:
    """Make these seats as the channel says, up to 500 at a time. seats: labels; None: all that differ.

    Missing here: reported as sold. Missing there: the sale is given back. Differs: theirs takes the place of ours.
    Refuses: NotFound (also at another's cinema), NothingToFix, and what a report refuses.
    Locks: the comparison, then what a report locks.
    """
    with joining():
        row = _lock(reconciliation_id, actor)
        chosen = [one for one in row.differences if not one["fixed"] and (seats is None or one["seatNumber"] in seats)]
        chosen = chosen[:MOST_AT_ONCE]
        if not chosen:
            raise NothingToFix(_("There is nothing left to fix."))
        results = _report(row, chosen, actor=actor, now=now)
        fixed = _note(chosen, results, actor=actor, now=now)
        row.save(update_fields=["differences"])
    return fixed


def in_the_name_of(channel: Channel, actor: Actor, cinema_id: uuid.UUID) -> Actor:
    """The channel at one cinema, acted for by a member of staff, whom the journal names in its reason."""
    return Actor(
        Kind.CHANNEL,
        str(channel.pk),
        channel.name,
        channel_id=channel.pk,
        scopes=frozenset({"seatsync:write"}),
        sources=tuple(channel.sources),
        cinema_ids=frozenset({cinema_id}),
        price_factor=channels.price_factor(channel),
        by=actor.name,
    )


def _lock(reconciliation_id: uuid.UUID, actor: Actor) -> Reconciliation:
    rows = Reconciliation.objects.select_for_update(no_key=True, of=("self",)).select_related("channel", "showtime")
    row = rows.filter(pk=reconciliation_id).order_by("pk").first()
    if row is None or not actor.reaches(row.showtime.cinema_id):
        raise NotFound(_("There is no such reconciliation."))
    return row


def _report(row: Reconciliation, chosen: Sequence[dict[str, Any]], *, actor: Actor, now: datetime) -> dict[str, Result]:
    """What is freed first, so that the seats of one step are those the next may sell. Seat -> its last result."""
    acting = in_the_name_of(row.channel, actor, row.showtime.cinema_id)
    source = row.channel.sources[0] if row.channel.sources else ""
    frees = [
        SeatUpdate(one["seatNumber"], SeatStatus.AVAILABLE, source, one["ours"])
        for one in chosen
        if one["kind"] in (tallies.MISSING_THERE, tallies.DIFFERS)
    ]
    results: dict[str, Result] = {}
    for result in _apply(row, frees, acting, now):
        results[result.update.seat] = result
    stuck = {seat for seat, result in results.items() if result.outcome not in reports.SUCCESS}
    sales = [
        SeatUpdate(one["seatNumber"], SeatStatus.BOOKED, source, one["theirs"], _sold_at(one, now))
        for one in chosen
        if one["kind"] in (tallies.MISSING_HERE, tallies.DIFFERS) and one["seatNumber"] not in stuck
    ]
    for result in _apply(row, sales, acting, now):
        results[result.update.seat] = result
    return results


def _sold_at(one: dict[str, Any], now: datetime) -> datetime | None:
    """As their file says; a time that is still to come is none."""
    sold_at = datetime.fromisoformat(one["soldAt"]) if one.get("soldAt") else None
    return sold_at if sold_at is None or sold_at <= now else None


def _apply(row: Reconciliation, updates: Sequence[SeatUpdate], acting: Actor, now: datetime) -> list[Result]:
    if not updates:
        return []
    # What a file tells may be days old, which a report has to say.
    return reports.apply(showtime_id=row.showtime_id, updates=updates, actor=acting, now=now, backfill=True)


def _note(chosen: Sequence[dict[str, Any]], results: dict[str, Result], *, actor: Actor, now: datetime) -> Fixed:
    conflicts, refused = 0, []
    for one in chosen:
        result = results[one["seatNumber"]]
        if result.outcome not in _SETTLED:
            refused.append((one["seatNumber"], result.code or result.outcome))
            one["code"] = result.outcome
            continue
        conflicts += result.outcome == Outcome.CONFLICT
        one["fixed"] = {"outcome": result.outcome, "by": actor.key, "name": actor.name, "at": now.isoformat()}
        if result.conflict_id is not None:
            one["conflictId"] = str(result.conflict_id)
    return Fixed(len(chosen) - len(refused) - conflicts, conflicts, refused)
