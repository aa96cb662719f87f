"""Django admin of who has which seat: journal and seats, channels and keys, conflicts, reports, webhooks, imports."""

from seatsync.admin import (
    allotments,
    channels,
    conflicts,
    journal,
    openings,
    reconciliations,
    reports,
    salesfiles,
    webhooks,
)

__all__ = [
    "allotments",
    "channels",
    "conflicts",
    "journal",
    "openings",
    "reconciliations",
    "reports",
    "salesfiles",
    "webhooks",
]
