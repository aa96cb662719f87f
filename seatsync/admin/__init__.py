"""Django admin of who has which seat: the journal and its rows (read only), channels and keys, conflicts."""

from seatsync.admin import channels, conflicts, journal

__all__ = ["channels", "conflicts", "journal"]
