"""Money in and money back. Rows here are evidence: they are never deleted, and their sums are guarded below."""

from datetime import datetime, timedelta
from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from showsewa import ids
from showsewa.promises import Promise

# Begins the session of a payment for which the gateway has not given one yet.
UNOPENED = "new_"


class Payment(models.Model):
    """One attempt to pay a booking through one gateway."""

    class Status(models.TextChoices):
        INITIATED = "INITIATED", _("Started")
        SUCCESS = "SUCCESS", _("Paid")
        FAILED = "FAILED", _("Failed")
        EXPIRED = "EXPIRED", _("Expired")
        REFUNDED = "REFUNDED", _("Refunded")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(_("gateway"), max_length=20)
    session = models.CharField(_("gateway's session"), max_length=120)
    intent = models.CharField(_("payment intent"), max_length=120, blank=True)
    url = models.CharField(max_length=500, blank=True, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.INITIATED)
    gateway_reference = models.CharField(_("gateway's reference"), max_length=120, blank=True)
    # What came in, if not what was asked for: kept for the person who has to place it.
    trouble = models.CharField(_("trouble"), max_length=255, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    poll_at = models.DateTimeField(null=True, editable=False, help_text="When to ask the gateway next; empty: no more.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions: ClassVar = [
            ("refund_booking", _("Can refund")),
            ("view_figures", _("Can see revenue, channels and other figures")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "session"], name="payment_session_unique"),
            # Two open sessions for one booking are how people pay twice.
            models.UniqueConstraint(
                fields=["booking"], condition=Q(status="INITIATED"), name="payment_one_open_per_booking"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["poll_at"], condition=Q(poll_at__isnull=False), name="payment_to_poll"),
            # A day's books, a clerk's shift.
            models.Index(
                fields=["settled_at"], condition=Q(status__in=["SUCCESS", "REFUNDED"]), name="payment_by_day_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.session}"


_P = Payment.Status

# Money that arrives after we gave a session up is still money: FAILED and EXPIRED may become SUCCESS, never back.
MOVES: dict[Payment.Status, frozenset[Payment.Status]] = {
    _P.INITIATED: frozenset({_P.SUCCESS, _P.FAILED, _P.EXPIRED}),
    _P.FAILED: frozenset({_P.SUCCESS}),
    _P.EXPIRED: frozenset({_P.SUCCESS}),
    _P.SUCCESS: frozenset({_P.REFUNDED}),
    _P.REFUNDED: frozenset(),
}


class WebhookEvent(models.Model):
    """The inbox: what a gateway told us, stored before anything is done about it, once per event."""

    gateway = models.CharField(_("gateway"), max_length=20)
    event_id = models.CharField(_("event"), max_length=120)
    body = models.TextField(_("body"))
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    processed_at = models.DateTimeField(_("processed"), null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    outcome = models.CharField(_("outcome"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        constraints: ClassVar = [models.UniqueConstraint(fields=["gateway", "event_id"], name="webhook_event_unique")]
        indexes: ClassVar = [
            models.Index(fields=["received_at"], condition=Q(processed_at=None), name="webhook_event_open")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


@pghistory.track()
class Refund(Promise):
    """Money promised back. Its id is the idempotency key at the gateway; the sum never exceeds what was paid."""

    class Reason(models.TextChoices):
        CANCELLED = "CANCELLED", _("Booking cancelled")
        LATE = "LATE", _("Paid after the seats were gone")
        DOUBLE = "DOUBLE", _("Paid twice")
        MISMATCH = "MISMATCH", _("Wrong amount or currency")
        STAFF = "STAFF", _("Given by staff")
        SEAT_LOST = "SEAT_LOST", _("Seat sold twice")
        UNPAID = "UNPAID", _("The rest was not paid in time")
        EXCHANGED = "EXCHANGED", _("Other seats, which cost less")

    # What we say to people; banks take so long to show what was sent at once.
    EXPECTED_WITHIN: ClassVar = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, default=100)
    reason = models.CharField(_("reason"), max_length=9, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=255, blank=True)
    actor = models.CharField(_("asked by"), max_length=120)
    gateway_reference = models.CharField(_("gateway's reference"), max_length=120, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        permissions: ClassVar = [("retry_refund", _("Can try a refund again"))]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive")]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="refund_open")
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="never_above_paid",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("amount", "payment_id"),
                # Locks the payment first, then sums in a new statement: two refunds at once see each other.
                declare=[("paid", "numeric"), ("back", "numeric")],
                func="""
                    SELECT amount INTO paid FROM payments_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
                    SELECT sum(amount) INTO back FROM payments_refund WHERE payment_id = NEW.payment_id;
                    IF back > paid THEN
                        RAISE EXCEPTION 'refunds of % exceed the payment of %', back, paid
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_never_above_paid';
                    END IF;
                    RETURN NULL;""",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_reason_display()}"

    @property
    def expected_by(self) -> datetime:
        return self.created_at + self.EXPECTED_WITHIN
