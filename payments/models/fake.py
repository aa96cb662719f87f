"""The test gateway's own books."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from showsewa.promises import Promise


class FakeCheckout(models.Model):
    """The test gateway's own books: what its hosted page was told. Ours never read it but through the gateway."""

    class Outcome(models.TextChoices):
        OPEN = "OPEN", "open"
        PAID = "PAID", "paid"
        DECLINED = "DECLINED", "declined"
        EXPIRED = "EXPIRED", "expired"

    session = models.CharField(max_length=80, primary_key=True)
    payment_intent = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    return_path = models.CharField(max_length=255)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "test checkout"

    def __str__(self) -> str:
        return self.session


class FakeCharge(models.Model):
    """Money the test gateway took, as its own list of the day tells it. A session charged twice has two."""

    reference = models.CharField(max_length=120, primary_key=True)
    session = models.CharField(max_length=80, db_index=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        verbose_name = "test charge"

    def __str__(self) -> str:
        return self.reference


class FakeMessage(Promise):
    """A webhook the test gateway still has to send: at once, late, or twice."""

    event_id = models.CharField(max_length=80)
    body = models.TextField()

    class Meta:
        verbose_name = "test gateway message"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="fake_message_open")
        ]

    def __str__(self) -> str:
        return self.event_id


class FakeRefund(models.Model):
    """A refund as the test gateway knows it, one per idempotency key."""

    key = models.CharField(max_length=80, primary_key=True)
    session = models.CharField(max_length=80, db_index=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "test refund"

    def __str__(self) -> str:
        return self.key
