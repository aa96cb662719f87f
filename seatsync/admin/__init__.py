"""Django admin of who has which seat: journal and seats, channels and keys, conflicts, webhooks, imports."""

from seatsync.admin import allotments, channels, conflicts, journal, reconciliations, salesfiles, webhooks

__all__ = ["allotments", "channels", "conflicts", "journal", "reconciliations", "salesfiles", "webhooks"]
