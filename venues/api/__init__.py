"""Edge: what is on, searching it, and keeping movies, theatres, halls and showtimes, over HTTP."""

from venues.api.catalogue import Events, Halls, Showtimes, Venues
from venues.api.listings import NowShowing, ShowtimesOfMovie
from venues.api.movies import Movies, OneMovie
from venues.api.search import SearchShows
from venues.api.shows import OneShow, Shows
from venues.api.theatres import OneTheatre, Screen, Theatres

__all__ = [
    "Events",
    "Halls",
    "Movies",
    "NowShowing",
    "OneMovie",
    "OneShow",
    "OneTheatre",
    "Screen",
    "SearchShows",
    "Shows",
    "Showtimes",
    "ShowtimesOfMovie",
    "Theatres",
    "Venues",
]
