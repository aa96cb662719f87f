"""The customer's side: bookings (a hold is one), tickets, promo codes, and the notices promised to people."""

from decimal import Decimal
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from seatsync.models import Channel, ShowSeat, Source
from showsewa import ids
from showsewa.promises import Promise
from showsewa.refusals import Refusal
from venues.models import Cinema, Movie, Showtime


class InvalidState(Refusal):
    """facts: bookingStatus, what it is now."""

    code = "INVALID_STATE"


@pghistory.track()
class PromoCode(models.Model):
    """Percent or fixed sum off. `used` counts live bookings that carry it, under `max_uses` by constraint."""

    code = models.CharField(_("code"), max_length=40)
    percent = models.PositiveSmallIntegerField(
        _("percent"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    minimum = models.DecimalField(_("minimum purchase"), max_digits=12, decimal_places=2, default=0)
    starts_at = models.DateTimeField(_("valid from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("most uses"), null=True, blank=True)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    cinemas = models.ManyToManyField(Cinema, blank=True, help_text=_("Empty: everywhere."))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        constraints: ClassVar = [
            models.UniqueConstraint(Upper("code"), name="promo_code_unique"),
            models.CheckConstraint(
                condition=Q(percent__range=(1, 100), amount=None) | Q(percent=None, amount__gt=0),
                name="promo_code_percent_or_amount",
                violation_error_message=_("Give either a percentage or an amount."),
            ),
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(used__lte=F("max_uses")), name="promo_code_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Booking(models.Model):
    """A hold that may become a sale. Its id is the hold's id and the claim on its seats."""

    class Status(models.TextChoices):
        HELD = "HELD", _("Held")
        PENDING = "PENDING", _("Waiting for payment")
        CONFIRMED = "CONFIRMED", _("Confirmed")
        CANCELLED = "CANCELLED", _("Cancelled")
        EXPIRED = "EXPIRED", _("Expired")
        REFUNDED = "REFUNDED", _("Refunded")

    class Ending(models.TextChoices):
        """Why a booking ended without a show, in words code may compare."""

        CUSTOMER = "CUSTOMER", _("Cancelled by the customer")
        STAFF = "STAFF", _("Cancelled by staff")
        CHANNEL = "CHANNEL", _("Cancelled by the channel that sold it")
        SEAT_LOST = "SEAT_LOST", _("A seat was sold elsewhere")
        SHOW_CANCELLED = "SHOW_CANCELLED", _("The show was cancelled")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(_("reference"), max_length=24, null=True, unique=True, editable=False)
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="bookings")
    status = models.CharField(_("status"), max_length=9, choices=Status.choices)
    owner = models.CharField(max_length=120, help_text="Actor key of who holds it: user:, guest:, session:, channel:.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    source = models.CharField(_("source"), max_length=14, choices=Source.choices, default=Source.SHOWSEWA)
    external_reference = models.CharField(_("their reference"), max_length=120, blank=True)
    # Kept on the booking, so that it still says where people sat when its tickets are archived.
    seat_labels = ArrayField(models.CharField(max_length=12), verbose_name=_("seats"))
    subtotal = models.DecimalField(_("subtotal"), max_digits=12, decimal_places=2)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    # Of tickets given back singly: what the terms of the sale let us keep of their price, beside the total.
    kept = models.DecimalField(_("kept of seats given back"), max_digits=12, decimal_places=2, default=0, db_default=0)
    currency = models.CharField(_("currency"), max_length=3)
    promo = models.ForeignKey(PromoCode, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    refund_policy = models.JSONField(default=dict, editable=False)
    # A hold that lost seats to a reported sale is offered others: a hold of ours for it, until its owner chooses.
    offered_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="offers", editable=False
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=24, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    payment_method = models.CharField(_("payment method"), max_length=12, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    is_extended = models.BooleanField(default=False, editable=False)
    ending = models.CharField(_("why it ended"), max_length=14, choices=Ending.choices, blank=True)
    cancel_reason = models.CharField(_("reason given"), max_length=255, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        permissions: ClassVar = [
            ("sell_at_counter", _("Can sell at the counter")),
            ("cancel_booking", _("Can cancel bookings")),
            ("check_in", _("Can check tickets in")),
            ("handle_personal_data", _("Can hand out and erase people's data")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["HELD", "PENDING"], expires_at__isnull=False)
                | (~Q(status__in=["HELD", "PENDING"]) & Q(expires_at=None)),
                name="booking_deadline_while_unpaid",
            ),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") - F("discount"), total__gte=0, discount__gte=0), name="booking_sum"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["HELD", "EXPIRED", "CANCELLED"]) | Q(reference__isnull=False),
                name="booking_reference_once_confirmed",
            ),
            # One sale of a channel is one booking, however many reports it came in.
            models.UniqueConstraint(
                fields=["channel", "showtime", "external_reference"],
                condition=Q(status="CONFIRMED") & ~Q(external_reference=""),
                name="booking_external_reference_unique",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(status__in=["HELD", "PENDING"]), name="booking_due"),
            models.Index(fields=["owner", "showtime"], name="booking_by_owner"),
            models.Index(fields=["confirmed_at"], name="booking_by_confirmation"),
            # Oldest first, for who forgets them; sales without a name never come in.
            models.Index(fields=["id"], condition=~Q(name="", email="", phone=""), name="booking_personal"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.id)

    def move(self, to: "Booking.Status", *fields: str) -> None:
        """Change status (and save the named fields with it). Refuses: InvalidState. Caller holds the booking lock."""
        if to not in MOVES[Booking.Status(self.status)]:
            raise InvalidState(
                _("This booking is %(status)s.") % {"status": self.get_status_display()}, bookingStatus=self.status
            )
        self.status = to
        if to not in (Booking.Status.HELD, Booking.Status.PENDING):
            self.expires_at = None
        self.save(update_fields=["status", "expires_at", *fields])


_S = Booking.Status

# EXPIRED -> CONFIRMED is money that came late for seats that were still free.
MOVES: dict[Booking.Status, frozenset[Booking.Status]] = {
    _S.HELD: frozenset({_S.PENDING, _S.CANCELLED, _S.EXPIRED}),
    _S.PENDING: frozenset({_S.CONFIRMED, _S.CANCELLED, _S.EXPIRED}),
    _S.CONFIRMED: frozenset({_S.CANCELLED, _S.REFUNDED}),
    _S.EXPIRED: frozenset({_S.CONFIRMED}),
    _S.CANCELLED: frozenset(),
    _S.REFUNDED: frozenset(),
}


class Ticket(models.Model):
    """One seat of one booking at its price. Live until `released_at`; one live ticket a seat, by the index."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="tickets")
    show_seat = models.ForeignKey(ShowSeat, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    label = models.CharField(_("seat"), max_length=12)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=0)
    released_at = models.DateTimeField(null=True, editable=False)
    checked_in_at = models.DateTimeField(_("checked in"), null=True, editable=False)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints: ClassVar = [
            # The last line of defence behind the seat row's own status.
            models.UniqueConstraint(
                fields=["show_seat"], condition=Q(released_at=None), name="ticket_one_live_per_seat"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0, discount__lte=F("price")), name="ticket_price_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def paid(self) -> Decimal:
        return self.price - self.discount


class ArchivedTicket(models.Model):
    """A ticket of a booking that ended without a show 30 days ago, moved here as it was (JOB-3)."""

    id = models.UUIDField(primary_key=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="archived_tickets")
    label = models.CharField(max_length=12)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    discount = models.DecimalField(max_digits=12, decimal_places=2)
    released_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("archived ticket")
        verbose_name_plural = _("archived tickets")

    def __str__(self) -> str:
        return self.label


class Notice(Promise):
    """A promised e-mail or SMS. `about` tells two of a kind apart (a refund's id)."""

    class Kind(models.TextChoices):
        CONFIRMATION = "CONFIRMATION", _("Confirmation")
        REMINDER = "REMINDER", _("Reminder")
        CANCELLATION = "CANCELLATION", _("Cancellation")
        REFUND = "REFUND", _("Refund")
        LATE_PAYMENT = "LATE_PAYMENT", _("Paid too late")
        SEATS_CHANGED = "SEATS_CHANGED", _("Other seats")

    class Medium(models.TextChoices):
        EMAIL = "EMAIL", _("E-mail")
        SMS = "SMS", _("SMS")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(_("kind"), max_length=13, choices=Kind.choices)
    medium = models.CharField(_("medium"), max_length=5, choices=Medium.choices)
    about = models.CharField(max_length=36, blank=True)
    # What it has to say that no row of ours keeps: sums of money, as they were when it was promised.
    facts = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        permissions: ClassVar = [("resend_notice", _("Can send a notice again"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["booking", "kind", "medium", "about"], name="notice_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, failed_at=None), name="notice_open")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.medium}"


@pghistory.track()
class Review(models.Model):
    """What somebody who was there thought of the movie or of the cinema: one a person and thing.

    author: the owner of the booking that proves it, or the booking itself where its owner is who sold it.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    movie = models.ForeignKey(
        Movie, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    cinema = models.ForeignKey(
        Cinema, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="reviews", editable=False)
    author = models.CharField(max_length=120, editable=False)
    name = models.CharField(_("name"), max_length=40, blank=True, editable=False)
    rating = models.PositiveSmallIntegerField(_("rating"), editable=False)
    text = models.TextField(_("review"), max_length=2000, blank=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True, editable=False)
    hidden_reason = models.CharField(_("why it is hidden"), max_length=255, blank=True, editable=False)
    created_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        permissions: ClassVar = [("hide_review", _("Can hide reviews"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(movie=None, cinema__isnull=False) | Q(movie__isnull=False, cinema=None),
                name="review_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="review_rating_1_to_5"),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_reason="") | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="review_hidden_for_a_reason",
            ),
            models.UniqueConstraint(fields=["movie", "author"], name="review_unique_of_movie"),
            models.UniqueConstraint(fields=["cinema", "author"], name="review_unique_of_cinema"),
        ]

    def __str__(self) -> str:
        return f"{self.movie or self.cinema}: {self.rating}/5"
