"""Money at the counter: seats sold to who stands there, and bookings of the website paid there before the show.

Seats, money and ticket in one transaction. The clerk asks first and gets a plain no.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services import checkout, holds, sales, steps
from payments import vouchers as ledger
from payments.gateways import counter
from payments.models import Payment
from payments.services import exchanging, polling, refunding, vouchers
from showsewa.actors import Actor
from showsewa.refusals import NotFound
from showsewa.transactions import use_case

PERMISSION = "bookings.sell_at_counter"
# The trouble of a session that its buyer had opened when the counter took the money.
PAID_HERE = "paid at the counter"


@use_case
def sell(
    *,
    showtime_id: uuid.UUID,
    seats: Sequence[str],
    tender: str,
    actor: Actor,
    now: datetime,
    phone: str = "",
    voucher_code: str = "",
) -> Booking:
    """Sell seats to somebody standing here. tender: CASH or CARD (the terminal has said yes).

    voucher_code: of a gift voucher that pays first, as far as it reaches. Refuses: NotFound (also a cinema not the
    clerk's), SeatsUnavailable, ShowOver, VoucherUnknown, all VoucherRefused. Locks: seats by id, the voucher.
    """
    way = counter.of_tender(tender)
    booking = sales.book_at_counter(showtime_id=showtime_id, seats=seats, actor=actor, now=now, phone=phone)
    if voucher_code and booking.total > 0:
        vouchers.take(booking, ledger.find(voucher_code).pk, actor=actor, now=now)
    _write_payment(booking, refunding.due(booking), way, actor=actor, now=now)
    return booking


def collect(*, booking_id: uuid.UUID, tender: str, actor: Actor, now: datetime) -> Booking:
    """Take the money for a booking of the website that waits for it, and turn it into a sale; of what waits for the
    difference of an exchange, finish that, and return the sale whose seats are now others.

    A session the buyer has opened is asked about first: who has paid already pays no second time. One that pays later
    still goes back by itself. Refuses: NotFound (also a cinema not the clerk's), InvalidState, ClaimLost, NotOnSale;
    for an exchange all that `exchanging.finish` does.
    """
    way = counter.of_tender(tender)
    if Booking.objects.filter(_within_reach(actor), pk=booking_id, channel=None).exists():
        polling.ask(booking_id=booking_id, now=now)
    return _collect(booking_id=booking_id, way=way, actor=actor, now=now)


@use_case
def _collect(*, booking_id: uuid.UUID, way: str, actor: Actor, now: datetime) -> Booking:
    """Locks: booking, its seats by id, its open payment."""
    sale = Booking.objects.filter(pk=booking_id).values_list("exchange_of_id", flat=True).first()
    booking = steps.lock_to_settle(booking_id, exchange_of=sale)
    if booking.channel_id is not None or not actor.reaches(booking.showtime.cinema_id):
        raise NotFound(_("There is no such booking."))
    steps.require(booking, Booking.Status.PENDING)
    holds.check_on_sale(booking)
    left = refunding.due(booking)
    if sale is None:
        checkout.confirm(booking, actor=actor, now=now)
    # Whoever stands at the gateway's page is not sent on from ours; money that comes of it all the same is given back.
    opened = Payment.objects.select_for_update(no_key=True).filter(booking=booking, status=Payment.Status.INITIATED)
    for payment in opened.order_by("pk"):
        payment.status, payment.trouble, payment.settled_at = Payment.Status.FAILED, PAID_HERE, now
        payment.save(update_fields=["status", "trouble", "settled_at"])
    _write_payment(booking, left, way, actor=actor, now=now)
    return booking if sale is None else exchanging.finish(booking, actor=actor, now=now)


def take_voucher(*, booking_id: uuid.UUID, code: str, actor: Actor, now: datetime) -> vouchers.Spent:
    """What a gift voucher reaches of a booking of the website that waits for its money; `collect` takes the rest.

    Refuses: NotFound (also a cinema not the clerk's), and all that `vouchers.pay` does.
    """
    if not Booking.objects.filter(_within_reach(actor), pk=booking_id, channel=None).exists():
        raise NotFound(_("There is no such booking."))
    return vouchers.pay(booking_id=booking_id, code=code, actor=actor, now=now)


def _write_payment(booking: Booking, amount: Decimal, way: str, *, actor: Actor, now: datetime) -> None:
    """Caller holds the booking lock, or has just made it."""
    if amount <= 0:
        return
    Payment.objects.create(
        booking=booking,
        gateway=way,
        session=f"counter_{booking.pk}",
        amount=amount,
        currency=booking.currency,
        status=Payment.Status.SUCCESS,
        gateway_reference=actor.key,
        expires_at=now,
        settled_at=now,
    )


def _within_reach(actor: Actor) -> Q:
    return Q() if actor.cinema_ids is None else Q(showtime__cinema__in=actor.cinema_ids)
