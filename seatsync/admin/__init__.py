"""Django admin of who has which seat: the journal and its rows (read only), channels and keys, conflicts."""

from seatsync.admin import allotments, channels, conflicts, journal

__all__ = ["allotments", "channels", "conflicts", "journal"]
