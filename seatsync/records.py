"""Reading what was written down: the journal of a showtime and the conflicts of sales."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Func, IntegerField, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from seatsync import conflicts, feed, on_sale
from seatsync.models import Conflict, Reconciliation, SeatEvent
from showsewa.actors import Actor, Kind
from showsewa.refusals import NotFound


def conflicts_of(actor: Actor) -> QuerySet[Conflict]:
    """Newest first, at the actor's cinemas. A channel sees those it is a side of."""
    rows = conflicts.at_cinemas_of(actor).select_related("seat__showtime__showtime", "channel", "new_seat")
    if actor.kind == Kind.CHANNEL:
        rows = rows.filter(Q(channel=actor.channel_id) | Q(holder_channel=actor.channel_id))
    return rows.order_by("-id")


def events_for(actor: Actor, showtime_id: uuid.UUID, *, after: int, limit: int) -> Sequence[SeatEvent]:
    """The journal after a version, oldest first. Refuses: NotFound, also at a cinema that is not the actor's."""
    on_sale.check(showtime_id, actor)
    return feed.since(showtime_id, after, limit=limit)


def reconciliations_of(actor: Actor) -> QuerySet[Reconciliation]:
    """Newest first. A channel's own; for staff, those at their cinemas. Either only at cinemas they reach."""
    rows = Reconciliation.objects.order_by("-id")
    if actor.kind == Kind.CHANNEL:
        rows = rows.filter(channel=actor.channel_id)
    return rows if actor.cinema_ids is None else rows.filter(showtime__cinema__in=actor.cinema_ids)


@dataclass(frozen=True, slots=True)
class Night:
    """A channel's last nightly comparisons in numbers."""

    channel: str
    showtimes: int
    agreed: int
    seats: int
    differences: int


def nights(actor: Actor, *, now: datetime) -> list[Night]:
    """Each channel's comparisons of the last night, those that differ most first."""
    rows = reconciliations_of(actor).filter(
        origin=Reconciliation.Origin.NIGHT, created_at__gt=now - timedelta(hours=24)
    )
    count = Func("differences", function="jsonb_array_length", output_field=IntegerField())
    by_channel = (
        rows.order_by()
        .values("channel__name")
        .annotate(
            showtimes=Count("pk"), agreed=Count("pk", filter=Q(is_clean=True)), seats=Sum("theirs"), found=Sum(count)
        )
    )
    ordered = by_channel.order_by("-found", "channel__name")
    return [Night(row["channel__name"], row["showtimes"], row["agreed"], row["seats"], row["found"]) for row in ordered]


def reconciliation_for(actor: Actor, reconciliation_id: uuid.UUID) -> Reconciliation:
    """Refuses: NotFound, also for another's."""
    row = reconciliations_of(actor).filter(pk=reconciliation_id).first()
    if row is None:
        raise NotFound(_("There is no such reconciliation."))
    return row
