"""Cinemas and their usual prices."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from showsewa.admin.base import DeskAdmin, MyChoices
from venues.models import Cinema, PriceCard


class PriceCardInline(TabularInline):
    model = PriceCard
    extra = 0
    hide_title = True
    verbose_name_plural = _("usual prices")


@admin.register(Cinema)
class CinemaAdmin(DeskAdmin):
    cinema_path = "pk"
    list_display = ("name", "city", "halls_count", "phone", "currency", "time_zone", "is_active")
    list_filter = ("is_active", "city")
    search_fields = ("name", "name_ne", "city", "slug")
    ordering = ("name",)
    autocomplete_fields = ("staff",)
    prepopulated_fields = {"slug": ("name", "city")}
    inlines = (PriceCardInline,)
    history_parts = ((PriceCard, "cinema"),)
    fieldsets = (
        (None, {"fields": (("name", "name_ne"), "slug", "is_active")}),
        (
            _("Place"),
            {"fields": ("street", ("city", "city_ne"), ("district", "state", "zip"), ("latitude", "longitude"))},
        ),
        (_("Contact"), {"fields": (("phone", "email"), "image_keys")}),
        (_("Selling"), {"fields": (("time_zone", "currency"), "hold_minutes", "is_sandbox")}),
        (_("People"), {"fields": ("staff",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(halls_count=Count("halls"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A cinema is founded as a sandbox or not: one that changed over would carry its test sales along."""
        return () if obj is None else ("is_sandbox",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who works where is for those who may change people."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.has_perm("showsewa.change_user") else fieldsets[:-1]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Who founds a cinema works there, or it would vanish from their sight."""
        super().save_related(request, form, formsets, change)
        if not change and not request.user.is_superuser:
            form.instance.staff.add(request.user)

    @admin.display(description=_("halls"), ordering="halls_count")
    def halls_count(self, cinema: Any) -> int:
        return cinema.halls_count


@admin.register(PriceCard)
class PriceCardAdmin(DeskAdmin):
    cinema_path = "cinema"
    list_display = ("cinema", "zone", "seat_type", "daypart", "amount")
    list_filter = (("cinema", MyChoices), "daypart", "seat_type")
    list_select_related = ("cinema",)
    search_fields = ("cinema__name", "zone")
    ordering = ("cinema", "zone", "seat_type", "daypart")
    fields = ("cinema", ("zone", "seat_type"), "daypart", "amount")
