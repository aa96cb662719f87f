"""Money nobody can place: a person decides."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from payments.models.payments import Payment, Refund, WebhookEvent
from showsewa import ids


class Case(models.Model):
    """Something about money that no rule of ours decides, with all that is known of it, until somebody has."""

    class Kind(models.TextChoices):
        WRONG_AMOUNT = "WRONG_AMOUNT", _("Another amount than asked")
        UNPLACED = "UNPLACED", _("Money for no payment of ours")
        REFUND_UNKNOWN = "REFUND_UNKNOWN", _("Refund with unknown result")
        REFUND_BY_HAND = "REFUND_BY_HAND", _("Refund to be made by hand")
        SETTLEMENT = "SETTLEMENT", _("Difference in a settlement")

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        SOLVED = "SOLVED", _("Solved")

    class Resolution(models.TextChoices):
        REFUNDED = "REFUNDED", _("Given back")
        ACCEPTED = "ACCEPTED", _("Accepted as payment")
        BY_HAND = "BY_HAND", _("Done by hand")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    gateway = models.CharField(_("gateway"), max_length=20)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="cases")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="cases")
    message = models.ForeignKey(WebhookEvent, null=True, on_delete=models.PROTECT, related_name="cases")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    detail = models.TextField(_("what is known"), blank=True)
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.OPEN)
    resolution = models.CharField(_("how it ended"), max_length=8, choices=Resolution.choices, blank=True)
    note = models.TextField(_("what was done"), blank=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    solved_at = models.DateTimeField(_("solved"), null=True, editable=False)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints: ClassVar = [
            # The same trouble told again is the same case.
            models.UniqueConstraint(
                fields=["kind", "payment", "refund", "message"], nulls_distinct=False, name="case_unique"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], condition=Q(status="OPEN"), name="case_open")]

    @property
    def given_back_by(self) -> datetime:
        """When a wrong sum goes back by itself, unless somebody has decided on it before."""
        return self.created_at + timedelta(hours=settings.CASE_HOURS)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount or '?'} {self.currency}"
