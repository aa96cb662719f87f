"""Conflicts, decided: by the cinema's policy, by staff, by the channel that lost, by a customer who was moved.

Each decision is one transaction: bookings by id, seats by id, the conflict, then payments are locked, so that two who
decide at once are one who decides and one who is told so.
"""

import logging
import uuid
from datetime import datetime

from django.db import OperationalError
from django.db.models import Q
from django.utils.translation import gettext as _

from bookings.models import Booking, Ticket
from bookings.services import conflicts as seats
from payments.models import Refund
from payments.services import refunding
from seatsync import conflicts
from seatsync.models import Conflict, SeatStatus
from showsewa import money
from showsewa.actors import SYSTEM, Actor
from showsewa.refusals import Forbidden, Invalid, NotFound, Refusal
from showsewa.transactions import use_case

logger = logging.getLogger(__name__)

_R = Conflict.Resolution
_HOLDER, _REPORTER = conflicts.HOLDER, conflicts.REPORTER


class NoSuchWay(Invalid):
    """This side of a conflict cannot be given this."""

    code = "CONFLICT_DECISION"


class NothingMoved(Refusal):
    """No seat of this booking can be refused (any more)."""

    code = "NOTHING_TO_REFUSE"


def solve_waiting(*, now: datetime, most: int = 50) -> int:
    """Let policy try what it has not tried, one transaction each; returns how many that solved."""
    solved = 0
    for conflict_id in conflicts.waiting(most=most):
        try:
            solved += by_policy(conflict_id=conflict_id, now=now)
        except (Refusal, OperationalError) as error:
            # A seat was taken meanwhile, or somebody holds these rows: the next ring tries again, the others go on.
            logger.info("conflict %s is left for the next ring: %s", conflict_id, error)
    return solved


@use_case
def by_policy(*, conflict_id: uuid.UUID, now: datetime) -> bool:
    """Decide a conflict as its cinema does; True when that solved it.

    A channel that loses is asked; a customer of ours is moved where there is time and a seat as good. The rest stays
    open for staff. Refuses: NotFound, AlreadySolved, HolderChanged, SeatsUnavailable. Locks: see above.
    """
    seen = conflicts.find(conflict_id)
    best = _best_seat(seen, now=now)
    case = seats.lay_out(conflict_id, new_seat=best)
    conflict = case.conflict
    if _is_out_of_date(case):
        return _catch_up(case, now=now)
    conflicts.note_try(conflict, now=now)
    winner = _choice(conflict)
    if conflicts.side(conflict, conflicts.other(winner)).channel_id is not None:
        conflicts.ask(conflict, winner=winner, now=now)
    elif best is not None and case.ticket.checked_in_at is None:
        _rebook(case, best, by=SYSTEM, now=now, note="")
        return True
    return False


@use_case
def decide(
    *,
    conflict_id: uuid.UUID,
    winner: str,
    loser_gets: str,
    new_seat: str = "",
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Conflict:
    """Staff give the seat to one side and say what the other gets: REBOOKED on new_seat (a label), REFUNDED (our own
    customers), or ACCEPTED (a channel that sees to its own).

    Refuses: NotFound, AlreadySolved, HolderChanged, SeatsUnavailable, NoSuchWay, Forbidden. Locks: see above.
    """
    seen = conflicts.find(conflict_id)
    if not actor.reaches(seen.seat.showtime.showtime.cinema_id):
        raise NotFound(_("There is no such conflict."))
    conflicts.require_open(seen)
    key = seats.find_seat(seen, new_seat).pk if loser_gets == _R.REBOOKED else None
    case = seats.lay_out(conflict_id, new_seat=key)
    seats.require_holder(case)
    loser_is_ours = winner == _REPORTER and case.is_ours
    if key is not None and winner == _REPORTER:
        _check_price(case, key)
        _rebook(case, key, by=actor, now=now, note=note)
    elif key is not None:
        seats.seat_reporter_elsewhere(case, key, by=actor, now=now)
        _close(case, _R.REBOOKED, _HOLDER, by=actor, now=now, note=note, new_seat=key)
    elif loser_gets == _R.REFUNDED and loser_is_ours:
        _pay_back(case, by=actor, now=now, note=note)
    elif loser_gets == _R.ACCEPTED and not loser_is_ours:
        _let_channel_see_to_it(case, winner, by=actor, now=now, note=note)
    else:
        raise NoSuchWay(_("This sale cannot be given that: money goes back only to customers of our own."))
    return case.conflict


@use_case
def answer(*, conflict_id: uuid.UUID, word: str, note: str, actor: Actor, now: datetime) -> Conflict:
    """The losing channel accepts (it sees to its customer; the seat is the winner's) or rejects (staff decide).

    The same answer again is the same. Refuses: NotFound to all others, AlreadySolved, HolderChanged.
    """
    seen = conflicts.find(conflict_id)
    _check_asked(seen, actor)
    if seen.status == Conflict.Status.SOLVED and seen.answer == word:
        return seen
    case = seats.lay_out(conflict_id)
    conflict = case.conflict
    _check_asked(conflict, actor)
    conflicts.note_answer(conflict, answer=word, note=note, by=actor)
    if word == conflicts.ACCEPTED:
        seats.require_holder(case)
        _let_channel_see_to_it(case, conflict.winner, by=actor, now=now, note="")
    return conflict


@use_case
def refuse(*, booking_id: uuid.UUID, conflict_id: uuid.UUID, actor: Actor, now: datetime) -> list[Refund]:
    """A customer does not want the other seat: it is free again, and what the ticket cost goes back, all of it.

    Refuses: NotFound; NothingMoved for a second click or too late. Locks: see above.
    """
    found = seats.lock_bookings(Q(pk=booking_id))
    if not found:
        raise NotFound(_("There is no such booking."))
    booking = found[0]
    moved = {conflict.pk: ticket for conflict, ticket in seats.moved(booking, now=now)}
    if conflict_id not in moved:
        raise NothingMoved(_("This seat has been refused already, or it is too late."))
    ticket = moved[conflict_id]
    seats.free_new_seat(booking, ticket, by=actor)
    conflicts.note_refusal(conflicts.lock(conflict_id), by=actor)
    return _give_back(booking, ticket, by=actor, now=now)


def _best_seat(seen: Conflict, *, now: datetime) -> int | None:
    """Where policy would move the loser, if it is ours to move and there is time. Read without a lock."""
    showtime = seen.seat.showtime.showtime
    may_move = showtime.starts_at - now > conflicts.AUTOMATIC_UNTIL and showtime.cancelled_at is None
    if not may_move or seen.holder_channel_id is not None or _choice(seen) == _HOLDER:
        return None
    found = seats.free_seats(seen)
    return found[0].key if found else None


def _choice(conflict: Conflict) -> Conflict.Winner:
    policy = conflict.seat.showtime.showtime.cinema.conflict_policy
    return conflicts.choose(policy, holder=conflict.holder_source, reporter=conflict.source)


def _is_out_of_date(case: seats.Case) -> bool:
    is_named = case.holder is not None and case.holder.pk == case.conflict.holder_claim
    return not is_named or case.showtime.cancelled_at is not None


def _catch_up(case: seats.Case, *, now: datetime) -> bool:
    """One of the two sales is gone, or the seat went to a third since."""
    conflict, holder = case.conflict, case.holder
    if case.showtime.cancelled_at is not None:
        note = _("The show was cancelled.")
        conflicts.close(conflict, resolution=_R.GONE, by=SYSTEM, now=now, note=note)
    elif holder is None and case.seat.status == SeatStatus.HELD:
        return False  # somebody is choosing it: when that ends, either way, the next ring goes on
    elif holder is None:
        seats.give_to_reporter(case, by=SYSTEM, now=now)
        _close(case, _R.GONE, _REPORTER, by=SYSTEM, now=now)
    elif (holder.channel_id, holder.external_reference) == (conflict.channel_id, conflict.reference):
        _close(case, _R.GONE, _REPORTER, by=SYSTEM, now=now)
    else:
        conflicts.note_holder(conflict, claim=holder.pk, holder=seats.side_of(holder))
        return False
    return True


def _rebook(case: seats.Case, new_seat: int, *, by: Actor, now: datetime, note: str) -> None:
    holder = seats.require_holder(case)
    ticket = seats.rebook_holder(case, new_seat, by=by, now=now)
    _close(case, _R.REBOOKED, _REPORTER, by=by, now=now, note=note, new_seat=new_seat)
    if case.is_ours:
        seats.promise_news(holder, case.conflict, old=case.seat.label, new=ticket.label, now=now)


def _check_price(case: seats.Case, new_seat: int) -> None:
    if case.is_ours and seats.list_price(new_seat) < case.seat.price:
        raise NoSuchWay(_("That seat costs less than theirs. Choose one as good, or give the money back."))


def _pay_back(case: seats.Case, *, by: Actor, now: datetime, note: str) -> None:
    if not by.may("payments.refund_booking"):
        raise Forbidden(_("You may not do this."))
    holder, ticket = seats.require_holder(case), case.ticket
    seats.give_to_reporter(case, by=by, now=now)
    _close(case, _R.REFUNDED, _REPORTER, by=by, now=now, note=note)
    refunds = _give_back(holder, ticket, by=by, now=now)
    if holder.status == Booking.Status.CONFIRMED:  # else the cancellation says it
        back = sum(refund.amount for refund in refunds)
        facts = refunding.money_back_facts(holder, money.amount(back), now=now)
        seats.promise_news(holder, case.conflict, old=ticket.label, new="", now=now, **facts)


def _give_back(booking: Booking, ticket: Ticket, *, by: Actor, now: datetime) -> list[Refund]:
    """All that one ticket cost; of a booking's last ticket, all that is left of its money. The seat is gone already."""
    left = refunding.refundable(booking)
    back = left if len(booking.seat_labels) == 1 else min(ticket.paid, left)
    facts = refunding.money_back_facts(booking, back, now=now)
    seats.drop_seat(booking, ticket, by=by, now=now, facts=facts)
    reason = Refund.Reason.SEAT_LOST
    return refunding.promise_back(booking, back, reason, actor=by, note=ticket.label, now=now)


def _let_channel_see_to_it(case: seats.Case, winner: str, *, by: Actor, now: datetime, note: str) -> None:
    if winner == _REPORTER:
        ticket = case.ticket
        seats.give_to_reporter(case, by=by, now=now)
        seats.drop_holder(case, ticket, by=by, now=now)
    _close(case, _R.ACCEPTED, winner, by=by, now=now, note=note)


def _close(
    case: seats.Case,
    resolution: Conflict.Resolution,
    winner: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    new_seat: int | None = None,
) -> None:
    conflicts.close(case.conflict, resolution=resolution, by=by, now=now, winner=winner, note=note, new_seat=new_seat)


def _check_asked(conflict: Conflict, actor: Actor) -> None:
    loser = conflicts.side(conflict, conflicts.other(conflict.winner)) if conflict.asked_at is not None else None
    is_theirs = loser is not None and actor.channel_id is not None and loser.channel_id == actor.channel_id
    if not is_theirs or not actor.reaches(conflict.seat.showtime.showtime.cinema_id):
        raise NotFound(_("There is no such conflict."))
