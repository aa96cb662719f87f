"""Other seats, or another show, for a sale of the website: one exchange is one transaction, one mail, new codes.

Cheaper seats: the difference goes back, all of it, since the people still come. Dearer: a booking of its own holds the
new seats and is paid like any other; its money then becomes the sale's, with the seats. Until that moment, and if it
never comes, the sale is as it was.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import exchanges, policy, selectors
from bookings.exchanges import Plan, Seat
from bookings.models import Booking, Exchange
from bookings.services import checkout, exchanging, holds, rooms, steps
from bookings.services.checkout import Told
from payments.models import Payment, Refund
from payments.services import approving, giving_back, refunding
from seatsync.models import Source
from showsewa import money, numerals
from showsewa.actors import Actor
from showsewa.refusals import Refusal
from showsewa.transactions import use_case
from venues.models import Showtime


class NotExchangeable(Refusal):
    """Sold elsewhere, or over a counter: exchanged there."""

    code = "NOT_EXCHANGEABLE"


class TooManyExchanges(Refusal):
    code = "EXCHANGE_LIMIT"


class ExchangeOpen(Refusal):
    """facts: bookingId, the one that waits for the difference of an earlier try."""

    code = "EXCHANGE_OPEN"


class ChangedMeanwhile(Refusal):
    """The sale is not what the difference was counted for."""

    code = "EXCHANGE_CHANGED"


@dataclass(frozen=True, slots=True)
class Terms:
    """What exchanging now would mean. pays, back: of the difference, one of them is 0. percent: what cancelling later
    would give back at most.
    """

    plan: Plan
    difference: Decimal
    pays: Decimal
    back: Decimal
    percent: int


@dataclass(frozen=True, slots=True)
class Exchanged:
    """waiting: the booking to be paid before anything changes; None when it is done."""

    booking: Booking
    exchange: Exchange
    terms: Terms
    waiting: Booking | None
    refunds: Sequence[Refund]


def check(booking: Booking, *, now: datetime, by_staff: bool = False) -> None:
    """Whether its seats may be exchanged at all. by_staff: no closing time, no limit.

    Refuses: AlreadyCancelled, InvalidState, NotExchangeable, NotOnSale, TicketUsed, WindowClosed, TooManyExchanges,
    ExchangeOpen.
    """
    refunding.check_not_cancelled(booking)
    steps.require(booking, Booking.Status.CONFIRMED)
    if booking.channel_id is not None or booking.source != Source.SHOWSEWA:
        raise NotExchangeable(_("These tickets were not sold on this website. Please ask where you bought them."))
    _check_unused(booking)
    if not by_staff:
        _check_in_time(booking, now=now)
    waiting = waiting_for(booking)
    if waiting is not None:
        said = _("Other seats are being held for you already, until the difference is paid. Pay it or give them up.")
        raise ExchangeOpen(said, bookingId=waiting.pk)


def waiting_for(booking: Booking) -> Booking | None:
    """The booking that holds its new seats until the difference is paid."""
    return Booking.objects.filter(exchange_of=booking, status=Booking.Status.PENDING).first()


def terms(
    booking: Booking, showtime_id: uuid.UUID, seats: Sequence[str], *, actor: Actor, now: datetime, by_staff: bool
) -> Terms:
    """What it would cost or give back; reads only. seats: public ids or labels of all they will have.

    Refuses: what `check` does, NotFound, OtherCount, NothingToExchange, LonelySeat, CompanionRule, WaitingRoomOpen.
    """
    check(booking, now=now, by_staff=by_staff)
    show = exchanges.show_for(booking, showtime_id, now=now)
    plan = exchanges.plan(booking, show, exchanges.named(show, seats))
    exchanges.check_rules(plan, actor=actor, now=now)
    if plan.is_other_show and actor.is_customer:
        rooms.check_turn(showtime_id=show.pk, actor=actor)
    pays = max(plan.difference, money.ZERO)  # read here: the swap makes the sale's sums those of the new seats
    back = min(max(-plan.difference, money.ZERO), refunding.refundable(booking))
    most = policy.refund_percent(booking.refund_policy, starts_at=booking.showtime.starts_at, now=now)
    return Terms(plan, plan.difference, pays, back, most)


@use_case
def exchange(
    *,
    booking_id: uuid.UUID,
    showtime_id: uuid.UUID,
    seats: Sequence[str],
    told: Told | None = None,
    actor: Actor,
    now: datetime,
    by_staff: bool = False,
) -> Exchanged:
    """Give these seats for those it has, at once or, where they cost more, as soon as that is paid.

    told: the difference the buyer agreed to, less than 0 for money back. Refuses: as `terms`; AmountChanged,
    SeatsUnavailable, PaidAtCounter, SecondFactorRequired. Locks: booking, seats by showtime and id, payments.
    """
    booking = steps.lock_booking(booking_id)
    given = terms(booking, showtime_id, seats, actor=actor, now=now, by_staff=by_staff)
    plan = given.plan
    _check_told(plan, told)
    if given.pays > 0:
        waiting = exchanging.hold(plan, actor=actor, now=now)
        written = exchanging.write_down(plan, waiting=waiting, actor=actor, now=now)
        return Exchanged(booking, written, given, waiting, [])
    if by_staff:
        approving.require(booking, given.back, actor=actor, is_proved=False)
    else:
        refunding.check_way_back(booking, given.back)
    written = exchanging.write_down(plan, actor=actor, now=now)
    exchanging.swap(plan, actor=actor, now=now)
    facts = refunding.money_back_facts(booking, given.back, now=now) if given.back else {}
    exchanging.promise_news(booking, written, now=now, facts=facts)
    note = f"{', '.join(written.old_seats)} > {', '.join(written.new_seats)}"
    refunds = refunding.promise_back(booking, given.back, Refund.Reason.EXCHANGED, actor=actor, note=note, now=now)
    return Exchanged(booking, written, given, None, refunds)


def finish(waiting: Booking, *, actor: Actor, now: datetime) -> Booking:
    """The difference is paid: the sale gets the seats and the money, and is returned.

    Caller holds the locks of the sale and of `waiting`, and gives the money back on a refusal. Refuses: InvalidState,
    TicketUsed, NotOnSale, ShowStarted, ChangedMeanwhile, ClaimLost, SeatsUnavailable. Locks: seats by showtime and id.
    """
    steps.require(waiting, Booking.Status.PENDING)
    written = Exchange.objects.get(waiting=waiting)
    sale = steps.lock_booking(written.booking_id)
    steps.require(sale, Booking.Status.CONFIRMED)
    holds.check_on_sale(sale)
    _check_unused(sale)
    if min(sale.showtime.starts_at, waiting.showtime.starts_at) <= now:
        raise holds.ShowStarted(_("This show has started."))
    plan = _agreed(sale, waiting, written)
    exchanging.swap(plan, waiting=waiting, actor=actor, now=now)
    Payment.objects.filter(booking=waiting, status=Payment.Status.SUCCESS).update(booking=sale)
    exchanging.end_waiting(waiting, now=now)
    written.done_at = now
    written.save(update_fields=["done_at"])
    facts = {"paid": str(written.difference), "currency": written.currency}
    exchanging.promise_news(sale, written, now=now, facts=facts)
    return sale


def _agreed(sale: Booking, waiting: Booking, written: Exchange) -> Plan:
    """What was to be paid for, at the prices of then. Refuses: ChangedMeanwhile."""
    changed = ChangedMeanwhile(_("This booking was changed while the difference was paid. Your money goes back."))
    if sale.showtime_id != written.old_showtime_id or sorted(sale.seat_labels) != sorted(written.old_seats):
        raise changed
    kept = [label for label in written.new_seats if label not in waiting.seat_labels]
    own = [ticket for ticket in selectors.tickets(sale) if ticket.label in kept and written.is_same_show]
    tickets = [*selectors.tickets(waiting), *own]
    seats = [Seat(ticket.show_seat_id, ticket.label, ticket.price) for ticket in tickets]
    show = Showtime.objects.select_related("cinema").get(pk=waiting.showtime_id)
    plan = exchanges.plan(sale, show, seats)
    if plan.labels != written.new_seats or plan.difference != written.difference:
        raise changed
    return plan


def _check_unused(booking: Booking) -> None:
    if any(ticket.checked_in_at for ticket in selectors.tickets(booking)):
        raise giving_back.TicketUsed(_("A ticket that was used cannot be exchanged."))


def _check_in_time(booking: Booking, *, now: datetime) -> None:
    if not policy.can_cancel(booking.refund_policy, starts_at=booking.showtime.starts_at, now=now):
        raise refunding.WindowClosed(_("It is too late to exchange: the show starts soon."))
    done = Exchange.objects.filter(booking=booking, done_at__isnull=False).count()
    if done >= settings.EXCHANGES_PER_BOOKING:
        said = _("A booking can be exchanged %(most)d times. Please ask the cinema.")
        raise TooManyExchanges(numerals.filled(said, most=settings.EXCHANGES_PER_BOOKING))


def _check_told(plan: Plan, told: Told | None) -> None:
    currency = plan.booking.currency
    if told is not None and (told.amount, told.currency.upper()) != (plan.difference, currency):
        said = _("The difference is %(amount)s.") % {"amount": money.text(plan.difference, currency)}
        raise checkout.AmountChanged(said, finalAmount=money.number(plan.difference), currency=currency)
