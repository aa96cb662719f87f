"""Django admin of the customers' side: bookings with their whole story, tickets, notices, promo codes."""

from bookings.admin import bookings, promos, tickets

__all__ = ["bookings", "promos", "tickets"]
