"""The use case: a report from its first line to its last, and again when somebody else was at it."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext as _

from bookings.services.reports import consoling, deciding, lines, writing
from bookings.services.reports.desk import ChangedHands, Desk, lay_out
from bookings.services.reports.lines import Result, SeatUpdate
from seatsync import inventory
from seatsync.models import Outcome
from showsewa.actors import Actor
from showsewa.refusals import Forbidden, NotFound, Refusal
from showsewa.transactions import is_contention, use_case
from venues.models import Showtime

NOT_ALL = "NOT_ALL"  # could have been had, but for other lines of the same atomic report


PATIENCE = 3.0  # seconds for others to finish with these seats, as long as one lock is waited for


class ReportRefused(Refusal):
    """Only for atomic reports: not one seat was changed. facts: results.

    Whoever catches it calls `keep_refused` once the transaction is rolled back.
    """

    code = "SEAT_UNAVAILABLE"


def apply(
    *,
    showtime_id: uuid.UUID,
    updates: Sequence[SeatUpdate],
    actor: Actor,
    now: datetime,
    atomic: bool = False,
    backfill: bool = False,
) -> list[Result]:
    """Apply a channel's report, one result per line in its order.

    Refuses the whole only for what is wrong with it: NotFound (showtime not the channel's), Forbidden (source not
    its own), Invalid (times), ReportRefused (atomic, and a line failed). What somebody else has locked for longer than
    a lock is waited for is `busy`, and the rest is applied: the second try waits for nobody.
    """
    lines.check_times(updates, now=now, backfill=backfill)
    work = partial(
        _apply, showtime_id=showtime_id, updates=updates, actor=actor, now=now, atomic=atomic, backfill=backfill
    )
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            return work(wait=True)
        except (ChangedHands, IntegrityError):
            continue  # somebody else got on with theirs meanwhile
        except OperationalError as error:
            if not is_contention(error):
                raise
            break
    return work(wait=False)


@use_case
def keep_refused(
    refusal: ReportRefused, *, showtime_id: uuid.UUID, actor: Actor, backfill: bool = False
) -> list[Result]:
    """Write down the lines of an atomic report that was rolled back, and return what became of them."""
    results: list[Result] = refusal.facts["results"]
    assert actor.channel_id is not None
    lines.keep(results, channel_id=actor.channel_id, showtime_id=showtime_id, backfill=backfill)
    return results


@use_case
def _apply(
    *,
    showtime_id: uuid.UUID,
    updates: Sequence[SeatUpdate],
    actor: Actor,
    now: datetime,
    atomic: bool,
    backfill: bool,
    wait: bool,
) -> list[Result]:
    """Locks: bookings by id (holders' and own), seats by id, conflicts; an offer's seats without waiting."""
    showtime = _showtime(showtime_id, updates, actor)
    desk = lay_out(showtime, [(line.seat, line.reference) for line in updates], actor=actor, now=now, wait=wait)
    before, version = dict(desk.seats), desk.version
    results, losses = _work(desk, updates)
    if atomic and not all(result.is_success for result in results):
        told = [_refused(result, before, version) for result in results]
        raise ReportRefused(_("Not every seat could be taken, so none was."), results=told)
    consoling.console(desk, losses)
    lines.keep(results, channel_id=desk.channel_id, showtime_id=showtime_id, backfill=backfill)
    return results


def _showtime(showtime_id: uuid.UUID, updates: Sequence[SeatUpdate], actor: Actor) -> Showtime:
    showtime = Showtime.objects.select_related("cinema", "inventory").filter(pk=showtime_id).first()
    if showtime is None or not actor.reaches(showtime.cinema_id) or getattr(showtime, "inventory", None) is None:
        raise NotFound(_("There is no such showtime."))
    foreign = sorted({line.source for line in updates} - set(actor.sources))
    if foreign:
        raise Forbidden(_("This key may not report sales of %(sources)s.") % {"sources": ", ".join(foreign)})
    return showtime


def _work(desk: Desk, updates: Sequence[SeatUpdate]) -> tuple[list[Result], writing.Losses]:
    """Line by line, but all that touch different seats together."""
    found: dict[int, Result] = {}
    losses: writing.Losses = {}
    for turn in _turns(desk, updates):
        plan = deciding.Plan()
        for number in turn:
            found[number] = deciding.decide(desk, plan, updates[number])
            plan.results.append(found[number])
        for claim, keys in writing.write(desk, plan).items():
            losses.setdefault(claim, []).extend(keys)
        for result in plan.results:
            deciding.remember(desk, result)
    return [found[number] for number in range(len(updates))], losses


def _turns(desk: Desk, updates: Sequence[SeatUpdate]) -> list[list[int]]:
    """The lines by number, each seat at most once a turn, in the order of their times where it has them."""
    of_seat: dict[int | str, list[int]] = {}
    for number, line in enumerate(updates):
        of_seat.setdefault(desk.names.get(line.seat, line.seat), []).append(number)
    turns: list[list[int]] = []
    for numbers in of_seat.values():
        times = [time for number in numbers if (time := updates[number].timestamp)]
        if len(times) == len(numbers):
            in_time = dict(zip(numbers, times, strict=True))
            numbers.sort(key=in_time.__getitem__)
        for turn, number in enumerate(numbers):
            turns.extend([[]] if turn == len(turns) else [])
            turns[turn].append(number)
    return turns


def _refused(result: Result, before: dict[int, inventory.LockedSeat], version: int) -> Result:
    """As it stands after the rollback: no seat was changed and no conflict opened."""
    seat = before.get(result.seat_id or 0)
    told = replace(result, conflict=None, status=seat.status if seat else None, version=version)
    return replace(told, outcome=Outcome.REJECTED, code=NOT_ALL) if result.is_success else told
