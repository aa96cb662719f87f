"""Django admin of the customers' side: bookings and their story, tickets, exchanges, notices, codes, fees, reviews."""

from bookings.admin import bookings, exchanges, parties, prices, promos, reviews, tickets, waiting

__all__ = ["bookings", "exchanges", "parties", "prices", "promos", "reviews", "tickets", "waiting"]
