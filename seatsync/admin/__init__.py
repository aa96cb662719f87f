"""Django admin of who has which seat: journal and seats, channels and keys, conflicts, reconciliations and imports."""

from seatsync.admin import allotments, channels, conflicts, journal, reconciliations, salesfiles

__all__ = ["allotments", "channels", "conflicts", "journal", "reconciliations", "salesfiles"]
