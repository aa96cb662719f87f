"""Seats going from one hold to another of the same party. Steps: the callers hold the locks, the host's first."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from bookings import losses, pricing
from bookings.models import Booking, Ticket
from bookings.services import steps
from seatsync import feed, inventory
from showsewa.actors import Actor
from showsewa.refusals import Refusal


class NoSeatsLeft(Refusal):
    code = "NO_SEATS_LEFT"


def lock_with_host(booking_id: uuid.UUID) -> tuple[Booking, Booking | None]:
    """A booking and, for a friend's in a party, the host's: that one is older, and locked before it.

    Refuses: NotFound.
    """
    hosts = Booking.objects.filter(pk=booking_id, party__isnull=False).exclude(party__host=booking_id)
    host_id = hosts.values_list("party__host", flat=True).first()
    host = steps.lock_booking(host_id) if host_id is not None else None
    return steps.lock_booking(booking_id), host


def give(giver: Booking, taker: Booking, keys: Sequence[int], *, actor: Actor, reason: str) -> int:
    """These seats of one hold are the other's from now on, at the price they had; returns how many.

    Locks: the seats by id. Refuses: SeatsUnavailable for one the giver has lost.
    """
    assert taker.expires_at is not None
    cause = inventory.Cause(actor, taker.source, reason=reason)
    with inventory.hand_on(
        giver.showtime_id, keys, holder=giver.pk, claim=taker.pk, until=taker.expires_at, cause=cause
    ) as change:
        Ticket.objects.filter(booking=giver, show_seat_id__in=keys, released_at=None).update(booking=taker)
        for booking in (giver, taker):
            _count_again(booking)
    feed.tell_hold_after_commit(giver.pk, lambda: _news(giver.pk))
    feed.tell_hold_after_commit(taker.pk, lambda: _news(taker.pk))
    return len(change.seats)


def let_go(hold: Booking, host: Booking | None, cause: inventory.Cause) -> int:
    """The seats of a hold that ends are free again, or its party's, while the host still holds; returns how many.

    Locks: the seats by id.
    """
    if host is not None and host.status == Booking.Status.HELD:
        return give(hold, host, steps.seat_keys(hold), actor=cause.actor, reason="given back")
    return steps.free_seats(hold, cause)


def check_has_seats(booking: Booking) -> None:
    """Refuses: NoSeatsLeft for a hold whose seats were all claimed."""
    if not booking.seat_labels:
        raise NoSeatsLeft(_("Your friends have taken all of these seats: there is nothing left to pay here."))


def _count_again(booking: Booking) -> None:
    tickets = list(booking.tickets.filter(released_at=None).order_by("show_seat_id"))
    booking.seat_labels = [ticket.label for ticket in tickets]
    if tickets:
        steps.reprice(booking, tickets, promo=None)
    else:
        pricing.count_anew(booking, [])
    booking.save(update_fields=["seat_labels", *pricing.SUMS])


def _news(hold_id: uuid.UUID) -> dict[str, Any]:
    return losses.news(losses.of(Booking.objects.get(pk=hold_id)))
