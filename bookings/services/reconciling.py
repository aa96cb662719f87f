"""Proving that a channel and we agree: its list of sales against ours. Only a comparison is written down here.

What it finds is mended by a report of the channel, or by staff (`fixing`).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import tally as tallies
from bookings.tally import Listed, Tally
from seatsync.models import Conflict, Reconciliation
from showsewa.actors import Actor
from showsewa.refusals import Invalid
from showsewa.transactions import use_case

MOST_SEATS = 5000


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison as it was stored, with our side of it."""

    row: Reconciliation
    tally: Tally

    @property
    def agreed(self) -> int:
        kinds = [one["kind"] for one in self.row.differences]
        return self.row.theirs - kinds.count(tallies.MISSING_HERE) - kinds.count(tallies.DIFFERS)


@use_case
def reconcile(
    *, lists: Sequence[tuple[uuid.UUID, Sequence[Listed]]], actor: Actor, origin: Reconciliation.Origin
) -> list[Compared]:
    """Compare a channel's whole lists, one per showtime, with ours. Changes no seat.

    Refuses: Invalid (a seat or a showtime listed twice, too many), NotFound (a showtime that is not the channel's).
    """
    if sum(len(listed) for _showtime, listed in lists) > MOST_SEATS:
        raise Invalid(_("At most %(most)d seats at a time.") % {"most": MOST_SEATS})
    if len({showtime_id for showtime_id, _listed in lists}) < len(lists):
        raise Invalid(_("Each showtime may be listed once."))
    return [_reconcile(showtime_id, listed, actor=actor, origin=origin) for showtime_id, listed in lists]


def _reconcile(
    showtime_id: uuid.UUID, listed: Sequence[Listed], *, actor: Actor, origin: Reconciliation.Origin
) -> Compared:
    assert actor.channel_id is not None  # only channels have lists
    tallies.showtime_for(actor, showtime_id)
    tally = tallies.read(showtime_id, actor.channel_id)
    theirs = tallies.by_seat(listed, tally)
    return note(theirs, tally, channel_id=actor.channel_id, origin=origin, actor=actor.key)


def note(
    theirs: Mapping[str, str],
    tally: Tally,
    *,
    channel_id: uuid.UUID,
    origin: Reconciliation.Origin,
    actor: str,
    is_whole: bool = True,
    said: Mapping[str, Mapping[str, str]] | None = None,
) -> Compared:
    """Write a comparison down. theirs: label -> reference. said: label -> what else is known of it.

    A whole list takes the place of the last one, which the night need not compare with any more.
    """
    found = tallies.differences(theirs, tally, is_whole=is_whole)
    _add_conflicts(found, tally.showtime_id, channel_id)
    for one in found:
        one.update((said or {}).get(one["seatNumber"], {}))
    is_list = is_whole and origin != Reconciliation.Origin.NIGHT
    if is_list:
        older = Reconciliation.objects.filter(channel_id=channel_id, showtime_id=tally.showtime_id)
        older.filter(listed__isnull=False).update(listed=None)
    row = Reconciliation.objects.create(
        channel_id=channel_id,
        showtime_id=tally.showtime_id,
        origin=origin,
        theirs=len(theirs),
        ours=len(tally.own),
        differences=found,
        listed=tallies.grouped(theirs) if is_list else None,
        is_clean=not found,
        actor=actor,
    )
    return Compared(row, tally)


def _add_conflicts(found: Sequence[dict[str, Any]], showtime_id: uuid.UUID, channel_id: uuid.UUID) -> None:
    """A seat that is missing here because another has it, and that is known: name the channel's own case."""
    missing = [one["seatNumber"] for one in found if one["kind"] == tallies.MISSING_HERE]
    if not missing:
        return
    rows = Conflict.objects.filter(
        channel=channel_id, seat__showtime=showtime_id, seat__label__in=missing, status=Conflict.Status.OPEN
    )
    cases = {(label, said): str(pk) for label, said, pk in rows.values_list("seat__label", "reference", "pk")}
    for one in found:
        one["conflictId"] = cases.get((one["seatNumber"], one["theirs"]))


@use_case
def purge(*, now: datetime) -> int:
    """Delete comparisons nobody will look at any more."""
    before = now - timedelta(days=settings.KEEP_RECONCILIATIONS_DAYS)
    return Reconciliation.objects.filter(created_at__lt=before).delete()[0]
