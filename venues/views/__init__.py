"""The pages of what is on and of the seats: parse, one call, render."""

from venues.views.openings import opening_notice, tell_me
from venues.views.places import cinema, coming, genre, week
from venues.views.programme import home, movie, poster
from venues.views.reviews import helpful, review
from venues.views.search import results as search
from venues.views.search import suggest
from venues.views.seats import hold, showtime

__all__ = [
    "cinema",
    "coming",
    "genre",
    "helpful",
    "hold",
    "home",
    "movie",
    "opening_notice",
    "poster",
    "review",
    "search",
    "showtime",
    "suggest",
    "tell_me",
    "week",
]
