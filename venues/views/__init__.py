"""The pages of what is on and of the seats: parse, one call, render."""

from venues.views.programme import home, movie, poster
from venues.views.reviews import review
from venues.views.search import results as search
from venues.views.seats import hold, showtime

__all__ = ["hold", "home", "movie", "poster", "review", "search", "showtime"]
