"""Seat rows as an operation finds them: named by id or label, locked in id order. Part of `inventory`, said there."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

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


def lock(showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int]) -> list[LockedSeat]:
    """Lock seats in id order and read them as they are now. seats: keys, public ids or labels, no duplicates.

    Refuses: NotFound when one is not a seat of this showtime. Waits at most lock_timeout (3 s), then Busy at the edge.
    """
    locked = lock_known(showtime_id, seats)
    _check_all(seats, locked)
    return locked


def lock_if(
    showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], condition: str, given: Mapping[str, object]
) -> tuple[list[LockedSeat], list[LockedSeat]]:
    """The same, but who cannot have a seat does not queue for it: one that fails the condition is read, not locked.

    condition: SQL about the row, its values in `given`. Returns the locked ones and the others. Refuses: NotFound.
    """
    names = _Names.of(seats)
    locked = _read(showtime_id, names, how=_LOCK, also=condition, given=given)
    if len(locked) == len(seats):
        return locked, []
    known = _read(showtime_id, names)
    _check_all(seats, known)
    keys = {seat.id for seat in locked}
    return locked, [seat for seat in known if seat.id not in keys]


def lock_known(
    showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], *, claims: Sequence[uuid.UUID] = (), wait: bool = True
) -> list[LockedSeat]:
    """The same for those of these seats that exist, and all that carry these claims.

    wait: False to leave out what somebody else has locked; who does not wait cannot deadlock, whatever else it holds.
    """
    return _read(showtime_id, _Names.of(seats, claims), how=_LOCK if wait else f"{_LOCK} SKIP LOCKED")


@dataclass(frozen=True, slots=True)
class _Names:
    """How seats are named: by key or public id, by label, or by who claims them."""

    keys: list[int]
    labels: list[str]
    claims: list[uuid.UUID]

    @classmethod
    def of(cls, seats: Sequence[str] | Sequence[int], claims: Sequence[uuid.UUID] = ()) -> "_Names":
        keys = [name if isinstance(name, int) else ids.seat_pk(name) for name in seats]
        labels = [str(name) for name, key in zip(seats, keys, strict=True) if key is None]
        return cls([key for key in keys if key is not None], labels, list(claims))


# By hand: the ORM takes longer to build this than PostgreSQL to answer it, and a sale asks three times.
_SELECT = "SELECT id, label, price, status, claim, seat_id, allotted_to_id FROM seatsync_showseat"
_LOCK = "FOR NO KEY UPDATE"
_BY = {
    "keys": "id = ANY(%(named_keys)s::bigint[])",
    "labels": "label = ANY(%(named_labels)s)",
    "claims": "claim = ANY(%(named_claims)s)",
}


def _read(
    showtime_id: uuid.UUID,
    names: _Names,
    *,
    how: str = "",
    also: str = "TRUE",
    given: Mapping[str, object] | None = None,
) -> list[LockedSeat]:
    values = {name: getattr(names, name) for name in _BY if getattr(names, name)}
    if not values:
        return []
    named = " OR ".join(_BY[name] for name in values)
    lock = "" if SKIP_LOCK in settings.UNSAFE else how
    asked = {"of": showtime_id, **(given or {}), **{f"named_{name}": value for name, value in values.items()}}
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} WHERE showtime_id = %(of)s AND ({named}) AND ({also}) ORDER BY id {lock}", asked)
        return [LockedSeat(*row) for row in cursor.fetchall()]


def find(showtime_id: uuid.UUID, seats: Sequence[str]) -> list[int]:
    """The keys of seats by public id or label, without locking. Refuses: NotFound."""
    found = _read(showtime_id, _Names.of(seats))
    _check_all(seats, found)
    return [seat.id for seat in found]


def _check_all(seats: Sequence[str] | Sequence[int], found: Sequence[LockedSeat]) -> None:
    if len(found) == len(seats):
        return
    known: set[str | int] = {name for seat in found for name in (seat.id, seat.label, ids.seat_id(seat.id))}
    unknown = [str(name) for name in seats if name not in known]
    raise NotFound(_("Some of these seats do not exist at this showtime, or are named twice."), unknownSeats=unknown)
