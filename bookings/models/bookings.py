"""Bookings (a hold is one), and how they may change."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from bookings.models.parties import Party
from bookings.models.promos import PromoBatchCode, PromoCode
from seatsync.models import Channel, Source
from showsewa import ids
from showsewa.refusals import Refusal
from venues.models import Showtime


class InvalidState(Refusal):
    """facts: bookingStatus, what it is now."""

    code = "INVALID_STATE"


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
        EXCHANGED = "EXCHANGED", _("Its seats are those of the exchanged booking")

    # What payment_method says of a booking that is paid at the cinema's counter before the show.
    AT_COUNTER: ClassVar = "COUNTER"

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
    fee = models.DecimalField(_("fee"), max_digits=12, decimal_places=2, default=0, db_default=0)
    tax = models.DecimalField(_("tax on top"), max_digits=12, decimal_places=2, default=0, db_default=0)
    fee_kept = models.DecimalField(_("fee that stays"), max_digits=12, decimal_places=2, default=0, db_default=0)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)
    # Of tickets given back singly: what the terms of the sale let us keep of their price, beside the total.
    kept = models.DecimalField(_("kept of seats given back"), max_digits=12, decimal_places=2, default=0, db_default=0)
    currency = models.CharField(_("currency"), max_length=3)
    promo = models.ForeignKey(PromoCode, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    single_code = models.ForeignKey(
        PromoBatchCode, null=True, blank=True, on_delete=models.PROTECT, db_index=False, editable=False
    )
    refund_policy = models.JSONField(default=dict, editable=False)
    # The fees and taxes it was priced by, when its seats were chosen; {} for none.
    charges = models.JSONField(default=dict, db_default={}, editable=False)
    # A hold that lost seats to a reported sale is offered others: a hold of ours for it, until its owner chooses.
    offered_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="offers", editable=False
    )
    # The sale whose new seats this one holds until the difference is paid; its own sums are that difference.
    exchange_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False
    )
    # Of a hold that friends share, and of what they claimed from it; what each is called there.
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="bookings", db_index=False, editable=False
    )
    party_name = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=24, blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")  # numerals.tag
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
                condition=Q(
                    total=F("subtotal") - F("discount") + F("fee") + F("tax"),
                    total__gte=0,
                    discount__gte=0,
                    fee__gte=0,
                    tax__gte=0,
                    fee_kept__gte=0,
                ),
                name="booking_sum",
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
            # Seats kept for hours without money: one booking a person and show.
            models.UniqueConstraint(
                fields=["owner", "showtime"],
                condition=Q(status="PENDING", payment_method="COUNTER"),
                name="booking_one_at_counter",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(status__in=["HELD", "PENDING"]), name="booking_due"),
            models.Index(fields=["owner", "showtime"], name="booking_by_owner"),
            models.Index(fields=["confirmed_at"], name="booking_by_confirmation"),
            models.Index(fields=["exchange_of"], condition=Q(exchange_of__isnull=False), name="booking_of_exchange"),
            models.Index(fields=["party"], condition=Q(party__isnull=False), name="booking_of_party"),
            # What ended by others than its buyer, and may have left money behind (payments.services.expiring).
            models.Index(
                fields=["created_at"], condition=Q(status="EXPIRED", reference__isnull=False), name="booking_unpaid"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(status="EXPIRED", payment_method="COUNTER"),
                name="booking_unpaid_at_counter",
            ),
            models.Index(
                fields=["cancelled_at"],
                condition=Q(status="CANCELLED", ending__in=["SEAT_LOST", "SHOW_CANCELLED"]),
                name="booking_lost",
            ),
            # What somebody bought before they had an account, found when they prove their address.
            models.Index(Lower("email"), condition=Q(user=None) & ~Q(email=""), name="booking_of_guest"),
            # Oldest first, for who forgets them; sales without a name never come in.
            models.Index(fields=["id"], condition=~Q(name="", email="", phone=""), name="booking_personal"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.id)

    def is_live_hold(self, now: datetime) -> bool:
        return self.status == Booking.Status.HELD and self.expires_at is not None and self.expires_at > now

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
