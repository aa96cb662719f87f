"""Those who wait: for their turn at a showtime in a rush, and for seats of one that is sold out."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from bookings.models.bookings import Booking
from showsewa import ids
from venues.models import Showtime


class WaitingRoom(models.Model):
    """The rush at one showtime. `services.rooms` alone writes it; staff may set its limit beforehand.

    front: the highest number let in so far. rate: people let in a minute, None until that can be said. free, held: the
    seats when somebody was last let in, for what those who wait are told.
    """

    showtime = models.OneToOneField(Showtime, on_delete=models.CASCADE, primary_key=True, related_name="waiting_room")
    limit = models.PositiveIntegerField(
        _("people at a time"),
        null=True,
        blank=True,
        help_text=_("Who choose seats at once; empty for the usual number."),
    )
    opened_at = models.DateTimeField(_("open since"), null=True, editable=False)
    is_sold_out = models.BooleanField(_("sold out"), default=False, db_default=False, editable=False)
    last_number = models.PositiveIntegerField(_("have come"), default=0, db_default=0, editable=False)
    front = models.PositiveIntegerField(_("let in up to"), default=0, db_default=0, editable=False)
    rate = models.FloatField(_("let in a minute"), null=True, editable=False)
    free = models.PositiveIntegerField(_("free seats"), default=0, db_default=0, editable=False)
    held = models.PositiveIntegerField(_("held seats"), default=0, db_default=0, editable=False)
    advanced_at = models.DateTimeField(_("last let in"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("waiting room")
        verbose_name_plural = _("waiting rooms")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(front__lte=F("last_number")), name="waiting_room_front_has_come"),
        ]

    def __str__(self) -> str:
        return str(self.showtime)


class Visitor(models.Model):
    """One person's place in a waiting room: waiting while `until` is null, then let in until then.

    The place belongs to who it was given to (owner: an actor's key), so there is no token to steal or to sell.
    """

    room = models.ForeignKey(
        WaitingRoom, on_delete=models.CASCADE, related_name="visitors", db_column="showtime_id", db_index=False
    )
    owner = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    arrived_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    admitted_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("visitor of a waiting room")
        verbose_name_plural = _("visitors of waiting rooms")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "owner"], name="visitor_unique"),
            models.UniqueConstraint(fields=["room", "number"], name="visitor_number_unique"),
            models.CheckConstraint(
                condition=Q(admitted_at=None, until=None) | Q(admitted_at__isnull=False, until__isnull=False),
                name="visitor_let_in_until",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["room", "number"], condition=Q(until=None, left_at=None), name="visitor_waiting"),
            models.Index(fields=["room", "until"], condition=Q(left_at=None), name="visitor_let_in"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Standby(models.Model):
    """Somebody on the waiting list of a sold-out showtime. offer: seats held for them, if any came free."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        OFFERED = "OFFERED", _("Seats are held")
        TAKEN = "TAKEN", _("Seats were taken")
        LAPSED = "LAPSED", _("Seats were not taken in time")
        OVER = "OVER", _("The time is over")
        LEFT = "LEFT", _("Left the list")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    showtime = models.ForeignKey(Showtime, on_delete=models.CASCADE, related_name="standbys", db_index=False)
    owner = models.CharField(max_length=120, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=24, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")  # numerals.tag
    party = models.PositiveSmallIntegerField(_("people"), validators=[MinValueValidator(1), MaxValueValidator(50)])
    zone = models.CharField(_("part of the hall"), max_length=80, blank=True)
    until = models.DateTimeField(_("waits until"))
    status = models.CharField(_("status"), max_length=7, choices=Status.choices, default=Status.WAITING)
    offer = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="standby", verbose_name=_("offer")
    )
    created_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["showtime", "owner"], condition=Q(status__in=["WAITING", "OFFERED"]), name="standby_unique"
            ),
            models.CheckConstraint(condition=Q(party__range=(1, 50)), name="standby_party"),
            models.CheckConstraint(
                condition=Q(status__in=["WAITING", "OFFERED"], ended_at=None)
                | (~Q(status__in=["WAITING", "OFFERED"]) & Q(ended_at__isnull=False, email="", phone="")),
                name="standby_forgotten_when_ended",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["WAITING", "OFFERED"]) | ~Q(email="", phone=""), name="standby_can_be_told"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["showtime", "created_at", "id"], condition=Q(status="WAITING"), name="standby_line"),
            models.Index(fields=["ended_at"], name="standby_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.showtime}, {self.party}"
