"""Promo codes."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from bookings.models import PromoCode
from showsewa.admin.base import DeskAdmin, SharedAmongCinemas


@admin.register(PromoCode)
class PromoCodeAdmin(SharedAmongCinemas, DeskAdmin):
    list_display = ("code", "off", "minimum", "uses", "starts_at", "ends_at", "at", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code",)
    ordering = ("code",)
    autocomplete_fields = ("cinemas",)
    fields = ("code", ("percent", "amount"), "minimum", ("starts_at", "ends_at"), "max_uses", "cinemas", "is_active")

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        """A code without cinemas is good everywhere: staff see it, superusers change it."""
        if user.is_superuser:
            return rows
        return rows.filter(pk__in=super().bound(rows, user).values("pk")) | rows.filter(cinemas=None)

    @admin.display(description=_("off"))
    def off(self, promo: PromoCode) -> str:
        return f"{promo.percent} %" if promo.percent else str(promo.amount)

    @display(description=_("used"), ordering="used")
    def uses(self, promo: PromoCode) -> str:
        return f"{promo.used} / {promo.max_uses}" if promo.max_uses is not None else str(promo.used)

    @admin.display(description=_("cinemas"))
    def at(self, promo: PromoCode) -> Any:
        return ", ".join(cinema.name for cinema in promo.cinemas.all()) or _("everywhere")

    def get_queryset(self, request: Any) -> QuerySet:
        return super().get_queryset(request).prefetch_related("cinemas")
