"""Money back: cancel a booking with what its policy gives, refund by hand, and keep the promises so made."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import notices, policy
from bookings.models import Booking, Notice
from bookings.services import endings, handing, steps
from payments import gateways
from payments.gateways import counter, voucher
from payments.models import Case, Payment, Refund
from payments.services import approving
from seatsync.models import Source
from showsewa import money
from showsewa.actors import Actor
from showsewa.promises import Permanent
from showsewa.refusals import Invalid, Refusal
from showsewa.transactions import use_case

EXPECTED_WITHIN = Refund.EXPECTED_WITHIN


class AlreadyCancelled(Refusal):
    code = "ALREADY_CANCELLED"


class WindowClosed(Invalid):
    code = "CANCEL_WINDOW_CLOSED"


class AmountTooLarge(Invalid):
    """facts: refundable."""

    code = "AMOUNT_TOO_LARGE"


class NothingToRefund(Invalid):
    code = "NOTHING_TO_REFUND"


class PaidAtCounter(Refusal):
    """Cash goes back over the counter only: the buyer brings the tickets there."""

    code = "PAID_AT_COUNTER"


@dataclass(frozen=True, slots=True)
class Terms:
    """What cancelling now would give back; shown before anybody agrees.

    kept: of what was paid, fees (with the tax on them) that do not come back; the percentage is of the rest.
    """

    is_allowed: bool
    paid: Decimal
    percent: int
    amount: Decimal
    kept: Decimal = money.ZERO


@dataclass(frozen=True, slots=True)
class Cancelled:
    """dropped: the seats it is without now, when others were kept or all went back to a party; else empty."""

    booking: Booking
    terms: Terms
    refunds: list[Refund]
    dropped: Sequence[str] = ()


def terms(booking: Booking, *, now: datetime) -> Terms:
    """Reads only. For a booking nobody paid yet there is nothing to give back and nothing to refuse."""
    paid = refundable(booking)
    starts_at = booking.showtime.starts_at
    if booking.status in (Booking.Status.HELD, Booking.Status.PENDING):
        return Terms(True, paid, 100 if paid else 0, paid)  # a part may be paid: it bought nothing yet
    if booking.status != Booking.Status.CONFIRMED:
        return Terms(False, paid, 0, money.ZERO)
    if booking.showtime.cancelled_at is not None:  # it is we who do not keep the terms
        return Terms(True, paid, 100, paid)
    percent = policy.refund_percent(booking.refund_policy, starts_at=starts_at, now=now)
    allowed = policy.can_cancel(booking.refund_policy, starts_at=starts_at, now=now)
    # What was kept of seats given back before stays kept: only what the rest cost is divided now.
    whole = min(paid, booking.total)
    kept = min(booking.fee_kept, whole)
    return Terms(allowed, paid, percent, money.percent(whole - kept, percent), kept)


# `placed()` and its refunds by hand: a sale asks three times, and the ORM takes longer to build it than all the rest.
_REFUNDABLE = """
    SELECT coalesce(sum(p.amount - coalesce(r.back, 0)), 0) FROM payments_payment p
    LEFT JOIN LATERAL (SELECT sum(amount) AS back FROM payments_refund WHERE payment_id = p.id) r ON true
    WHERE p.booking_id = %s AND p.status = 'SUCCESS' AND NOT EXISTS (
        SELECT FROM payments_case c WHERE c.payment_id = p.id AND c.kind = 'WRONG_AMOUNT' AND c.status = 'OPEN'
    )"""


def refundable(booking: Booking) -> Decimal:
    """What was paid and not yet promised back."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDABLE, [booking.pk])
        return money.amount(cursor.fetchone()[0])


def due(booking: Booking) -> Decimal:
    """What its buyer still has to pay. Sure only while the caller holds the booking lock."""
    return max(booking.total - refundable(booking), money.ZERO)


def left_of(payment: Payment) -> Decimal:
    """What of it is not promised back."""
    return payment.amount - _sum(Refund.objects.filter(payment=payment))


def placed() -> QuerySet[Payment]:
    """Money that pays for its booking. A sum that waits for a person's decision pays for nothing yet."""
    waits = Case.objects.filter(payment=OuterRef("pk"), kind=Case.Kind.WRONG_AMOUNT, status=Case.Status.OPEN)
    return Payment.objects.filter(~Exists(waits), status=Payment.Status.SUCCESS)


@use_case
def cancel_booking(
    *,
    booking_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    reason: str = "",
    amount: Decimal | None = None,
    by_staff: bool = False,
    is_proved: bool = False,
    only_for_money: bool = False,
) -> Cancelled:
    """End a booking, free its seats, promise its money back by the policy of its sale.

    amount: what staff give instead, at most what is left of the payment. by_staff: no closing time applies.
    is_proved: their second factor was seen. only_for_money: keep a booking for which nothing would come back.
    Refuses: AlreadyCancelled, InvalidState, WindowClosed, AmountTooLarge, NothingToRefund, SecondFactorRequired,
    PaidAtCounter. Locks: the host's hold of a party, booking, seats by id, payments.
    """
    booking, host = handing.lock_with_host(booking_id)
    check_not_cancelled(booking)
    given, had = terms(booking, now=now), booking.seat_labels
    if booking.status == Booking.Status.CONFIRMED and not given.is_allowed and not by_staff:
        raise WindowClosed(_("It is too late to cancel: the show starts soon."))
    back = given.amount if amount is None else money.amount(amount)
    check_amount(back, given)
    if by_staff:
        approving.require(booking, back, actor=actor, is_proved=is_proved)
    else:
        check_way_back(booking, back)
    if only_for_money:
        _check_brings_money(booking, back)
    ending = Booking.Ending.STAFF if by_staff else Booking.Ending.CUSTOMER
    if by_staff and amount is None and booking.showtime.cancelled_at is not None:
        ending = Booking.Ending.SHOW_CANCELLED
    facts = money_back_facts(booking, back, now=now)
    endings.cancel(booking, ending=ending, actor=actor, reason=reason, now=now, facts=facts, host=host)
    why = Refund.Reason.STAFF if amount is not None else Refund.Reason.CANCELLED
    dropped = [] if booking.seat_labels else had
    return Cancelled(booking, given, promise_back(booking, back, why, actor=actor, note=reason, now=now), dropped)


def _check_brings_money(booking: Booking, back: Decimal) -> None:
    steps.require(booking, Booking.Status.CONFIRMED)
    if back == 0:
        raise NothingToRefund(_("There is nothing to give back for this booking."))


@use_case
def refund_booking(
    *,
    booking_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    amount: Decimal | None = None,
    reason: str = "",
    is_proved: bool = False,
) -> Cancelled:
    """Staff give money back: all that is left, or an amount. The seats are kept unless all of it goes back.

    is_proved: their second factor was seen. Refuses: InvalidState when nothing was paid, AmountTooLarge,
    SecondFactorRequired. Locks: booking, seats by id, payments.
    """
    booking = steps.lock_booking(booking_id)
    steps.require(booking, Booking.Status.CONFIRMED, Booking.Status.CANCELLED)
    given = terms(booking, now=now)
    back = given.paid if amount is None else money.amount(amount)
    check_amount(back, given)
    if back == 0:
        raise AmountTooLarge(_("There is nothing left to give back."), refundable=0)
    approving.require(booking, back, actor=actor, is_proved=is_proved)
    refunds = promise_back(booking, back, Refund.Reason.STAFF, actor=actor, note=reason, now=now)
    if booking.status == Booking.Status.CONFIRMED and back == given.paid:
        endings.refund_out(booking, actor=actor, reason=reason, now=now, facts=money_back_facts(booking, back, now=now))
    return Cancelled(booking, given, refunds)


def send_refund(refund: Refund) -> None:
    """Keep the promise: ask the gateway under the refund's own key, then write down that it is done.

    After an earlier try, whose result may be unknown, the gateway is asked first whether it has given the money back.
    Raises: GatewayError to be tried again, Permanent to be given to a person.
    """
    payment = Payment.objects.select_related("booking").get(pk=refund.payment_id)
    gateway, key = gateways.get(payment.gateway), str(refund.pk)
    is_first = refund.attempts <= 1 and not refund.last_error
    try:
        reference = None
        if not is_first and isinstance(gateway, gateways.FindsRefunds):
            reference = gateway.find_refund(payment, refund.amount, key=key)
        if reference is None:
            reference = gateway.refund(payment, refund.amount, key=key)
    except gateways.GatewayError as error:
        if error.permanent:
            raise Permanent(str(error)) from error
        raise
    _note_sent(refund, payment, reference, now=timezone.now())


@use_case
def _note_sent(refund: Refund, payment: Payment, reference: str, *, now: datetime) -> None:
    note_sent(refund, payment, reference, now=now)


def close(refund: Refund, payment: Payment, reference: str, *, now: datetime) -> None:
    """A refund given up, and then made by hand. Caller holds its lock and has seen that nobody is trying it."""
    Refund.objects.filter(pk=refund.pk).update(done_at=now, failed_at=None)
    note_sent(refund, payment, reference, now=now)


def note_sent(refund: Refund, payment: Payment, reference: str, *, now: datetime) -> None:
    Refund.objects.filter(pk=refund.pk).update(gateway_reference=reference)
    if _sum(Refund.objects.filter(payment=payment)) == payment.amount:
        Payment.objects.filter(pk=payment.pk, status=Payment.Status.SUCCESS).update(status=Payment.Status.REFUNDED)
    facts = notices.money_facts(refund.amount, payment.currency, reason=refund.reason)
    facts |= {"onto": voucher.CODE} if payment.gateway == voucher.CODE else {}
    notices.promise(payment.booking, Notice.Kind.REFUND, due_at=now, about=str(refund.pk), facts=facts)


def money_back_facts(booking: Booking, back: Decimal, *, now: datetime) -> dict[str, str]:
    """What a notice says of money on its way back."""
    return notices.money_facts(back, booking.currency, expected_by=now + EXPECTED_WITHIN)


def onto_vouchers(booking: Booking, back: Decimal) -> Decimal:
    """What of a sum that is given back would go onto gift vouchers, as `promise_back` spreads it. Reads only."""
    others = placed().filter(booking=booking).exclude(gateway=voucher.CODE)
    return max(back - sum((left_of(payment) for payment in others), money.ZERO), money.ZERO)


def check_not_cancelled(booking: Booking) -> None:
    if booking.status in (Booking.Status.CANCELLED, Booking.Status.REFUNDED):
        raise AlreadyCancelled(_("This booking has been cancelled already."))


def check_amount(back: Decimal, given: Terms) -> None:
    if not 0 <= back <= given.paid:
        raise AmountTooLarge(
            _("At most %(amount)s can be given back.") % {"amount": given.paid}, refundable=money.number(given.paid)
        )


def is_paid_by_hand(booking: Booking) -> bool:
    """Whether a buyer of the website paid it at the counter."""
    by_hand = placed().filter(booking=booking, gateway__in=counter.BY_HAND)
    return booking.source == Source.SHOWSEWA and booking.channel_id is None and by_hand.exists()


def check_way_back(booking: Booking, back: Decimal) -> None:
    """For who cancels by themselves: a refund in cash would be done before anybody had handed it out."""
    if back > 0 and is_paid_by_hand(booking):
        raise PaidAtCounter(_("You paid at the counter. Please bring your tickets there: you get your money back."))


def promise_back(
    booking: Booking, back: Decimal, reason: Refund.Reason, *, actor: Actor, note: str, now: datetime
) -> list[Refund]:
    """Spread a sum over the booking's payments, the newest first, gift vouchers last: who paid by card gets that back
    before anything goes onto a voucher, and never more than that. Caller holds the booking lock.
    """
    rows = placed().select_for_update(no_key=True, of=("self",)).filter(booking=booking)
    refunds = []
    newest_first = sorted(rows.order_by("pk"), key=lambda payment: payment.pk, reverse=True)
    for payment in sorted(newest_first, key=lambda payment: payment.gateway == voucher.CODE):
        left = min(back, left_of(payment))
        if left > 0:
            refunds.append(promise_part(payment, left, reason, actor=actor, note=note, now=now))
            back -= left
    return refunds


def promise_part(
    payment: Payment, part: Decimal, reason: Refund.Reason, *, actor: Actor, note: str, now: datetime
) -> Refund:
    """Caller holds the payment's lock."""
    return Refund.objects.create(
        payment=payment,
        amount=part,
        percent=money.amount(part / payment.amount * 100),
        reason=reason,
        note=note[:255],
        actor=actor.key,
        due_at=now,
    )


def _sum(rows: QuerySet[Payment] | QuerySet[Refund]) -> Decimal:
    return rows.aggregate(sum=Sum("amount"))["sum"] or money.ZERO
