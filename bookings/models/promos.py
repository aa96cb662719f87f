"""Promo codes: the rule, batches of single-use codes under one rule, and each use."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from venues.models import Cinema, Movie


class Weekday(models.IntegerChoices):
    """As ISO 8601 numbers them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


@pghistory.track()
class PromoCode(models.Model):
    """Percent or fixed sum off. `used` counts live bookings that carry it, under `max_uses` by constraint."""

    code = models.CharField(_("code"), max_length=40)
    is_single_use = models.BooleanField(
        _("single-use codes"),
        default=False,
        help_text=_("This code is then only the name of the rule: buyers type codes made for them, each good once."),
    )
    percent = models.PositiveSmallIntegerField(
        _("percent"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    max_discount = models.DecimalField(
        _("largest discount"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Of a percentage, a booking."),
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    minimum = models.DecimalField(_("minimum purchase"), max_digits=12, decimal_places=2, default=0)
    starts_at = models.DateTimeField(_("valid from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("most uses"), null=True, blank=True)
    max_uses_person = models.PositiveIntegerField(
        _("most uses a person"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("A person is who has the same account, e-mail address or phone number."),
    )
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    cinemas = models.ManyToManyField(Cinema, verbose_name=_("cinemas"), blank=True, help_text=_("Empty: everywhere."))
    movies = models.ManyToManyField(Movie, verbose_name=_("movies"), blank=True, help_text=_("Empty: every movie."))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday.choices),
        verbose_name=_("weekdays"),
        default=list,
        blank=True,
        help_text=_("Of the show, by the clock of its cinema. None: every day."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        constraints: ClassVar = [
            models.UniqueConstraint(Upper("code"), name="promo_code_unique"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, percent__range=(1, 100), amount=None)
                | Q(percent=None, amount__isnull=False, amount__gt=0),
                name="promo_code_percent_or_amount",
                violation_error_message=_("Give either a percentage or an amount."),
            ),
            models.CheckConstraint(
                condition=Q(max_discount=None) | Q(percent__isnull=False, max_discount__gt=0),
                name="promo_code_cap_of_percentage",
                violation_error_message=_("A largest discount belongs to a percentage."),
            ),
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(used__lte=F("max_uses")), name="promo_code_not_overused"
            ),
            models.CheckConstraint(
                condition=Q(max_uses_person=None) | Q(max_uses_person__gte=1), name="promo_code_person_limit"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=Weekday.values), name="promo_code_weekdays_of_iso"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PromoBatch(models.Model):
    """Single-use codes that were made together."""

    promo = models.ForeignKey(PromoCode, on_delete=models.PROTECT, related_name="batches", verbose_name=_("promo code"))
    size = models.PositiveIntegerField(_("codes"))
    note = models.CharField(_("what for"), max_length=255, blank=True)
    actor = models.CharField(_("made by"), max_length=120)
    created_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")

    def __str__(self) -> str:
        return f"{self.promo} #{self.pk}"


class PromoBatchCode(models.Model):
    """One code for one booking. Kept without its dashes, in letters and digits that cannot be mixed up."""

    batch = models.ForeignKey(PromoBatch, on_delete=models.PROTECT, related_name="codes", verbose_name=_("batch"))
    code = models.CharField(_("code"), max_length=16, unique=True)

    class Meta:
        verbose_name = _("single-use code")
        verbose_name_plural = _("single-use codes")

    def __str__(self) -> str:
        return "-".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))


class PromoUse(models.Model):
    """A booking that carries a code, until it is given back. Live ones are what `PromoCode.used` counts."""

    promo = models.ForeignKey(PromoCode, on_delete=models.PROTECT, related_name="uses", verbose_name=_("promo code"))
    code = models.ForeignKey(
        PromoBatchCode,
        null=True,
        on_delete=models.PROTECT,
        related_name="uses",
        db_index=False,
        verbose_name=_("single-use code"),
    )
    booking = models.ForeignKey(
        "bookings.Booking", on_delete=models.PROTECT, related_name="promo_uses", verbose_name=_("booking")
    )
    # Whose it is, by all their names: "user:…", "email:…", "phone:…". Emptied when the booking's person is forgotten.
    persons = ArrayField(models.CharField(max_length=262), default=list, editable=False)
    counted_at = models.DateTimeField(_("used"), db_default=Now())
    returned_at = models.DateTimeField(_("given back"), null=True)

    class Meta:
        verbose_name = _("use of a promo code")
        verbose_name_plural = _("uses of promo codes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["booking"], condition=Q(returned_at=None), name="promo_use_one_a_booking"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(returned_at=None, code__isnull=False), name="promo_use_single"
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["persons"], condition=Q(returned_at=None), name="promo_use_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.promo} {self.booking}"
