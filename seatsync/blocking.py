"""Keeping seats back from sale (broken chair, house seats) and giving them free again, by staff or a theatre's key."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from seatsync import inventory, on_sale
from seatsync.models import BlockEnd, ShowSeat
from showsewa import ids
from showsewa.actors import SYSTEM, Actor
from showsewa.refusals import Invalid, NotFound
from showsewa.transactions import use_case

MOST_SEATS = 500
LONGEST_REASON = 255


@use_case
def block(*, showtime_id: uuid.UUID, seats: Sequence[str], reason: str, actor: Actor) -> inventory.Change:
    """Keep seats (public ids or labels) back, all or none. Never over a hold or a sale.

    Refuses: NotFound (also a cinema not the actor's), Invalid, SeatsUnavailable with the seats in the way.
    Locks: seats by id.
    """
    return _change(inventory.block, showtime_id, seats, reason, actor)


@use_case
def unblock(*, showtime_id: uuid.UUID, seats: Sequence[str], reason: str, actor: Actor) -> inventory.Change:
    """Put blocked seats back on sale, all or none. Refuses as `block`: SeatsUnavailable names those not blocked."""
    return _change(inventory.unblock, showtime_id, seats, reason, actor)


@use_case
def block_anywhere(
    *,
    showtime_id: uuid.UUID | None,
    seats: Sequence[str],
    reason: str,
    actor: Actor,
    until: datetime | None = None,
) -> list[inventory.Change]:
    """The same for seats of several showtimes, named by id; labels need the showtime. All or none over all of them.

    until: when the seats go back on sale by themselves. Locks: showtime by showtime in the order of their ids, the
    seats of each by id.
    """
    changes = [
        _change(inventory.block, showtime, names, reason, actor) for showtime, names in _by_showtime(showtime_id, seats)
    ]
    if until is not None:
        keys = [seat.id for change in changes for seat in change.seats]
        BlockEnd.objects.bulk_create([BlockEnd(seat_id=key, until=until) for key in keys])
    return changes


def end_due(*, now: datetime) -> int:
    """Put seats whose block is over back on sale, showtime by showtime, and return how many."""
    due = BlockEnd.objects.filter(until__lte=now).values_list("seat__showtime_id", flat=True)
    return sum(_end_at(showtime_id, now=now) for showtime_id in sorted(set(due)))


@use_case
def _end_at(showtime_id: uuid.UUID, *, now: datetime) -> int:
    """Locks: the seats by id. Whoever changed one meanwhile took its end away, so the ends are read again."""
    due = BlockEnd.objects.filter(seat__showtime_id=showtime_id, until__lte=now).order_by("seat")
    inventory.lock(showtime_id, list(due.values_list("seat", flat=True)))
    over = list(due.values_list("seat", flat=True))
    if over:
        inventory.unblock(showtime_id, over, cause=inventory.Cause(SYSTEM, reason="the time of the block is over"))
    return len(over)


@use_case
def unblock_anywhere(
    *, showtime_id: uuid.UUID | None, seats: Sequence[str], reason: str, actor: Actor
) -> list[inventory.Change]:
    """The other way round, with the same locks. Refuses as `unblock`, and Invalid for labels without the showtime."""
    return [
        _change(inventory.unblock, showtime, names, reason, actor)
        for showtime, names in _by_showtime(showtime_id, seats)
    ]


def _by_showtime(showtime_id: uuid.UUID | None, seats: Sequence[str]) -> list[tuple[uuid.UUID, list[str]]]:
    if showtime_id is not None:
        return [(showtime_id, list(seats))]
    keys = {name: key for name in seats if (key := ids.seat_pk(name)) is not None}
    if len(keys) != len(set(seats)):
        raise Invalid(_("Name seats by id, or say which showtime (showtimeId) the labels belong to."))
    found = dict(ShowSeat.objects.filter(pk__in=list(keys.values())).values_list("pk", "showtime_id"))
    unknown = [name for name in seats if keys[name] not in found]
    if unknown:
        raise NotFound(_("Some of these seats do not exist."), unknownSeats=unknown)
    groups: dict[uuid.UUID, list[str]] = defaultdict(list)
    for name in seats:
        groups[found[keys[name]]].append(name)
    return sorted(groups.items())


def _change(
    step: Callable[..., inventory.Change], showtime_id: uuid.UUID, seats: Sequence[str], reason: str, actor: Actor
) -> inventory.Change:
    _check(showtime_id, seats, reason, actor)
    return step(showtime_id, seats, cause=inventory.Cause(actor, reason=reason.strip()))


def _check(showtime_id: uuid.UUID, seats: Sequence[str], reason: str, actor: Actor) -> None:
    on_sale.check(showtime_id, actor)
    if not 1 <= len(seats) <= MOST_SEATS or len(set(seats)) != len(seats):
        raise Invalid(_("Choose between 1 and %(most)d different seats.") % {"most": MOST_SEATS})
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(_("The reason is longer than %(most)d characters.") % {"most": LONGEST_REASON})
