"""Edge: seat maps, reports of sales, blocks, conflicts and the journal over HTTP."""

from seatsync.api.blocks import Block, Unblock
from seatsync.api.channel import WhoAmI
from seatsync.api.maps import Availability, Inventory, Prices, SeatMap, State
from seatsync.api.records import Conflicts, Events
from seatsync.api.reports import BulkUpdate

__all__ = [
    "Availability",
    "Block",
    "BulkUpdate",
    "Conflicts",
    "Events",
    "Inventory",
    "Prices",
    "SeatMap",
    "State",
    "Unblock",
    "WhoAmI",
]
