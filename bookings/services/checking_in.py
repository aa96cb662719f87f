"""The door: whoever brings a good ticket goes in, once.

What is asked first is told first: is it ours, is it for this show, is it still good, and only then was it used. So
nobody is told "already in" of a ticket that would not open this door anyway.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import manifest, qr
from bookings.models import Booking, CheckIn, Ticket
from bookings.services import sales, steps
from seatsync import journal
from showsewa import nepali, tongue
from showsewa.actors import Actor
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import use_case
from venues.models import Showtime

# What UNSAFE may name (settings allow it in test mode only): believe that a ticket is unused as it was read.
SKIP_LOCK = "skip_lock"
LONGEST_REASON = 120


class WrongShow(Refusal):
    """facts: seat, and show, which the ticket is for."""

    code = "WRONG_SHOW"


class Moved(Refusal):
    """facts: seat, newSeat, and show, where that is: its holder has a new code."""

    code = "TICKET_MOVED"


class NotPaid(Refusal):
    """facts: seat."""

    code = "TICKET_NOT_PAID"


class SoldAgain(Refusal):
    """facts: seat, which is somebody else's now."""

    code = "TICKET_SOLD_AGAIN"


class Refunded(Refusal):
    """facts: seat."""

    code = "TICKET_REFUNDED"


class Cancelled(Refusal):
    """facts: seat."""

    code = "TICKET_CANCELLED"


class AlreadyIn(Refusal):
    """facts: ticketId, seat, checkedInAt, checkedInBy."""

    code = "ALREADY_CHECKED_IN"


class NotIn(Refusal):
    """Nobody went in with this ticket, so nothing is to be undone."""

    code = "NOT_CHECKED_IN"


@use_case
def check_in(
    *,
    showtime_id: uuid.UUID,
    code: str = "",
    ticket_id: uuid.UUID | None = None,
    actor: Actor,
    now: datetime,
    is_paid_back: Callable[[Booking], bool],
) -> Ticket:
    """Let the holder of one ticket in to this show. code: what its QR says, or ticket_id: as the manifest has it.

    is_paid_back: whether money of a booking went or goes back, which `payments` knows.
    Refuses: NotFound, ShowOver, BadTicket, Moved, WrongShow, NotPaid, SoldAgain, Refunded, Cancelled, AlreadyIn.
    Locks: booking.
    """
    show = manifest.show(actor, showtime_id)
    if show.ends_at <= now:
        raise sales.ShowOver(_("This show is over."))
    key = ticket_id or qr.verify(code, qr.public_key()).ticket_id
    ticket = _lock(key)
    if not code and not actor.reaches(ticket.booking.showtime.cinema_id):
        raise _unknown()  # an id alone proves nothing; who shows a code is told where it leads
    _check_good(ticket, show, is_paid_back)
    rows = Ticket.objects.filter(pk=ticket.pk)
    if SKIP_LOCK not in settings.UNSAFE:
        rows = rows.filter(released_at=None, checked_in_at=None)
    if ticket.checked_in_at is not None or not rows.update(checked_in_at=now):
        raise _already_in(ticket)
    CheckIn.objects.create(ticket=ticket, at=now, actor=actor.key)
    ticket.checked_in_at = now
    return ticket


@use_case
def undo(*, ticket_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> Ticket:
    """Take a mistaken check-in back: the ticket is good again. reason: kept beside it.

    Refuses: NotFound, also at another cinema; NotIn. Locks: booking.
    """
    ticket = _lock(ticket_id)
    if not actor.reaches(ticket.booking.showtime.cinema_id):
        raise _unknown()
    rows = CheckIn.objects.filter(ticket=ticket, undone_at=None)
    if not rows.update(undone_at=now, undone_by=actor.key, reason=reason):
        raise NotIn(_("Nobody is in with the ticket for seat %(seat)s.") % {"seat": ticket.label})
    Ticket.objects.filter(pk=ticket.pk).update(checked_in_at=None)
    ticket.checked_in_at = None
    return ticket


def _lock(ticket_id: uuid.UUID) -> Ticket:
    """The ticket as it is under its booking's lock: nobody gives it back or exchanges it meanwhile."""
    found = Ticket.objects.filter(pk=ticket_id).values_list("booking", flat=True).first()
    if found is None:
        raise _unknown()
    if SKIP_LOCK not in settings.UNSAFE:
        steps.lock_booking(found)
    rows = Ticket.objects.select_related("booking__showtime", "show_seat", "moved_to")
    return rows.get(pk=ticket_id)


def _check_good(ticket: Ticket, show: Showtime, is_paid_back: Callable[[Booking], bool]) -> None:
    seat = {"seat": ticket.label}
    if ticket.moved_to is not None:
        raise _moved(ticket)
    if ticket.show_seat.showtime_id != show.pk:
        other = _show(ticket)
        said = _("This ticket is for another show: %(show)s.") % {"show": _named(other)}
        raise WrongShow(said, **seat, show=_facts(other))
    if show.cancelled_at is not None:
        raise Cancelled(_("This show was cancelled."), **seat)
    if ticket.released_at is None and ticket.booking.status == Booking.Status.CONFIRMED:
        return
    if ticket.released_at is None:
        raise NotPaid(_("Seat %(seat)s has not been paid for.") % seat, **seat)
    if manifest.holder(ticket.show_seat_id) is not None:
        raise SoldAgain(_("This ticket is void, and seat %(seat)s is somebody else's now.") % seat, **seat)
    if is_paid_back(ticket.booking):
        raise Refunded(_("This ticket was given back, and paid back."), **seat)
    raise Cancelled(_("This ticket was cancelled."), **seat)


def _moved(ticket: Ticket) -> Moved:
    """Where its holder sits in the end."""
    last = ticket
    while last.moved_to is not None:
        last = last.moved_to
    other = _show(last)
    said = _("Its holder has another seat and a new code: %(seat)s, %(show)s.")
    message = said % {"seat": last.label, "show": _named(other)}
    return Moved(message, seat=ticket.label, newSeat=last.label, show=_facts(other))


def _already_in(ticket: Ticket) -> AlreadyIn:
    last = CheckIn.objects.filter(ticket=ticket, undone_at=None).first()
    by = journal.name(last.actor) if last else ""
    at = last.at if last else ticket.checked_in_at
    said = _("Somebody is in already with the ticket for seat %(seat)s.") % {"seat": ticket.label}
    return AlreadyIn(said, ticketId=ticket.pk, seat=ticket.label, checkedInAt=at, checkedInBy=by)


def _show(ticket: Ticket) -> Showtime:
    """The one whose door it was made for; an exchange may have taken its booking to another."""
    return Showtime.objects.select_related("movie", "cinema", "hall").get(pk=ticket.show_seat.showtime_id)


def _named(show: Showtime) -> str:
    starts_at = show.starts_at.astimezone(ZoneInfo(show.cinema.time_zone))
    when = nepali.both(starts_at, "j F, H:i")
    return f"{tongue.named(show.movie, 'title')}, {when}, {tongue.named(show.cinema)}, {show.hall.name}"


def _facts(show: Showtime) -> dict[str, object]:
    return {
        "id": show.pk,
        "title": show.movie.title,
        "cinema": show.cinema.name,
        "hall": show.hall.name,
        "startsAt": show.starts_at,
        "timeZone": show.cinema.time_zone,
    }


def _unknown() -> NotFound:
    return NotFound(_("There is no such ticket."))
