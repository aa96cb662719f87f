"""Who has which seat, on every channel, and what is said of it to whom."""

from seatsync.models.announcements import Announcement, ChannelNotice, Delivery, Subscription, Topic, Unannounced
from seatsync.models.blocks import BlockEnd
from seatsync.models.channels import OWN_COUNTER, OWN_WEB, SCOPES, Allotment, Channel, ChannelKey
from seatsync.models.files import SalesFile
from seatsync.models.openings import OpeningNotice
from seatsync.models.reports import Conflict, ManagerNotice, Outcome, Reconciliation, SeatReport
from seatsync.models.seats import Action, SeatEvent, SeatStatus, ShowInventory, ShowSeat, Source

__all__ = [
    "OWN_COUNTER",
    "OWN_WEB",
    "SCOPES",
    "Action",
    "Allotment",
    "Announcement",
    "BlockEnd",
    "Channel",
    "ChannelKey",
    "ChannelNotice",
    "Conflict",
    "Delivery",
    "ManagerNotice",
    "OpeningNotice",
    "Outcome",
    "Reconciliation",
    "SalesFile",
    "SeatEvent",
    "SeatReport",
    "SeatStatus",
    "ShowInventory",
    "ShowSeat",
    "Source",
    "Subscription",
    "Topic",
    "Unannounced",
]
