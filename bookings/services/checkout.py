"""From a hold to a sale: price it, open it for payment, confirm it once it is paid."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import notices, policy, pricing
from bookings.models import Booking, InvalidState, Ticket
from bookings.services import at_counter, holds, promos, steps, telling
from seatsync import inventory
from showsewa import ids, money
from showsewa.actors import Actor
from showsewa.refusals import Invalid, Refusal
from showsewa.transactions import use_case


class AmountChanged(Refusal):
    """The booking does not cost what the buyer was told. facts: finalAmount, currency."""

    code = "AMOUNT_CHANGED"


@dataclass(frozen=True, slots=True)
class Buyer:
    """language: how to write to them (`numerals.tag`), "" for as they held the seats."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the buyer believes to pay."""

    amount: Decimal
    currency: str


@use_case
def price(*, booking_id: uuid.UUID, promo_code: str, now: datetime) -> pricing.Quote:
    """What the hold costs with this code ("" for none); the hold remembers the code until it is opened for payment.

    Refuses: HoldExpired, InvalidState, PromoRefused.
    """
    booking = Booking.objects.select_related("showtime").filter(pk=booking_id).first()
    if booking is None:
        raise Invalid(_("There is no such hold."))
    holds.check_live(booking, now=now)
    found = promos.find(booking, promo_code, now=now) if promo_code.strip() else None
    promo, single_code = (found.promo, found.code) if found else (None, None)
    if (booking.promo_id, booking.single_code_id) != (promo and promo.pk, single_code and single_code.pk):
        # Remembered, not used: a use is counted when the hold becomes a booking, in whose hands this row then is.
        held = Booking.objects.filter(pk=booking.pk, status=Booking.Status.HELD)
        held.update(promo=promo, single_code=single_code)
    return pricing.of(booking, _tickets(booking), promo)


@use_case
def open_payment(
    *,
    booking_id: uuid.UUID,
    buyer: Buyer,
    payment_method: str,
    promo_code: str | None = None,
    told: Told | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[Booking, bool]:
    """Turn a hold into a booking that waits for its money; the seats are kept until its deadline plus the grace.

    payment_method: COUNTER for the cinema's counter, before the show; anything else is for the record.
    promo_code: None for the one the hold was priced with last, "" for none.
    Returns the booking and whether this call made it so: the same hold again returns the same booking.
    Refuses: HoldExpired, NotOnSale, PromoRefused, InvalidState, AmountChanged; for the counter also
    NotOffered, Limit. Locks: booking, its seats by id.
    """
    booking = steps.lock_booking(booking_id)
    if booking.status in (Booking.Status.PENDING, Booking.Status.CONFIRMED):
        _check_told(booking, told)
        return booking, False
    holds.check_live(booking, now=now)
    holds.check_on_sale(booking)
    keys = steps.seat_keys(booking)
    if len(keys) != len(booking.seat_labels):
        raise holds.HoldExpired(_("One of these seats was sold elsewhere. Please choose again."))
    _write_buyer(booking, buyer)
    _apply_promo(booking, promo_code, now=now)
    _check_told(booking, told)
    deadline = _deadline(booking, buyer, payment_method, now=now)
    kept_until = deadline + timedelta(minutes=settings.PAYMENT_GRACE_MINUTES)
    cause = inventory.Cause(actor, booking.source, reason="waiting for payment")
    with inventory.hold(booking.showtime_id, keys, claim=booking.pk, until=kept_until, cause=cause):
        booking.payment_method, booking.expires_at = payment_method, deadline
        booking.refund_policy = policy.snapshot(booking.showtime.cinema)
        give_reference(booking, now=now)
        booking.move(Booking.Status.PENDING, *_SET_BY_OPENING)
        at_counter.promise_notices(booking, now=now)
    return booking, True


def _write_buyer(booking: Booking, buyer: Buyer) -> None:
    booking.name, booking.email, booking.phone = buyer.name, buyer.email, buyer.phone
    booking.language = buyer.language or booking.language


def _deadline(booking: Booking, buyer: Buyer, payment_method: str, *, now: datetime) -> datetime:
    if payment_method == Booking.AT_COUNTER and booking.total > 0:
        return at_counter.admit(booking, email=buyer.email, phone=buyer.phone, now=now)
    return now + timedelta(minutes=settings.BOOKING_EXPIRY_MINUTES)


_SET_BY_OPENING = (
    "reference", "name", "email", "phone", "language", "payment_method", "refund_policy", "promo", "single_code",
    *pricing.SUMS,
)  # fmt: skip


def book(
    *,
    showtime_id: uuid.UUID,
    seats: Sequence[str],
    buyer: Buyer,
    promo_code: str = "",
    actor: Actor,
    now: datetime,
    language: str = "en",
) -> Booking:
    """Hold seats and open them for payment, for callers who do not hold first.

    Each half is whole: should the second one fail, the seats are held and lapse. Refuses as `hold_seats` and
    `open_payment` do.
    """
    held = holds.hold_seats(showtime_id=showtime_id, seats=seats, actor=actor, language=language)
    booking, _is_new = open_payment(
        booking_id=held.booking.pk, buyer=buyer, payment_method="", promo_code=promo_code, actor=actor, now=now
    )
    return booking


def confirm(booking: Booking, *, actor: Actor, reference: str = "", now: datetime) -> None:
    """Turn a paid booking into a sale. Caller holds the booking lock and has the money.

    Refuses: ClaimLost when a seat is no longer the booking's, or was taken away by a report; InvalidState for one that
    asks for the difference of an exchange: that is `payments.services.exchanging`'s to finish.
    """
    check_is_no_exchange(booking)
    keys = steps.seat_keys(booking)
    if len(keys) != len(booking.seat_labels):
        raise inventory.ClaimLost(_("A seat of this booking was sold elsewhere."))
    cause = inventory.Cause(actor, booking.source, reference or booking.reference or "", "paid")
    with inventory.book_held(booking.showtime_id, keys, claim=booking.pk, cause=cause):
        _become_sale(booking, now=now)


def retake(booking: Booking, *, actor: Actor, now: datetime) -> None:
    """Sell an expired booking its own seats again, late money in hand. Caller holds the booking lock.

    Refuses: SeatsUnavailable when one has gone to somebody else; InvalidState when the booking had another end.
    """
    steps.require(booking, Booking.Status.EXPIRED)
    check_is_no_exchange(booking)
    promos.take_again(booking)
    cause = inventory.Cause(actor, booking.source, booking.reference or "", "paid after the deadline")
    with inventory.book(booking.showtime_id, booking.seat_labels, claim=booking.pk, cause=cause) as change:
        steps.drop_displaced(change.displaced)
        # At the prices it was paid for, whatever the seats cost by now.
        booking.tickets.filter(label__in=booking.seat_labels).update(released_at=None)
        _become_sale(booking, now=now)


def check_payable(booking: Booking, *, now: datetime) -> None:
    """Refuses: HoldExpired when the time to pay is over, InvalidState when it does not wait for money."""
    if booking.status == Booking.Status.EXPIRED or (booking.expires_at is not None and booking.expires_at <= now):
        raise holds.HoldExpired(_("The time to pay for these seats is over. Please choose again."))
    steps.require(booking, Booking.Status.PENDING)


def check_is_no_exchange(booking: Booking) -> None:
    if booking.exchange_of_id is not None:
        told = _("This pays for other seats of a booking, and cannot be sold by itself.")
        raise InvalidState(told, bookingStatus=booking.status)


def give_reference(booking: Booking, *, now: datetime) -> None:
    """Set the printed reference; a clash (one in 10^9 on a busy day) fails the transaction and is answered "again"."""
    booking.reference = ids.reference(now.astimezone(ZoneInfo(booking.showtime.cinema.time_zone)))


def _become_sale(booking: Booking, *, now: datetime) -> None:
    booking.confirmed_at = now
    booking.move(Booking.Status.CONFIRMED, "confirmed_at")
    notices.promise_for_sale(booking, now=now)
    telling.confirmed(booking)


def _apply_promo(booking: Booking, code: str | None, *, now: datetime) -> None:
    """code: None for the remembered one. Caller holds the booking lock."""
    found = promos.take(booking, code, now=now)
    booking.promo, booking.single_code = (found.promo, found.code) if found else (None, None)
    if found is None:
        return
    steps.reprice(booking, _tickets(booking), promo=booking.promo)


def _check_told(booking: Booking, told: Told | None) -> None:
    if told is None:
        return
    if told.currency.upper() != booking.currency:
        said = _("This booking is paid in %(currency)s.") % {"currency": booking.currency}
        raise Invalid(said, errors=[{"pointer": "/currency", "code": "FOREIGN_CURRENCY", "detail": said}])
    if told.amount != booking.total:
        said = _("This booking costs %(amount)s.") % {"amount": money.text(booking.total, booking.currency)}
        raise AmountChanged(said, finalAmount=money.number(booking.total), currency=booking.currency)


def _tickets(booking: Booking) -> list[Ticket]:
    return list(booking.tickets.filter(released_at=None).order_by("show_seat_id"))
