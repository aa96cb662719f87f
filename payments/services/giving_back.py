"""Giving back some of a booking's tickets: the rest stays a sale, the money of the dropped ones goes the usual way."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from bookings import notices, selectors
from bookings.models import Booking, Notice, Ticket
from bookings.services import endings, steps, telling
from payments.models import Refund
from payments.services import approving, refunding
from payments.services.refunding import Cancelled, Terms
from seatsync import inventory
from seatsync.models import Source
from showsewa import ids, money
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from showsewa.transactions import use_case


class TicketUsed(Invalid):
    """Somebody has gone in with this ticket."""

    code = "TICKET_USED"


def cancel(
    *,
    booking_id: uuid.UUID,
    seats: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    reason: str = "",
    amount: Decimal | None = None,
    by_staff: bool = False,
) -> Cancelled:
    """Cancel a booking, or only some of its seats (public ids or labels); naming all of them is cancelling it whole.

    Refuses as `refunding.cancel_booking` does; NotFound for seats it has not, TicketUsed; InvalidState for single
    seats of a booking that is not confirmed: those of a hold are chosen anew, an unpaid booking is cancelled whole.
    """
    if not seats or selectors.is_whole(booking_id, seats):
        cancel = refunding.cancel_booking
    else:
        cancel = partial(_cancel_seats, seats=seats)
    return cancel(booking_id=booking_id, actor=actor, now=now, reason=reason, amount=amount, by_staff=by_staff)


def terms(booking: Booking, seats: Sequence[str] = (), *, now: datetime) -> Terms:
    """What cancelling these now would give back (all of them, where none is named); reads only.

    Refuses: NotFound, TicketUsed.
    """
    if not seats or selectors.is_whole(booking.pk, seats):
        return refunding.terms(booking, now=now)
    return _terms(booking, _named(booking, seats), now=now)


@use_case
def _cancel_seats(
    *,
    booking_id: uuid.UUID,
    seats: Sequence[str],
    actor: Actor,
    now: datetime,
    reason: str,
    amount: Decimal | None,
    by_staff: bool,
) -> Cancelled:
    """Locks: booking, the seats by id, payments."""
    booking = steps.lock_booking(booking_id)
    refunding.check_not_cancelled(booking)
    steps.require(booking, Booking.Status.CONFIRMED)
    tickets = _named(booking, seats)
    given = _terms(booking, tickets, now=now)
    if not given.is_allowed and not by_staff:
        raise refunding.WindowClosed(_("It is too late to cancel: the show starts soon."))
    back = given.amount if amount is None else money.amount(amount)
    refunding.check_amount(back, given)
    if by_staff:
        approving.require(booking, back, actor=actor, is_proved=False)
    else:
        refunding.check_way_back(booking, back)
    cause = inventory.Cause(
        actor, booking.source, booking.reference or "", reason if by_staff and reason else "given back"
    )
    endings.drop_tickets(booking, tickets, kept=given.paid - back, cause=cause)
    telling.changed(booking)
    _promise_news(booking, tickets, back, now=now)
    why = Refund.Reason.STAFF if amount is not None else Refund.Reason.CANCELLED
    refunds = refunding.promise_back(booking, back, why, actor=actor, note=reason, now=now)
    return Cancelled(booking, given, refunds, dropped=[ticket.label for ticket in tickets])


def _named(booking: Booking, seats: Sequence[str]) -> list[Ticket]:
    """Caller holds the booking lock."""
    live = selectors.tickets(booking)
    wanted = set(seats)
    found = [ticket for ticket in live if {ticket.label, ids.seat_id(ticket.show_seat_id)} & wanted]
    if len(found) != len(wanted) or len(wanted) != len(seats):
        raise NotFound(_("This booking has not all of these seats, or one is named twice."))
    if len(found) == len(live):
        raise NotFound(_("These are all the seats that are left. Please look again."))
    if any(ticket.checked_in_at for ticket in found):
        raise TicketUsed(_("A ticket that was used cannot be given back."))
    return found


def _terms(booking: Booking, tickets: Sequence[Ticket], *, now: datetime) -> Terms:
    """Those of the whole booking, for what these tickets were paid."""
    whole = refunding.terms(booking, now=now)
    paid = min(sum((ticket.paid for ticket in tickets), money.ZERO), whole.paid)
    kept = min(sum((ticket.fee_kept for ticket in tickets), money.ZERO), paid)
    if booking.showtime.cancelled_at is not None:
        kept = money.ZERO
    return replace(whole, paid=paid, kept=kept, amount=money.percent(paid - kept, whole.percent))


def _promise_news(booking: Booking, tickets: Sequence[Ticket], back: Decimal, *, now: datetime) -> None:
    """One mail for one change; sales of other channels are told of by those."""
    if booking.source != Source.SHOWSEWA:
        return
    labels = ", ".join(ticket.label for ticket in tickets)
    facts = {**refunding.money_back_facts(booking, back, now=now), "seats": labels}
    about = str(ids.uuid7())  # each time seats are given back is news of its own
    notices.promise(booking, Notice.Kind.CANCELLATION, due_at=now, about=about, facts=facts)
