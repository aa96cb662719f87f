"""Conflicts, the seats' half: the contested one changes hands, the loser gets another or none.

Steps only: `payments.services.conflicts` holds the transaction, decides, and sees to the money.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bookings import alternatives, notices, pricing
from bookings.models import Booking, Notice, Ticket
from bookings.services import endings, steps, telling
from seatsync import channels, conflicts, inventory
from seatsync.models import Channel, Conflict, SeatStatus, ShowSeat
from showsewa import money
from showsewa.actors import Actor
from showsewa.refusals import Refusal
from venues.models import Showtime


class HolderChanged(Refusal):
    """The seat went to somebody else since the conflict was looked at; policy looks at it again in seconds."""

    code = "HOLDER_CHANGED"


@dataclass(slots=True)
class Case:
    """A conflict with everything locked that solving it may touch.

    holder: the sale that has the seat, None when nobody has it any more. reporter: the other side's booking, where its
    reference has one (its other seats).
    """

    conflict: Conflict
    showtime: Showtime
    seat: inventory.LockedSeat
    holder: Booking | None
    reporter: Booking | None

    @property
    def is_ours(self) -> bool:
        """Whether the holder is a customer of our own, whom we can rebook and pay back."""
        return self.holder is not None and self.holder.channel_id is None

    @property
    def ticket(self) -> Ticket:
        """The holder's ticket for the seat."""
        assert self.holder is not None
        return self.holder.tickets.get(show_seat_id=self.seat.id, released_at=None)

    @property
    def party(self) -> list[int]:
        """The holder's other seats."""
        return [key for key in steps.seat_keys(self.holder) if key != self.seat.id] if self.holder else []


def lay_out(conflict_id: uuid.UUID, *, new_seat: int | None = None) -> Case:
    """Lock the bookings on both sides by id, the seat (and the new one) by id, then the conflict.

    Refuses: NotFound, AlreadySolved; HolderChanged when the seat went to a booking that is not among the locked.
    """
    seen = conflicts.find(conflict_id)
    conflicts.require_open(seen)
    showtime = seen.seat.showtime.showtime
    sides = Q(pk=seen.seat.claim) | Q(showtime=showtime, channel=seen.channel_id, external_reference=seen.reference)
    bookings = {booking.pk: booking for booking in lock_bookings(sides)}
    keys = sorted({seen.seat_id, *([new_seat] if new_seat else [])})
    seat = next(seat for seat in inventory.lock(showtime.pk, keys) if seat.id == seen.seat_id)
    conflict = conflicts.lock(conflict_id)
    conflicts.require_open(conflict)
    if seat.claim is not None and seat.claim not in bookings:
        raise HolderChanged(_("The seat changed hands just now. Please look at it again."))
    sales = [one for one in bookings.values() if one.status == Booking.Status.CONFIRMED and one.pk != seat.claim]
    reporter = next((one for one in sales if one.external_reference == conflict.reference), None)
    holder = bookings[seat.claim] if seat.claim is not None and seat.status == SeatStatus.BOOKED else None
    if holder is not None and holder.pk == conflict.holder_claim:
        conflicts.note_channel(conflict, holder.channel_id)
    return Case(conflict, conflict.seat.showtime.showtime, seat, holder, reporter)


def lock_bookings(wanted: Q) -> list[Booking]:
    """With their showtimes and cinemas. Locks: the bookings by id."""
    rows = Booking.objects.filter(wanted).select_related("showtime__cinema").order_by("pk")
    if inventory.SKIP_LOCK not in settings.UNSAFE:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return list(rows)


def require_holder(case: Case) -> Booking:
    """The sale the conflict names. Refuses: HolderChanged when the seat is another's or nobody's by now."""
    if case.holder is None or case.holder.pk != case.conflict.holder_claim:
        raise HolderChanged(_("The seat changed hands just now. Please look at it again."))
    return case.holder


def side_of(booking: Booking) -> conflicts.Side:
    reference = booking.external_reference or booking.reference or ""
    return conflicts.Side(conflicts.HOLDER, booking.channel_id, booking.source, reference)


def free_seats(conflict: Conflict) -> list[alternatives.Seat]:
    """What the loser could sit on instead, the best first. Reads without a lock."""
    showtime = conflict.seat.showtime.showtime
    party: Sequence[int] = ()
    if conflict.seat.claim == conflict.holder_claim:
        live = Ticket.objects.filter(booking=conflict.holder_claim, released_at=None)
        party = [key for key in live.values_list("show_seat_id", flat=True) if key != conflict.seat_id]
    return alternatives.equal_or_better(showtime, conflict.seat_id, party=party, source=conflict.holder_source)


def find_seat(conflict: Conflict, label: str) -> ShowSeat:
    """The seat staff chose for the loser. Refuses: NotFound."""
    [key] = inventory.find(conflict.seat.showtime_id, [label])
    return ShowSeat.objects.get(pk=key)


def list_price(seat: int) -> Decimal:
    return ShowSeat.objects.values_list("price", flat=True).get(pk=seat)


def rebook_holder(case: Case, new_seat: int, *, by: Actor, now: datetime) -> Ticket:
    """The holder sits on another seat for the same money, under a new ticket; the seat is the reporter's.

    Refuses: SeatsUnavailable when the new seat was taken meanwhile.
    """
    holder, old = require_holder(case), case.ticket
    cause = _cause(case, by, holder.source, holder.reference, "sold twice: other seat")
    with inventory.book(case.showtime.pk, [new_seat], claim=holder.pk, cause=cause) as change:
        steps.drop_displaced(change.displaced)
        new = Ticket.objects.create(
            booking=holder, show_seat_id=new_seat, label=change.seats[0].label, price=old.price, discount=old.discount,
            fee=old.fee, fee_kept=old.fee_kept, tax=old.tax,
        )  # fmt: skip
        Ticket.objects.filter(pk=old.pk).update(moved_to=new)
        holder.seat_labels = [new.label if label == old.label else label for label in holder.seat_labels]
        holder.save(update_fields=["seat_labels"])
    give_to_reporter(case, by=by, now=now)
    telling.changed(holder, conflictId=str(case.conflict.pk))
    return new


def give_to_reporter(case: Case, *, by: Actor, now: datetime) -> Booking:
    """The seat is the reporter's sale, whoever has it. Caller sees to what the holder loses beside the seat."""
    conflict = case.conflict
    booking = case.reporter or _new_sale(case, now=now)
    cause = _cause(case, by, conflict.source, conflict.reference, "sold twice: given to who reported it")
    take = inventory.move if case.seat.status == SeatStatus.BOOKED else inventory.report
    with take(case.showtime.pk, [case.seat.id], claim=booking.pk, cause=cause) as change:
        steps.drop_displaced(change.displaced)
        _add_seat(booking, change.seats[0], _price_for(conflict.channel, case.seat.price))
    return booking


def seat_reporter_elsewhere(case: Case, new_seat: int, *, by: Actor, now: datetime) -> Booking:
    """The holder keeps the seat; the reporter's sale gets another, at what the contested one cost."""
    conflict = case.conflict
    booking = case.reporter or _new_sale(case, now=now)
    cause = _cause(case, by, conflict.source, conflict.reference, "sold twice: other seat")
    with inventory.book(case.showtime.pk, [new_seat], claim=booking.pk, cause=cause) as change:
        steps.drop_displaced(change.displaced)
        _add_seat(booking, change.seats[0], _price_for(conflict.channel, case.seat.price))
    telling.changed(booking, conflictId=str(conflict.pk))
    return booking


def drop_seat(
    booking: Booking, ticket: Ticket, *, by: Actor, now: datetime, facts: dict[str, str] | None = None
) -> bool:
    """The booking goes on without this seat, or ends with its last one; True when it ended.

    The seat is given away or freed already. Caller holds the booking lock and sees to the money. facts: what the
    buyer is told of that. The promise to tell somebody who keeps other seats is the caller's.
    """
    if len(booking.seat_labels) == 1:
        endings.cancel(
            booking, ending=Booking.Ending.SEAT_LOST, actor=by, reason=_("Seat sold twice"), now=now, facts=facts
        )
        return True
    booking.seat_labels = [label for label in booking.seat_labels if label != ticket.label]
    pricing.count(booking, [ticket], -1)
    booking.save(update_fields=["seat_labels", *pricing.SUMS])
    return False


def drop_holder(case: Case, ticket: Ticket, *, by: Actor, now: datetime) -> None:
    """`drop_seat` for a channel's sale; of one that ended, its end is told."""
    holder = require_holder(case)
    if not drop_seat(holder, ticket, by=by, now=now):
        telling.changed(holder, conflictId=str(case.conflict.pk))


def promise_news(booking: Booking, conflict: Conflict, *, old: str, new: str, now: datetime, **more: str) -> None:
    """Tell the loser by mail and SMS. new: "" for no other seat; more: `notices.money_facts`."""
    facts = {"old": old, "new": new} | more
    notices.promise(booking, Notice.Kind.SEATS_CHANGED, due_at=now, about=str(conflict.pk), facts=facts)


def moved(booking: Booking, *, now: datetime) -> list[tuple[Conflict, Ticket]]:
    """Seats the customer was given instead of their own and may refuse yet, with the tickets for them."""
    if booking.status != Booking.Status.CONFIRMED or booking.showtime.starts_at <= now:
        return []
    rows = Conflict.objects.filter(
        holder_claim=booking.pk, status=Conflict.Status.SOLVED, resolution=Conflict.Resolution.REBOOKED,
        winner=conflicts.REPORTER,
    )  # fmt: skip
    live = {ticket.show_seat_id: ticket for ticket in booking.tickets.filter(released_at=None, checked_in_at=None)}
    found = rows.select_related("seat").order_by("pk")
    return [(one, live[one.new_seat_id]) for one in found if one.new_seat_id in live]


def free_new_seat(booking: Booking, ticket: Ticket, *, by: Actor) -> None:
    """The customer does not want it: back on sale with it, their ticket void. Caller holds the booking lock."""
    cause = inventory.Cause(by, booking.source, booking.reference or "", "other seat refused")
    with inventory.release(booking.showtime_id, [ticket.show_seat_id], claims=[booking.pk], cause=cause):
        Ticket.objects.filter(pk=ticket.pk, released_at=None).update(released_at=Now())


def _new_sale(case: Case, *, now: datetime) -> Booking:
    conflict = case.conflict
    sale = steps.reported_sale(
        showtime=case.showtime,
        channel_id=conflict.channel_id,
        source=conflict.source,
        reference=conflict.reference,
        now=now,
    )
    sale.save(force_insert=True)
    return sale


def _add_seat(booking: Booking, seat: inventory.LockedSeat, price: Decimal) -> None:
    ticket = Ticket.objects.create(booking=booking, show_seat_id=seat.id, label=seat.label, price=price)
    booking.seat_labels = [*booking.seat_labels, seat.label]
    pricing.count(booking, [ticket])
    booking.save(update_fields=["seat_labels", *pricing.SUMS])


def _price_for(channel: Channel, price: Decimal) -> Decimal:
    factor = channels.price_factor(channel)
    return price if factor == 1 else money.amount(price * factor)


def _cause(case: Case, by: Actor, source: str, reference: str | None, reason: str) -> inventory.Cause:
    return inventory.Cause(by, source, reference or "", f"{reason} ({case.seat.label})")
