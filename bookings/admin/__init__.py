"""Django admin of the customers' side: bookings with their whole story, tickets, notices, promo codes, reviews."""

from bookings.admin import bookings, promos, reviews, tickets

__all__ = ["bookings", "promos", "reviews", "tickets"]
