"""What a sale costs beside its seats: fees and taxes, by rules that each begin on a day."""

from typing import ClassVar

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from seatsync.models import Channel
from venues.models import Cinema


@pghistory.track()
class FeeRule(models.Model):
    """A fee on top of the seats' prices from a day on, for what one of the ways to buy sells."""

    class SoldBy(models.TextChoices):
        WEB = "WEB", _("Our website")
        COUNTER = "COUNTER", _("Our counter")
        CHANNELS = "CHANNELS", _("Channels with a key")

    class Per(models.TextChoices):
        TICKET = "TICKET", _("Ticket")
        BOOKING = "BOOKING", _("Booking")

    cinema = models.ForeignKey(
        Cinema, null=True, blank=True, on_delete=models.PROTECT, related_name="fee_rules", verbose_name=_("cinema"),
        help_text=_("Empty: everywhere."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=80)
    name_ne = models.CharField(_("name in Nepali"), max_length=80, blank=True)
    sold_by = models.CharField(_("sold by"), max_length=8, choices=SoldBy.choices, default=SoldBy.WEB)
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="fee_rules", verbose_name=_("channel"),
        help_text=_("Only this channel's sales. Empty: all of that kind."),
    )  # fmt: skip
    per = models.CharField(_("per"), max_length=7, choices=Per.choices, default=Per.TICKET)
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    percent = models.DecimalField(
        _("percentage"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)], help_text=_("Of the tickets' prices."),
    )  # fmt: skip
    is_returned = models.BooleanField(
        _("given back when the customer cancels"), default=False,
        help_text=_("When we cancel the show or lose the seat, it is given back in any case."),
    )  # fmt: skip
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__isnull=False, amount__gte=0, percent=None)
                | Q(amount=None, percent__isnull=False, percent__range=(0, 100)),
                name="fee_rule_amount_or_percent",
                violation_error_message=_("Give either a percentage or an amount."),
            ),
            models.CheckConstraint(
                condition=Q(channel=None) | Q(sold_by="CHANNELS"),
                name="fee_rule_channel_with_a_key",
                violation_error_message=_("One channel goes with channels with a key."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="fee_rule_days_in_order",
                violation_error_message=_("The last day comes before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount if self.percent is None else f'{self.percent} %'}"


# Their tables keep the names they were born with.
@pghistory.track(meta={"db_table": "payments_taxruleevent"})
class TaxRule(models.Model):
    """A tax from a day on, inside our prices or on top. Rates are the operator's, to be confirmed by an accountant."""

    class Applies(models.TextChoices):
        ALL = "ALL", _("All shows")
        FOREIGN = "FOREIGN", _("Foreign films")

    class How(models.TextChoices):
        INSIDE = "INSIDE", _("Inside the prices")
        ON_TOP = "ON_TOP", _("On top of the prices")

    cinema = models.ForeignKey(Cinema, null=True, blank=True, on_delete=models.PROTECT, related_name="tax_rules")
    name = models.CharField(_("name"), max_length=80)
    name_ne = models.CharField(_("name in Nepali"), max_length=80, blank=True)
    percent = models.DecimalField(_("percentage"), max_digits=5, decimal_places=2)
    applies_to = models.CharField(_("applies to"), max_length=7, choices=Applies.choices, default=Applies.ALL)
    how = models.CharField(_("how"), max_length=6, choices=How.choices, default=How.INSIDE, db_default=How.INSIDE)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        db_table = "payments_taxrule"
        verbose_name = _("tax rule")
        verbose_name_plural = _("tax rules")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="tax_rule_percent_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.percent} %"
