"""What is charged beside the seats' prices: fees and taxes."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.models import FeeRule, TaxRule
from showsewa.admin.base import DeskAdmin, MyChoices


class DatedRuleAdmin(DeskAdmin):
    """Those for all cinemas are seen by everybody and changed by superusers; what was sold keeps what was in force."""

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows if user.is_superuser else rows.filter(Q(cinema=None) | Q(cinema__in=user.cinemas.all()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_theirs = obj is None or obj.cinema_id is not None or request.user.is_superuser
        return super().has_change_permission(request, obj) and is_theirs

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "cinema" in form.base_fields and not request.user.is_superuser:
            # Empty would mean every cinema.
            form.base_fields["cinema"].required, form.base_fields["cinema"].help_text = True, ""
        return form


@admin.register(FeeRule)
class FeeRuleAdmin(DatedRuleAdmin):
    list_display = ("name", "much", "per", "sold_by", "channel", "cinema", "is_returned", "starts_on", "ends_on")
    list_filter = ("sold_by", ("cinema", MyChoices))
    list_select_related = ("cinema", "channel")
    search_fields = ("name", "name_ne")
    ordering = ("name", "-starts_on")
    fields = (
        ("name", "name_ne"), ("amount", "percent"), "per", ("sold_by", "channel"), "cinema", "is_returned",
        ("starts_on", "ends_on"),
    )  # fmt: skip

    @admin.display(description=_("fee"))
    def much(self, rule: FeeRule) -> str:
        return str(rule.amount) if rule.percent is None else f"{rule.percent} %"


@admin.register(TaxRule)
class TaxRuleAdmin(DatedRuleAdmin):
    list_display = ("name", "percent", "how", "applies_to", "cinema", "starts_on", "ends_on")
    list_filter = ("how", "applies_to", ("cinema", MyChoices))
    list_select_related = ("cinema",)
    search_fields = ("name", "name_ne")
    ordering = ("name", "-starts_on")
    fields = (("name", "name_ne"), ("percent", "how"), "applies_to", ("starts_on", "ends_on"), "cinema")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "percent" in form.base_fields:
            form.base_fields["percent"].help_text = _("To be confirmed by an accountant.")
        return form
