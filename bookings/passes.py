"""Tickets as they are shown: each with what became of it, and a link that shows this one seat and nothing else.

Reads only; `services.sharing` takes a link back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.enums import TextChoices
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import qr
from bookings.models import Booking, Ticket
from showsewa import codes
from showsewa.actors import Actor
from showsewa.refusals import NotFound
from venues.models import Showtime

_SEAT = "bookings.passes"


class State(TextChoices):
    VALID = "valid", gettext_lazy("Valid")
    USED = "used", gettext_lazy("Used")
    MOVED = "moved", gettext_lazy("Moved to another seat")
    REFUNDED = "refunded", gettext_lazy("Refunded")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    OVER = "over", gettext_lazy("The show is over")


@dataclass(frozen=True, slots=True)
class Pass:
    """at: when it was used. new_seat: where its holder sits instead. code: what its QR says, "" where none is shown."""

    ticket: Ticket
    state: State
    at: datetime | None = None
    new_seat: str = ""
    code: str = ""

    @property
    def opens(self) -> bool:
        return self.state == State.VALID

    @property
    def showtime(self) -> Showtime:
        """That of its seat: the booking may have gone to another since."""
        seat, booking = self.ticket.show_seat, self.ticket.booking
        return booking.showtime if seat.showtime_id == booking.showtime_id else seat.showtime.showtime

    @property
    def drawn(self) -> str:
        """The QR as inline SVG."""
        return qr.svg(self.code) if self.code else ""

    @property
    def number(self) -> str:
        """For people who talk about one ticket; the end of its id, the random half."""
        return self.ticket.pk.hex[-8:].upper()

    @property
    def key(self) -> str:
        return code(self.ticket)

    @property
    def link(self) -> str:
        return url(self.ticket)


def of(ticket: Ticket, *, booking: Booking, is_paid_back: bool, now: datetime) -> Pass:
    """is_paid_back: whether money of this booking went or goes back, which `payments` knows."""
    if ticket.released_at is None and booking.status == Booking.Status.CONFIRMED:
        if ticket.checked_in_at is not None:
            return Pass(ticket, State.USED, at=ticket.checked_in_at, code=qr.sign(ticket))
        is_over = booking.showtime.ends_at <= now
        return Pass(ticket, State.OVER if is_over else State.VALID, code=qr.sign(ticket))
    if ticket.moved_to is not None:
        return Pass(ticket, State.MOVED, new_seat=ticket.moved_to.label)
    return Pass(ticket, State.REFUNDED if is_paid_back else State.CANCELLED)


def of_booking(booking: Booking, *, is_paid_back: bool, now: datetime) -> list[Pass]:
    """Those that are good in the order of the seats, then those that were sold and are not any more."""
    was_sold = Q(released_at=None)
    if booking.confirmed_at is not None:
        was_sold |= Q(released_at__gte=booking.confirmed_at)
    rows = booking.tickets.filter(was_sold).select_related("show_seat__seat", "moved_to")
    found = rows.order_by(F("released_at").asc(nulls_first=True), "show_seat_id")
    for ticket in found:
        ticket.booking = booking
    return [of(ticket, booking=booking, is_paid_back=is_paid_back, now=now) for ticket in found]


def standing(passes: Iterable[Pass]) -> str:
    """One short text for all of it: when it changes, a page that shows them is old."""
    return ",".join(f"{one.number}:{one.state}" for one in passes)


def kept_for(actor: Actor) -> str:
    """Whose the copies on a device are: they go as soon as somebody else opens tickets in the same browser."""
    return salted_hmac("bookings.passes.kept", actor.key, algorithm="sha256").hexdigest()[:16]


def code(ticket: Ticket) -> str:
    """The secret of the link to this ticket, as long as its owner does not take it back."""
    return codes.of(ticket.pk, _SEAT, _number(ticket))


def url(ticket: Ticket) -> str:
    return settings.BASE_URL + reverse("seat-ticket", args=[code(ticket)])


def by_code(given: str) -> Ticket:
    """The ticket such a link shows, with its booking. Refuses: NotFound, also for a link that was taken back."""
    ticket = _rows().filter(pk=found).first() if (found := codes.named(given)) else None
    if ticket is None or not codes.is_of(given, ticket.pk, _SEAT, _number(ticket)):
        raise NotFound(_("There is no such ticket, or its link was taken back."))
    return ticket


def _rows() -> QuerySet[Ticket]:
    return Ticket.objects.select_related(
        "show_seat__seat",
        "moved_to",
        "booking__showtime__movie",
        "booking__showtime__cinema",
        "booking__showtime__hall",
    )


def _number(ticket: Ticket) -> bytes:
    """Taking a link back raises it."""
    return ticket.link_number.to_bytes(4)
