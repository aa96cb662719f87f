"""Promo codes on bookings: found, counted when a hold is opened for payment, given back when the booking ends.

Lock order: the booking, its promo code, its seats. Who ends bookings gives uses back before it touches seats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from bookings import promos
from bookings.models import Booking, PromoCode
from bookings.models.promos import PromoBatchCode, PromoUse
from showsewa import tongue

# What UNSAFE may name (test settings only): look at the limits first, and count the use afterwards.
SKIP_LOCK = "skip_promo_lock"
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A rule, and the single-use code it was found by."""

    promo: PromoCode
    code: PromoBatchCode | None = None


def find(booking: Booking, code: str, *, now: datetime) -> Found:
    """The code's rule, if this booking may carry it as far as is known yet. Refuses: PromoRefused."""
    found = _look_up(booking, code)
    if found is None:
        raise promos.Unknown
    promos.check(found.promo, _facts(booking, found.promo), now=now)
    _check_limits(found, promos.persons(booking))
    return found


def take(booking: Booking, code: str | None, *, now: datetime) -> Found | None:
    """Find the code and count its use for this booking, whose buyer is known by now; None: it has none.

    code: None for the remembered one, "" for none. Refuses: PromoRefused. Caller holds the booking lock and is about
    to open it for payment. Locks: the promo code.
    """
    code = promos.typed(booking) if code is None else code
    if not code.strip():
        return None
    found = find(booking, code, now=now)
    if found.promo.max_uses_person is not None and not promos.persons(booking):
        raise promos.PersonUnknown
    _count_use(booking, found)
    return found


def take_again(booking: Booking) -> None:
    """Late money revives the booking: count its use again, or go on without the code when its limit is reached.

    What was paid stays paid. Caller holds the booking lock. Locks: the promo code.
    """
    if booking.promo is None:
        return
    try:
        with transaction.atomic():
            _count_use(booking, Found(booking.promo, booking.single_code))
    except promos.PromoRefused:
        booking.promo = booking.single_code = None
        booking.save(update_fields=["promo", "single_code"])


def return_uses(bookings: Sequence[Booking]) -> None:
    """Give back what they used, if anything. Caller holds their locks, has locked no seat yet, and ends them for good.

    Locks: the promo codes by id.
    """
    carrying = [booking.pk for booking in bookings if booking.promo_id is not None]
    if not carrying:
        return
    rules = sorted({booking.promo_id for booking in bookings if booking.promo_id is not None})
    list(PromoCode.objects.select_for_update(no_key=True).filter(pk__in=rules).order_by("pk"))
    for rule in rules:
        live = PromoUse.objects.filter(booking__in=carrying, promo=rule, returned_at=None)
        returned = live.update(returned_at=Now())
        PromoCode.objects.filter(pk=rule).update(used=F("used") - returned)


def _count_use(booking: Booking, found: Found) -> None:
    """Refuses: PromoRefused. The update locks the rule, so that what is looked at after it stays as it is."""
    promo, persons = found.promo, promos.persons(booking)
    if SKIP_LOCK in settings.UNSAFE:
        _check_limits(found, persons)
    rows = PromoCode.objects.filter(pk=promo.pk)
    limited = rows if SKIP_LOCK in settings.UNSAFE else rows.filter(max_uses=None) | rows.filter(used__lt=F("max_uses"))
    if not limited.update(used=F("used") + 1):
        raise promos.UsedUp
    if SKIP_LOCK not in settings.UNSAFE:
        _check_limits(found, persons)
    PromoUse.objects.create(promo=promo, code=found.code, booking=booking, persons=persons)


def _check_limits(found: Found, persons: Sequence[str]) -> None:
    live = PromoUse.objects.filter(promo=found.promo, returned_at=None)
    if found.code is not None and live.filter(code=found.code).exists():
        raise promos.Used
    most = found.promo.max_uses_person
    if most is not None and persons and live.filter(persons__overlap=list(persons)).count() >= most:
        raise promos.PersonLimit


def _look_up(booking: Booking, code: str) -> Found | None:
    rules = _rules(booking)
    public = rules.filter(code__iexact=code.strip(), is_single_use=False).first()
    if public is not None:
        return Found(public)
    single = PromoBatchCode.objects.select_related("batch").filter(code=promos.normal(code)).first()
    promo = rules.filter(pk=single.batch.promo_id, is_single_use=True).first() if single is not None else None
    return Found(promo, single) if promo is not None else None


def _rules(booking: Booking) -> QuerySet[Any]:
    """Promo codes, each with whether it is bound to other cinemas or movies than this booking's."""
    cinemas = PromoCode.cinemas.through.objects.filter(promocode=OuterRef("pk"))
    movies = PromoCode.movies.through.objects.filter(promocode=OuterRef("pk"))
    show = booking.showtime
    return PromoCode.objects.annotate(
        is_elsewhere=Exists(cinemas) & ~Exists(cinemas.filter(cinema=show.cinema_id)),
        is_of_others=Exists(movies) & ~Exists(movies.filter(movie__showtimes=show.pk)),
    )


def _facts(booking: Booking, promo: Any) -> promos.Facts:
    show = booking.showtime
    cinemas = promo.cinemas.order_by("name")[:_MOST_NAMED] if promo.is_elsewhere else ()
    movies = promo.movies.order_by("title")[:_MOST_NAMED] if promo.is_of_others else ()
    return promos.Facts(
        subtotal=booking.subtotal,
        currency=booking.currency,
        starts_at=show.starts_at.astimezone(ZoneInfo(show.cinema.time_zone)),
        cinemas=[tongue.named(cinema) for cinema in cinemas],
        movies=[tongue.named(movie, "title") for movie in movies],
    )
