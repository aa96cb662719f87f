"""Tickets: one seat of one booking each, live, given back, or archived."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from seatsync.models import ShowSeat
from showsewa import ids


class Ticket(models.Model):
    """One seat of one booking at its price. Live until `released_at`; one live ticket a seat, by the index."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="tickets")
    show_seat = models.ForeignKey(ShowSeat, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    label = models.CharField(_("seat"), max_length=12)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    # Its share of the booking's, where that is one sum for all.
    fee = models.DecimalField(_("fee"), max_digits=12, decimal_places=2, default=0, db_default=0)
    tax = models.DecimalField(_("tax on top"), max_digits=12, decimal_places=2, default=0, db_default=0)
    # Of the fee and the tax on it: what does not come back when the customer gives the ticket back.
    fee_kept = models.DecimalField(_("fee that stays"), max_digits=12, decimal_places=2, default=0, db_default=0)
    released_at = models.DateTimeField(null=True, editable=False)
    checked_in_at = models.DateTimeField(_("checked in"), null=True, editable=False)
    # Of an ended ticket: the one that took its place, where its holder was given another seat.
    moved_to = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False, editable=False
    )
    # Which link to this one ticket is good: taking a link back counts up.
    link_number = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints: ClassVar = [
            # The last line of defence behind the seat row's own status.
            models.UniqueConstraint(
                fields=["show_seat"], condition=Q(released_at=None), name="ticket_one_live_per_seat"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0, discount__lte=F("price")), name="ticket_price_sane"
            ),
            models.CheckConstraint(
                condition=Q(fee__gte=0, tax__gte=0, fee_kept__gte=0, fee_kept__lte=F("fee") + F("tax")),
                name="ticket_fee_sane",
            ),
        ]
        indexes: ClassVar = [
            # For the key's own check, when a ticket is archived.
            models.Index(fields=["moved_to"], condition=Q(moved_to__isnull=False), name="ticket_moved_to"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def paid(self) -> Decimal:
        return self.price - self.discount + self.fee + self.tax


class ArchivedTicket(models.Model):
    """A ticket of a booking that ended without a show 30 days ago, moved here as it was (JOB-3)."""

    id = models.UUIDField(primary_key=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="archived_tickets")
    label = models.CharField(max_length=12)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    discount = models.DecimalField(max_digits=12, decimal_places=2)
    fee = models.DecimalField(max_digits=12, decimal_places=2, default=0, db_default=0)
    tax = models.DecimalField(max_digits=12, decimal_places=2, default=0, db_default=0)
    released_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("archived ticket")
        verbose_name_plural = _("archived tickets")

    def __str__(self) -> str:
        return self.label
