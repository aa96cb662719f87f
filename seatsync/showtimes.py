"""Telling the channels of showtimes, and the changes to them that must not go untold."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from seatsync import announcing
from seatsync.models import Announcement, SeatStatus, ShowSeat, Topic
from showsewa.refusals import Refusal
from showsewa.transactions import joining, use_case
from venues import services
from venues.models import Showtime


class HasSales(Refusal):
    """Seats of the showtime are held or sold, so it keeps its time. facts: seats, how many."""

    code = "SHOW_HAS_SALES"


def cancel(*, showtime_id: uuid.UUID, now: datetime) -> Showtime:
    """Stop its sales for good, and say so in the same transaction. Refuses as `venues.services.cancel_showtime`."""
    with joining():
        showtime = services.cancel_showtime(showtime_id=showtime_id, now=now)
        tell(Topic.SHOWTIME_CANCELLED, [showtime.pk])
    return showtime


@use_case
def change(*, showtime_id: uuid.UUID, starts_at: datetime | None = None, **facts: Any) -> Showtime:
    """Another time while nobody has a seat; facts: format, language, subtitles. Locks: the showtime, its seats by id.

    Refuses: NotFound, AlreadyCancelled, HasSales, Overlap.
    """
    showtime = services.lock_showtime(showtime_id)
    is_moved = starts_at is not None and starts_at != showtime.starts_at
    if starts_at is not None and is_moved:
        _check_unsold(showtime)
        services.move_start(showtime, starts_at)
    for name, value in facts.items():
        setattr(showtime, name, value)
    if facts:
        showtime.save(update_fields=list(facts))
    if facts or is_moved:
        tell(Topic.SHOWTIME_CHANGED, [showtime.pk])
    return showtime


@use_case
def withdraw(*, showtime_id: uuid.UUID, now: datetime) -> Showtime:
    """Cancel a showtime that nobody has a seat at. Locks: the showtime, its seats by id.

    Refuses: NotFound, AlreadyCancelled, HasSales.
    """
    showtime = services.lock_showtime(showtime_id)
    _check_unsold(showtime)
    services.stop(showtime, now=now)
    tell(Topic.SHOWTIME_CANCELLED, [showtime.pk])
    return showtime


def _check_unsold(showtime: Showtime) -> None:
    """A hold that is being taken meanwhile waits for these locks, and finds the showtime cancelled when it pays."""
    seats = ShowSeat.objects.select_for_update(no_key=True).filter(showtime_id=showtime.pk).order_by("id")
    list(seats.values_list("id"))
    taken = Q(status=SeatStatus.BOOKED) | Q(status=SeatStatus.HELD, held_until__gt=Now())
    count = ShowSeat.objects.filter(taken, showtime_id=showtime.pk).count()
    if count:
        raise HasSales(
            _("Seats of this showtime are held or sold. Cancel it on the desk, where its bookings are seen to."),
            seats=count,
        )


def tell(topic: Topic, showtime_ids: Sequence[uuid.UUID]) -> None:
    """Announce what happened to showtimes, in two statements for any number. Caller holds the transaction."""
    rows = Showtime.objects.filter(pk__in=showtime_ids).select_related("movie", "hall", "cinema", "layout")
    Announcement.objects.bulk_create(
        [
            Announcement(topic=topic, cinema_id=showtime.cinema_id, showtime=showtime, data=_facts(showtime))
            for showtime in rows.order_by("starts_at", "pk")
        ]
    )


def _facts(showtime: Showtime) -> dict[str, Any]:
    return {
        "showtimeId": str(showtime.pk),
        "movieId": str(showtime.movie_id),
        "movie": showtime.movie.title,
        "cinemaId": str(showtime.cinema_id),
        "cinema": showtime.cinema.name,
        "hall": showtime.hall.name,
        "startTime": announcing.stamp(showtime.starts_at),
        "endTime": announcing.stamp(showtime.ends_at),
        "format": showtime.format,
        "language": showtime.language,
        "totalSeats": showtime.layout.seat_count,
    }
