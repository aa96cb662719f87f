"""Reviews by people who were there."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from showsewa import ids
from venues.models import Cinema, Movie


@pghistory.track()
class Review(models.Model):
    """What somebody who was there thought of the movie or of the cinema: one a person and thing.

    author: the owner of the booking that proves it, or the booking itself where its owner is who sold it.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    movie = models.ForeignKey(
        Movie, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    cinema = models.ForeignKey(
        Cinema, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="reviews", editable=False)
    author = models.CharField(max_length=120, editable=False)
    name = models.CharField(_("name"), max_length=40, blank=True, editable=False)
    rating = models.PositiveSmallIntegerField(_("rating"), editable=False)
    text = models.TextField(_("review"), max_length=2000, blank=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True, editable=False)
    hidden_reason = models.CharField(_("why it is hidden"), max_length=255, blank=True, editable=False)
    created_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        permissions: ClassVar = [("hide_review", _("Can hide reviews"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(movie=None, cinema__isnull=False) | Q(movie__isnull=False, cinema=None),
                name="review_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="review_rating_1_to_5"),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_reason="") | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="review_hidden_for_a_reason",
            ),
            models.UniqueConstraint(fields=["movie", "author"], name="review_unique_of_movie"),
            models.UniqueConstraint(fields=["cinema", "author"], name="review_unique_of_cinema"),
        ]

    def __str__(self) -> str:
        return f"{self.movie or self.cinema}: {self.rating}/5"


class HelpfulVote(models.Model):
    """Somebody with an account found a review helpful: once, by the row, and never their own (`services.reviews`)."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="votes", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("helpful vote")
        verbose_name_plural = _("helpful votes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "user"], name="helpful_vote_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.user_id}"
