"""The manifest of a show: who sits where, and who is in already. For those who stand at its door. Reads only."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from bookings.models import Booking, Ticket
from showsewa.actors import Actor
from showsewa.refusals import NotFound
from venues.models import Showtime

AHEAD = timedelta(hours=12)  # nobody stands at a door for longer
MOST = 60


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a show's good tickets are in."""

    checked_in: int
    sold: int


def shows(actor: Actor, *, now: datetime) -> list[Showtime]:
    """What somebody at a door of theirs may let people into, by start: what runs, and what begins within hours."""
    rows = Showtime.objects.select_related("movie", "cinema", "hall").filter(
        cancelled_at=None, ends_at__gt=now, starts_at__lt=now + AHEAD, inventory__isnull=False
    )
    if actor.cinema_ids is not None:
        rows = rows.filter(cinema__in=actor.cinema_ids)
    return list(rows.order_by("starts_at", "cinema__name", "hall__name")[:MOST])


def chosen(shows: Sequence[Showtime], showtime_id: str, *, now: datetime) -> Showtime | None:
    """The one asked for, else the one that begins next, else the last that runs."""
    asked = [one for one in shows if str(one.pk) == showtime_id]
    coming = [one for one in shows if one.starts_at > now]
    return next(iter([*asked, *coming, *reversed(shows)]), None)


def show(actor: Actor, showtime_id: uuid.UUID) -> Showtime:
    """Refuses: NotFound, also for another cinema's."""
    found = Showtime.objects.select_related("movie", "cinema", "hall").filter(pk=showtime_id).first()
    if found is None or not actor.reaches(found.cinema_id):
        raise NotFound(_("There is no such showtime."))
    return found


def tickets(showtime_id: uuid.UUID) -> list[Ticket]:
    """Those that open its door, in the order of the seats, with their bookings."""
    return list(_good(show_seat__showtime=showtime_id).select_related("booking").order_by("show_seat_id"))


def tally(showtime_id: uuid.UUID) -> Tally:
    found = _good(show_seat__showtime=showtime_id)
    return Tally(**found.aggregate(checked_in=Count("checked_in_at"), sold=Count("pk")))


def holder(show_seat_id: int) -> Ticket | None:
    """The good ticket for a seat."""
    return _good(show_seat=show_seat_id).first()


def _good(**where: object) -> QuerySet[Ticket]:
    return Ticket.objects.filter(**where, released_at=None, booking__status=Booking.Status.CONFIRMED)
