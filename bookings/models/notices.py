"""The notices promised to people."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from showsewa import ids
from showsewa.promises import Promise


class Notice(Promise):
    """A promised e-mail or SMS. `about` tells two of a kind apart (a refund's id)."""

    class Kind(models.TextChoices):
        CONFIRMATION = "CONFIRMATION", _("Confirmation")
        REMINDER = "REMINDER", _("Reminder")
        CANCELLATION = "CANCELLATION", _("Cancellation")
        REFUND = "REFUND", _("Refund")
        LATE_PAYMENT = "LATE_PAYMENT", _("Paid too late")
        SEATS_CHANGED = "SEATS_CHANGED", _("Other seats")
        PAY_LATER = "PAY_LATER", _("To be paid at the counter")
        PAY_REMINDER = "PAY_REMINDER", _("Reminder to pay")
        NOT_PAID = "NOT_PAID", _("Not paid in time")
        SEATS_OFFERED = "SEATS_OFFERED", _("Seats came free")
        EXCHANGED = "EXCHANGED", _("Seats exchanged")

    class Medium(models.TextChoices):
        EMAIL = "EMAIL", _("E-mail")
        SMS = "SMS", _("SMS")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(_("kind"), max_length=13, choices=Kind.choices)
    medium = models.CharField(_("medium"), max_length=5, choices=Medium.choices)
    about = models.CharField(max_length=36, blank=True)
    # What it has to say that no row of ours keeps: sums of money, as they were when it was promised.
    facts = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        permissions: ClassVar = [("resend_notice", _("Can send a notice again"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["booking", "kind", "medium", "about"], name="notice_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="notice_open")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.medium}"
