"""Uploading a gateway's list in two steps: the file, then what its columns mean; and the day is counted by it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from payments import gateways
from payments.admin.books import of_whole_house
from payments.books import listfile
from payments.gateways import counter
from payments.models import Settlement, SettlementFile
from showsewa.actors import Actor
from showsewa.admin import files
from showsewa.admin.base import DeskAdmin, Evidence, short_time
from showsewa.admin.pages import DeskPage
from venues.models import Cinema

_CHANGE = "payments.change_settlement"
_NAMES = {
    "reference": _("Gateway's reference"),
    "amount": _("Amount"),
    "fee": _("Fee"),
    "kind": _("Kind of line"),
}
_REQUIRED = ("reference", "amount")


class UploadForm(forms.Form):
    gateway = forms.ChoiceField(label=_("Gateway"), widget=UnfoldAdminSelectWidget)
    day = forms.DateField(label=_("Day"), widget=UnfoldAdminDateWidget)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="NPR", widget=UnfoldAdminTextInputWidget)
    file = files.TableField(
        label=_("File"),
        help_text=_("CSV with a line of names, at most 5 MB and 20,000 lines: that day, whole, in one currency."),
    )


class ColumnsForm(forms.Form):
    refund_words = forms.CharField(
        label=_("These kinds mean money back"), max_length=400, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("Separated by commas. An amount below zero is money back in any case."),
    )  # fmt: skip

    def __init__(self, *args: Any, header: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {
            name: files.column_field(label, header, is_required=name in _REQUIRED) for name, label in _NAMES.items()
        }
        self.fields = columns | self.fields


class UploadPage(DeskPage):
    title = _("Upload a gateway's list")
    form_class = UploadForm
    permission_required = _CHANGE
    submit_label = _("Read the file")

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        used = Settlement.objects.values_list("gateway", flat=True).distinct()
        codes = sorted({*settings.GATEWAYS, counter.TERMINAL, *used} - {counter.CASH})
        form.fields["gateway"].choices = [(code, gateways.get(code).label) for code in codes]
        listing = [str(gateways.get(code).label) for code in codes if isinstance(gateways.get(code), gateways.Lists)]
        said = _(
            "These give their list by themselves every night: %(those)s. The others (eSewa and Khalti too) have no"
            " call for it: download the day from their merchant portal."
        )
        form.fields["gateway"].help_text = said % {"those": ", ".join(listing) or "-"}
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        file = listfile.start(
            gateway=given["gateway"],
            day=given["day"],
            currency=given["currency"].upper(),
            name=given["file"].name,
            raw=given["file"].read(),
            actor=actor,
        )
        return HttpResponseRedirect(self.address_of("columns", file.pk))


class ColumnsPage(files.ColumnsPage):
    form_class = ColumnsForm
    template_name = "admin/list_columns.html"
    permission_required = _CHANGE
    submit_label = _("Count the day by it")

    def get_initial(self) -> dict[str, Any]:
        return {**listfile.recalled(self.object), "refund_words": ", ".join(listfile.REFUND_WORDS)}

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        words = files.words(given.pop("refund_words"))
        columns = listfile.Columns(refund_words=words, **given)
        row = listfile.count(file_id=self.object.pk, columns=columns, actor=actor, now=timezone.now())
        return HttpResponseRedirect(reverse("admin:payments_settlement_change", args=[row.pk]))


@admin.register(SettlementFile)
class SettlementFileAdmin(Evidence, DeskAdmin):
    list_display = ("name", "gateway", "day", "currency", "at", "counted")
    ordering = ("-created_at",)
    fields = (("name", "gateway"), ("day", "currency"), ("at", "counted"))
    readonly_fields = ("at", "counted")
    actions_detail = ("columns",)

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        return of_whole_house(rows, user)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm(_CHANGE) and of_whole_house(Cinema.objects.all(), request.user).exists()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return UploadPage.show(self, request)

    @admin.display(description=_("uploaded"), ordering="created_at")
    def at(self, file: SettlementFile) -> str:
        return short_time(file.created_at)

    @admin.display(description=_("counted"), ordering="counted_at")
    def counted(self, file: SettlementFile) -> str:
        return short_time(file.counted_at)

    @action(description=_("Columns"), url_path="columns", permissions=[_CHANGE], icon="view_column")
    def columns(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ColumnsPage.show(self, request, object_id)
