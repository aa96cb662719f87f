"""Reading what a hold lost to a sale reported from elsewhere, and what is held for its owner instead."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models.functions import Now

from bookings.models import Booking, Ticket
from seatsync.models import Source
from showsewa import ids, money
from showsewa.actors import Actor

_IN_THE_HALL = {Source.WALK_IN.value, Source.POS_SYSTEM.value}


@dataclass(frozen=True, slots=True)
class Loss:
    """offered: tickets that wait for the owner's word until `until`; none when there is nothing (any more)."""

    hold: Booking
    lost: Sequence[str]
    offered: Sequence[Ticket] = ()
    until: datetime | None = None
    is_at_counter: bool = field(default=False)

    @property
    def labels(self) -> list[str]:
        return [ticket.label for ticket in self.offered]

    @property
    def kept(self) -> list[str]:
        return [] if self.hold.status != Booking.Status.HELD else self.hold.seat_labels

    def __bool__(self) -> bool:
        return bool(self.lost)


def of(hold: Booking) -> Loss:
    """What this hold (or booking in payment) has lost since its owner chose last."""
    is_lost = hold.ending == Booking.Ending.SEAT_LOST and hold.status == Booking.Status.CANCELLED
    if not is_lost and hold.status != Booking.Status.HELD:
        return Loss(hold, [])
    gone = hold.tickets.exclude(released_at=None)
    if not is_lost:
        gone = gone.exclude(label__in=hold.seat_labels)
    tickets = list(gone.order_by("show_seat_id"))
    if not tickets:
        return Loss(hold, [])
    sold = Ticket.objects.filter(show_seat__in=[ticket.show_seat_id for ticket in tickets], released_at=None)
    sources = set(sold.values_list("booking__source", flat=True))
    offered = list(_offered(hold))
    until = min((ticket.booking.expires_at for ticket in offered if ticket.booking.expires_at), default=None)
    lost = list(dict.fromkeys(ticket.label for ticket in tickets))
    return Loss(hold, lost, offered, until, bool(sources) and sources <= _IN_THE_HALL)


def at_showtime(actor: Actor, showtime_id: uuid.UUID) -> Loss | None:
    """The loss of the actor's hold here that an offer stands for, whether or not anything is left of the hold."""
    if not actor.id:
        return None
    hold = (
        Booking.objects.filter(
            owner=actor.key, showtime=showtime_id, offers__status=Booking.Status.HELD, offers__expires_at__gt=Now()
        )
        .order_by("-pk")
        .first()
    )
    return of(hold) if hold is not None else None


def news(loss: Loss) -> dict[str, Any]:
    """As the websocket and the API say it."""
    return {
        "lost": list(loss.lost),
        "soldAtCounter": loss.is_at_counter,
        "offered": offer(loss),
        "seats": loss.kept,
        "expiresAt": _time(loss.hold.expires_at),
    }


def offer(loss: Loss) -> dict[str, Any] | None:
    if not loss.offered:
        return None
    seats = [
        {"id": ids.seat_id(ticket.show_seat_id), "label": ticket.label, "price": money.number(ticket.price)}
        for ticket in loss.offered
    ]
    return {"seats": seats, "until": _time(loss.until)}


def _offered(hold: Booking) -> Sequence[Ticket]:
    rows = Ticket.objects.filter(
        booking__offered_to=hold, booking__status=Booking.Status.HELD, booking__expires_at__gt=Now(), released_at=None
    )
    return list(rows.select_related("booking").order_by("show_seat_id"))


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
