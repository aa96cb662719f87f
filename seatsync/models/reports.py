"""What channels report of their sales, and where two of them disagree."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from seatsync.models.channels import Channel
from seatsync.models.seats import ShowSeat, Source
from showsewa import ids


class Conflict(models.Model):
    """Two sales of one seat, both reported as done. The first commit keeps the seat; staff decide the rest."""

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        SOLVED = "SOLVED", _("Solved")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    seat = models.ForeignKey(ShowSeat, on_delete=models.PROTECT, related_name="conflicts")
    holder_claim = models.UUIDField(editable=False)
    holder_source = models.CharField(max_length=14, editable=False)
    holder_reference = models.CharField(max_length=120, blank=True, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="conflicts", db_index=False)
    source = models.CharField(max_length=14, choices=Source.choices, editable=False)
    reference = models.CharField(max_length=120, editable=False)
    reported_for = models.DateTimeField(null=True, editable=False, help_text="When the channel says it sold the seat.")
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.OPEN)
    note = models.TextField(_("what was done"), blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    solved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        constraints: ClassVar = [
            # The same report repeated is the same conflict.
            models.UniqueConstraint(fields=["channel", "reference", "seat"], name="conflict_unique"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], condition=Q(status="OPEN"), name="conflict_open")]

    def __str__(self) -> str:
        return f"{self.seat.label}: {self.reference} against {self.holder_reference}"
