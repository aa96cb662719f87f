"""Promo codes: the rules, batches of single-use codes as CSV, and who used what."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from bookings import promos
from bookings.models import PromoCode
from bookings.models.promos import PromoBatch, PromoBatchCode, PromoUse, Weekday
from bookings.services import batches
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, NamesActors, SharedAmongCinemas, short_time
from showsewa.admin.files import csv_file
from showsewa.admin.pages import DeskPage
from showsewa.spreadsheets import csv_text

_VIEW, _MAKE = "bookings.view_promobatch", "bookings.add_promobatch"


class RuleForm(forms.ModelForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        choices=Weekday.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Of the show, by the clock of its cinema. None: every day."),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if PromoCode.objects.filter(code__iexact=code).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is such a code already."))
        return code


class BatchForm(forms.Form):
    size = forms.IntegerField(
        label=_("How many codes"),
        min_value=1,
        max_value=batches.MOST,
        initial=100,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("At most 10,000 at a time."),
    )
    note = forms.CharField(label=_("What for"), max_length=255, required=False, widget=UnfoldAdminTextInputWidget)


class BatchPage(DeskPage):
    form_class = BatchForm
    title = _("Make single-use codes")
    permission_required = _MAKE
    submit_label = _("Make them")
    lead = _("Each is good for one booking, under this rule. They can be downloaded as often as needed.")

    def has_permission(self) -> bool:
        """Codes are money off at every cinema of the rule: who may not change it makes none."""
        return super().has_permission() and self.model_admin.has_change_permission(self.request, self.object)

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        batch = batches.make(promo=self.object, size=given["size"], note=given["note"], actor=actor)
        return ngettext("%(size)d code made.", "%(size)d codes made.", batch.size) % {"size": batch.size}


class BatchInline(Evidence, TabularInline):
    model = PromoBatch
    extra = 0
    hide_title = True
    ordering = ("-pk",)
    fields = readonly_fields = ("at", "size", "note", "file")
    verbose_name_plural = _("Single-use codes")

    @admin.display(description=_("made"))
    def at(self, batch: PromoBatch) -> str:
        return short_time(batch.created_at)

    @admin.display(description=_("File"))
    def file(self, batch: PromoBatch) -> str:
        page = reverse("admin:bookings_promobatch_export", args=[batch.pk])
        return _anchor(page, _("As CSV"))


@admin.register(PromoCode)
class PromoCodeAdmin(SharedAmongCinemas, DeskAdmin):
    form = RuleForm
    list_display = ("code", "off", "minimum", "uses", "starts_at", "ends_at", "at", "is_active")
    list_filter = ("is_active", "is_single_use")
    search_fields = ("code",)
    ordering = ("code",)
    autocomplete_fields = ("cinemas", "movies")
    readonly_fields = ("uses",)
    fieldsets = (
        (None, {"fields": ("code", "is_single_use", "is_active")}),
        (_("Discount"), {"fields": (("percent", "max_discount"), "amount", "minimum")}),
        (_("How often"), {"fields": (("max_uses", "max_uses_person"), "uses")}),
        (_("When and where"), {"fields": ("starts_at", "ends_at", "weekdays", "cinemas", "movies")}),
    )
    inlines = (BatchInline,)
    actions_detail = ("make_codes",)

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        """A code without cinemas is good everywhere: staff see it, superusers change it."""
        if user.is_superuser:
            return rows
        bound = PromoCode.cinemas.through.objects.values("promocode")
        return rows.filter(Q(pk__in=super().bound(rows, user).values("pk")) | ~Q(pk__in=bound))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        is_for_batches = obj is not None and obj.is_single_use
        return self.inlines if is_for_batches and self.has_change_permission(request, obj) else ()

    @admin.display(description=_("off"))
    def off(self, promo: PromoCode) -> str:
        if not promo.percent:
            return str(promo.amount)
        return f"{promo.percent} %" + (f" (≤ {promo.max_discount})" if promo.max_discount is not None else "")

    @display(description=_("used"), ordering="used")
    def uses(self, promo: PromoCode) -> Any:
        if promo.pk is None:
            return "-"
        told = f"{promo.used} / {promo.max_uses}" if promo.max_uses is not None else str(promo.used)
        page = f"{reverse('admin:bookings_promouse_changelist')}?promo__id__exact={promo.pk}"
        return _anchor(page, told)

    @admin.display(description=_("cinemas"))
    def at(self, promo: PromoCode) -> Any:
        return ", ".join(cinema.name for cinema in promo.cinemas.all()) or _("everywhere")

    def get_queryset(self, request: Any) -> QuerySet:
        return super().get_queryset(request).prefetch_related("cinemas")

    @action(description=_("Make single-use codes"), url_path="codes", permissions=[_MAKE], icon="confirmation_number")
    def make_codes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return BatchPage.show(self, request, object_id)


class OfRules:
    """Rows under promo codes this person may change: codes are worth money at every cinema of their rule."""

    rule = "promo"  # the lookup from a row to its promo code

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        if user.is_superuser:
            return rows
        mine = user.cinemas.values("pk")
        others = PromoCode.cinemas.through.objects.exclude(cinema__in=mine).values("promocode")
        rules = PromoCode.objects.filter(cinemas__in=mine).exclude(pk__in=others)
        return rows.filter(**{f"{self.rule}__in": rules.values("pk")})


@admin.register(PromoBatch)
class PromoBatchAdmin(OfRules, NamesActors, Evidence, DeskAdmin):
    list_display = ("promo", "at", "size", "used", "note", "who")
    list_filter = ("promo",)
    list_select_related = ("promo",)
    search_fields = ("promo__code", "note")
    ordering = ("-pk",)
    fields = (("promo", "at"), ("size", "used"), "note", "who")
    actions_detail = ("export",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        live = Count("codes__uses", filter=Q(codes__uses__returned_at=None))
        return super().get_queryset(request).annotate(live=live)

    @admin.display(description=_("made"), ordering="pk")
    def at(self, batch: PromoBatch) -> str:
        return short_time(batch.created_at)

    @admin.display(description=_("used"))
    def used(self, batch: Any) -> int:
        return batch.live

    @action(description=_("As CSV"), url_path="codes.csv", permissions=[_VIEW], icon="download")
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        return csv_file(f"codes-{batch.pk}.csv", csv_text(batches.COLUMNS, batches.listed(batch)))


@admin.register(PromoBatchCode)
class PromoBatchCodeAdmin(OfRules, Evidence, DeskAdmin):
    rule = "batch__promo"
    list_display = ("code_word", "batch", "state", "booking")
    list_filter = ("batch__promo",)
    list_select_related = ("batch__promo",)
    search_fields = ("code",)
    search_help_text = _("A code, as it was typed.")
    ordering = ("-pk",)
    fields = (("code_word", "batch"), ("state_word", "booking"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related(batches.LIVE_USES)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, promos.normal(search_term))

    @admin.display(description=_("code"), ordering="code")
    def code_word(self, code: PromoBatchCode) -> str:
        return str(code)

    @display(description=_("state"), label={"used": "warning", "free": "success"})
    def state(self, code: PromoBatchCode) -> tuple[str, Any]:
        return ("used", _("Used")) if code.uses.all() else ("free", _("Free"))

    @admin.display(description=_("booking"))
    def booking(self, code: PromoBatchCode) -> Any:
        return next((_link(use) for use in code.uses.all()), "-")


@admin.register(PromoUse)
class PromoUseAdmin(OfRules, Evidence, DeskAdmin):
    list_display = ("promo", "code", "counted", "returned", "booking")
    list_filter = ("promo",)
    list_select_related = ("promo", "code", "booking")
    search_fields = ("=booking__reference", "=promo__code")
    search_help_text = _("A booking's reference, or a code.")
    ordering = ("-pk",)
    fields = (("promo", "code"), "booking", ("counted", "returned"))

    @admin.display(description=_("used"), ordering="counted_at")
    def counted(self, use: PromoUse) -> str:
        return short_time(use.counted_at)

    @admin.display(description=_("given back"), ordering="returned_at")
    def returned(self, use: PromoUse) -> str:
        return short_time(use.returned_at)


def _link(use: PromoUse) -> str:
    return _anchor(reverse("admin:bookings_booking_change", args=[use.booking_id]), use.booking)


def _anchor(page: str, text: Any) -> str:
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', page, text)
