"""Seat rows as an operation finds them: named by id or label, locked in id order. Part of `inventory`, said there."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from seatsync.models import ShowSeat
from showsewa import ids
from showsewa.refusals import NotFound

# What UNSAFE may name (settings allow it in test mode only): trust what was read without a lock.
SKIP_LOCK = "skip_lock"


@dataclass(frozen=True, slots=True)
class LockedSeat:
    id: int
    label: str
    price: Decimal
    status: str
    claim: uuid.UUID | None
    layout_seat: int
    allotted_to: uuid.UUID | None = None


_LOCKED = ("id", "label", "price", "status", "claim", "seat_id", "allotted_to_id")


def lock(showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int]) -> list[LockedSeat]:
    """Lock seats in id order and read them as they are now. seats: keys, public ids or labels, no duplicates.

    Refuses: NotFound when one is not a seat of this showtime. Waits at most lock_timeout (3 s), then Busy at the edge.
    """
    rows = ShowSeat.objects.filter(_named(seats), showtime_id=showtime_id).order_by("id")
    if SKIP_LOCK not in settings.UNSAFE:
        rows = rows.select_for_update(no_key=True)
    locked = [LockedSeat(*row) for row in rows.values_list(*_LOCKED)]
    if len(locked) != len(seats):
        _refuse_unknown(seats, [(seat.id, seat.label) for seat in locked])
    return locked


def lock_known(
    showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], *, claims: Sequence[uuid.UUID] = (), wait: bool = True
) -> list[LockedSeat]:
    """The same for those of these seats that exist, and all that carry these claims.

    wait: False to leave out what somebody else has locked; who does not wait cannot deadlock, whatever else it holds.
    """
    named = _named(seats)
    rows = ShowSeat.objects.filter(named | Q(claim__in=claims) if claims else named, showtime_id=showtime_id)
    rows = rows.order_by("id")
    if SKIP_LOCK not in settings.UNSAFE:
        rows = rows.select_for_update(no_key=True, skip_locked=not wait)
    return [LockedSeat(*row) for row in rows.values_list(*_LOCKED)]


def find(showtime_id: uuid.UUID, seats: Sequence[str]) -> list[int]:
    """The keys of seats by public id or label, without locking. Refuses: NotFound."""
    rows = ShowSeat.objects.filter(_named(seats), showtime_id=showtime_id).order_by("id")
    found = list(rows.values_list("id", "label"))
    if len(found) != len(seats):
        _refuse_unknown(seats, found)
    return [key for key, _label in found]


def _refuse_unknown(seats: Sequence[str] | Sequence[int], found: Sequence[tuple[int, str]]) -> None:
    known: set[str | int] = {key for key, _label in found} | {label for _key, label in found}
    known |= {ids.seat_id(key) for key, _label in found}
    unknown = [str(name) for name in seats if name not in known]
    raise NotFound(_("Some of these seats do not exist at this showtime, or are named twice."), unknownSeats=unknown)


def _named(seats: Sequence[str] | Sequence[int]) -> Q:
    keys = [name if isinstance(name, int) else ids.seat_pk(name) for name in seats]
    labels = [name for name, key in zip(seats, keys, strict=True) if key is None]
    found = [key for key in keys if key is not None]
    if not labels:
        return Q(id__in=found)
    return Q(label__in=labels) | Q(id__in=found) if found else Q(label__in=labels)
