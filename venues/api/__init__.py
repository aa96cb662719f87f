"""Edge: what is on, and making venues, halls, events and showtimes, over HTTP."""

from venues.api.catalogue import Events, Halls, Showtimes, Venues
from venues.api.listings import NowShowing, ShowtimesOfMovie

__all__ = ["Events", "Halls", "NowShowing", "Showtimes", "ShowtimesOfMovie", "Venues"]
