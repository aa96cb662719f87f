"""What channels report of their sales, and where two of them disagree."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from seatsync.models.channels import Channel
from seatsync.models.seats import SeatStatus, ShowSeat, Source
from showsewa import ids
from showsewa.promises import Promise
from venues.models import Showtime


class Outcome(models.TextChoices):
    """What became of one line of a report (RELIABILITY E1, E3). The API says these words."""

    APPLIED = "applied", _("Applied")
    OVER_HOLD = "applied_over_hold", _("Applied over a hold")
    OVER_PAYMENT = "applied_over_payment", _("Applied over a payment under way")
    OVER_BLOCK = "applied_over_block", _("Applied over a block")
    DUPLICATE = "duplicate", _("Known already")
    SUSPECT = "duplicate_suspect", _("Probably known under another reference")
    STALE = "stale", _("Older than what we know")
    TOMBSTONE = "tombstone", _("Cancelled before it was sold")
    CONFLICT = "conflict", _("Sold twice")
    REJECTED = "rejected", _("Not possible")
    NOT_YOURS = "not_yours", _("Another's sale")
    BUSY = "busy", _("Seat was being changed")


class SeatReport(models.Model):
    """One line of a channel's report, as it came, and what became of it. Written once, never changed."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="reports", db_index=False)
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="+", db_index=False)
    seat = models.ForeignKey(ShowSeat, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    seat_name = models.CharField(_("seat"), max_length=40, help_text="As the channel wrote it.")
    status = models.CharField(_("status"), max_length=9, choices=SeatStatus.choices)
    source = models.CharField(_("source"), max_length=14, choices=Source.choices)
    reference = models.CharField(_("their reference"), max_length=120, blank=True)
    sold_at = models.DateTimeField(_("their time"), null=True)
    is_backfill = models.BooleanField(default=False)
    outcome = models.CharField(_("outcome"), max_length=24, choices=Outcome.choices)
    code = models.CharField(max_length=32, blank=True)
    conflict = models.ForeignKey(
        "seatsync.Conflict", null=True, on_delete=models.PROTECT, related_name="reports", db_index=False
    )
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("reported seat")
        verbose_name_plural = _("reported seats")
        indexes: ClassVar = [
            models.Index(fields=["showtime", "channel", "seat"], name="seat_report_of_seat"),
            models.Index(fields=["channel", "received_at"], name="seat_report_by_time"),
            # A till that repeats its whole list every minute: its last word on a key is still the first one read.
            models.Index(fields=["seat", "channel", "reference", "-id"], name="seat_report_last_word"),
            models.Index(fields=["received_at"], condition=Q(outcome="duplicate_suspect"), name="seat_report_suspect"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.seat_name} {self.status}: {self.outcome}"


class Conflict(models.Model):
    """Two sales of one seat, both done. The first commit keeps the seat until policy or staff decide.

    The holder is the sale that has the seat, the reporter (`channel`) the one that came second.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Open")
        SOLVED = "SOLVED", _("Solved")

    class Winner(models.TextChoices):
        HOLDER = "HOLDER", _("Who had the seat")
        REPORTER = "REPORTER", _("Who reported it")

    class Resolution(models.TextChoices):
        """What the loser got."""

        REBOOKED = "REBOOKED", _("Another seat")
        REFUNDED = "REFUNDED", _("The money back")
        ACCEPTED = "ACCEPTED", _("The platform sees to its own customer")
        GONE = "GONE", _("One of the two sales was cancelled")
        BY_HAND = "BY_HAND", _("Solved by hand")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    seat = models.ForeignKey(ShowSeat, on_delete=models.PROTECT, related_name="conflicts")
    holder_claim = models.UUIDField(editable=False)
    holder_source = models.CharField(max_length=14, editable=False)
    holder_reference = models.CharField(max_length=120, blank=True, editable=False)
    holder_channel = models.ForeignKey(
        Channel, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="conflicts", db_index=False)
    source = models.CharField(max_length=14, choices=Source.choices, editable=False)
    reference = models.CharField(max_length=120, editable=False)
    reported_for = models.DateTimeField(null=True, editable=False, help_text="When the channel says it sold the seat.")
    status = models.CharField(_("status"), max_length=6, choices=Status.choices, default=Status.OPEN)
    deadline_at = models.DateTimeField(_("to be solved by"), null=True, editable=False)
    winner = models.CharField(_("who gets the seat"), max_length=8, choices=Winner.choices, blank=True)
    resolution = models.CharField(_("what the other got"), max_length=8, choices=Resolution.choices, blank=True)
    # Policy has had its try: what is still open after it is for a person, or for the platform that was asked.
    tried_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(_("platform asked"), null=True, editable=False)
    answer = models.CharField(_("the platform's answer"), max_length=8, blank=True, editable=False)
    # Where the loser sits instead.
    new_seat = models.ForeignKey(
        ShowSeat, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True, editable=False)
    note = models.TextField(_("what was done"), blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    solved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        constraints: ClassVar = [
            # The same report repeated is the same conflict.
            models.UniqueConstraint(fields=["channel", "reference", "seat"], name="conflict_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(status="OPEN"), name="conflict_open"),
            models.Index(fields=["holder_claim"], name="conflict_of_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.seat.label}: {self.reference} against {self.holder_reference}"


class ManagerNotice(Promise):
    """A promised mail to who manages the cinema: this conflict is open still. Due at its deadline, moot once solved."""

    conflict = models.OneToOneField(Conflict, on_delete=models.CASCADE, primary_key=True, related_name="manager_notice")

    class Meta:
        verbose_name = _("notice to managers")
        verbose_name_plural = _("notices to managers")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="manager_notice_open")
        ]

    def __str__(self) -> str:
        return f"{self.conflict_id}"


class Reconciliation(models.Model):
    """One comparison of a channel's list of sales with ours, showtime by showtime."""

    class Origin(models.TextChoices):
        API = "API", _("Sent by the channel")
        FILE = "FILE", _("Imported file")
        NIGHT = "NIGHT", _("Nightly report")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="reconciliations", db_index=False)
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="+", db_index=False)
    origin = models.CharField(_("origin"), max_length=5, choices=Origin.choices)
    theirs = models.PositiveIntegerField(_("seats they list"))
    ours = models.PositiveIntegerField(_("seats we have of them"))
    # [{seatNumber, kind: missing_here|missing_there|differs, theirs: reference, ours: reference, seatNow, code,
    # conflictId, fixed: {outcome, by, name, at}}]
    differences = models.JSONField(_("differences"), default=list)
    # {reference: [seats]}, their whole list: what the night compares with. Null: it was not whole, or a newer one came.
    listed = models.JSONField(null=True, editable=False)
    is_clean = models.BooleanField(_("agreed"), default=False)
    actor = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        indexes: ClassVar = [
            models.Index(fields=["channel", "-created_at"], name="reconciliation_by_channel"),
            models.Index(
                fields=["channel", "showtime"], condition=Q(listed__isnull=False), name="reconciliation_last_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}, {self.created_at:%Y-%m-%d %H:%M}"
