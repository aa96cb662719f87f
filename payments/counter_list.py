"""What a clerk can sell: the shows of today and tonight at the cinemas that are the clerk's, and their chairs."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from seatsync import seatmaps
from seatsync.models import OWN_COUNTER
from showsewa.actors import Actor
from showsewa.refusals import NotFound
from venues import drawing, halls, listings
from venues.models import Showtime

AHEAD = timedelta(hours=36)
LATE = timedelta(minutes=30)  # people come late; after this a show that runs makes room for the next ones
MOST = 60


@dataclass(frozen=True, slots=True)
class Show:
    showtime: Showtime
    free: seatmaps.Free


@dataclass(frozen=True, slots=True)
class Chair:
    """line: the same for all of one row. number: what stands on the chair within it. pair: the other half of a sofa.

    x, y: neighbours are `drawing.PITCH` apart.
    """

    label: str
    line: int
    row: str
    number: str
    x: float
    y: float
    seat_type: str
    price: Decimal
    pair: str | None


def shows(actor: Actor, *, now: datetime) -> list[Show]:
    """Not ended and on sale: the next ones and those just begun by start, then what has been running for a while."""
    rows = Showtime.objects.select_related("movie", "cinema", "hall").filter(
        cancelled_at=None, ends_at__gt=now, starts_at__lt=now + AHEAD
    )
    if actor.cinema_ids is not None:
        rows = rows.filter(cinema__in=actor.cinema_ids)
    found = list(rows.order_by("starts_at", "hall__name")[:MOST])
    found.sort(key=lambda showtime: showtime.starts_at < now - LATE)
    free = seatmaps.free([showtime.pk for showtime in found], viewer=OWN_COUNTER)
    return [Show(showtime, free[showtime.pk]) for showtime in found if showtime.pk in free]


def require(actor: Actor, showtime_id: uuid.UUID) -> None:
    """Refuses: NotFound, also for another cinema's showtime."""
    if not actor.reaches(listings.headline(showtime_id).cinema_id):
        raise NotFound(_("There is no such showtime."))


@lru_cache(maxsize=64)
def chairs(showtime_id: uuid.UUID, price_version: int) -> tuple[Chair, ...]:
    """In layout order, the order of every state string. Refuses: NotFound until sales are open."""
    plan = seatmaps.plan(showtime_id)
    drawn = halls.layout(seatmaps.ground(showtime_id)[0])
    lines: dict[tuple[str, str], int] = {}
    found = []
    for place, at, (x, y) in zip(plan.places, drawn.seats(), drawing.spots(drawn), strict=True):
        line = lines.setdefault((at.section.id, at.row.label), len(lines))
        number = drawing.number(at.row, at.seat)
        chair = (place.label, line, at.row.label, number, round(x), round(y), place.seat_type, place.price)
        found.append(Chair(*chair, pair=place.pair_with))
    return tuple(found)
