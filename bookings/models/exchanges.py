"""Exchanges: sales whose seats, or whose show, were changed for others."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from showsewa import ids
from venues.models import Showtime


class Exchange(models.Model):
    """A sale that got other seats, or waits to get them until the difference is paid. The sale goes on under its id.

    waiting: where something is to be paid first, the booking that holds the new seats and asks for it. An exchange
    that is not done when that ends has come to nothing. difference: what the new seats cost more, or less.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="exchanges", verbose_name=_("booking"))
    waiting = models.OneToOneField(
        Booking, null=True, on_delete=models.PROTECT, related_name="exchange", verbose_name=_("pays the difference")
    )
    old_showtime = models.ForeignKey(
        Showtime, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("old showtime")
    )
    new_showtime = models.ForeignKey(
        Showtime, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("new showtime")
    )
    old_seats = ArrayField(models.CharField(max_length=12), verbose_name=_("old seats"))
    new_seats = ArrayField(models.CharField(max_length=12), verbose_name=_("new seats"))
    difference = models.DecimalField(_("difference"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    actor = models.CharField(_("asked by"), max_length=120)
    created_at = models.DateTimeField(_("asked"), db_default=Now(), editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(difference__gt=0, waiting__isnull=False)
                | Q(difference__lte=0, waiting=None, done_at__isnull=False),
                name="exchange_paid_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.old_seats)} → {', '.join(self.new_seats)}"

    @property
    def is_same_show(self) -> bool:
        return self.new_showtime_id == self.old_showtime_id
