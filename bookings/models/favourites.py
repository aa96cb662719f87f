"""The movies and cinemas somebody likes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from venues.models import Cinema, Movie


class Favourite(models.Model):
    """A heart on one movie or one cinema."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites", db_index=False
    )
    movie = models.ForeignKey(Movie, null=True, on_delete=models.CASCADE, related_name="favourites")
    cinema = models.ForeignKey(Cinema, null=True, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(movie=None, cinema__isnull=False) | Q(movie__isnull=False, cinema=None),
                name="favourite_of_one_thing",
            ),
            models.UniqueConstraint(fields=["user", "movie"], name="favourite_movie_once"),
            models.UniqueConstraint(fields=["user", "cinema"], name="favourite_cinema_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.movie or self.cinema}"
