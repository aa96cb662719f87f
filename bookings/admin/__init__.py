"""Django admin of the customers' side: bookings and their story, tickets, exchanges, notices, codes, fees, reviews."""

from bookings.admin import bookings, exchanges, prices, promos, reviews, tickets, waiting

__all__ = ["bookings", "exchanges", "prices", "promos", "reviews", "tickets", "waiting"]
