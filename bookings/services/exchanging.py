"""Exchanging seats, the seats' half: held until the difference is paid, or changed at once.

Steps only: `payments.services.exchanging` holds the transaction, says who may, and sees to the money.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bookings import exchanges, notices, pricing
from bookings.exchanges import Plan, Seat
from bookings.models import Booking, Exchange, Ticket
from bookings.services import checkout, steps
from seatsync import inventory
from seatsync.inventory import Step
from seatsync.models import Action
from showsewa import ids
from showsewa.actors import Actor

_S = Booking.Status


def write_down(plan: Plan, *, waiting: Booking | None = None, actor: Actor, now: datetime) -> Exchange:
    """Caller has changed the seats, or holds the new ones for `waiting`."""
    return Exchange.objects.create(
        booking=plan.booking,
        waiting=waiting,
        old_showtime_id=plan.booking.showtime_id,
        new_showtime=plan.showtime,
        old_seats=list(plan.booking.seat_labels),
        new_seats=plan.labels,
        difference=plan.difference,
        currency=plan.booking.currency,
        actor=actor.key,
        done_at=None if waiting else now,
    )


def hold(plan: Plan, *, actor: Actor, now: datetime) -> Booking:
    """Hold the new seats for a booking that asks for the difference; the old ones stay as they are.

    Caller holds the sale's lock. Refuses: SeatsUnavailable. Locks: the new seats by id.
    """
    sale, taken = plan.booking, plan.taken
    until = now + timedelta(minutes=settings.BOOKING_EXPIRY_MINUTES)
    until = min(until, plan.showtime.starts_at, sale.showtime.starts_at)
    waiting = Booking(
        id=ids.uuid7(),
        showtime=plan.showtime,
        status=_S.PENDING,
        exchange_of=sale,
        owner=sale.owner,
        user_id=sale.user_id,
        source=sale.source,
        currency=sale.currency,
        refund_policy=exchanges.new_policy(sale, now=now),
        seat_labels=[seat.label for seat in taken],
        subtotal=plan.difference,
        total=plan.difference,
        name=sale.name,
        email=sale.email,
        phone=sale.phone,
        language=sale.language,
        expires_at=until,
        created_at=now,
    )
    checkout.give_reference(waiting, now=now)
    kept_until = until + timedelta(minutes=settings.PAYMENT_GRACE_MINUTES)
    cause = _cause(sale, actor, "waiting for the difference")
    keys = [seat.id for seat in taken]
    with inventory.hold(plan.showtime.pk, keys, claim=waiting.pk, until=kept_until, cause=cause) as change:
        waiting.save(force_insert=True)
        steps.drop_displaced(change.displaced)
        Ticket.objects.bulk_create(_tickets(waiting, plan, taken))
    return waiting


def swap(plan: Plan, *, waiting: Booking | None = None, actor: Actor, now: datetime) -> None:
    """Give the old seats up and book the new ones: those `waiting` holds, or free ones.

    Caller holds the locks of the sale and of `waiting`. Refuses: SeatsUnavailable, ClaimLost. Locks: the seats by
    showtime and id, and only then what counts their changes, by showtime too: nobody waits for us in a circle.
    """
    sale = plan.booking
    given_up, taken = [ticket.show_seat_id for ticket in plan.given_up], [seat.id for seat in plan.taken]
    wanted: dict[uuid.UUID, list[int]] = {sale.showtime_id: list(given_up)}
    wanted.setdefault(plan.showtime.pk, []).extend(taken)
    for showtime_id in sorted(wanted):
        inventory.lock(showtime_id, wanted[showtime_id])
    for showtime_id in sorted(wanted):
        if waiting is not None and showtime_id == plan.showtime.pk:
            _let_go(waiting, taken, actor)
        _trade(plan, showtime_id, wanted[showtime_id], given_up, actor)
    _rewrite(plan, now=now)


def end_waiting(waiting: Booking, *, now: datetime) -> None:
    """It has done its work: its seats are the sale's now. Caller has moved its money there."""
    waiting.ending, waiting.cancelled_at = Booking.Ending.EXCHANGED, now
    waiting.move(_S.CANCELLED, "ending", "cancelled_at")


def promise_news(sale: Booking, exchange: Exchange, *, now: datetime, facts: dict[str, str]) -> None:
    facts = {"old": ", ".join(exchange.old_seats), "new": ", ".join(exchange.new_seats)} | facts
    notices.promise_for_exchange(sale, about=str(exchange.pk), facts=facts, now=now)


def _let_go(waiting: Booking, taken: Sequence[int], actor: Actor) -> None:
    keys = steps.seat_keys(waiting)
    if keys != sorted(taken):
        raise inventory.ClaimLost(_("A seat of this booking was sold elsewhere."))
    if steps.free_seats(waiting, _cause(waiting, actor, "paid: for the exchanged booking")) != len(keys):
        raise inventory.ClaimLost(_("A seat of this booking was sold elsewhere."))


def _trade(plan: Plan, showtime_id: uuid.UUID, keys: Sequence[int], given_up: Sequence[int], actor: Actor) -> None:
    """What happens at one of the showtimes, in one journal entry each way."""
    sale, cause = plan.booking, _cause(plan.booking, actor, "exchanged")
    seats = inventory.lock(showtime_id, keys)  # as they are now: `waiting` has let go of some
    old = [seat for seat in seats if seat.id in given_up]
    new = [seat for seat in seats if seat.id not in given_up]
    parts = [Step(Action.RELEASE, old, sale.pk, cause), Step(Action.BOOK, new, sale.pk, cause)]
    with inventory.several(showtime_id, [part for part in parts if part.seats]) as changes:
        for change in changes:
            steps.drop_displaced(change.displaced)
        if old:
            Ticket.objects.filter(booking=sale, show_seat__in=given_up, released_at=None).update(released_at=Now())
        if new:
            Ticket.objects.bulk_create(_tickets(sale, plan, plan.taken))


def _rewrite(plan: Plan, *, now: datetime) -> None:
    """The sale is of these seats from now on."""
    sale = plan.booking
    sale.refund_policy = exchanges.new_policy(sale, now=now)
    shares = {seat.id: share for seat, share in zip(plan.seats, plan.quote.shares, strict=True)}
    for ticket in plan.kept:
        share = shares[ticket.show_seat_id]
        ticket.discount, ticket.fee, ticket.fee_kept, ticket.tax = share.discount, share.fee, share.fee_kept, share.tax
    Ticket.objects.bulk_update(plan.kept, ["discount", "fee", "fee_kept", "tax"])
    _point_on(plan)
    sale.showtime, sale.seat_labels = plan.showtime, plan.labels
    pricing.count_anew(sale, plan.quote.shares)
    sale.save(update_fields=["showtime", "seat_labels", "refund_policy", *pricing.SUMS])


def _point_on(plan: Plan) -> None:
    """Each old ticket says which took its place, for whoever shows it at the door."""
    live = Ticket.objects.filter(booking=plan.booking, released_at=None, show_seat__in=[s.id for s in plan.taken])
    for old, new in zip(plan.given_up, live.order_by("show_seat_id"), strict=True):
        Ticket.objects.filter(pk=old.pk).update(moved_to=new)


def _tickets(booking: Booking, plan: Plan, seats: Sequence[Seat]) -> list[Ticket]:
    shares = {seat.id: share for seat, share in zip(plan.seats, plan.quote.shares, strict=True)}
    return [
        Ticket(booking=booking, show_seat_id=seat.id, label=seat.label, **asdict(shares[seat.id])) for seat in seats
    ]


def _cause(booking: Booking, actor: Actor, reason: str) -> inventory.Cause:
    return inventory.Cause(actor, booking.source, booking.reference or "", reason)
