"""Who sells: channels, their keys, and the seats given to them."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from seatsync.models.seats import Source
from showsewa import ids
from venues.models import Cinema


@pghistory.track()
class Channel(models.Model):
    """Who holds a key: a theatre's own system or an outside platform. Bound to cinemas and to sources."""

    class Kind(models.TextChoices):
        THEATRE = "THEATRE", _("Theatre's own system")
        PLATFORM = "PLATFORM", _("Outside platform")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    cinemas = models.ManyToManyField(Cinema, blank=True, related_name="channels")
    sources = ArrayField(models.CharField(max_length=14, choices=Source.choices), verbose_name=_("allowed sources"))
    contact = models.EmailField(_("contact"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return self.name


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
}


@pghistory.track(exclude=["last_used_at", "hash"])
class ChannelKey(models.Model):
    """A bearer token of a channel: shown once, kept as SHA-256, two may live at a time for rotation."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=20, editable=False, help_text="Its first characters, to know it by.")
    hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=list(SCOPES.items())), verbose_name=_("scopes"))
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("channel key")
        verbose_name_plural = _("channel keys")

    def __str__(self) -> str:
        return f"{self.prefix}..."
