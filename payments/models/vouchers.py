"""Gift vouchers: what each is worth is the sum of its ledger, which only grows."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from payments.models.payments import Payment, Refund
from showsewa import ids
from venues.models import Cinema


class GiftVoucher(models.Model):
    """A promise to whoever knows its code. Of the code only its digest is kept, and four letters to speak of it by."""

    class Reason(models.TextChoices):
        SOLD = "SOLD", _("Sold")
        GOODWILL = "GOODWILL", _("Goodwill")
        CONFLICT = "CONFLICT", _("For seats that were sold twice")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    last4 = models.CharField(_("last letters"), max_length=4, editable=False)
    cinema = models.ForeignKey(
        Cinema,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="vouchers",
        verbose_name=_("where it is taken"),
        help_text=_("Empty: everywhere."),
    )
    sold_at = models.ForeignKey(
        Cinema, null=True, on_delete=models.PROTECT, related_name="vouchers_sold", verbose_name=_("sold at")
    )
    currency = models.CharField(_("currency"), max_length=3)
    expires_on = models.DateField(_("good until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=8, choices=Reason.choices)
    # The gateway its price was paid at; empty where nobody paid for it.
    tender = models.CharField(_("paid by"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=255, blank=True)
    issued_by = models.CharField(_("issued by"), max_length=120, editable=False)
    created_at = models.DateTimeField(_("issued"), db_default=Now(), editable=False)
    blocked_at = models.DateTimeField(_("blocked"), null=True, editable=False)

    class Meta:
        verbose_name = _("gift voucher")
        verbose_name_plural = _("gift vouchers")
        permissions: ClassVar = [
            ("issue_giftvoucher", _("Can give gift vouchers away")),
            ("cancel_giftvoucher", _("Can cancel what is left of gift vouchers")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reason="SOLD", sold_at__isnull=False, tender__gt="") | (~Q(reason="SOLD") & Q(tender="")),
                name="gift_voucher_paid_if_sold",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_on"], condition=Q(expires_on__isnull=False), name="gift_voucher_to_expire")
        ]

    def __str__(self) -> str:
        return f"…{self.last4}"


class VoucherEntry(models.Model):
    """One line of a voucher's ledger. A payment spends once and a refund returns once, by constraint."""

    class Kind(models.TextChoices):
        ISSUE = "ISSUE", _("Issued")
        SPEND = "SPEND", _("Spent")
        RETURN = "RETURN", _("Came back")
        EXPIRE = "EXPIRE", _("Expired")
        CORRECT = "CORRECT", _("Corrected")

    voucher = models.ForeignKey(GiftVoucher, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("what"), max_length=7, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    payment = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="voucher_entry")
    refund = models.OneToOneField(Refund, null=True, on_delete=models.PROTECT, related_name="voucher_entry")
    actor = models.CharField(_("by"), max_length=120)
    note = models.CharField(_("note"), max_length=255, blank=True)
    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("line of a gift voucher")
        verbose_name_plural = _("lines of gift vouchers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["ISSUE", "RETURN"], amount__gt=0)
                | Q(kind__in=["SPEND", "EXPIRE"], amount__lt=0)
                | (Q(kind="CORRECT") & ~Q(amount=0)),
                name="voucher_entry_signed",
            ),
            models.CheckConstraint(
                condition=Q(kind="SPEND", payment__isnull=False, refund=None)
                | Q(kind="RETURN", refund__isnull=False, payment=None)
                | (~Q(kind__in=["SPEND", "RETURN"]) & Q(payment=None, refund=None)),
                name="voucher_entry_of_its_cause",
            ),
            models.UniqueConstraint(
                fields=["voucher"], condition=Q(kind="ISSUE"), name="voucher_entry_one_issue_per_voucher"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="voucher_entry_by_day")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_below_zero",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                # Locks the voucher first, then sums in a new statement: two who spend at once see each other.
                declare=[("worth", "numeric")],
                func="""
                    PERFORM FROM payments_giftvoucher WHERE id = NEW.voucher_id FOR NO KEY UPDATE;
                    SELECT sum(amount) INTO worth FROM payments_voucherentry WHERE voucher_id = NEW.voucher_id;
                    IF worth < 0 THEN
                        RAISE EXCEPTION 'voucher % would be worth %', NEW.voucher_id, worth
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_never_below_zero';
                    END IF;
                    RETURN NULL;""",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
