"""Telling the channels of showtimes, and the changes to them that must not go untold."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from seatsync import announcing
from seatsync.models import Announcement, Topic
from showsewa.transactions import joining
from venues import services
from venues.models import Showtime


def cancel(*, showtime_id: uuid.UUID, now: datetime) -> Showtime:
    """Stop its sales for good, and say so in the same transaction. Refuses as `venues.services.cancel_showtime`."""
    with joining():
        showtime = services.cancel_showtime(showtime_id=showtime_id, now=now)
        tell(Topic.SHOWTIME_CANCELLED, [showtime.pk])
    return showtime


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
