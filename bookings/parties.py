"""Reading parties: what whoever has the link may see of one, and no more. First names, and what became of each seat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models.enums import TextChoices
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import selectors
from bookings.models import Booking, Party, Ticket
from showsewa import ids
from showsewa.actors import Actor, Kind
from showsewa.refusals import NotFound
from venues import sandbox
from venues.models import Seat

_S = Booking.Status

# Of several of one person: what still has to be paid comes before what was.
_ALIVE = (_S.HELD, _S.PENDING, _S.CONFIRMED)


class State(TextChoices):
    """Of a seat. DROPPED: it was not paid in time, or given up, and is no more of the party."""

    FREE = "FREE", gettext_lazy("Free to take")
    TAKEN = "TAKEN", gettext_lazy("Taken")
    PAID = "PAID", gettext_lazy("Paid for")
    DROPPED = "DROPPED", gettext_lazy("Dropped off")


@dataclass(frozen=True, slots=True)
class PartySeat:
    """key: of the show seat, None once nobody has it. price, seat: of a free one, as on the map. name: whose it is."""

    label: str
    state: State
    key: int | None = None
    name: str = ""
    is_own: bool = False
    price: Decimal | None = None
    seat: Seat | None = None

    @property
    def public_id(self) -> str | None:
        return ids.seat_id(self.key) if self.key is not None else None


@dataclass(frozen=True, slots=True)
class Standing:
    """own: what this actor holds or has bought here, be it the host's hold. is_open: seats may still be claimed."""

    party: Party
    seats: Sequence[PartySeat]
    is_open: bool
    is_host: bool
    own: Booking | None
    host_name: str
    now: datetime

    @property
    def free(self) -> Sequence[PartySeat]:
        return [seat for seat in self.seats if seat.state == State.FREE]

    @property
    def may_give_back(self) -> bool:
        return self.is_open and not self.is_host and self.own is not None and self.own.status == _S.HELD

    @property
    def mark(self) -> str:
        """Changes whenever a page that shows this is old."""
        return "|".join([f"{seat.label}{seat.state[0]}{seat.name}" for seat in self.seats] + [str(self.is_open)])


def find(token: str, actor: Actor) -> Party:
    """By its link. One seller's party is for its own buyers alone. Refuses: NotFound."""
    rows = Party.objects.select_related("showtime__movie", "showtime__cinema", "showtime__hall", "host")
    party = rows.filter(token=token).first() if token else None
    if party is None or not _is_for(party, actor):
        raise NotFound(_("There is no such party. The link may be old or mistyped."))
    return party


def look(party: Party, actor: Actor, *, now: datetime) -> Standing:
    bookings = list(party.bookings.order_by("pk"))
    tickets = Ticket.objects.filter(booking__in=bookings, show_seat__showtime=party.showtime_id, released_at=None)
    live = tickets.select_related("show_seat__seat").order_by("show_seat_id")
    by_key = {booking.pk: booking for booking in bookings}
    seats = [_seat(ticket, by_key[ticket.booking_id], party, actor, now=now) for ticket in live]
    known = {seat.label for seat in seats}
    seats += [PartySeat(label, State.DROPPED) for label in party.seat_labels if label not in known]
    order = {label: place for place, label in enumerate(party.seat_labels)}
    own = [booking for booking in bookings if booking.status in _ALIVE and selectors.is_owner(booking, actor)]
    host = by_key.get(party.host_id)
    return Standing(
        party,
        sorted(seats, key=lambda seat: order.get(seat.label, len(order))),
        is_open=host is not None and host.is_live_hold(now),
        is_host=host is not None and selectors.is_owner(host, actor),
        own=min(own, key=lambda booking: _ALIVE.index(_S(booking.status)), default=None),
        host_name=host.party_name if host else "",
        now=now,
    )


def url_path(party: Party) -> str:
    return reverse("party", args=[party.token])


def _is_for(party: Party, actor: Actor) -> bool:
    cinema, channel_id = party.showtime.cinema, party.host.channel_id
    if sandbox.is_hidden(actor, cinema.pk, cinema.is_sandbox):
        return False
    if actor.kind == Kind.CHANNEL:
        return channel_id == actor.channel_id and actor.reaches(cinema.pk)
    return channel_id is None


def _seat(ticket: Ticket, booking: Booking, party: Party, actor: Actor, *, now: datetime) -> PartySeat:
    is_own, name = selectors.is_owner(booking, actor), booking.party_name
    if booking.status == _S.CONFIRMED:
        return PartySeat(ticket.label, State.PAID, ticket.show_seat_id, name, is_own)
    if booking.status == _S.HELD and not booking.is_live_hold(now):
        return PartySeat(ticket.label, State.DROPPED)
    if booking.status == _S.HELD and booking.pk == party.host_id:
        seat = ticket.show_seat.seat
        return PartySeat(ticket.label, State.FREE, ticket.show_seat_id, "", is_own, ticket.price, seat)
    return PartySeat(ticket.label, State.TAKEN, ticket.show_seat_id, name, is_own)
