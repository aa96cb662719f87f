"""Who wants to be told when tickets of a movie are on sale."""

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from showsewa import ids
from showsewa.promises import Promise
from venues.models import Movie

# When one that still waits for sales to open falls due.
NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)


class OpeningNotice(Promise):
    """One message, sent once, when the first showtime of a movie in a city is on sale."""

    class Medium(models.TextChoices):
        EMAIL = "EMAIL", _("E-mail")
        SMS = "SMS", _("SMS")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="opening_notices", db_index=False)
    city = models.CharField(_("city"), max_length=80)
    medium = models.CharField(_("medium"), max_length=5, choices=Medium.choices)
    address = models.CharField(_("address"), max_length=254)
    language = models.CharField(_("language"), max_length=12, default="en")  # numerals.tag
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("notice of sales")
        verbose_name_plural = _("notices of sales")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address", "movie", "city"], name="opening_notice_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="opening_notice_open"),
        ]

    def __str__(self) -> str:
        return f"{self.movie}, {self.city}: {self.address}"
