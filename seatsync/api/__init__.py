"""Edge: seat maps, reports of sales, blocks, conflicts and the journal over HTTP."""

from seatsync.api.allotments import Allotments
from seatsync.api.blocks import Block, Unblock
from seatsync.api.channel import WhoAmI
from seatsync.api.conflicts import Alarm, AnswerConflict, Conflicts
from seatsync.api.maps import Availability, Inventory, Prices, SeatMap, State
from seatsync.api.reconciling import Checksum, OneReconciliation, Reconcile, ReconcileBatch, Reconciliations
from seatsync.api.records import Events
from seatsync.api.reports import BulkUpdate

__all__ = [
    "Alarm",
    "Allotments",
    "AnswerConflict",
    "Availability",
    "Block",
    "BulkUpdate",
    "Checksum",
    "Conflicts",
    "Events",
    "Inventory",
    "OneReconciliation",
    "Prices",
    "Reconcile",
    "ReconcileBatch",
    "Reconciliations",
    "SeatMap",
    "State",
    "Unblock",
    "WhoAmI",
]
