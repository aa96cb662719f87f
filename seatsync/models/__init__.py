"""Who has which seat, on every channel. `inventory` and `opening` alone write seats, inventories and the journal."""

from seatsync.models.channels import SCOPES, Channel, ChannelKey
from seatsync.models.reports import Conflict
from seatsync.models.seats import Action, SeatEvent, SeatStatus, ShowInventory, ShowSeat, Source

__all__ = [
    "SCOPES",
    "Action",
    "Channel",
    "ChannelKey",
    "Conflict",
    "SeatEvent",
    "SeatStatus",
    "ShowInventory",
    "ShowSeat",
    "Source",
]
