"""The desk of invoices: what was issued, and each fiscal year's register as CSV."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from payments import invoices
from payments.models import Invoice, InvoiceCopy
from payments.models.invoices import InvoiceBuyer
from showsewa import money
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, short_time
from showsewa.admin.base import actor as acting
from showsewa.admin.pages import DeskPage
from showsewa.spreadsheets import csv_text

VIEW = "payments.view_invoice"


class BuyerInline(Evidence, TabularInline):
    model = InvoiceBuyer
    extra = 0
    fields = readonly_fields = ("name", "pan", "actor", "created_at")


class CopyInline(Evidence, TabularInline):
    model = InvoiceCopy
    extra = 0
    fields = readonly_fields = ("number", "actor", "created_at")


class RegisterForm(forms.Form):
    register = forms.ChoiceField(label=_("Cinema and fiscal year"), widget=UnfoldAdminSelectWidget)


class RegisterPage(DeskPage):
    """One cinema's fiscal year as a file."""

    form_class = RegisterForm
    title = _("Register of invoices")
    permission_required = VIEW
    submit_label = _("Download as CSV")
    lead = _("Every invoice and credit note of a fiscal year by its number, with the taxes inside.")

    @cached_property
    def registers(self) -> dict[str, dict[str, Any]]:
        found = invoices.years(acting(self.request))
        return {f"{one['cinema_id']} {one['fiscal_year']}": one for one in found}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["register"].choices = [
            (key, f"{one['cinema__name']} {one['fiscal_year']} ({one['count']})") for key, one in self.registers.items()
        ]
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        one = self.registers[given["register"]]
        rows = invoices.register(actor, cinema_id=one["cinema_id"], fiscal_year=one["fiscal_year"])
        name = f"invoices-{one['fiscal_year'].replace('/', '-')}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        text = csv_text(invoices.COLUMNS, rows)
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@admin.register(Invoice)
class InvoiceAdmin(Evidence, DeskAdmin):
    cinema_path = "cinema"
    list_display = ("name_of", "kind_word", "at", "issued_on_bs", "cinema", "booking", "sum", "prints")
    list_filter = ("kind", "fiscal_year", ("cinema", MyChoices), ("issued_at", RangeDateTimeFilter))
    list_select_related = ("cinema", "booking")
    search_fields = ("=booking__reference", "=number", "=id", "buyers__name", "=buyers__pan")
    search_help_text = _("A booking's reference, a number, a buyer's name or PAN.")
    ordering = ("-pk",)
    fields = (
        ("name_of", "kind_said"),
        ("at", "issued_on_bs"),
        ("cinema", "booking", "original"),
        "sold",
        ("taxed", "sum"),
    )
    readonly_fields = ("name_of", "kind_said", "at", "sold", "taxed", "sum")
    inlines = (BuyerInline, CopyInline)
    actions_list = ("register",)
    actions_detail = ("page",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(printed=Count("copies"))

    @admin.display(description=_("number"), ordering="number")
    def name_of(self, invoice: Invoice) -> str:
        return str(invoice)

    @display(description=_("kind"), ordering="kind", label={"INVOICE": "success", "CREDIT": "info"})
    def kind_word(self, invoice: Invoice) -> tuple[str, str]:
        return invoice.kind, invoice.get_kind_display()

    @admin.display(description=_("kind"))
    def kind_said(self, invoice: Invoice) -> str:
        return invoice.get_kind_display()

    @admin.display(description=_("date"), ordering="issued_at")
    def at(self, invoice: Invoice) -> str:
        return short_time(invoice.issued_at)

    @admin.display(description=_("sold"))
    def sold(self, invoice: Invoice) -> str:
        return "; ".join(f"{line['text']}: {line['amount']}" for line in invoice.lines)

    @admin.display(description=_("taxes inside"))
    def taxed(self, invoice: Invoice) -> str:
        return "; ".join(f"{part['name']} {part['percent']} %: {part['amount']}" for part in invoice.taxes) or "-"

    @admin.display(description=_("total"), ordering="total")
    def sum(self, invoice: Invoice) -> str:
        return money.text(invoice.total, invoice.currency)

    @admin.display(description=_("prints"))
    def prints(self, invoice: Any) -> int:
        return int(invoice.printed)

    @action(description=_("Register as CSV"), url_path="register", permissions=[VIEW], icon="download")
    def register(self, request: HttpRequest) -> HttpResponse:
        return RegisterPage.show(self, request)

    @action(description=_("See and print"), url_path="page", permissions=[VIEW], icon="print")
    def page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            return HttpResponseRedirect(reverse("admin:payments_invoice_changelist"))
        return HttpResponseRedirect(reverse("invoice", args=[row.booking_id]))
