"""Today in numbers, for the first page staff see: what is on, what was sold, what needs a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from bookings.models import Booking, Ticket
from payments import promised
from seatsync import conflicts
from seatsync.models import SeatStatus, ShowSeat
from showsewa.actors import Actor
from venues.models import Showtime


@dataclass(frozen=True, slots=True)
class Show:
    showtime: Showtime
    starts_at: datetime
    sold: int
    total: int

    @property
    def percent(self) -> int:
        return round(100 * self.sold / self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Today:
    """revenue: (currency, sum) of what was sold today and still stands, over all channels."""

    shows: Sequence[Show]
    seats_sold: int
    revenue: Sequence[tuple[str, Decimal]]
    open_conflicts: int
    failed_promises: int


def today(*, actor: Actor, now: datetime, zone: str) -> Today:
    """At the actor's cinemas; zone: whose midnight begins the day."""
    start = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + timedelta(days=1)
    sold = Q(confirmed_at__gte=start, confirmed_at__lt=end, status=Booking.Status.CONFIRMED)
    bookings = _at(actor, Booking.objects.filter(sold), "showtime__cinema")
    revenue = bookings.values_list("currency").annotate(sum=Sum("total")).order_by("currency")
    return Today(
        shows=_shows(actor, start, end),
        seats_sold=Ticket.objects.filter(booking__in=bookings, released_at=None).count(),
        revenue=list(revenue),
        open_conflicts=conflicts.count_open(actor=actor),
        failed_promises=promised.count_failed(actor=actor),
    )


def _shows(actor: Actor, start: datetime, end: datetime) -> list[Show]:
    rows = Showtime.objects.filter(starts_at__gte=start, starts_at__lt=end, cancelled_at=None)
    rows = _at(actor, rows, "cinema").select_related("movie", "hall", "cinema").order_by("starts_at", "cinema__name")
    shows = list(rows)
    counts = ShowSeat.objects.filter(showtime__in=[show.pk for show in shows]).values_list("showtime_id")
    counted = counts.annotate(total=Count("id"), sold=Count("id", filter=Q(status=SeatStatus.BOOKED)))
    seats = {key: (sold, total) for key, total, sold in counted.order_by()}
    return [
        Show(show, show.starts_at.astimezone(ZoneInfo(show.cinema.time_zone)), *seats.get(show.pk, (0, 0)))
        for show in shows
    ]


def _at(actor: Actor, rows: QuerySet, path: str) -> QuerySet:
    return rows if actor.cinema_ids is None else rows.filter(**{f"{path}__in": actor.cinema_ids})
