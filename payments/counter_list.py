"""What a clerk can sell: the shows of today and tonight at the cinemas that are the clerk's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from seatsync import seatmaps
from showsewa.actors import Actor
from showsewa.refusals import NotFound
from venues.models import Showtime

AHEAD = timedelta(hours=36)
MOST = 60


@dataclass(frozen=True, slots=True)
class Show:
    showtime: Showtime
    free: seatmaps.Free


def shows(actor: Actor, *, now: datetime) -> list[Show]:
    """Not ended and on sale, by start; people come late, so a show that has begun is still there."""
    rows = Showtime.objects.select_related("movie", "cinema", "hall").filter(
        cancelled_at=None, ends_at__gt=now, starts_at__lt=now + AHEAD
    )
    if actor.cinema_ids is not None:
        rows = rows.filter(cinema__in=actor.cinema_ids)
    found = list(rows.order_by("starts_at", "hall__name")[:MOST])
    free = seatmaps.free([showtime.pk for showtime in found])
    return [Show(showtime, free[showtime.pk]) for showtime in found if showtime.pk in free]


def require(actor: Actor, showtime: Showtime) -> None:
    """Refuses: NotFound for another cinema's showtime."""
    if not actor.reaches(showtime.cinema_id):
        raise NotFound(_("There is no such showtime."))
