"""THE writer: the only module that changes a seat. Every channel is a client of it.

Each operation is a context manager. Entering it locks the seats in id order, asks the database (in a statement after
the lock, by its clock) whether the move is allowed, and changes them; the caller writes its own rows inside; leaving
it takes the showtime's version and writes the journal row. So the version row, which all sales of a showtime share,
is locked only for the commit, and no change can go without its journal row.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from seatsync import feed, logbook
from seatsync.models import OWN_COUNTER, OWN_WEB, Action, BlockEnd, SeatStatus, Source
from seatsync.rows import SKIP_LOCK, LockedSeat, find, lock, lock_if, lock_known  # noqa: F401 - callers say inventory.find
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Refusal


class SeatsUnavailable(Refusal):
    """facts: conflicts=[{seatId, label, status}], the seats in the way."""

    code = "SEAT_UNAVAILABLE"


class ClaimLost(Refusal):
    """Fewer seats than asked still carry the claim: the hold lapsed and somebody else took one."""

    code = "HOLD_EXPIRED"
    status = 410


# A seat allotted to a channel is for that channel alone.
_SELLABLE = "(allotted_to_id IS NULL OR allotted_to_id = %(channel)s)"


class Standing(StrEnum):
    """A seat as seen by a claim. Each is a condition in SQL, so that its clock is the database's."""

    FREE = f"(status = 'AVAILABLE' AND {_SELLABLE})"
    LAPSED = f"(status = 'HELD' AND held_until <= statement_timestamp() AND {_SELLABLE})"
    UNSOLD = "status = 'AVAILABLE'"
    HELD = "status = 'HELD'"
    HELD_OWN = "(status = 'HELD' AND claim = ANY(%(claims)s))"
    BOOKED_OWN = "(status = 'BOOKED' AND claim = ANY(%(claims)s))"
    BOOKED = "status = 'BOOKED'"
    BLOCKED = "status = 'BLOCKED'"


# action -> (standings it may start from, status it ends in). Walked by histories in tests/test_model.py.
MOVES: dict[Action, tuple[tuple[Standing, ...], SeatStatus]] = {
    Action.HOLD: ((Standing.FREE, Standing.LAPSED, Standing.HELD_OWN), SeatStatus.HELD),
    Action.BOOK: ((Standing.FREE, Standing.LAPSED), SeatStatus.BOOKED),
    Action.BOOK_HELD: ((Standing.HELD_OWN,), SeatStatus.BOOKED),
    # Between two who share a party: nobody else finds the seat free in between.
    Action.HAND_ON: ((Standing.HELD_OWN,), SeatStatus.HELD),
    Action.RELEASE: ((Standing.HELD_OWN, Standing.BOOKED_OWN), SeatStatus.AVAILABLE),
    Action.BLOCK: ((Standing.UNSOLD,), SeatStatus.BLOCKED),
    Action.UNBLOCK: ((Standing.BLOCKED,), SeatStatus.AVAILABLE),
    # A sale that has happened elsewhere: refusing it would not un-sell the ticket.
    Action.REPORT: ((Standing.UNSOLD, Standing.HELD, Standing.BLOCKED), SeatStatus.BOOKED),
    # Two sales of one seat, and it was decided whose it is: the loser's ticket ends in the same transaction.
    Action.MOVE: ((Standing.BOOKED,), SeatStatus.BOOKED),
}

# Allotting changes for whom a free seat is free, not its status.
_ALLOT = {
    Action.ALLOT: """UPDATE seatsync_showseat SET allotted_to_id = %(to)s
        WHERE id = ANY(%(ids)s) AND status = 'AVAILABLE' AND allotted_to_id IS NULL RETURNING id""",
    Action.RETURN: """UPDATE seatsync_showseat SET allotted_to_id = NULL
        WHERE id = ANY(%(ids)s) AND allotted_to_id = %(to)s RETURNING id""",
}

# What UNSAFE may name (settings allow it in test mode only) beside SKIP_LOCK: trust our own clock.
PY_CLOCK = "py_clock"

_UPDATE = {
    action: f"""UPDATE seatsync_showseat SET status = '{to}', claim = %(claim)s, held_until = %(until)s
        WHERE id = ANY(%(ids)s) AND ({" OR ".join(standings)}) RETURNING id"""  # noqa: S608 - both parts are constants of this module
    for action, (standings, to) in MOVES.items()
}

# The same for several claims at once. (The new values have names of their own: standings speak of the row's.)
_UPDATE_EACH = {
    action: f"""UPDATE seatsync_showseat s SET status = '{to}', claim = n.new_claim, held_until = n.new_until
        FROM unnest(%(ids)s::bigint[], %(new_claims)s::uuid[], %(untils)s::timestamptz[])
            AS n (seat, new_claim, new_until)
        WHERE s.id = n.seat AND ({" OR ".join(standings)}) RETURNING s.id"""  # noqa: S608 - as above
    for action, (standings, to) in MOVES.items()
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Who did it and why, for the journal."""

    actor: Actor
    source: str = ""
    reference: str = ""
    reason: str = ""

    @property
    def told(self) -> str:
        """The reason, and who of the staff gave it in a channel's name."""
        return " / ".join(filter(None, [self.reason, self.actor.by]))[:255]

    @property
    def channel(self) -> uuid.UUID:
        """Whose allotment it may sell from."""
        if self.actor.channel_id is not None:
            return self.actor.channel_id
        return OWN_COUNTER if self.source == Source.WALK_IN else OWN_WEB


@dataclass(frozen=True, slots=True)
class Step:
    """One of several operations. claim: who gets the seats, or whose they were; until: for holds."""

    action: Action
    seats: Sequence[LockedSeat]
    claim: uuid.UUID | None
    cause: Cause
    until: datetime | None = None


@dataclass(slots=True)
class Change:
    """What an operation did. displaced: claims that lost these seats to it (lapsed holds, or any hold to a report)."""

    showtime_id: uuid.UUID
    action: Action
    seats: list[LockedSeat]
    displaced: dict[uuid.UUID, list[int]] = field(default_factory=dict)
    version: int = 0


@contextmanager
def hold(
    showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], *, claim: uuid.UUID, until: datetime, cause: Cause
) -> Iterator[Change]:
    """Keep seats for a claim until a deadline, all or none. Refuses: SeatsUnavailable. Locks: seats by id."""
    with _operation(Action.HOLD, showtime_id, seats, claims=[claim], until=until, cause=cause) as change:
        yield change


@contextmanager
def book(
    showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], *, claim: uuid.UUID, cause: Cause
) -> Iterator[Change]:
    """Sell free seats at once, all or none. Refuses: SeatsUnavailable. Locks: seats by id."""
    with _operation(Action.BOOK, showtime_id, seats, claims=[claim], cause=cause) as change:
        yield change


@contextmanager
def book_held(showtime_id: uuid.UUID, seats: Sequence[int], *, claim: uuid.UUID, cause: Cause) -> Iterator[Change]:
    """Turn a hold into a sale. seats: all of the hold's. Refuses: ClaimLost when one no longer carries the claim."""
    with _operation(Action.BOOK_HELD, showtime_id, seats, claims=[claim], cause=cause) as change:
        yield change


@contextmanager
def hand_on(
    showtime_id: uuid.UUID, seats: Sequence[int], *, holder: uuid.UUID, claim: uuid.UUID, until: datetime, cause: Cause
) -> Iterator[Change]:
    """Give held seats to another hold, all or none. Refuses: SeatsUnavailable for one the holder has lost."""
    with _operation(Action.HAND_ON, showtime_id, seats, claims=[holder], to=claim, until=until, cause=cause) as change:
        yield change


@contextmanager
def release(
    showtime_id: uuid.UUID, seats: Sequence[int], *, claims: Sequence[uuid.UUID], cause: Cause
) -> Iterator[Change]:
    """Free what these claims still have of these seats; what they lost meanwhile is left alone."""
    with _operation(Action.RELEASE, showtime_id, seats, claims=claims, cause=cause, partly=True) as change:
        yield change


@contextmanager
def report(showtime_id: uuid.UUID, seats: Sequence[int], *, claim: uuid.UUID, cause: Cause) -> Iterator[Change]:
    """Write down a sale made elsewhere over free, held or blocked seats. Refuses: SeatsUnavailable for sold ones."""
    with _operation(Action.REPORT, showtime_id, seats, claims=[claim], cause=cause) as change:
        yield change


def block(showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], *, cause: Cause) -> Change:
    """Keep seats back. Never over a hold or a sale: Refuses SeatsUnavailable."""
    with _operation(Action.BLOCK, showtime_id, seats, claims=[], cause=cause) as change:
        return change


def unblock(showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], *, cause: Cause) -> Change:
    with _operation(Action.UNBLOCK, showtime_id, seats, claims=[], cause=cause) as change:
        return change


@contextmanager
def move(showtime_id: uuid.UUID, seats: Sequence[int], *, claim: uuid.UUID, cause: Cause) -> Iterator[Change]:
    """Give sold seats to another sale. displaced: the sales that lose them; the caller ends their tickets inside."""
    with _operation(Action.MOVE, showtime_id, seats, claims=[claim], cause=cause) as change:
        yield change


def allot(showtime_id: uuid.UUID, seats: Sequence[int], *, to: uuid.UUID, cause: Cause) -> Change:
    """Keep free seats for one channel, all or none. Refuses: SeatsUnavailable. Locks: seats by id."""
    return _allot(Action.ALLOT, showtime_id, seats, to=to, cause=cause)


def take_back(showtime_id: uuid.UUID, seats: Sequence[int], *, to: uuid.UUID, cause: Cause) -> Change:
    """Give a channel's seats back to all, those it has sold too: should they come free, they are everybody's."""
    return _allot(Action.RETURN, showtime_id, seats, to=to, cause=cause)


def _allot(action: Action, showtime_id: uuid.UUID, seats: Sequence[int], *, to: uuid.UUID, cause: Cause) -> Change:
    locked = lock(showtime_id, seats)
    with connection.cursor() as cursor:
        cursor.execute(_ALLOT[action], {"ids": [seat.id for seat in locked], "to": to})
        moved = {row[0] for row in cursor.fetchall()}
    if action == Action.ALLOT and len(moved) != len(locked):
        _refuse(action, [seat for seat in locked if seat.id not in moved])
    allotted_to = to if action == Action.ALLOT else None
    changed = [replace(seat, allotted_to=allotted_to) for seat in locked if seat.id in moved]
    change = Change(showtime_id, action, changed)
    if changed:
        change.version = _write_journal(change, None, cause)
        feed.publish_after_commit(showtime_id, change.version, [_told(seat, seat.status) for seat in changed])
    return change


@contextmanager
def several(showtime_id: uuid.UUID, steps: Sequence[Step]) -> Iterator[list[Change]]:
    """Operations on seats the caller has locked, no seat twice: a statement per action, one for the journal, one push.

    Yields a change per step. Refuses: SeatsUnavailable when a seat does not stand as its action needs.
    """
    for (action, _channel), alike in groupby(sorted(steps, key=_kind), key=_kind):
        _move_each(action, list(alike))
    _forget_ends([seat for step in steps for seat in step.seats])
    own = [[step.claim] if step.claim else [] for step in steps]
    changes = [
        Change(showtime_id, step.action, list(step.seats), _displaced(step.seats, claims))
        for step, claims in zip(steps, own, strict=True)
    ]
    yield changes
    if not steps:
        return
    entries = [_entry(change, step.claim, step.cause) for change, step in zip(changes, steps, strict=True)]
    last = logbook.write(showtime_id, entries)
    for number, change in enumerate(changes, last - len(changes) + 1):
        change.version = number
    told = [_told(seat, MOVES[step.action][1]) for step in steps for seat in step.seats]
    feed.publish_after_commit(showtime_id, last, told, first=last - len(changes) + 1)


def _kind(step: Step) -> tuple[Action, uuid.UUID]:
    return step.action, step.cause.channel


def _move_each(action: Action, steps: Sequence[Step]) -> None:
    seats = [seat for step in steps for seat in step.seats]
    is_taken = MOVES[action][1] in (SeatStatus.HELD, SeatStatus.BOOKED)
    given: dict[str, Any] = {
        "ids": [seat.id for seat in seats],
        "new_claims": [step.claim if is_taken else None for step in steps for _seat in step.seats],
        "untils": [step.until for step in steps for _seat in step.seats],
        "claims": [step.claim for step in steps if step.claim],
        "channel": steps[0].cause.channel,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(action, seats, given, _UPDATE_EACH), given)
        moved = {row[0] for row in cursor.fetchall()}
    if len(moved) != len(seats):
        _refuse(action, [seat for seat in seats if seat.id not in moved])


@contextmanager
def _operation(
    action: Action,
    showtime_id: uuid.UUID,
    seats: Sequence[str] | Sequence[int],
    *,
    claims: Sequence[uuid.UUID],
    cause: Cause,
    to: uuid.UUID | None = None,
    until: datetime | None = None,
    partly: bool = False,
) -> Iterator[Change]:
    """claims: in whose name. to: who gets the seats, where that is somebody else."""
    keeps_claim = MOVES[action][1] in (SeatStatus.HELD, SeatStatus.BOOKED)
    claim = to or claims[0] if keeps_claim else None
    given = {"claims": list(claims), "claim": claim, "until": until, "channel": cause.channel}
    locked = _lock_for(action, showtime_id, seats, given)
    moved = _move(action, locked, given)
    if len(moved) != len(locked) and not partly:
        _refuse(action, [seat for seat in locked if seat.id not in moved])
    changed = [seat for seat in locked if seat.id in moved]
    _forget_ends(changed)
    change = Change(showtime_id, action, changed, _displaced(changed, claims))
    yield change
    if changed:
        change.version = _write_journal(change, claim if keeps_claim or len(claims) != 1 else claims[0], cause)
        feed.publish_after_commit(showtime_id, change.version, [_told(seat, MOVES[action][1]) for seat in changed])


def _lock_for(
    action: Action, showtime_id: uuid.UUID, seats: Sequence[str] | Sequence[int], given: Mapping[str, Any]
) -> list[LockedSeat]:
    """In a rush nearly all come too late for their seats: they need not queue to hear it. Said before the lock, a
    refusal is right; an approval is not, and is asked for again after it.
    """
    if action not in (Action.HOLD, Action.BOOK) or settings.UNSAFE:
        return lock(showtime_id, seats)
    locked, in_the_way = lock_if(showtime_id, seats, " OR ".join(MOVES[action][0]), given)
    if in_the_way:
        _refuse(action, in_the_way)
    return locked


def _forget_ends(changed: Sequence[LockedSeat]) -> None:
    """A block that is over, however it ended, must not end once more when its time comes: the seat may be another's."""
    unblocked = [seat.id for seat in changed if seat.status == SeatStatus.BLOCKED]
    if unblocked:
        BlockEnd.objects.filter(seat__in=unblocked).delete()


def _told(seat: LockedSeat, status: str) -> tuple[int, str, str]:
    return seat.id, seat.label, feed.seen(status, seat.allotted_to)


def _move(action: Action, locked: Sequence[LockedSeat], given: dict[str, Any]) -> set[int]:
    given["ids"] = [seat.id for seat in locked]
    with connection.cursor() as cursor:
        cursor.execute(_statement(action, locked, given), given)
        return {row[0] for row in cursor.fetchall()}


def _statement(
    action: Action, locked: Sequence[LockedSeat], given: dict[str, Any], updates: Mapping[Action, str] = _UPDATE
) -> str:
    """The guarded update; or, under test settings only, one of the ways to get it wrong that race tests must catch."""
    sql = updates[action]
    if PY_CLOCK in settings.UNSAFE:
        given["clock"] = timezone.now()
        sql = sql.replace("statement_timestamp()", "%(clock)s")
    as_read = SeatStatus.HELD if action == Action.HAND_ON else SeatStatus.AVAILABLE
    if SKIP_LOCK in settings.UNSAFE and all(seat.status == as_read for seat in locked):
        sql = sql.replace(" OR ".join(MOVES[action][0]), "TRUE")
    return sql


def _write_journal(change: Change, claim: uuid.UUID | None, cause: Cause) -> int:
    return logbook.write(change.showtime_id, [_entry(change, claim, cause)])


def _entry(change: Change, claim: uuid.UUID | None, cause: Cause) -> logbook.Entry:
    ends_in = MOVES[change.action][1] if change.action in MOVES else None  # None: an allotment moves no status
    changes = [(seat.label, seat.status, ends_in or seat.status) for seat in change.seats]
    return logbook.Entry(change.action.value, changes, claim, cause.actor, cause.source, cause.reference, cause.told)


def _displaced(changed: Sequence[LockedSeat], claims: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    losers: dict[uuid.UUID, list[int]] = {}
    for seat in changed:
        if seat.claim is not None and seat.claim not in claims:
            losers.setdefault(seat.claim, []).append(seat.id)
    return losers


def _refuse(action: Action, in_the_way: Sequence[LockedSeat]) -> None:
    if action == Action.BOOK_HELD:
        raise ClaimLost(_("The time to pay for these seats is over, and somebody else has taken them."))
    conflicts = [
        {"seatId": ids.seat_id(seat.id), "label": seat.label, "status": feed.seen(seat.status, seat.allotted_to)}
        for seat in in_the_way
    ]
    labels = ", ".join(seat.label for seat in in_the_way)
    raise SeatsUnavailable(_("No longer available: %(seats)s.") % {"seats": labels}, conflicts=conflicts)
