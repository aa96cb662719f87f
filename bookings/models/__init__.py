"""The customer's side: bookings (a hold is one), tickets, promo codes, and the notices promised to people."""

from bookings.models.bookings import MOVES, Booking, InvalidState
from bookings.models.checkins import CheckIn
from bookings.models.exchanges import Exchange
from bookings.models.favourites import Favourite
from bookings.models.notices import Notice
from bookings.models.parties import Party
from bookings.models.prices import FeeRule, TaxRule
from bookings.models.promos import PromoCode
from bookings.models.reviews import HelpfulVote, Review
from bookings.models.tickets import ArchivedTicket, Ticket
from bookings.models.waiting import Standby, Visitor, WaitingRoom

__all__ = [
    "MOVES",
    "ArchivedTicket",
    "Booking",
    "CheckIn",
    "Exchange",
    "Favourite",
    "FeeRule",
    "HelpfulVote",
    "InvalidState",
    "Notice",
    "Party",
    "PromoCode",
    "Review",
    "Standby",
    "TaxRule",
    "Ticket",
    "Visitor",
    "WaitingRoom",
]
