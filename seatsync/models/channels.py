"""Who sells: channels, their keys, and the seats given to them."""

import uuid
from decimal import Decimal
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from seatsync.models.seats import Source
from showsewa import ids
from venues.models import Cinema

# The two channels that are always there: what the website sells, and what the box office sells on our own page.
OWN_WEB = uuid.UUID("00000000-0000-7000-8000-000000000001")
OWN_COUNTER = uuid.UUID("00000000-0000-7000-8000-000000000002")


@pghistory.track()
class Channel(models.Model):
    """Who sells. Outside ones hold keys and are bound to cinemas and to sources; the own two need neither."""

    class Kind(models.TextChoices):
        WEB = "WEB", _("Our website")
        COUNTER = "COUNTER", _("Our counter")
        THEATRE = "THEATRE", _("Theatre's own system")
        PLATFORM = "PLATFORM", _("Outside platform")

    class Pricing(models.TextChoices):
        LIST = "LIST", _("List price")
        MARKUP = "MARKUP", _("List price plus a percentage")
        NET = "NET", _("List price less a percentage (what it owes us)")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    cinemas = models.ManyToManyField(Cinema, blank=True, related_name="channels")
    sources = ArrayField(models.CharField(max_length=14, choices=Source.choices), verbose_name=_("allowed sources"))
    pricing = models.CharField(_("pricing"), max_length=6, choices=Pricing.choices, default=Pricing.LIST)
    percent = models.DecimalField(
        _("percentage"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    contact = models.EmailField(_("contact"), blank=True)
    silent_after_minutes = models.PositiveIntegerField(
        _("silent after minutes"),
        null=True,
        blank=True,
        help_text=_("Without a word from it for so long, staff are told. Empty: never."),
    )
    # Which column of its sales file means what, remembered from the last import.
    file_columns = models.JSONField(default=dict, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(pricing="LIST", percent=0) | (~Q(pricing="LIST") & Q(percent__range=(0, 100))),
                name="channel_percent_sane",
                violation_error_message=_("The list price takes no percentage; others one from 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_own(self) -> bool:
        return self.pk in (OWN_WEB, OWN_COUNTER)


SCOPES = {
    "inventory:read": _("Read seat maps"),
    "holds:write": _("Hold seats"),
    "bookings:write": _("Book and cancel"),
    "bookings:read": _("Read own bookings"),
    "seatsync:write": _("Report sales"),
    "seats:block": _("Block seats"),
    "payments:refund": _("Refund"),
    "catalog:write": _("Create venues, halls, events and showtimes"),
    "reports:read": _("Read reports"),
    "webhooks:manage": _("Register webhooks and read the feed"),
}


@pghistory.track(exclude=["last_used_at", "hash"])
class ChannelKey(models.Model):
    """A bearer token of a channel: shown once, kept as SHA-256, two may live at a time for rotation."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=20, editable=False, help_text="Its first characters, to know it by.")
    hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=list(SCOPES.items())), verbose_name=_("scopes"))
    is_test = models.BooleanField(_("test key"), default=True, help_text=_("Reaches sandbox cinemas and no others."))
    addresses = ArrayField(
        models.CharField(max_length=43),
        default=list,
        blank=True,
        verbose_name=_("from these addresses only"),
        help_text=_("IP addresses or networks (203.0.113.0/24). Empty: from anywhere."),
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("channel key")
        verbose_name_plural = _("channel keys")

    def __str__(self) -> str:
        return f"{self.prefix}..."


@pghistory.track()
class Allotment(models.Model):
    """Seats of a showtime that only one channel may sell, until they go back by themselves (JOB-9).

    `ShowSeat.allotted_to` says it of each seat; `inventory` writes both ends.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    showtime = models.ForeignKey("seatsync.ShowInventory", on_delete=models.PROTECT, related_name="allotments")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="allotments", db_index=False)
    seat_labels = ArrayField(models.CharField(max_length=12), verbose_name=_("seats"))
    percent = models.PositiveSmallIntegerField(
        _("percentage"), null=True, blank=True, help_text=_("How it was asked for, when not seat by seat.")
    )
    release_minutes = models.PositiveIntegerField(_("goes back, minutes before the start"), default=120)
    release_at = models.DateTimeField(_("goes back"))
    released_at = models.DateTimeField(_("went back"), null=True, editable=False)
    actor = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("allotment")
        verbose_name_plural = _("allotments")
        indexes: ClassVar = [
            models.Index(fields=["release_at"], condition=Q(released_at=None), name="allotment_due"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {', '.join(self.seat_labels[:5])}"
