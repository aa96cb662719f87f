"""What the seats of a showtime cost, class by class, as its price rows say now."""

from dataclasses import dataclass
from decimal import Decimal

from venues.models import Price, Seat, SeatType, Showtime


@dataclass(frozen=True, slots=True)
class ClassPrice:
    """A class is a zone with a seat type. amount: None when no row prices it."""

    zone: str
    seat_type: str
    seats: int
    amount: Decimal | None

    @property
    def seat_type_name(self) -> str:
        return str(SeatType(self.seat_type).label)


def price_table(showtime: Showtime) -> list[ClassPrice]:
    """The most specific row wins, as when sales are opened: zone and type, zone, type, anything."""
    given = {(row.zone, row.seat_type): row.amount for row in Price.objects.filter(showtime=showtime)}
    classes: dict[tuple[str, str], int] = {}
    seats = Seat.objects.filter(layout_id=showtime.layout_id).order_by("ordinal").values_list("zone", "seat_type")
    for key in seats:
        classes[key] = classes.get(key, 0) + 1
    return [
        ClassPrice(zone, seat_type, count, _amount(given, zone, seat_type))
        for (zone, seat_type), count in classes.items()
    ]


def _amount(given: dict[tuple[str, str], Decimal], zone: str, seat_type: str) -> Decimal | None:
    for key in ((zone, seat_type), (zone, ""), ("", seat_type), ("", "")):
        if key in given:
            return given[key]
    return None
