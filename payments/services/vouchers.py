"""Gift vouchers: issued, spent on a booking, cancelled, expired. What they pay comes back by the way of all refunds."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services import checkout, steps
from payments import selectors, vouchers
from payments.books import days
from payments.gateways import counter, voucher
from payments.models import GiftVoucher, Payment, VoucherEntry
from payments.services import coming_back, refunding, settling
from seatsync import inventory
from showsewa import ids, money
from showsewa.actors import SYSTEM, Actor
from showsewa.refusals import Busy, Forbidden, Invalid, Refusal
from showsewa.transactions import use_case
from venues.models import Cinema

SELL, GIVE, CANCEL = "bookings.sell_at_counter", "payments.issue_giftvoucher", "payments.cancel_giftvoucher"


class PaymentOpen(Busy):
    """Another way to pay is open for this booking, and its gateway does not say yet that nothing was paid."""

    code = "PAYMENT_OPEN"
    retry_after = 3


class VoucherIssued(Refusal):
    """This very voucher was issued a moment ago; its code was shown then."""

    code = "VOUCHER_ISSUED"


@dataclass(frozen=True, slots=True)
class Issued:
    """code: known to nobody after this."""

    voucher: GiftVoucher
    code: str


@dataclass(frozen=True, slots=True)
class Spent:
    """left: what the voucher is still worth. due: what the booking still costs; 0 and it is confirmed."""

    booking: Booking
    payment: Payment
    voucher: GiftVoucher
    left: Decimal
    due: Decimal


@use_case
def sell(
    *,
    amount: Decimal,
    tender: str,
    sold_at: Cinema,
    is_for_all: bool = False,
    note: str = "",
    voucher_id: uuid.UUID | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    """For money, at the counter. tender: CASH or CARD. is_for_all: taken at every cinema, not only here.

    voucher_id: the form's own, so that a form sent twice sells once. Refuses: Forbidden, Invalid, VoucherIssued.
    """
    if not actor.may(SELL) or not actor.reaches(sold_at.pk):
        raise Forbidden(_("You may not do this."))
    row = GiftVoucher(
        id=voucher_id or ids.uuid7(),
        cinema=None if is_for_all else sold_at,
        sold_at=sold_at,
        currency=sold_at.currency,
        reason=GiftVoucher.Reason.SOLD,
        tender=counter.of_tender(tender),
        note=note.strip()[:255],
    )
    return _issue(row, amount, actor=actor, now=now)


@use_case
def give(
    *,
    amount: Decimal,
    reason: GiftVoucher.Reason,
    cinema: Cinema | None,
    currency: str,
    note: str,
    voucher_id: uuid.UUID | None = None,
    actor: Actor,
    now: datetime,
) -> Issued:
    """Given away, with a word why. Refuses: Forbidden, Invalid, VoucherIssued."""
    if not actor.may(GIVE) or (cinema is None and actor.cinema_ids is not None):
        raise Forbidden(_("You may not do this."))
    if cinema is not None and not actor.reaches(cinema.pk):
        raise Forbidden(_("You may not do this."))
    if reason == GiftVoucher.Reason.SOLD or not note.strip():
        raise Invalid(_("Say for whom, and why."))
    row = GiftVoucher(
        id=voucher_id or ids.uuid7(), cinema=cinema, currency=currency, reason=reason, note=note.strip()[:255]
    )
    return _issue(row, amount, actor=actor, now=now)


def pay(*, booking_id: uuid.UUID, code: str, actor: Actor, now: datetime, most: Decimal | None = None) -> Spent:
    """Pay a booking as far as the voucher reaches (or by at most so much of it); the rest by any other way.

    A session that is open elsewhere is left first, if its gateway says that nothing was paid in it.
    Refuses: VoucherUnknown and all VoucherRefused, HoldExpired, InvalidState, PaymentOpen.
    """
    voucher_id = vouchers.find(code).pk
    opened = selectors.open_payment(Booking(pk=booking_id))
    if opened is not None:
        coming_back.leave(opened, now=now)
    return _pay(booking_id=booking_id, voucher_id=voucher_id, most=most, actor=actor, now=now)


@use_case
def _pay(*, booking_id: uuid.UUID, voucher_id: uuid.UUID, most: Decimal | None, actor: Actor, now: datetime) -> Spent:
    """Locks: the booking, its seats by id, the voucher."""
    sale = Booking.objects.filter(pk=booking_id).values_list("exchange_of_id", flat=True).first()
    booking = steps.lock_to_settle(booking_id, exchange_of=sale)
    checkout.check_payable(booking, now=now)
    if selectors.open_payment(booking) is not None:
        raise PaymentOpen(_("Another payment of this booking is still open. Please try again in a moment."))
    # Seats before the voucher: paying may sell them, and who sells at the counter has the seats first.
    inventory.lock_known(booking.showtime_id, steps.seat_keys(booking))
    payment, row = take(booking, voucher_id, most=most, actor=actor, now=now)
    settling.place(payment, booking, now=now)
    paid = payment.booking  # the exchanged sale, where that is what it paid for
    return Spent(paid, payment, row, vouchers.balance(row), refunding.due(paid))


def take(
    booking: Booking, voucher_id: uuid.UUID, *, most: Decimal | None = None, actor: Actor, now: datetime
) -> tuple[Payment, GiftVoucher]:
    """A step: what the voucher can pay of what is due becomes a payment, in the ledger too.

    Caller holds the locks of the booking and its seats. Refuses: all VoucherRefused. Locks: the voucher.
    """
    row = vouchers.lock(voucher_id)
    vouchers.check(row, cinema=booking.showtime.cinema, currency=booking.currency, now=now)
    worth, due = vouchers.balance(row), refunding.due(booking)
    part = min(worth, due, due if most is None else money.amount(most))
    if worth <= 0:
        raise vouchers.VoucherEmpty(_("Nothing is left on this voucher."))
    if part <= 0:
        raise Invalid(_("There is nothing left to pay."))
    key = ids.uuid7()
    payment = Payment(
        id=key, booking=booking, gateway=voucher.CODE, session=f"voucher_{key}", gateway_reference=f"voucher_{key}",
        amount=part, currency=booking.currency, status=Payment.Status.SUCCESS, expires_at=now, settled_at=now,
    )  # fmt: skip
    payment.save(force_insert=True)
    vouchers.spend(row, payment, actor=actor, now=now)
    return payment, row


def worth_at(showtime_id: uuid.UUID, code: str, *, now: datetime) -> tuple[GiftVoucher, Decimal]:
    """What a voucher could pay for this show. Reads only. Refuses: VoucherUnknown, all VoucherRefused."""
    cinema, row = Cinema.objects.get(showtimes=showtime_id), vouchers.find(code)
    vouchers.check(row, cinema=cinema, currency=cinema.currency, now=now)
    worth = vouchers.balance(row)
    if worth <= 0:
        raise vouchers.VoucherEmpty(_("Nothing is left on this voucher."))
    return row, worth


@use_case
def cancel_rest(*, voucher_id: uuid.UUID, note: str, actor: Actor, now: datetime) -> Decimal:
    """Take what is left off a voucher and let nobody use it any more; returns how much that was.

    What it has paid for may still come back onto it, and stays there for staff to see.
    Refuses: Forbidden, VoucherUnknown. Locks: the voucher.
    """
    if not actor.may(CANCEL):
        raise Forbidden(_("You may not do this."))
    if not vouchers.visible(actor).filter(pk=voucher_id).exists():
        raise vouchers.VoucherUnknown(_("There is no such voucher."))
    row = vouchers.lock(voucher_id)
    if actor.cinema_ids is not None and row.cinema_id not in actor.cinema_ids:
        raise Forbidden(_("You may not do this."))
    left = vouchers.write_off(row, VoucherEntry.Kind.CORRECT, actor=actor, note=note or "cancelled", now=now)
    GiftVoucher.objects.filter(pk=row.pk, blocked_at=None).update(blocked_at=now)
    return left


def expire_due(*, now: datetime) -> int:
    """Write off what is left of vouchers past their day; returns how many those were."""
    found = list(vouchers.expired(days.today(now)).values_list("pk", flat=True)[:500])
    return sum(_expire(voucher_id, now=now) for voucher_id in found)


@use_case
def _expire(voucher_id: uuid.UUID, *, now: datetime) -> bool:
    row = vouchers.lock(voucher_id)
    if not vouchers.is_expired(row, now=now):  # something came back, and it lives longer
        return False
    return vouchers.write_off(row, VoucherEntry.Kind.EXPIRE, actor=SYSTEM, note="", now=now) > 0


def _issue(row: GiftVoucher, amount: Decimal, *, actor: Actor, now: datetime) -> Issued:
    if not amount.is_finite() or not 0 < amount <= settings.VOUCHER_MOST or amount != money.amount(amount):
        most = money.text(money.amount(settings.VOUCHER_MOST), row.currency)
        raise Invalid(_("A voucher is worth more than nothing and at most %(most)s.") % {"most": most})
    if GiftVoucher.objects.filter(pk=row.pk).exists():
        raise VoucherIssued(_("This voucher has been issued already. Its code was shown then, and cannot be again."))
    code = vouchers.new_code()
    row.digest, row.last4 = vouchers.digest(code), vouchers.last4(code)
    row.expires_on, row.issued_by, row.created_at = days.today(now) + timedelta(settings.VOUCHER_DAYS), actor.key, now
    row.save(force_insert=True)
    vouchers.issue(row, amount, actor=actor, now=now)
    return Issued(row, code)
