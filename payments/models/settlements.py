"""The day's books: what each gateway says it took and gave back, beside what we say; and the cash of each clerk."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from payments.models.cases import Case
from payments.models.payments import Payment, Refund
from showsewa import ids
from venues.models import Cinema


class Settlement(models.Model):
    """One gateway's day in one currency. Ours is counted from our rows, theirs from their list."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    gateway = models.CharField(_("gateway"), max_length=20)
    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    our_payments = models.DecimalField(_("our payments"), max_digits=14, decimal_places=2, default=0)
    our_refunds = models.DecimalField(_("our refunds"), max_digits=14, decimal_places=2, default=0)
    their_payments = models.DecimalField(_("their payments"), max_digits=14, decimal_places=2, null=True)
    their_refunds = models.DecimalField(_("their refunds"), max_digits=14, decimal_places=2, null=True)
    their_fees = models.DecimalField(_("their fees"), max_digits=14, decimal_places=2, null=True)
    is_balanced = models.BooleanField(_("agrees"), null=True)
    counted_at = models.DateTimeField(_("counted"), null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "day", "currency"], name="settlement_unique")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.day} {self.currency}"


class SettlementLine(models.Model):
    """One entry of a gateway's own list, matched to a row of ours or not."""

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", _("Payment")
        REFUND = "REFUND", _("Refund")

    class Difference(models.TextChoices):
        MISSING_HERE = "MISSING_HERE", _("Not in our books")
        MISSING_THERE = "MISSING_THERE", _("Not in their list")
        AMOUNT = "AMOUNT", _("Another amount")
        FEE = "FEE", _("Listed without their fee")

    settlement = models.ForeignKey(Settlement, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices)
    reference = models.CharField(_("gateway's reference"), max_length=120)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    fee = models.DecimalField(_("fee"), max_digits=12, decimal_places=2, default=0)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="settlement_lines")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="settlement_lines")
    difference = models.CharField(_("difference"), max_length=16, choices=Difference.choices, blank=True)
    # What a person made of the difference; it outlives every new count of the day.
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("explanation"), max_length=255, blank=True)
    explained_by = models.CharField(_("explained by"), max_length=120, blank=True, editable=False)
    explained_at = models.DateTimeField(_("explained"), null=True, editable=False)

    class Meta:
        verbose_name = _("settlement line")
        verbose_name_plural = _("settlement lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["settlement", "kind", "reference"], name="settlement_line_unique")
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"


class SettlementFile(models.Model):
    """A gateway's list, uploaded. The lines are kept until they are counted, the columns' meaning for the next file."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    gateway = models.CharField(_("gateway"), max_length=20)
    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    name = models.CharField(_("file"), max_length=120)
    header = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    actor = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    counted_at = models.DateTimeField(_("counted"), null=True, editable=False)

    class Meta:
        verbose_name = _("settlement file")
        verbose_name_plural = _("settlement files")

    def __str__(self) -> str:
        return self.name


class CashCount(models.Model):
    """A clerk's shift at the till: what lay in it, what came in by our rows, what was counted blind at its end."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    cinema = models.ForeignKey(Cinema, on_delete=models.PROTECT, related_name="+")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cash_counts")
    currency = models.CharField(_("currency"), max_length=3)
    float_amount = models.DecimalField(_("float"), max_digits=12, decimal_places=2)
    counted = models.DecimalField(_("counted"), max_digits=12, decimal_places=2, null=True)
    expected = models.DecimalField(_("expected"), max_digits=12, decimal_places=2, null=True)
    # The Z report, as it was when the shift was closed: sums as text, by the names of `payments.books.shifts.Report`.
    report = models.JSONField(default=dict, editable=False)
    note = models.CharField(_("note"), max_length=255, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("cash count")
        verbose_name_plural = _("cash counts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clerk"], condition=Q(closed_at=None), name="cash_count_one_open_per_clerk"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, counted=None, expected=None)
                | Q(closed_at__isnull=False, counted__isnull=False, expected__isnull=False),
                name="cash_count_closed_is_counted",
            ),
            models.CheckConstraint(condition=Q(float_amount__gte=0), name="cash_count_float_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.clerk} {self.opened_at:%Y-%m-%d %H:%M}"
