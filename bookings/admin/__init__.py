"""Django admin of the customers' side: bookings and their story, tickets, notices, promo codes, fees, reviews."""

from bookings.admin import bookings, prices, promos, reviews, tickets, waiting

__all__ = ["bookings", "prices", "promos", "reviews", "tickets", "waiting"]
