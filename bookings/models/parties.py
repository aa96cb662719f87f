"""Parties: one hold whose seats friends claim, each for themselves, and pay on their own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from showsewa import ids
from venues.models import Showtime


class Party(models.Model):
    """Whoever knows the token may claim seats until `expires_at`. Its bookings point here, the host's as well.

    seat_labels: what it began with. host: the hold that seats are claimed from.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    token = models.CharField(max_length=32, unique=True, editable=False)
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="parties", verbose_name=_("showtime"))
    host = models.OneToOneField(
        "bookings.Booking", on_delete=models.CASCADE, related_name="hosts", verbose_name=_("opened from")
    )
    seat_labels = ArrayField(models.CharField(max_length=12), verbose_name=_("seats"))
    expires_at = models.DateTimeField(_("open until"))
    made_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return ", ".join(self.seat_labels)
