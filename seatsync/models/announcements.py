"""Telling the channels: one ordered feed of announcements, and their deliveries to who subscribed."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from seatsync.models.channels import Channel
from seatsync.models.seats import SeatEvent
from showsewa import ids
from showsewa.promises import Promise
from venues.models import Cinema, Showtime


class Topic(models.TextChoices):
    """The `type` of a webhook."""

    SEATS_CHANGED = "seat.changed", _("Seats changed")
    BOOKING_CONFIRMED = "booking.confirmed", _("Own booking confirmed")
    BOOKING_CHANGED = "booking.changed", _("Own booking has other seats")
    BOOKING_CANCELLED = "booking.cancelled", _("Own booking cancelled")
    SHOWTIME_OPENED = "showtime.opened", _("Showtime on sale")
    SHOWTIME_CHANGED = "showtime.changed", _("Showtime changed")
    SHOWTIME_CANCELLED = "showtime.cancelled", _("Showtime cancelled")
    CONFLICT = "seat.conflict", _("Own seat sold twice")
    CONFLICT_SOLVED = "conflict.solved", _("Conflict solved")
    ALLOTMENT_RETURNED = "allotment.returned", _("Allotted seats went back")
    TEST = "webhook.test", _("Test")


class Announcement(models.Model):
    """Something channels are told. `sequence` orders them all; it is given by `announcing.number`, and by it alone.

    Without a number the row is not announced yet. An id or a time cannot be the order: a transaction that took the
    lower id may commit after a reader has passed the higher one, and its row would never be read.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    sequence = models.BigIntegerField(null=True, unique=True, editable=False)
    topic = models.CharField(_("type"), max_length=20, choices=Topic.choices)
    cinema = models.ForeignKey(Cinema, on_delete=models.PROTECT, related_name="+", db_index=False)
    showtime = models.ForeignKey(Showtime, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whose business it is alone; null: every channel's of this cinema.
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    data = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="announcement_by_time"),
            models.Index(fields=["id"], condition=Q(sequence=None), name="announcement_unnumbered"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.topic}"


class Unannounced(models.Model):
    """A journal row that no announcement tells of yet: a queue, written with the row and emptied by `announcing`."""

    event = models.OneToOneField(
        SeatEvent, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )

    class Meta:
        verbose_name = _("unannounced seat event")
        verbose_name_plural = _("unannounced seat events")

    def __str__(self) -> str:
        return str(self.pk)


@pghistory.track(
    fields=["url", "topics", "disabled_at", "disabled_reason", "secret_number"], model_name="SubscriptionEvent"
)
class Subscription(models.Model):
    """An address of a channel that gets the announcements, one after the other in their order.

    `due_at` is the next try and also the lease of who tries. The secret is not stored: `signing` derives it.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="subscriptions")
    url = models.URLField(_("address"), max_length=500)
    topics = ArrayField(
        models.CharField(max_length=20, choices=Topic.choices),
        default=list,
        blank=True,
        verbose_name=_("types"),
        help_text=_("Empty: all."),
    )
    is_test = models.BooleanField(default=True, editable=False, help_text="Made by a test key: sandbox cinemas only.")
    secret_number = models.PositiveIntegerField(default=1, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    disabled_at = models.DateTimeField(_("disabled"), null=True, editable=False)
    disabled_reason = models.CharField(max_length=255, blank=True, editable=False)
    to_lose = models.PositiveSmallIntegerField(default=0, editable=False, help_text="Sandbox: deliveries to drop.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes: ClassVar = [models.Index(fields=["due_at"], condition=Q(disabled_at=None), name="subscription_due")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.url}"


class Delivery(models.Model):
    """One announcement on its way to one subscription, and how the last try went."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="deliveries")
    sequence = models.BigIntegerField(editable=False)  # the announcement's, so that order needs no join
    is_replay = models.BooleanField(default=False, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    done_at = models.DateTimeField(_("delivered"), null=True, editable=False)
    tried_at = models.DateTimeField(_("last try"), null=True, editable=False)
    answer_status = models.PositiveSmallIntegerField(_("answer"), null=True, editable=False)
    answer_body = models.TextField(_("what they answered"), blank=True, editable=False)
    took_ms = models.PositiveIntegerField(null=True, editable=False)
    last_error = models.CharField(_("error"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription", "announcement"], condition=Q(is_replay=False), name="delivery_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subscription", "sequence"], condition=Q(done_at=None), name="delivery_open"),
            models.Index(fields=["subscription", "-created_at"], name="delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} to {self.subscription_id}"


class ChannelNotice(Promise):
    """A promised e-mail to a channel's contact. `about`: the id of what it is about."""

    class Kind(models.TextChoices):
        WEBHOOK_DISABLED = "WEBHOOK_DISABLED", _("Webhook disabled")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    about = models.CharField(max_length=36, blank=True)
    facts = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("notice to a channel")
        verbose_name_plural = _("notices to channels")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="channel_notice_open")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.channel}"
