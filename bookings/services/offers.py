"""Offers: when a hold loses seats to a sale reported from elsewhere, others are held for its owner for two minutes.

An offer is a booking in HELD that belongs to the hold and to nobody else. It ends when the owner chooses again, says
no, or lets the hold go; otherwise it lapses and is purged as any hold.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from bookings import pricing
from bookings.models import Booking, Ticket
from bookings.services import steps
from seatsync import channels, inventory, seatmaps
from seatsync.inventory import Step
from seatsync.models import Action, Channel, SeatStatus, ShowSeat
from showsewa import ids
from showsewa.actors import SYSTEM, Actor
from showsewa.transactions import use_case
from venues import halls, seating

LASTS = timedelta(minutes=2)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What a hold has lost just now, and what it keeps. Keys of show seats."""

    hold: Booking
    lost: Collection[int]
    kept: Collection[int]


@dataclass(frozen=True, slots=True)
class Offer:
    booking: Booking
    step: Step
    tickets: Sequence[Ticket]


def prepare(showtime_id: uuid.UUID, wishes: Sequence[Wish], *, now: datetime) -> list[Offer]:
    """An offer for each wish that free seats can be had for, none of it stored yet.

    Locks: the seats chosen, without waiting, for the caller has locked others already.
    """
    offers: list[Offer] = []
    used: set[int] = set()
    free: dict[uuid.UUID, set[int]] = {}
    for wish in wishes:
        channel = _cause(wish.hold).channel
        if channel not in free:
            free[channel] = _free(showtime_id, channel)
        seats = _take(showtime_id, free[channel] - used, wish)
        if seats:
            used |= {seat.id for seat in seats}
            offers.append(_offer(wish.hold, seats, now=now))
    return offers


def store(offers: Sequence[Offer]) -> None:
    """Caller has changed the seats by the offers' steps."""
    Booking.objects.bulk_create([offer.booking for offer in offers])
    Ticket.objects.bulk_create([ticket for offer in offers for ticket in offer.tickets])


def lock(holds: Collection[uuid.UUID]) -> list[Booking]:
    """The offers made to these holds that stand. Locks them by id; an offer is younger than its hold."""
    rows = Booking.objects.filter(offered_to__in=holds, status=Booking.Status.HELD)
    return list(rows.select_for_update(no_key=True).order_by("pk"))


def lock_of(owner: str, showtime_id: uuid.UUID) -> list[Booking]:
    """The same by the holds' owner."""
    rows = Booking.objects.filter(
        offered_to__owner=owner, offered_to__showtime=showtime_id, status=Booking.Status.HELD
    ).select_for_update(no_key=True, of=("self",))
    return list(rows.order_by("pk"))


def seat_keys(offers: Sequence[Booking]) -> list[int]:
    live = Ticket.objects.filter(booking__in=offers, released_at=None)
    return list(live.order_by("show_seat_id").values_list("show_seat_id", flat=True))


def end(offers: Sequence[Booking], *, actor: Actor, reason: str) -> None:
    """Free their seats. Caller holds the locks of the offers, and of their seats where it has others to lock."""
    for offer in offers:
        steps.free_seats(offer, inventory.Cause(actor, offer.source, reason=reason))
        offer.ending = Booking.Ending.CUSTOMER
        offer.move(Booking.Status.CANCELLED, "ending")


def end_with(hold: Booking, *, actor: Actor, reason: str) -> int:
    """End what was offered to a hold that ends, or whose owner says no; returns how many offers that were.

    Caller holds the hold's lock. Locks the offers, then their seats and the hold's by id.
    """
    standing = lock([hold.pk])
    if standing:
        inventory.lock(hold.showtime_id, sorted({*steps.seat_keys(hold), *seat_keys(standing)}))
        end(standing, actor=actor, reason=reason)
    return len(standing)


@use_case
def decline(*, booking_id: uuid.UUID, actor: Actor) -> int:
    """No, thanks: the owner keeps what they have. Returns how many offers that ended. Locks: hold, offers, seats."""
    return end_with(steps.lock_booking(booking_id), actor=actor, reason="declined")


def _free(showtime_id: uuid.UUID, channel: uuid.UUID) -> set[int]:
    rows = ShowSeat.objects.filter(Q(allotted_to=None) | Q(allotted_to=channel), showtime_id=showtime_id)
    return set(rows.filter(status=SeatStatus.AVAILABLE).values_list("pk", flat=True))


def _take(showtime_id: uuid.UUID, free: set[int], wish: Wish) -> list[inventory.LockedSeat]:
    """The best of them that nobody is just taking."""
    layout_id, first_id = seatmaps.ground(showtime_id)
    hall = halls.seats(layout_id)
    lost, kept = [key - first_id for key in sorted(wish.lost)], [key - first_id for key in sorted(wish.kept)]
    for _try in range(_TRIES):
        state = [seating.FREE if first_id + n in free else seating.TAKEN for n in range(len(hall.spots))]
        chosen = [first_id + n for n in seating.alike(hall, state, lost=lost, kept=kept)]
        if not chosen:
            break
        locked = inventory.lock_known(showtime_id, chosen, wait=False)
        allowed = (None, _cause(wish.hold).channel)
        still = [seat for seat in locked if seat.status == SeatStatus.AVAILABLE and seat.allotted_to in allowed]
        if len(still) == len(chosen):
            return still
        free -= set(chosen) - {seat.id for seat in still}
    return []


def _offer(hold: Booking, seats: Sequence[inventory.LockedSeat], *, now: datetime) -> Offer:
    factor = _factor(hold)
    booking = Booking(
        id=ids.uuid7(),
        showtime_id=hold.showtime_id,
        status=Booking.Status.HELD,
        owner=f"offer:{hold.pk}",
        offered_to=hold,
        source=hold.source,
        currency=hold.currency,
        language=hold.language,
        seat_labels=[seat.label for seat in seats],
        expires_at=now + LASTS,
        created_at=now,
    )
    tickets = [
        Ticket(booking=booking, show_seat_id=seat.id, label=seat.label, price=pricing.at(seat.price, factor))
        for seat in seats
    ]
    pricing.count_anew(booking, tickets)  # seats alone: fees come when its owner takes them into the hold
    return Offer(booking, Step(Action.HOLD, seats, booking.pk, _cause(hold), now + LASTS), tickets)


def _cause(hold: Booking) -> inventory.Cause:
    return inventory.Cause(replace(SYSTEM, channel_id=hold.channel_id), hold.source, reason="offered for a lost seat")


def _factor(hold: Booking) -> Decimal:
    return channels.price_factor(Channel.objects.get(pk=hold.channel_id)) if hold.channel_id else Decimal(1)
