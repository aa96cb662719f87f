"""The best seats of a showtime for a party, as they are now. Reads only; `services.best` holds them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from bookings import charges, pricing, seatcount, seatrules, selectors
from bookings.models import Booking
from seatsync import feed, on_sale, seatmaps
from seatsync.models import OWN_COUNTER, OWN_WEB, ShowSeat
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Invalid
from venues import halls, sandbox, seating
from venues.models import Showtime

USUAL = 2  # people, until they say otherwise


@dataclass(frozen=True, slots=True)
class Party:
    """zone: "" for anywhere. is_accessible: one of them comes with a wheelchair."""

    count: int
    zone: str = ""
    is_accessible: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """hint: what to expect of its view."""

    key: int
    label: str
    zone: str
    seat_type: str
    hint: seating.Hint
    price: Decimal

    @property
    def public_id(self) -> str:
        return ids.seat_id(self.key)


@dataclass(frozen=True, slots=True)
class Proposal:
    """choice: None when no so many seats are left. seats: its seats with their prices, in its order; lonely: labels."""

    party: Party
    now: feed.Snapshot
    currency: str
    choice: seating.Choice | None
    why: tuple[seating.Reason, ...] = ()
    seats: tuple[Seat, ...] = ()
    lonely: tuple[str, ...] = ()
    on: charges.Charges = charges.NONE

    @property
    def quote(self) -> pricing.Quote:
        """What they would cost, as everywhere: with the fees and the taxes on top."""
        return pricing.quote([seat.price for seat in self.seats], on=self.on)


def choose(
    layout_id: uuid.UUID, state: str, party: Party, *, is_released: bool, own: Collection[int] = (), turn: int = 0
) -> seating.Choice | None:
    """Kept for the crowd that looks at one state. own: places that are the chooser's by now, and free to them."""
    if own:
        state = "".join(seating.FREE if n in own else letter for n, letter in enumerate(state))
    return _choose(layout_id, state, party, is_released, turn)


def why(layout_id: uuid.UUID, choice: seating.Choice, party: Party) -> tuple[seating.Reason, ...]:
    return tuple(seating.reasons(halls.seats(layout_id), choice, is_accessible=party.is_accessible))


def propose(actor: Actor, showtime_id: uuid.UUID, party: Party, *, turn: int = 0) -> Proposal:
    """turn: who tries again looks at the n-th best. Refuses: NotFound, TooManySeats, Invalid for an unknown zone."""
    sandbox.check_showtime(actor, showtime_id)
    now = feed.snapshot(showtime_id, viewer=actor.channel_id or OWN_WEB)
    layout_id, _first = seatmaps.ground(showtime_id)
    _check(layout_id, party)
    starts_at, minutes, currency = _rules(showtime_id)
    released = seatrules.is_released(starts_at, minutes, now=now.taken_at)
    own = _own(actor, now) if "H" in now.state else ()
    choice = choose(layout_id, now.state, party, is_released=released, own=own, turn=turn)
    if choice is None:
        return Proposal(party, now, currency, None)
    seats = _seats(layout_id, now.first_id, choice, actor)
    lonely = tuple(halls.seats(layout_id).spots[n].label for n in choice.lonely)
    on = selectors.charges_at(showtime_id, charges.for_channel(actor.channel_id))
    return Proposal(party, now, currency, choice, why(layout_id, choice, party), seats, lonely, on)


def at_counter(showtime_id: uuid.UUID, count: int, *, beside: Collection[str] = ()) -> list[str]:
    """Labels of seats side by side for a clerk, the nearest to others or else the best; [] when there are none.

    Refuses: NotFound until sales are open.
    """
    now = feed.snapshot(showtime_id, viewer=OWN_COUNTER)
    layout_id, _first = seatmaps.ground(showtime_id)
    starts_at, minutes, _currency = _rules(showtime_id)
    hall = halls.seats(layout_id, is_released=seatrules.is_released(starts_at, minutes, now=now.taken_at))
    near = [hall.number[label] for label in beside if label in hall.number]
    choice = seating.best(hall, now.state, count, beside=near)
    return [hall.spots[n].label for n in choice.seats] if choice is not None and choice.is_together else []


@lru_cache(maxsize=512)
def _choose(layout_id: uuid.UUID, state: str, party: Party, is_released: bool, turn: int) -> seating.Choice | None:
    hall = halls.seats(layout_id, is_released=is_released)
    return seating.best(hall, state, party.count, zone=party.zone, is_accessible=party.is_accessible, turn=turn)


def _check(layout_id: uuid.UUID, party: Party) -> None:
    seatcount.check(party.count)
    zones = halls.seats(layout_id).zones
    if party.zone and party.zone not in zones:
        told = _("There is no such zone. There are: %(zones)s.") % {"zones": ", ".join(zones)}
        raise Invalid(told, errors=[{"pointer": "/zone", "code": "UNKNOWN_ZONE", "detail": told}])


def _rules(showtime_id: uuid.UUID) -> tuple[datetime, int | None, str]:
    columns = ("starts_at", "cinema__companions_until_minutes", "cinema__currency")
    found = Showtime.objects.filter(pk=showtime_id, cancelled_at=None).values_list(*columns).first()
    if found is None:
        raise on_sale.NotOpen
    return found


def _own(actor: Actor, now: feed.Snapshot) -> Collection[int]:
    if not actor.id:
        return ()
    booking, keys = selectors.held_seats(actor, now.showtime_id)
    is_held = booking is not None and booking.status == Booking.Status.HELD
    return frozenset(key - now.first_id for key in keys) if is_held else ()


def _seats(layout_id: uuid.UUID, first_id: int, choice: seating.Choice, actor: Actor) -> tuple[Seat, ...]:
    hall = halls.seats(layout_id)
    keys = [first_id + n for n in choice.seats]
    prices = dict(ShowSeat.objects.filter(pk__in=keys).values_list("pk", "price"))
    return tuple(
        Seat(
            first_id + n,
            hall.spots[n].label,
            hall.spots[n].zone,
            hall.spots[n].seat_type,
            seating.Hint(hall.hints[n]),
            pricing.on_channel(prices[first_id + n], actor),
        )
        for n in choice.seats
    )
