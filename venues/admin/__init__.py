"""Django admin of what exists: cinemas, halls and their drawings, movies, showtimes and their prices."""

from venues.admin import cinemas, halls, movies, showtimes

__all__ = ["cinemas", "halls", "movies", "showtimes"]
