"""Promo codes."""

from typing import ClassVar

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from venues.models import Cinema


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
