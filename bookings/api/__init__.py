"""The bookings API: parse, one call, render."""

from bookings.api.best import BestSeats, HoldBest
from bookings.api.bookings import Bookings, Cancel, Confirm, Detail, Finish, Price
from bookings.api.holds import Extend, Hold, Release, ReleaseAll

__all__ = [
    "BestSeats",
    "Bookings",
    "Cancel",
    "Confirm",
    "Detail",
    "Extend",
    "Finish",
    "Hold",
    "HoldBest",
    "Price",
    "Release",
    "ReleaseAll",
]
