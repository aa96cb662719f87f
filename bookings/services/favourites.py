"""Liking a movie or a cinema, and being told when tickets of a liked movie are on sale."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bookings import favourites
from bookings.models import Favourite
from bookings.services import openings
from seatsync.models import OpeningNotice
from showsewa import numerals
from showsewa.models import User
from showsewa.promises import OPEN
from showsewa.refusals import Invalid
from showsewa.transactions import use_case
from venues.models import Movie

MOST = 100


def add(user: User, *, city: str, now: datetime, **thing: Any) -> None:
    """thing: movie= or cinema=. Adding it again changes nothing. city: where to look for its tickets.

    Refuses: Invalid for one more than one may have.
    """
    theirs = Favourite.objects.filter(user=user)
    if theirs.count() >= MOST and not theirs.filter(**thing).exists():
        raise Invalid(_("You have as many favourites as one may have."))
    Favourite.objects.bulk_create([Favourite(user=user, **thing)], ignore_conflicts=True)
    if "movie" in thing:
        follow(user, city=city, now=now)


def remove(user: User, **thing: Any) -> None:
    Favourite.objects.filter(user=user, **thing).delete()
    if movie := thing.get("movie"):
        _unfollow(user, [movie])


def follow(user: User, *, city: str, now: datetime) -> None:
    """Let what is promised of sales say what the account says now: of every favourite not on sale, or of none."""
    movies = [row.movie for row in favourites.of(user.pk) if row.movie]
    if not user.wants_openings:
        _unfollow(user, movies)
        return
    language = numerals.tag(user.language)
    for movie in movies:
        try:
            openings.ask(movie_id=movie.pk, city=city, address=user.email, language=language, now=now)
        except Invalid:
            continue  # on sale already, or nowhere to be on sale


@use_case
def _unfollow(user: User, movies: list[Movie]) -> None:
    OpeningNotice.objects.filter(OPEN, address=user.email, movie__in=movies).delete()
