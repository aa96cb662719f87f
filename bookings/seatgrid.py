"""The seats of a show as plain rows, for pages whose form needs no drawing and no script. Reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bookings.models import Booking
from seatsync.models import OWN_WEB, SeatStatus, ShowSeat
from venues.models import SeatType, Showtime

SIGNS: dict[str, str] = {SeatType.WHEELCHAIR: "W", SeatType.COMPANION: "C"}


@dataclass(frozen=True, slots=True)
class Spot:
    """name: of the seat as it is read out; sign: a letter for one that is not for everybody. level: which of the show's
    prices it has, the highest 0.
    """

    label: str
    number: int
    name: str
    sign: str
    price: Decimal
    level: int
    is_own: bool
    is_free: bool

    @property
    def can_be_chosen(self) -> bool:
        return self.is_own or self.is_free


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    section: str
    spots: list[Spot]


def rows(showtime: Showtime, *, own: Booking) -> list[Row]:
    """own: whose seats count as to be had."""
    free = Q(status=SeatStatus.AVAILABLE) | Q(status=SeatStatus.HELD, held_until__lte=Now())
    seats = ShowSeat.objects.filter(showtime=showtime.pk).select_related("seat").order_by("pk")
    to_be_had = set(seats.filter(free, Q(allotted_to=None) | Q(allotted_to=OWN_WEB)).values_list("pk", flat=True))
    levels = {price: n for n, price in enumerate(prices(showtime))}
    drawn = [_row(list(group), own, to_be_had, levels) for _key, group in groupby(seats, key=_place)]
    return [row for row in drawn if row.spots]


def prices(showtime: Showtime) -> list[Decimal]:
    """All there are, the highest first."""
    found = ShowSeat.objects.filter(showtime=showtime.pk).order_by().values_list("price", flat=True).distinct()
    return sorted(found, reverse=True)


def _place(seat: ShowSeat) -> tuple[str, str]:
    return seat.seat.section, seat.seat.row_label


def _row(seats: list[ShowSeat], own: Booking, to_be_had: set[int], levels: Mapping[Decimal, int]) -> Row:
    spots = [
        Spot(
            label=one.label,
            number=one.seat.number,
            name=_name(one),
            sign=SIGNS.get(one.seat.seat_type, ""),
            price=one.price,
            level=min(levels[one.price], 5),
            is_own=one.claim == own.pk,
            is_free=one.pk in to_be_had,
        )
        for one in seats
    ]
    return Row(seats[0].seat.row_label, seats[0].seat.section, spots)


def _name(seat: ShowSeat) -> str:
    kind = seat.seat.seat_type
    return seat.label if kind == SeatType.STANDARD else _("%(seat)s, %(kind)s") % {
        "seat": seat.label, "kind": SeatType(kind).label,
    }  # fmt: skip
