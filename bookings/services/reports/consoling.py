"""Whoever lost a seat to a report: a hold keeps the rest, gets time and is offered others; a payment is called off."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Q

from bookings import losses as lost_seats
from bookings import pricing
from bookings.models import Booking, Ticket
from bookings.services import endings, offers, steps
from bookings.services.reports.desk import Desk
from bookings.services.reports.writing import Losses
from seatsync import feed, inventory
from seatsync.inventory import Step
from seatsync.models import Action

HOLD_KEEPS = timedelta(minutes=3)  # what a hold that lost a seat has at least left for choosing another


@dataclass(slots=True)
class _Care:
    steps: list[Step] = field(default_factory=list)
    changed: list[Booking] = field(default_factory=list)
    wishes: list[offers.Wish] = field(default_factory=list)
    told: dict[uuid.UUID, Booking] = field(default_factory=dict)


def console(desk: Desk, losses: Losses) -> None:
    """Caller holds the locks of the desk, which has all bookings and all their seats."""
    care = _Care()
    held = []
    for loser_id in sorted(losses):
        loser = desk.bookings.get(loser_id)  # not there: a hold that had lapsed
        if loser is not None and loser.status == Booking.Status.PENDING:
            _call_off(desk, loser, losses[loser_id])
            care.told[loser.pk] = loser
        elif loser is not None and loser.is_live_hold(desk.now):
            held.append(loser)
    if held:
        _console_holds(desk, care, held, losses)
    for hold in care.told.values():
        feed.tell_hold_after_commit(hold.pk, partial(_news, hold.pk))


def _news(hold_id: uuid.UUID) -> dict[str, Any]:
    return lost_seats.news(lost_seats.of(Booking.objects.get(pk=hold_id)))


def _call_off(desk: Desk, loser: Booking, keys: Sequence[int]) -> None:
    """A booking in payment cannot be had in part. What was paid, or will be, goes back."""
    reason = ", ".join(_labels(desk, keys))
    endings.cancel(loser, ending=Booking.Ending.SEAT_LOST, actor=desk.actor, reason=reason, now=desk.now)


def _labels(desk: Desk, keys: Sequence[int]) -> list[str]:
    return [desk.seats[key].label for key in sorted(keys)]


def _console_holds(desk: Desk, care: _Care, held: Sequence[Booking], losses: Losses) -> None:
    families = {hold.offered_to_id or hold.pk for hold in held}
    rows = Ticket.objects.filter(Q(booking__in=held) | Q(booking__in=families), released_at=None)
    left: dict[uuid.UUID, list[Ticket]] = {}
    for ticket in rows.order_by("show_seat_id"):
        left.setdefault(ticket.booking_id, []).append(ticket)
    for hold in held:
        rest = left.get(hold.pk, [])
        if hold.offered_to_id is None:
            _keep_rest(desk, care, hold, rest)
            care.wishes.append(offers.Wish(hold, losses[hold.pk], [ticket.show_seat_id for ticket in rest]))
            care.told[hold.pk] = hold
        else:
            _shrink_offer(desk, care, hold, rest, losses[hold.pk], left.get(hold.offered_to_id, []))
    made = offers.prepare(desk.showtime.pk, care.wishes, now=desk.now) if care.wishes else []
    with inventory.several(desk.showtime.pk, [*care.steps, *(offer.step for offer in made)]):
        Booking.objects.bulk_update(care.changed, ["seat_labels", *pricing.SUMS, "expires_at", "status", "ending"])
        offers.store(made)


def _keep_rest(desk: Desk, care: _Care, hold: Booking, rest: Sequence[Ticket]) -> None:
    care.changed.append(hold)
    if not rest:
        # Its labels stay: what it was for.
        hold.status, hold.ending, hold.expires_at = Booking.Status.CANCELLED, Booking.Ending.SEAT_LOST, None
        return
    _count_again(hold, rest)
    assert hold.expires_at is not None
    until = desk.now + HOLD_KEEPS
    if hold.expires_at < until:
        hold.expires_at = until
        seats = [desk.seats[ticket.show_seat_id] for ticket in rest]
        cause = inventory.Cause(desk.actor, hold.source, reason="keeps the rest")
        care.steps.append(Step(Action.HOLD, seats, hold.pk, cause, until))


def _shrink_offer(
    desk: Desk, care: _Care, offer: Booking, rest: Sequence[Ticket], lost: Sequence[int], kept: Sequence[Ticket]
) -> None:
    """What was offered is gone as well: something else is, as long as somebody may want it."""
    care.changed.append(offer)
    if rest:
        _count_again(offer, rest)
    else:
        offer.status, offer.ending, offer.expires_at = Booking.Status.CANCELLED, Booking.Ending.SEAT_LOST, None
    hold = desk.bookings.get(offer.offered_to_id) if offer.offered_to_id else None
    if hold is None:
        return
    care.told[hold.pk] = hold
    if hold.is_live_hold(desk.now) or hold.ending == Booking.Ending.SEAT_LOST:
        around = [ticket.show_seat_id for ticket in (*kept, *rest)]
        care.wishes.append(offers.Wish(hold, lost, around))


def _count_again(hold: Booking, rest: Sequence[Ticket]) -> None:
    hold.seat_labels = [ticket.label for ticket in rest]
    if hold.charges:  # a fee a booking is whole for fewer seats as well
        steps.reprice(hold, rest, promo=None)
    else:
        pricing.count_anew(hold, rest)
