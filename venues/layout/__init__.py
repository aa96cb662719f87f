"""Hall layouts, pure: `parse` reads them from JSON, `dump` writes them. Other formats are in `venues.formats`."""

from venues.layout.build import MOST_SEATS
from venues.layout.document import dump, parse
from venues.layout.faults import LayoutInvalid
from venues.layout.parts import (
    Aisle,
    Facility,
    Layout,
    Place,
    Row,
    Screen,
    Seat,
    SeatType,
    Section,
    zone_of,
)

__all__ = [
    "MOST_SEATS",
    "Aisle",
    "Facility",
    "Layout",
    "LayoutInvalid",
    "Place",
    "Row",
    "Screen",
    "Seat",
    "SeatType",
    "Section",
    "dump",
    "parse",
    "zone_of",
]
