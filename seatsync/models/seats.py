"""Who has which seat. `inventory` and `opening` alone write these tables."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from venues.models import Seat, Showtime


class SeatStatus(models.TextChoices):
    AVAILABLE = "AVAILABLE", _("Available")
    HELD = "HELD", _("Held")
    BOOKED = "BOOKED", _("Booked")
    BLOCKED = "BLOCKED", _("Blocked")


class Source(models.TextChoices):
    """What a sale says it is."""

    SHOWSEWA = "SHOWSEWA", _("Our website")
    WALK_IN = "WALK_IN", _("Box office")
    OTHER_PLATFORM = "OTHER_PLATFORM", _("Other platform")
    POS_SYSTEM = "POS_SYSTEM", _("Theatre's own system")


class Action(models.TextChoices):
    """What can happen to a seat; `inventory.MOVES` says from where to where."""

    HOLD = "HOLD", _("held")
    BOOK = "BOOK", _("booked")
    BOOK_HELD = "BOOK_HELD", _("hold became a sale")
    HAND_ON = "HAND_ON", _("held seat given to another hold")
    RELEASE = "RELEASE", _("released")
    BLOCK = "BLOCK", _("blocked")
    UNBLOCK = "UNBLOCK", _("unblocked")
    REPORT = "REPORT", _("reported as sold")
    MOVE = "MOVE", _("sold seat given to another sale")
    ALLOT = "ALLOT", _("given to a channel")
    RETURN = "RETURN", _("taken back from a channel")


class ShowInventory(models.Model):
    """A showtime is on sale exactly when this row exists. `version` counts its seat changes without a gap."""

    showtime = models.OneToOneField(Showtime, on_delete=models.PROTECT, primary_key=True, related_name="inventory")
    version = models.PositiveIntegerField(default=0)
    price_version = models.PositiveIntegerField(default=1)
    seat_count = models.PositiveIntegerField()
    # So many want seats that people wait for their turn (bookings' waiting room). Here, because whoever shows or holds
    # seats reads this row anyway.
    is_crowded = models.BooleanField(default=False, db_default=False, editable=False)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("inventory")
        verbose_name_plural = _("inventories")

    def __str__(self) -> str:
        return f"{self.showtime} v{self.version}"


class ShowSeat(models.Model):
    """One seat of one showtime. Rows are inserted in layout order, so ordering by id is ordering by place."""

    showtime = models.ForeignKey(
        ShowInventory, on_delete=models.PROTECT, related_name="seats", db_column="showtime_id", db_index=False
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+", db_index=False)
    label = models.CharField(max_length=12)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    status = models.CharField(max_length=9, choices=SeatStatus.choices, default=SeatStatus.AVAILABLE)
    # The booking's UUID. A token, not a key: this app never learns what a booking is.
    claim = models.UUIDField(null=True)
    held_until = models.DateTimeField(null=True)
    # Only this channel may hold or sell the seat while it is free; to all others it looks blocked.
    allotted_to = models.ForeignKey(
        "seatsync.Channel", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("seat of a showtime")
        verbose_name_plural = _("seats of showtimes")
        permissions: ClassVar = [("block_seats", _("Can block and unblock seats"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["showtime", "label"], name="show_seat_unique"),
            models.CheckConstraint(condition=Q(status__in=SeatStatus.values), name="show_seat_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["HELD", "BOOKED"], claim__isnull=False)
                | Q(status__in=["AVAILABLE", "BLOCKED"], claim__isnull=True),
                name="show_seat_claimed_when_taken",
            ),
            models.CheckConstraint(
                condition=Q(status="HELD", held_until__isnull=False) | (~Q(status="HELD") & Q(held_until=None)),
                name="show_seat_deadline_when_held",
            ),
        ]
        # Matches the question every map read asks: how many holds of this showtime have lapsed?
        indexes: ClassVar = [
            models.Index(fields=["showtime", "held_until"], condition=Q(status="HELD"), name="show_seat_held")
        ]

    def __str__(self) -> str:
        return self.label


class SeatEvent(models.Model):
    """The journal: one row per operation and showtime. Replaying it from all AVAILABLE gives the rows."""

    showtime = models.ForeignKey(
        ShowInventory, on_delete=models.PROTECT, related_name="events", db_column="showtime_id", db_index=False
    )
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=9, choices=Action.choices)
    changes = models.JSONField(help_text="[[seat label, from, to], ...]")
    claim = models.UUIDField(null=True)
    actor = models.CharField(max_length=120)
    source = models.CharField(max_length=14, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("seat event")
        verbose_name_plural = _("journal of seats")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["showtime", "version"], name="seat_event_version_unique"),
            models.CheckConstraint(condition=Q(action__in=Action.values), name="seat_event_action_known"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"v{self.version} {self.action}"
