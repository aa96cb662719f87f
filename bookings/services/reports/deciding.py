"""What becomes of each line (RELIABILITY E1 and E3). Reads the desk, changes nothing but what it knows.

A channel's claim on a seat is a key of its own (channel, reference, seat); its last word on it by its own clock counts.
A seat belongs to one of the claims on it, the one that was committed first; the others are conflicts or suspects.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from bookings.models import Booking
from bookings.services.reports.desk import Desk, Statement
from bookings.services.reports.lines import Result, SeatUpdate
from seatsync import conflicts, inventory
from seatsync.models import Conflict, Outcome, SeatStatus
from showsewa import ids

SAME_SALE = timedelta(minutes=10)  # the same seat under another reference within this is rather the same sale
AT_LEAST = timedelta(minutes=5)  # to solve a conflict that came late


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has sold a seat: a channel's sale under its own reference."""

    channel_id: uuid.UUID
    reference: str
    source: str = field(compare=False)


Seats = list[inventory.LockedSeat]


@dataclass(slots=True)
class Plan:
    """What to do for a number of lines that name no seat twice.

    takes: new sales over what is not sold; moves: sold seats that go to another claim; frees: booking -> its seats.
    reheld: conflicts whose seat gets another holder, which is the claim beside them.
    """

    results: list[Result] = field(default_factory=list)
    takes: dict[Claim, Seats] = field(default_factory=dict)
    moves: dict[Claim, Seats] = field(default_factory=dict)
    frees: dict[uuid.UUID, Seats] = field(default_factory=dict)
    blocks: Seats = field(default_factory=list)
    unblocks: Seats = field(default_factory=list)
    opened: list[Conflict] = field(default_factory=list)
    reopened: list[Conflict] = field(default_factory=list)
    closed: list[tuple[Conflict, Conflict.Winner]] = field(default_factory=list)
    reheld: list[tuple[Conflict, Claim]] = field(default_factory=list)


def decide(desk: Desk, plan: Plan, line: SeatUpdate) -> Result:
    if line.seat in desk.away:
        return Result(line, Outcome.BUSY, "BUSY", seat_id=desk.names.get(line.seat))
    if line.seat not in desk.names:
        return Result(line, Outcome.REJECTED, "UNKNOWN_SEAT")
    seat = desk.seat(line.seat)
    if line.status == SeatStatus.BLOCKED:
        result = _block(desk, plan, line, seat)
    else:
        known = desk.known.get((seat.id, line.reference)) if line.reference else None
        if _is_older(line, known):
            result = Result(line, Outcome.STALE, "OLDER")
        elif line.status == SeatStatus.BOOKED:
            result = _sell(desk, plan, line, seat, known)
        else:
            result = _free(desk, plan, line, seat, known)
    result.seat_id = seat.id
    return result


def _is_older(line: SeatUpdate, known: Statement | None) -> bool:
    """Of one key, by the channel's own clock; without times it is the order in which they came."""
    return bool(known and known.sold_at and line.timestamp and line.timestamp < known.sold_at)


# --- BOOKED


def _sell(desk: Desk, plan: Plan, line: SeatUpdate, seat: inventory.LockedSeat, known: Statement | None) -> Result:
    if desk.is_over:
        return Result(line, Outcome.REJECTED, "SHOW_OVER")
    if seat.status == SeatStatus.BOOKED:
        return _sell_sold(desk, plan, line, seat, known)
    newest = desk.newest.get(line.reference)
    if newest and line.timestamp and line.timestamp < newest and known is None:
        return Result(line, Outcome.STALE, "OLDER_THAN_SALE")
    plan.takes.setdefault(Claim(desk.channel_id, line.reference, line.source), []).append(seat)
    return Result(line, _over(desk, seat))


def _over(desk: Desk, seat: inventory.LockedSeat) -> Outcome:
    if seat.status == SeatStatus.HELD:
        holder = desk.holder(seat)
        if holder.status == Booking.Status.PENDING:
            return Outcome.OVER_PAYMENT
        is_live = holder.expires_at is not None and holder.expires_at > desk.now
        return Outcome.OVER_HOLD if is_live else Outcome.APPLIED
    is_kept = seat.allotted_to not in (None, desk.channel_id)
    return Outcome.OVER_BLOCK if seat.status == SeatStatus.BLOCKED or is_kept else Outcome.APPLIED


def _sell_sold(desk: Desk, plan: Plan, line: SeatUpdate, seat: inventory.LockedSeat, known: Statement | None) -> Result:
    holder = desk.holder(seat)
    is_own = holder.channel_id == desk.channel_id
    if is_own and holder.external_reference == line.reference:
        return Result(line, Outcome.DUPLICATE)
    case = _case_of(desk, line, seat)
    if case is not None and case.resolution == Conflict.Resolution.GONE and _is_sold_anew(known):
        plan.reopened.append(case)
    if case is not None:
        is_open = case.status == Conflict.Status.OPEN or case in plan.reopened
        return _conflict(line, case, holder, "SEAT_SOLD" if is_open else "CONFLICT_SOLVED")
    is_known = known is not None and known.status == SeatStatus.BOOKED
    if is_own and (is_known or _is_same_sale(desk, line, seat, holder)):
        desk.suspects.setdefault(seat.id, {})[line.reference] = line.source
        return Result(line, Outcome.SUSPECT, "OTHER_REFERENCE", holder_source=holder.source)
    case = _open(desk, line, seat, holder)
    plan.opened.append(case)
    desk.conflicts.setdefault(seat.id, []).append(case)
    return _conflict(line, case, holder, "SEAT_SOLD")


def _conflict(line: SeatUpdate, case: Conflict, holder: Booking, code: str) -> Result:
    return Result(line, Outcome.CONFLICT, code, case, holder.source)


def _is_sold_anew(known: Statement | None) -> bool:
    """Cancelled by the channel itself, and now sold again: not the old case told once more."""
    return known is not None and known.status == SeatStatus.AVAILABLE


def _case_of(desk: Desk, line: SeatUpdate, seat: inventory.LockedSeat) -> Conflict | None:
    """The conflict this claim is, or else the one in which it lost the seat by a decision.

    Not the one in which it gave the seat up: that case is the other's, and a new sale of the seat is a new claim.
    """
    cases, claim = desk.conflicts.get(seat.id, ()), (desk.channel_id, line.reference)
    own = [case for case in cases if (case.channel_id, case.reference) == claim]
    lost = [
        case for case in cases if _lost_by_holder(case) and (case.holder_channel_id, case.holder_reference) == claim
    ]
    return next(iter([*own, *lost]), None)


def _lost_by_holder(case: Conflict) -> bool:
    is_decided = case.status == Conflict.Status.SOLVED and case.resolution != Conflict.Resolution.GONE
    return is_decided and case.winner == Conflict.Winner.REPORTER


def _is_same_sale(desk: Desk, line: SeatUpdate, seat: inventory.LockedSeat, holder: Booking) -> bool:
    """By the channel's times where it gave both, else by when the two came."""
    first = desk.known.get((seat.id, holder.external_reference))
    if line.timestamp and first and first.sold_at:
        return abs(line.timestamp - first.sold_at) <= SAME_SALE
    return holder.confirmed_at is not None and desk.now - holder.confirmed_at <= SAME_SALE


def _open(desk: Desk, line: SeatUpdate, seat: inventory.LockedSeat, holder: Booking) -> Conflict:
    return Conflict(
        id=ids.uuid7(),
        seat_id=seat.id,
        holder_claim=holder.pk,
        holder_source=holder.source,
        holder_reference=holder.external_reference or holder.reference or "",
        holder_channel_id=holder.channel_id,
        channel_id=desk.channel_id,
        source=line.source,
        reference=line.reference,
        reported_for=line.timestamp,
        deadline_at=max(desk.showtime.starts_at - conflicts.TO_BE_SOLVED, desk.now + AT_LEAST),
        created_at=desk.now,
    )


# --- AVAILABLE


def _free(desk: Desk, plan: Plan, line: SeatUpdate, seat: inventory.LockedSeat, known: Statement | None) -> Result:
    """Only its seller frees a sale. What was cancelled before it was sold is remembered as long."""
    if seat.status == SeatStatus.BLOCKED:
        return _unblock(desk, plan, line, seat)
    if seat.status == SeatStatus.BOOKED:
        return _free_sold(desk, plan, line, seat, known)
    if known is None and line.reference and line.timestamp:
        return Result(line, Outcome.TOMBSTONE)
    if seat.status == SeatStatus.AVAILABLE or known is not None:
        return Result(line, Outcome.DUPLICATE)
    return Result(line, Outcome.NOT_YOURS, "NOT_YOURS")


def _free_sold(desk: Desk, plan: Plan, line: SeatUpdate, seat: inventory.LockedSeat, known: Statement | None) -> Result:
    holder = desk.holder(seat)
    if holder.channel_id == desk.channel_id and line.reference and holder.external_reference == line.reference:
        _pass_on(desk, plan, seat, holder)
        return Result(line, Outcome.APPLIED)
    case = _case_of(desk, line, seat) if line.reference else None
    if case is not None and case.status == Conflict.Status.OPEN:
        plan.closed.append((case, Conflict.Winner.HOLDER))
        return Result(line, Outcome.APPLIED, conflict=case)
    if desk.suspects.get(seat.id, {}).pop(line.reference, None) is not None:
        return Result(line, Outcome.APPLIED)
    return Result(line, Outcome.NOT_YOURS, "NOT_YOURS") if known is None else Result(line, Outcome.DUPLICATE)


def _pass_on(desk: Desk, plan: Plan, seat: inventory.LockedSeat, holder: Booking) -> None:
    """The sale is cancelled: the seat is the next claim's, this channel's other reference or the first conflict."""
    waiting = [case for case in desk.conflicts.get(seat.id, ()) if case.status == Conflict.Status.OPEN]
    suspects = desk.suspects.get(seat.id, {})
    if suspects:
        reference = next(iter(suspects))
        heir = Claim(desk.channel_id, reference, suspects.pop(reference))
    elif waiting:
        case = waiting.pop(0)
        heir = Claim(case.channel_id, case.reference, case.source)
        plan.closed.append((case, Conflict.Winner.REPORTER))
    else:
        plan.frees.setdefault(holder.pk, []).append(seat)
        return
    plan.moves.setdefault(heir, []).append(seat)
    plan.reheld.extend((case, heir) for case in waiting)


# --- BLOCKED


def _block(desk: Desk, plan: Plan, line: SeatUpdate, seat: inventory.LockedSeat) -> Result:
    if seat.status == SeatStatus.BLOCKED:
        return Result(line, Outcome.DUPLICATE)
    if not desk.actor.may("seats:block"):
        return Result(line, Outcome.REJECTED, "FORBIDDEN")
    if seat.status != SeatStatus.AVAILABLE:
        return Result(line, Outcome.REJECTED, "SEAT_UNAVAILABLE")
    plan.blocks.append(seat)
    return Result(line, Outcome.APPLIED)


def _unblock(desk: Desk, plan: Plan, line: SeatUpdate, seat: inventory.LockedSeat) -> Result:
    if not desk.actor.may("seats:block"):
        return Result(line, Outcome.NOT_YOURS, "SEAT_BLOCKED")
    plan.unblocks.append(seat)
    return Result(line, Outcome.APPLIED)


def remember(desk: Desk, result: Result) -> None:
    """What this report said of a key, for the lines of it that come after."""
    line = result.update
    is_word = line.reference and line.status != SeatStatus.BLOCKED and result.seat_id is not None
    if not is_word or result.outcome in (Outcome.STALE, Outcome.REJECTED, Outcome.BUSY):
        return
    assert result.seat_id is not None
    desk.known[result.seat_id, line.reference] = Statement(line.status, line.timestamp)
