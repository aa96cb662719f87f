"""Promo codes on bookings: found, counted when a hold is opened for payment, given back when the booking ends."""

from datetime import datetime

from django.db.models import F

from bookings import promos
from bookings.models import Booking, PromoCode


def find(booking: Booking, code: str, *, now: datetime) -> PromoCode:
    """The code's rule, if this booking may carry it. Refuses: PromoRefused."""
    promo = PromoCode.objects.filter(code__iexact=code.strip()).first()
    here = booking.showtime.cinema_id
    is_valid_here = promo is not None and (not promo.cinemas.exists() or promo.cinemas.filter(pk=here).exists())
    return promos.check(promo, subtotal=booking.subtotal, now=now, is_valid_here=is_valid_here)


def take(booking: Booking, code: str | None, *, now: datetime) -> PromoCode | None:
    """Find the code and count its use for this booking, which is being opened for payment; None: it has none.

    code: None for the remembered one, "" for none. Refuses: PromoRefused. Caller holds the booking lock.
    """
    if code is None:
        code = booking.promo.code if booking.promo else ""
    if not code:
        return None
    promo = find(booking, code, now=now)
    if not count_use(promo):
        raise promos.used_up()
    return promo


def take_again(booking: Booking) -> None:
    """Late money revives the booking: count its use again, or go on without the code when the last use is gone.

    What was paid stays paid. Caller holds the booking lock.
    """
    if booking.promo is not None and not count_use(booking.promo):
        booking.promo = None
        booking.save(update_fields=["promo"])


def count_use(promo: PromoCode) -> bool:
    """Take one of the code's uses; False when the last went to somebody else. Given back by `return_use`, once."""
    rows = PromoCode.objects.filter(pk=promo.pk)
    limited = rows.filter(max_uses=None) | rows.filter(used__lt=F("max_uses"))
    return bool(limited.update(used=F("used") + 1))


def return_use(booking: Booking) -> None:
    """Caller holds the booking lock and is about to move it out of PENDING or CONFIRMED for good."""
    if booking.promo_id is not None:
        PromoCode.objects.filter(pk=booking.promo_id, used__gt=0).update(used=F("used") - 1)
