"""Invoices and credit notes: numbered without a gap per cinema and fiscal year, and never changed."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Exchange
from payments.models.payments import Refund
from showsewa import ids
from venues.models import Cinema


class InvoiceCounter(models.Model):
    """The last number given. Locked by who takes the next one, so there is neither a gap nor a twin."""

    cinema = models.ForeignKey(Cinema, on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.CharField(max_length=9)
    kind = models.CharField(max_length=7)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "invoice counter"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cinema", "fiscal_year", "kind"], name="invoice_counter_unique")
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year} {self.kind} {self.last}"


class Invoice(models.Model):
    """What a buyer was billed, or what was taken back of it, as it was on that day."""

    class Kind(models.TextChoices):
        INVOICE = "INVOICE", _("Invoice")
        CREDIT = "CREDIT", _("Credit note")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    cinema = models.ForeignKey(Cinema, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(_("kind"), max_length=7, choices=Kind.choices, default=Kind.INVOICE)
    fiscal_year = models.CharField(_("fiscal year"), max_length=9)
    number = models.PositiveIntegerField(_("number"))
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="invoices")
    original = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="credit_notes")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="credit_notes")
    # A sale's second invoice: the difference that was paid for other seats.
    exchange = models.OneToOneField(Exchange, null=True, on_delete=models.PROTECT, related_name="invoice")
    issued_at = models.DateTimeField(_("issued"))
    issued_on_bs = models.CharField(_("date (B.S.)"), max_length=10)
    seller = models.JSONField(help_text="Name, PAN and address of the cinema on that day.")
    buyer = models.JSONField(help_text="Name and PAN, as far as given.")
    lines = models.JSONField(help_text="[{text, textNe, quantity, price, discount, amount}], amounts as text.")
    taxes = models.JSONField(help_text="[{name, nameNe, percent, base, amount}], inside the total.")
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cinema", "fiscal_year", "kind", "number"], name="invoice_number_unique"),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(kind="INVOICE", exchange=None), name="invoice_one_per_booking"
            ),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(kind="CREDIT", refund__isnull=False), name="invoice_one_per_refund"
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.fiscal_year}-{self.number:06d}"


class InvoiceBuyer(models.Model):
    """A name and PAN somebody gave for their invoice before it was first printed; the last row counts."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="buyers")
    name = models.CharField(_("name"), max_length=120)
    pan = models.CharField(_("PAN"), max_length=20, blank=True)
    actor = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("buyer of an invoice")
        verbose_name_plural = _("buyers of invoices")
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="before_the_first_print",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # Waits for whoever prints it now, then looks in a new statement.
                func="""
                    PERFORM FROM payments_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
                    IF EXISTS (SELECT FROM payments_invoicecopy WHERE invoice_id = NEW.invoice_id) THEN
                        RAISE EXCEPTION 'this invoice was printed'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_buyer_before_print';
                    END IF;
                    RETURN NEW;""",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InvoiceCopy(models.Model):
    """Each print: 0 is the original, every later one "Copy of Original n"."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="copies")
    number = models.PositiveIntegerField(_("copy"))
    actor = models.CharField(max_length=120)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("print of an invoice")
        verbose_name_plural = _("prints of invoices")
        constraints: ClassVar = [models.UniqueConstraint(fields=["invoice", "number"], name="invoice_copy_unique")]
        triggers: ClassVar = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.invoice} ({self.number})"
