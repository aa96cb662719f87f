"""Settling: the one way in which money becomes a sale, whoever told us of it (webhook, look-up, token, clerk).

It may be told the same any number of times and in any order. Captured money always ends as a confirmed booking, as a
refund row or as a case for a person, written in the same transaction; what pays for a part (a gift voucher) waits with
its booking for the rest, and goes back when that does not come in time.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from bookings import notices
from bookings.models import Booking, Notice
from bookings.services import at_counter, checkout, endings, holds, steps
from payments.gateways import Report, Word
from payments.models import MOVES, Payment, Refund
from payments.services import cases, exchanging, refunding
from seatsync import inventory
from showsewa.actors import Actor, Kind
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import use_case

RETRY_TIME = timedelta(minutes=5)  # what a buyer has left, at least, after the first declined payment


@use_case
def settle(report: Report, *, gateway: str, now: datetime) -> Payment:
    """Apply a gateway's word on a session and return the payment as it then is. Refuses: NotFound.

    Locks: the booking, its seats by id, the payment.
    """
    return apply(report, gateway=gateway, now=now)


_FOUND = ("pk", "booking_id", "booking__exchange_of_id")


def apply(report: Report, *, gateway: str, now: datetime) -> Payment:
    """`settle` as a step: the caller holds the transaction and no lock yet."""
    row = Payment.objects.filter(gateway=gateway, session=report.session).values_list(*_FOUND).first()
    if row is None:
        raise NotFound("No payment has this session.")
    booking = steps.lock_to_settle(row[1], exchange_of=row[2])
    payment = Payment.objects.select_for_update(no_key=True).filter(pk=row[0]).order_by("pk").get()
    if payment.booking_id != booking.pk:  # its money was moved to the exchanged sale while we waited
        booking = steps.lock_booking(payment.booking_id)
    payment.booking = booking
    if report.word == Word.PAID:
        _take(payment, booking, report, now=now)
    elif report.word == Word.FAILED:
        _decline(payment, booking, now=now)
    elif report.word == Word.EXPIRED:
        _lapse(payment, booking, now=now)
    return payment


def _take(payment: Payment, booking: Booking, report: Report, *, now: datetime) -> None:
    if payment.status in (Payment.Status.SUCCESS, Payment.Status.REFUNDED):
        if report.reference and report.reference != payment.gateway_reference:
            _take_second(payment, booking, report, now=now)
        return
    asked, currency = payment.amount, payment.currency
    is_right = (report.amount, report.currency) == (asked, currency)
    if not is_right:
        payment.trouble = f"asked for {asked} {currency}, got {report.amount} {report.currency}"
        payment.amount, payment.currency = report.amount or asked, report.currency or currency
    _mark(payment, Payment.Status.SUCCESS, reference=report.reference, now=now)
    place(payment, booking, instead_of=None if is_right else asked, now=now)


def place(payment: Payment, booking: Booking, *, instead_of: Decimal | None = None, now: datetime) -> None:
    """Give taken money its destiny: a sale, a refund, or a person who decides. instead_of: the sum that was asked for.

    Caller holds the locks of booking and payment.
    """
    actor = _actor(payment)
    if booking.status == Booking.Status.CONFIRMED:
        give_back(payment, reason=Refund.Reason.DOUBLE, actor=actor, now=now)
    elif instead_of is not None:
        cases.open_wrong_amount(payment, asked=instead_of, currency=booking.currency)
    elif booking.status not in (Booking.Status.PENDING, Booking.Status.EXPIRED):
        give_back(payment, reason=Refund.Reason.LATE, actor=actor, now=now)
    elif (over := refunding.refundable(booking) - booking.total) < 0:  # a part of the price; the rest may yet come
        if booking.status == Booking.Status.EXPIRED:  # the other part went back when it expired
            give_back(payment, reason=Refund.Reason.LATE, actor=actor, now=now)
    elif not _deliver(payment, booking, now=now):
        give_back_all(booking, reason=Refund.Reason.LATE, actor=actor, now=now)
    elif over > 0:  # a session for the whole price, left for a voucher, was paid after all
        part, reason = min(over, payment.amount), Refund.Reason.DOUBLE
        refunding.promise_part(payment, part, reason, actor=actor, note="paid twice", now=now)


def _deliver(payment: Payment, booking: Booking, *, now: datetime) -> bool:
    """Give the buyer the seats, or False when they cannot be had any more (the booking is then ended)."""
    try:
        with transaction.atomic():
            holds.check_on_sale(booking)
            if booking.exchange_of_id is not None:
                payment.booking = exchanging.finish(booking, actor=_actor(payment), now=now)
            elif booking.status == Booking.Status.PENDING:
                checkout.confirm(booking, actor=_actor(payment), now=now)
            elif booking.showtime.starts_at > now:
                checkout.retake(booking, actor=_actor(payment), now=now)
            else:
                return False
    except holds.NotOnSale:
        _end(payment, booking, Booking.Ending.SHOW_CANCELLED, now=now)
        return False
    except Refusal:  # a seat went to somebody else, or the booking was cancelled meanwhile: expected, so refunded
        _end(payment, booking, Booking.Ending.SEAT_LOST, now=now)
        return False
    return True


def _end(payment: Payment, booking: Booking, ending: Booking.Ending, *, now: datetime) -> None:
    """After a confirmation that could not be: what it had begun is rolled back in the rows, so also in memory."""
    booking.refresh_from_db(fields=["status", "expires_at", "confirmed_at"])
    if booking.status == Booking.Status.PENDING:
        endings.cancel(booking, ending=ending, actor=_actor(payment), reason="paid too late", now=now)


def _take_second(payment: Payment, booking: Booking, report: Report, *, now: datetime) -> None:
    """The same session paid twice: a payment row of its own. It pays for the booking if the first one did not."""
    session = f"{payment.session}#{report.reference}"[:120]
    due = refunding.due(booking)
    second, is_new = Payment.objects.get_or_create(
        gateway=payment.gateway,
        session=session,
        defaults={
            "booking_id": payment.booking_id,
            "amount": report.amount or payment.amount,
            "currency": report.currency or payment.currency,
            "status": Payment.Status.SUCCESS,
            "gateway_reference": report.reference,
            "expires_at": now,
            "settled_at": now,
        },
    )
    if is_new:
        second.booking = booking
        is_right = (report.amount, report.currency) == (due or booking.total, booking.currency)
        place(second, booking, instead_of=None if is_right else due or booking.total, now=now)


def _decline(payment: Payment, booking: Booking, *, now: datetime) -> None:
    """The buyer may try again; the first refusal leaves at least five minutes for it, later ones add nothing."""
    if Payment.Status.FAILED not in MOVES[Payment.Status(payment.status)]:
        return
    is_first = not Payment.objects.filter(booking=booking, status=Payment.Status.FAILED).exists()
    _mark(payment, Payment.Status.FAILED, now=now)
    until = now + RETRY_TIME
    if is_first and booking.status == Booking.Status.PENDING and booking.expires_at and booking.expires_at < until:
        keys = steps.seat_keys(booking)
        cause = inventory.Cause(_actor(payment), booking.source, reason="declined, may try again")
        try:
            with (
                transaction.atomic(),
                inventory.hold(booking.showtime_id, keys, claim=booking.pk, until=until, cause=cause),
            ):
                booking.expires_at = until
                booking.save(update_fields=["expires_at"])
        except inventory.SeatsUnavailable:
            booking.refresh_from_db(fields=["expires_at"])


def _lapse(payment: Payment, booking: Booking, *, now: datetime) -> None:
    if Payment.Status.EXPIRED not in MOVES[Payment.Status(payment.status)]:
        return
    _mark(payment, Payment.Status.EXPIRED, now=now)
    if booking.status == Booking.Status.PENDING and not at_counter.is_chosen(booking):
        endings.expire_unpaid(booking, now=now)
        give_back_all(booking, reason=Refund.Reason.UNPAID, actor=_actor(payment), now=now)


def _mark(payment: Payment, status: Payment.Status, *, now: datetime, reference: str = "") -> None:
    payment.status = status
    if status != Payment.Status.FAILED:  # at the gateway's page a declined buyer may pay yet, so we go on asking
        payment.poll_at = None
    payment.gateway_reference, payment.settled_at = reference, now
    payment.save(
        update_fields=["status", "poll_at", "gateway_reference", "settled_at", "trouble", "amount", "currency"]
    )


def give_back(payment: Payment, *, reason: Refund.Reason, actor: Actor, now: datetime) -> Refund:
    """Promise the whole payment back and tell the buyer. Caller holds the payment's lock."""
    refund = Refund.objects.create(payment=payment, amount=payment.amount, reason=reason, actor=actor.key, due_at=now)
    if reason != Refund.Reason.UNPAID:  # whoever let the time pass is told when the money is back, no sooner
        by = now + refunding.EXPECTED_WITHIN
        facts = notices.money_facts(payment.amount, payment.currency, reason=reason, expected_by=by)
        notices.promise(payment.booking, Notice.Kind.LATE_PAYMENT, due_at=now, about=str(refund.pk), facts=facts)
    return refund


def give_back_all(booking: Booking, *, reason: Refund.Reason, actor: Actor, now: datetime) -> int:
    """All that was paid for a booking nobody gets: each payment, as far as it has not gone back. Returns how many.

    Caller holds the booking lock. Locks: its payments by id.
    """
    done = 0
    rows = refunding.placed().select_for_update(no_key=True, of=("self",)).filter(booking=booking)
    for payment in rows.order_by("pk"):
        payment.booking = booking
        left = refunding.left_of(payment)
        if left == payment.amount:
            give_back(payment, reason=reason, actor=actor, now=now)
        elif left > 0:
            refunding.promise_part(payment, left, reason, actor=actor, note="", now=now)
        done += left > 0
    return done


def _actor(payment: Payment) -> Actor:
    return Actor(Kind.GATEWAY, payment.gateway)
