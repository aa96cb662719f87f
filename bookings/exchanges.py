"""What an exchange of a sale's seats would be: given up, kept, taken, and what that costs. Reads; changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bookings import policy, pricing, seatrules, selectors
from bookings.models import Booking, Ticket
from seatsync.models import OWN_WEB, SeatStatus, ShowSeat
from showsewa import ids, numerals
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound, Refusal
from venues.models import Showtime


class OtherCount(Invalid):
    """Seats are exchanged one for one. facts: seats, how many."""

    code = "EXCHANGE_SEAT_COUNT"


class NothingToExchange(Refusal):
    code = "NOTHING_TO_EXCHANGE"


class AnySeat(Protocol):
    """A seat of a showtime as rows of several kinds show it."""

    @property
    def id(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def price(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Seat:
    id: int
    label: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """showtime: where they will sit. quote: a share for each of `seats`, kept and taken, in the hall's order."""

    booking: Booking
    showtime: Showtime
    seats: Sequence[Seat]
    given_up: Sequence[Ticket]
    kept: Sequence[Ticket]
    quote: pricing.Quote

    @property
    def taken(self) -> list[Seat]:
        kept = {ticket.show_seat_id for ticket in self.kept}
        return [seat for seat in self.seats if seat.id not in kept]

    @property
    def labels(self) -> list[str]:
        return [seat.label for seat in self.seats]

    @property
    def difference(self) -> Decimal:
        """What it costs more than the sale so far, or less."""
        return self.quote.total - self.booking.total

    @property
    def is_other_show(self) -> bool:
        return self.showtime.pk != self.booking.showtime_id


def plan(booking: Booking, showtime: Showtime, wanted: Iterable[AnySeat]) -> Plan:
    """A kept seat costs what it did; one taken, today's list price; code, fees and taxes are by the terms of the sale.

    Refuses: OtherCount, NothingToExchange.
    """
    live = selectors.tickets(booking)
    is_same_show = showtime.pk == booking.showtime_id
    old = {ticket.show_seat_id: ticket for ticket in live} if is_same_show else {}
    seats = [
        Seat(seat.id, seat.label, old[seat.id].price if seat.id in old else seat.price)
        for seat in sorted(wanted, key=lambda seat: seat.id)
    ]
    kept = [old[seat.id] for seat in seats if seat.id in old]
    if len(seats) != len(live):
        told = numerals.filled(_("Choose exactly %(count)d seats."), count=len(live))
        raise OtherCount(told, seats=len(live))
    if len(kept) == len(live):
        raise NothingToExchange(_("These are the seats you have."))
    given_up = [ticket for ticket in live if ticket not in kept]
    promo = booking.promo if booking.promo_id else None
    quote = pricing.of_prices(booking, [seat.price for seat in seats], promo)
    return Plan(booking, showtime, seats, given_up, kept, quote)


def named(showtime: Showtime, names: Sequence[str]) -> list[ShowSeat]:
    """Seats by public id or label. Refuses: NotFound."""
    keys = {ids.seat_pk(name) for name in names}
    rows = ShowSeat.objects.filter(Q(label__in=names) | Q(pk__in=keys - {None}), showtime_id=showtime.pk)
    found = list(rows.order_by("pk"))
    if len(found) != len(names):
        raise NotFound(_("Some of these seats do not exist at this showtime, or are named twice."))
    return found


def shows_for(booking: Booking, *, now: datetime) -> list[Showtime]:
    """Where its people could go instead: the same movie at the same cinema, on sale, the next first."""
    rows = Showtime.objects.filter(
        movie=booking.showtime.movie_id, cinema=booking.showtime.cinema_id, cancelled_at=None, starts_at__gt=now,
        inventory__isnull=False,
    )  # fmt: skip
    return list(rows.select_related("hall", "cinema", "movie").order_by("starts_at", "pk")[:60])


def show_for(booking: Booking, showtime_id: object, *, now: datetime) -> Showtime:
    """One of them. Refuses: NotFound."""
    found = next((show for show in shows_for(booking, now=now) if show.pk == showtime_id), None)
    if found is None:
        raise NotFound(_("These tickets can be exchanged for the same movie at the same cinema only."))
    return found


def check_rules(plan: Plan, *, actor: Actor, now: datetime) -> None:
    """The rules of choosing, whose own seats count as free. Refuses: LonelySeat, CompanionRule."""
    wish = seatrules.wish(plan.showtime.pk, plan.labels, actor)
    if wish is None:
        return
    free = Q(status=SeatStatus.AVAILABLE) | Q(status=SeatStatus.HELD, held_until__lte=Now())
    seats = ShowSeat.objects.filter(Q(allotted_to=None) | Q(allotted_to=OWN_WEB), free, pk__in=wish.keys)
    own = ShowSeat.objects.filter(claim=plan.booking.pk, pk__in=wish.keys)
    keys = [*seats.values_list("pk", flat=True), *own.values_list("pk", flat=True)]
    cinema = plan.showtime.cinema
    asked = (cinema.lonely_seats, cinema.companions_until_minutes, keys)
    seatrules.check(wish, asked, showtime_id=plan.showtime.pk, starts_at=plan.showtime.starts_at, now=now)


def new_policy(booking: Booking, *, now: datetime) -> dict[str, object]:
    """The terms of the sale go on, but cancelling gives back no larger part than it would have before the exchange:
    else moving to a later show would be the way to cancel for nothing when it is late.
    """
    terms = booking.refund_policy
    most = policy.refund_percent(terms, starts_at=booking.showtime.starts_at, now=now)
    tiers = terms.get("tiers", policy.snapshot(booking.showtime.cinema)["tiers"])
    return terms | {"tiers": [[hours, min(percent, most)] for hours, percent in tiers]}
