"""Sales reported by a theatre's POS or a platform. They have happened: never refused, never written over another.

RELIABILITY E1 decides seat by seat. Everything is one transaction: the report is stored whole or not at all.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from bookings import policy
from bookings.models import Booking, Ticket
from bookings.services import endings, steps
from seatsync import inventory
from seatsync.models import Conflict, SeatStatus, ShowSeat
from showsewa import ids, money
from showsewa.actors import Actor
from showsewa.refusals import Busy, Forbidden, Invalid, NotFound, Refusal
from showsewa.transactions import use_case
from venues.models import Showtime

HOLD_KEEPS = timedelta(minutes=3)  # what a hold that lost a seat has at least left for choosing another


class Outcome(StrEnum):
    APPLIED = "applied"
    OVER_HOLD = "applied_over_hold"
    OVER_PAYMENT = "applied_over_payment"
    OVER_BLOCK = "applied_over_block"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    NOT_YOURS = "not_yours"


SUCCESS = frozenset(Outcome) - {Outcome.CONFLICT, Outcome.REJECTED, Outcome.NOT_YOURS}


class ReportRefused(Refusal):
    """Only for atomic reports: not one seat was changed. facts: results."""

    code = "SEAT_UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class SeatUpdate:
    """One line of a report. status: AVAILABLE, BOOKED or BLOCKED."""

    seat: str
    status: str
    source: str
    reference: str
    timestamp: datetime | None = None


@dataclass(slots=True)
class Result:
    update: SeatUpdate
    outcome: Outcome
    code: str = ""
    conflict_id: uuid.UUID | None = None
    holder_source: str = ""


@dataclass(slots=True)
class _Desk:
    """Everything a report needs at hand, locked."""

    showtime: Showtime
    actor: Actor
    now: datetime
    seats: dict[str, inventory.LockedSeat]
    bookings: dict[uuid.UUID, Booking]
    own: dict[str, Booking] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)


@use_case
def apply(
    *, showtime_id: uuid.UUID, updates: Sequence[SeatUpdate], actor: Actor, now: datetime, atomic: bool = False
) -> list[Result]:
    """Apply a channel's report, one result per line in its order.

    Refuses the whole only for what is wrong with it: NotFound (showtime not the channel's), Forbidden (source not
    its own), Busy (a seat changed hands while we looked), ReportRefused (atomic, and a line failed).
    Locks: bookings by id (holders' and own), then seats by id.
    """
    showtime = Showtime.objects.select_related("cinema", "inventory").filter(pk=showtime_id).first()
    if showtime is None or not actor.reaches(showtime.cinema_id) or getattr(showtime, "inventory", None) is None:
        raise NotFound(_("There is no such showtime."))
    foreign = sorted({line.source for line in updates} - set(actor.sources))
    if foreign:
        raise Forbidden(_("This key may not report sales of %(sources)s.") % {"sources": ", ".join(foreign)})
    desk = _lay_out(showtime, updates, actor=actor, now=now)
    results = {id(line): result for line, result in _decide(desk, updates)}
    ordered = [results[id(line)] for line in updates]
    if atomic and any(result.outcome not in SUCCESS for result in ordered):
        raise ReportRefused(_("Not every seat could be taken, so none was."), results=ordered)
    return ordered


def _lay_out(showtime: Showtime, updates: Sequence[SeatUpdate], *, actor: Actor, now: datetime) -> _Desk:
    """Lock the bookings in play, then the seats; if a seat got a new holder in between, ask the caller to repeat."""
    names = {line.seat for line in updates}
    keys = {key for name in names if (key := ids.seat_pk(name)) is not None}
    rows = ShowSeat.objects.filter(showtime_id=showtime.pk)
    looked = {seat.pk: seat for seat in rows.filter(label__in=names) | rows.filter(pk__in=keys)}
    claims = {seat.claim for seat in looked.values() if seat.claim}
    references = {line.reference for line in updates}
    mine = Booking.objects.filter(showtime=showtime, channel=actor.channel_id, external_reference__in=references)
    wanted = claims | set(mine.values_list("pk", flat=True))
    locked = Booking.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    bookings = {booking.pk: booking for booking in locked}
    seats = inventory.lock(showtime.pk, sorted({*looked, *_other_seats(bookings.values())}))
    if any(seat.claim is not None and seat.claim not in bookings for seat in seats):
        raise Busy(_("A seat changed hands just now. Please send the report again."))
    by_name = {seat.label: seat for seat in seats} | {ids.seat_id(seat.id): seat for seat in seats}
    sales = [b for b in bookings.values() if b.status == Booking.Status.CONFIRMED]
    own = {b.external_reference: b for b in sales if b.channel_id == actor.channel_id}
    return _Desk(showtime, actor, now, by_name, bookings, own)


def _other_seats(bookings: Iterable[Booking]) -> list[int]:
    """All seats of the holds in play: a hold that loses one is changed as a whole, so its seats are locked as one."""
    held = [booking.pk for booking in bookings if booking.status in (Booking.Status.HELD, Booking.Status.PENDING)]
    return list(Ticket.objects.filter(booking__in=held, released_at=None).values_list("show_seat_id", flat=True))


def _decide(desk: _Desk, updates: Sequence[SeatUpdate]) -> list[tuple[SeatUpdate, Result]]:
    sales: dict[tuple[str, str], list[SeatUpdate]] = defaultdict(list)
    decided: list[tuple[SeatUpdate, Result]] = []
    for line in updates:
        if line.seat not in desk.seats:
            decided.append((line, Result(line, Outcome.REJECTED, "UNKNOWN_SEAT")))
        elif desk.seats[line.seat].label in desk.done:
            decided.append((line, Result(line, Outcome.REJECTED, "SEAT_NAMED_TWICE")))
        else:
            desk.done.add(desk.seats[line.seat].label)
            if line.status == SeatStatus.BOOKED:
                sales[line.source, line.reference].append(line)
            else:
                decided.append((line, _change(desk, line)))
    for (source, reference), lines in sales.items():
        decided.extend(_sell(desk, source, reference, lines))
    return decided


def _sell(desk: _Desk, source: str, reference: str, lines: Sequence[SeatUpdate]) -> list[tuple[SeatUpdate, Result]]:
    """One booking per reference: its free seats become sales, sold ones a duplicate or a conflict."""
    if desk.showtime.ends_at <= desk.now or desk.showtime.cancelled_at is not None:
        return [(line, Result(line, Outcome.REJECTED, "SHOW_OVER")) for line in lines]
    booking = desk.own.get(reference)
    results, takes = [], []
    for line in lines:
        seat = desk.seats[line.seat]
        if seat.status == SeatStatus.BOOKED:
            is_own = booking is not None and seat.claim == booking.pk
            result = Result(line, Outcome.DUPLICATE) if is_own else _conflict(desk, line, seat)
        else:
            result = Result(line, _over(desk, seat))
            takes.append(seat)
        results.append((line, result))
    if takes:
        _write_sale(desk, booking, source, reference, takes)
    return results


def _over(desk: _Desk, seat: inventory.LockedSeat) -> Outcome:
    if seat.status == SeatStatus.BLOCKED:
        return Outcome.OVER_BLOCK
    if seat.status == SeatStatus.HELD and seat.claim is not None:
        holder = desk.bookings[seat.claim]
        return Outcome.OVER_PAYMENT if holder.status == Booking.Status.PENDING else Outcome.OVER_HOLD
    return Outcome.APPLIED


def _write_sale(
    desk: _Desk, booking: Booking | None, source: str, reference: str, seats: Sequence[inventory.LockedSeat]
) -> None:
    claim = booking.pk if booking is not None else ids.uuid7()
    cause = inventory.Cause(desk.actor, source, reference, "reported sale")
    with inventory.report(desk.showtime.pk, [seat.id for seat in seats], claim=claim, cause=cause) as change:
        steps.drop_displaced(change.displaced)
        if booking is None:
            booking = _new_booking(desk, claim, source, reference)
        Ticket.objects.bulk_create(
            [Ticket(booking=booking, show_seat_id=seat.id, label=seat.label, price=seat.price) for seat in seats]
        )
        booking.seat_labels = [*booking.seat_labels, *(seat.label for seat in seats)]
        booking.subtotal += sum((seat.price for seat in seats), money.ZERO)
        booking.total = booking.subtotal - booking.discount
        booking.save(update_fields=["seat_labels", "subtotal", "total"])
        desk.own[reference] = booking
    for loser_id, keys in change.displaced.items():
        _console(desk, desk.bookings[loser_id], keys)


def _new_booking(desk: _Desk, claim: uuid.UUID, source: str, reference: str) -> Booking:
    return Booking.objects.create(
        id=claim,
        showtime=desk.showtime,
        status=Booking.Status.CONFIRMED,
        owner=desk.actor.key,
        channel_id=desk.actor.channel_id,
        source=source,
        reference=ids.reference(desk.now),
        external_reference=reference,
        seat_labels=[],
        subtotal=money.ZERO,
        total=money.ZERO,
        currency=desk.showtime.cinema.currency,
        refund_policy=policy.snapshot(),
        confirmed_at=desk.now,
        created_at=desk.now,
    )


def _console(desk: _Desk, loser: Booking, keys: Sequence[int]) -> None:
    """A hold keeps its other seats and gets time to choose again; a booking in payment cannot be had in part."""
    lost = {seat.label for seat in desk.seats.values() if seat.id in keys}
    if loser.status == Booking.Status.PENDING:
        ending = Booking.Ending.SEAT_LOST
        endings.cancel(loser, ending=ending, actor=desk.actor, reason=", ".join(sorted(lost)), now=desk.now)
        return
    if loser.status != Booking.Status.HELD:
        return
    rest = list(loser.tickets.filter(released_at=None))
    if not rest:
        loser.ending = Booking.Ending.SEAT_LOST
        loser.move(Booking.Status.CANCELLED, "ending")
        return
    until = max(loser.expires_at or desk.now, desk.now + HOLD_KEEPS)
    cause = inventory.Cause(desk.actor, loser.source, reason="keeps the rest")
    with inventory.hold(
        loser.showtime_id, [ids.seat_id(t.show_seat_id) for t in rest], claim=loser.pk, until=until, cause=cause
    ):
        loser.seat_labels = [label for label in loser.seat_labels if label not in lost]
        loser.subtotal = loser.total = sum((ticket.price for ticket in rest), money.ZERO)
        loser.expires_at = until
        loser.save(update_fields=["seat_labels", "subtotal", "total", "expires_at"])


def _conflict(desk: _Desk, line: SeatUpdate, seat: inventory.LockedSeat) -> Result:
    assert seat.claim is not None and desk.actor.channel_id is not None  # a sold seat has a claim; a report, a channel
    holder = desk.bookings[seat.claim]
    conflict, _is_new = Conflict.objects.get_or_create(
        channel_id=desk.actor.channel_id,
        reference=line.reference,
        seat_id=seat.id,
        defaults={
            "holder_claim": seat.claim,
            "holder_source": holder.source,
            "holder_reference": holder.external_reference or holder.reference or "",
            "source": line.source,
            "reported_for": line.timestamp,
        },
    )
    return Result(line, Outcome.CONFLICT, "SEAT_SOLD", conflict.pk, holder.source)


def _change(desk: _Desk, line: SeatUpdate) -> Result:
    """AVAILABLE frees the channel's own sale (or block); BLOCKED keeps a free seat back."""
    seat = desk.seats[line.seat]
    cause = inventory.Cause(desk.actor, line.source, line.reference, "reported")
    if line.status == SeatStatus.BLOCKED:
        return _block(desk, line, seat, cause)
    if line.status != SeatStatus.AVAILABLE:
        raise Invalid(_("A seat can be reported AVAILABLE, BOOKED or BLOCKED."))
    if seat.status == SeatStatus.AVAILABLE:
        return Result(line, Outcome.DUPLICATE)
    if seat.status == SeatStatus.BLOCKED:
        if not desk.actor.may("seats:block"):
            return Result(line, Outcome.NOT_YOURS, "SEAT_BLOCKED")
        inventory.unblock(desk.showtime.pk, [seat.id], cause=cause)
        return Result(line, Outcome.APPLIED)
    holder = desk.bookings[seat.claim] if seat.claim else None
    if holder is None or holder.channel_id != desk.actor.channel_id or holder.external_reference != line.reference:
        return Result(line, Outcome.NOT_YOURS, "NOT_YOURS")
    _give_back(desk, holder, seat, cause)
    return Result(line, Outcome.APPLIED)


def _block(desk: _Desk, line: SeatUpdate, seat: inventory.LockedSeat, cause: inventory.Cause) -> Result:
    if seat.status == SeatStatus.BLOCKED:
        return Result(line, Outcome.DUPLICATE)
    if not desk.actor.may("seats:block"):
        return Result(line, Outcome.REJECTED, "FORBIDDEN")
    if seat.status != SeatStatus.AVAILABLE:
        return Result(line, Outcome.REJECTED, "SEAT_UNAVAILABLE")
    inventory.block(desk.showtime.pk, [seat.id], cause=cause)
    return Result(line, Outcome.APPLIED)


def _give_back(desk: _Desk, booking: Booking, seat: inventory.LockedSeat, cause: inventory.Cause) -> None:
    ticket = booking.tickets.filter(show_seat_id=seat.id, released_at=None).get()
    if len(booking.seat_labels) == 1:
        endings.cancel(booking, ending=Booking.Ending.CHANNEL, actor=desk.actor, reason="", now=desk.now)
        desk.own.pop(booking.external_reference, None)  # what this report sells under the reference is a new sale
        return
    steps.free_seats(booking, cause, only=[seat.id])
    booking.seat_labels = [label for label in booking.seat_labels if label != seat.label]
    booking.subtotal -= ticket.price
    booking.total = booking.subtotal - booking.discount
    booking.save(update_fields=["seat_labels", "subtotal", "total"])
