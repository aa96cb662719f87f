"""Cinemas and their usual prices."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from payments import gateways
from showsewa.admin.base import DeskAdmin, MyChoices
from venues import refund_rules
from venues.models import Cinema, PriceCard


class PriceCardInline(TabularInline):
    model = PriceCard
    extra = 0
    hide_title = True
    verbose_name_plural = _("usual prices")


class RefundRulesField(forms.CharField):
    """The rules in words, one line a step; the row keeps their numbers."""

    def __init__(self, **given: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})
        super().__init__(required=False, widget=widget, **given)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else refund_rules.write(value)

    def to_python(self, value: Any) -> Any:
        try:
            return refund_rules.read(value or "", closing_hours=settings.CANCEL_UNTIL_HOURS)
        except refund_rules.Faulty as faulty:
            raise forms.ValidationError(faulty.faults) from faulty

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial).split() != (data or "").split()


def _ways_to_pay() -> list[tuple[str, Any]]:
    """Those that are on, and those that could be: what a cinema named stays named while the site has it off."""
    ways = {gateway.code: gateway.label for gateway in gateways.with_accounts()}
    return list((ways | {code: gateways.get(code).label for code in settings.GATEWAYS}).items())


class CinemaForm(forms.ModelForm):
    refund_tiers = RefundRulesField(label=_("Refund rules"))
    gateways = forms.MultipleChoiceField(
        label=_("Ways to pay"),
        choices=_ways_to_pay,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None chosen: all that this site offers."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "refund_tiers" in self.fields:
            usual = ", ".join(refund_rules.write(settings.REFUND_TIERS).splitlines())
            said = _("One line a step: hours before the start, and what comes back. Empty for the usual: %(usual)s.")
            self.fields["refund_tiers"].help_text = said % {"usual": usual}


@admin.register(Cinema)
class CinemaAdmin(DeskAdmin):
    form = CinemaForm
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
        (_("Selling"), {"fields": (("time_zone", "currency"), "hold_minutes", "gateways", "is_sandbox")}),
        (_("Choosing seats"), {"fields": ("lonely_seats", "companions_until_minutes")}),
        (_("Pay at the counter later"), {"fields": ("pays_at_counter", ("counter_minutes", "counter_seats"))}),
        (_("Invoices"), {"fields": (("legal_name", "pan"),)}),
        (_("Refunds"), {"fields": ("refund_tiers", "second_factor_above")}),
        (_("People"), {"fields": ("staff",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(halls_count=Count("halls"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A cinema is founded as a sandbox or not: one that changed over would carry its test sales along.

        The limit of refunds without a second factor binds managers, so it is set by who may change people.
        """
        fixed = () if obj is None else ("is_sandbox",)
        return fixed if request.user.has_perm("showsewa.change_user") else (*fixed, "second_factor_above")

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
