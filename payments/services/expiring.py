"""The end of bookings whose price was not paid in time: a part that was paid goes back in the same transaction."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from bookings.models import Booking
from bookings.services import endings, steps
from payments.models import Refund
from payments.services import refunding, settling
from showsewa import money
from showsewa.actors import SYSTEM
from showsewa.transactions import use_case

# Money waits for its rest for minutes; only beside a voucher may the rest be promised at the counter, days from now.
LOOK_BACK, VOUCHER_LOOK_BACK = timedelta(days=2), timedelta(days=45)

_E = Booking.Ending
# What a booking ended by others than its buyer owes its buyer. What terms of sale keep stays kept. Each of these finds
# its bookings by an index of just those: of all that was sold lately nearly nothing is owed.
_UNPAID = Q(booking__status=Booking.Status.EXPIRED, booking__reference__isnull=False)
_LOST = Q(booking__status=Booking.Status.CANCELLED, booking__ending__in=[_E.SEAT_LOST, _E.SHOW_CANCELLED])
_UNPAID_AT_COUNTER = Q(booking__status=Booking.Status.EXPIRED, booking__payment_method=Booking.AT_COUNTER)
_REASONS = {_E.SEAT_LOST: Refund.Reason.SEAT_LOST, _E.SHOW_CANCELLED: Refund.Reason.CANCELLED}


def expire_due(*, now: datetime) -> int:
    """End what is due, the partly paid first, and return how many that were."""
    partly = Booking.objects.filter(endings.due(now), payments__in=refunding.placed()).order_by("pk")
    ended = sum(_expire(booking_id, now=now) for booking_id in list(partly.values_list("pk", flat=True).distinct()))
    ended += endings.expire_due(now=now)
    give_back_stranded(now=now)
    return ended


def give_back_stranded(*, now: datetime) -> int:
    """Money that a booking ended elsewhere (a seat sold twice) has left behind; returns how many bookings had some."""
    lately, long_ago = now - LOOK_BACK, now - VOUCHER_LOOK_BACK
    is_recent, is_voucher = Q(settled_at__gte=lately), Q(voucher_entry__isnull=False)
    found = {*_left_behind(_UNPAID, is_recent, Q(booking__created_at__gte=lately))}
    found |= {*_left_behind(_UNPAID_AT_COUNTER, is_voucher, Q(booking__created_at__gte=long_ago))}
    found |= {*_left_behind(_LOST, is_recent | is_voucher, Q(booking__cancelled_at__gte=lately))}
    return sum(_give_back(booking_id, now=now) for booking_id in sorted(found))


def _left_behind(*where: Q) -> Iterable[uuid.UUID]:
    rows = refunding.placed().filter(*where).annotate(back=Coalesce(Sum("refunds__amount"), money.ZERO))
    return rows.filter(amount__gt=F("back")).order_by().values_list("booking", flat=True).distinct()


@use_case
def _expire(booking_id: uuid.UUID, *, now: datetime) -> bool:
    """Locks: the booking, its seats by id, its payments."""
    booking = steps.lock_booking(booking_id)
    if not Booking.objects.filter(endings.due(now), pk=booking_id, status=Booking.Status.PENDING).exists():
        return False
    endings.expire_unpaid(booking, now=now)
    settling.give_back_all(booking, reason=Refund.Reason.UNPAID, actor=SYSTEM, now=now)
    return True


@use_case
def _give_back(booking_id: uuid.UUID, *, now: datetime) -> bool:
    booking = steps.lock_booking(booking_id)
    reason = _REASONS.get(_E(booking.ending), Refund.Reason.UNPAID) if booking.ending else Refund.Reason.UNPAID
    return bool(settling.give_back_all(booking, reason=reason, actor=SYSTEM, now=now))
