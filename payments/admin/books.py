"""The books: settlements with the gateways, their differences and what was done about them; and the clerks' shifts."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter, RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextInputWidget,
)

from payments.books import counting, differences, shifts
from payments.models import CashCount, FakeCharge, Settlement, SettlementLine
from showsewa import money
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, short_time
from showsewa.admin.base import actor as acting
from showsewa.admin.files import csv_file
from showsewa.admin.pages import DeskPage
from showsewa.refusals import Refusal
from showsewa.spreadsheets import csv_text
from venues.models import Cinema

_CHANGE = "payments.change_settlement"
_DEEDS = {
    "ask": _("Ask the gateway again, and settle by its answer"),
    "case": _("Open a case: somebody has to find out"),
    "explain": _("It is right as it is: see the note"),
}
_COLUMNS = ("kind", "reference", "amount", "fee", "currency", "difference", "ours", "booking", "note", "case")


def of_whole_house(rows: QuerySet, user: Any) -> QuerySet:
    """A gateway's list is of all cinemas at once, so only who works at every one of them sees what is made of it."""
    is_everywhere = user.is_superuser or not Cinema.objects.exclude(pk__in=user.cinemas.all()).exists()
    return rows if is_everywhere else rows.none()


class DecideForm(forms.Form):
    lines = forms.TypedMultipleChoiceField(
        label=_("Lines"),
        coerce=int,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": _("Choose the lines.")},
    )
    deed = forms.ChoiceField(
        label=_("What to do"), choices=list(_DEEDS.items()), widget=UnfoldAdminRadioSelectWidget, initial="ask"
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=255, widget=UnfoldAdminTextInputWidget)


class AskingPage(DeskPage):
    """A page that asks a gateway: in no transaction of its own, each step of the core has one."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            said = self.perform(form.cleaned_data, acting(self.request))
        except Refusal as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, said)
        return HttpResponseRedirect(self.get_success_url())


class DecidePage(AskingPage):
    """The settlement's own lines, with a box before each that is open, and each one's ways a click away."""

    title = _("Differences")
    form_class = DecideForm
    template_name = "admin/settlement_decide.html"
    permission_required = _CHANGE
    submit_label = _("Do it for the chosen")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The button on a line is for that line, whatever boxes are ticked."""
        given = super().get_form_kwargs()
        key, _colon, deed = self.request.POST.get("only", "").partition(":")
        if deed:
            given["data"] = MultiValueDict(
                {"lines": [key], "deed": [deed], "note": [self.request.POST.get("note", "")]}
            )
        return given

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["lines"].choices = [(one["pk"], one["reference"]) for one in told(self.object) if one["is_open"]]
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = [one for one in told(self.object) if one["difference"]]
        return super().get_context_data(**kwargs) | {"lines": lines, "may_decide": True}

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        said: list[Any] = []
        now = timezone.now()
        for key in given["lines"]:
            if given["deed"] == "ask":
                report = differences.ask(line_id=key, now=now)
                said.append(_("The gateway says %(word)s.") % {"word": report.word})
            elif given["deed"] == "case":
                said.append(
                    _("Case opened: %(case)s.") % {"case": differences.open_case(line_id=key, actor=actor, now=now)}
                )
            else:
                differences.explain(line_id=key, note=given["note"], actor=actor, now=now)
                said.append(_("Explained."))
        return " ".join(dict.fromkeys(str(one) for one in said))


@admin.register(Settlement)
class SettlementAdmin(Evidence, DeskAdmin):
    list_display = ("day", "gateway", "currency", "paid", "back", "fees", "net", "state", "at")
    list_filter = ("is_balanced", "gateway", "currency", ("day", RangeDateFilter))
    ordering = ("-day", "gateway", "currency")
    fields = (
        ("gateway", "day", "currency"),
        ("our_payments", "their_payments"),
        ("our_refunds", "their_refunds"),
        ("fees", "net"),
        ("state_word", "at"),
    )
    readonly_fields = ("fees", "net", "state_word", "at")
    change_form_outer_after_template = "admin/settlement_lines.html"
    actions_detail = ("decide", "again", "export")
    actions_list = ("import_file", "export_all")

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        return of_whole_house(rows, user)

    @admin.display(description=_("payments, ours / theirs"))
    def paid(self, row: Settlement) -> str:
        return _pair(row.our_payments, row.their_payments)

    @admin.display(description=_("refunds, ours / theirs"))
    def back(self, row: Settlement) -> str:
        return _pair(row.our_refunds, row.their_refunds)

    @admin.display(description=_("their fees"))
    def fees(self, row: Settlement) -> str:
        return "-" if row.their_fees is None else f"{row.their_fees:,.2f}"

    @admin.display(description=_("they owe us"))
    def net(self, row: Settlement) -> str:
        found = counting.net(row)
        return "-" if found is None else f"{found:,.2f}"

    @display(description=_("state"), label={"agrees": "success", "open": "danger", "unknown": ""})
    def state(self, row: Settlement) -> tuple[str, Any]:
        if row.is_balanced is None:
            return "unknown", _("No list of theirs")
        return ("agrees", _("Agrees")) if row.is_balanced else ("open", _("Differs"))

    @admin.display(description=_("counted"), ordering="counted_at")
    def at(self, row: Settlement) -> str:
        return short_time(row.counted_at)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["lines"] = [one for one in told(row) if one["difference"]]
            context["line_count"] = row.lines.count()
            context["may_decide"] = request.user.has_perm(_CHANGE) and any(one["is_open"] for one in context["lines"])
        return super().render_change_form(request, context, **kwargs)

    @action(description=_("Differences"), url_path="decide", permissions=[_CHANGE], icon="rule")
    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return DecidePage.show(self, request, object_id)

    @action(description=_("Count again"), url_path="again", permissions=[_CHANGE], icon="refresh")
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return AgainPage.show(self, request, object_id)

    @action(description=_("As CSV"), url_path="csv", permissions=["payments.view_settlement"], icon="download")
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        rows = [[one[name] for name in _COLUMNS] for one in told(row)] if row is not None else []
        return csv_file(f"settlement-{object_id}.csv", csv_text(_COLUMNS, rows))

    @action(description=_("Upload a list"), url_path="import", permissions=[_CHANGE], icon="upload_file")
    def import_file(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:payments_settlementfile_add"))

    @action(description=_("All as CSV"), url_path="all.csv", permissions=["payments.view_settlement"], icon="download")
    def export_all(self, request: HttpRequest) -> HttpResponse:
        names = [
            "day", "gateway", "currency", "our_payments", "their_payments", "our_refunds", "their_refunds",
            "their_fees", "is_balanced",
        ]  # fmt: skip
        rows = self.get_queryset(request).order_by("day", "gateway", "currency")
        told_rows = [[str(cell) if name == "day" else cell for name, cell in zip(names, row, strict=True)]
                     for row in rows.values_list(*names)]  # fmt: skip
        return csv_file("settlements.csv", csv_text(names, told_rows))


class AgainPage(AskingPage):
    title = _("Count this day again")
    lead = _("The gateway's list is fetched anew where it gives one; what was explained stays explained.")
    permission_required = _CHANGE
    submit_label = _("Count again")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        counting.count(gateway=self.object.gateway, day=self.object.day, now=timezone.now())
        return _("Counted.")


@admin.register(SettlementLine)
class SettlementLineAdmin(Evidence, DeskAdmin):
    list_display = ("settlement", "kind", "reference", "amount", "fee", "difference", "note", "case")
    list_filter = ("difference", "kind", "settlement__gateway", ("explained_at", admin.EmptyFieldListFilter))
    list_select_related = ("settlement", "case")
    search_fields = ("=reference", "note")
    ordering = ("-pk",)

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        return of_whole_house(rows, user)


@admin.register(CashCount)
class CashCountAdmin(Evidence, DeskAdmin):
    """Every shift of the manager's cinemas. Of one still open, nothing tells what should be in the till."""

    cinema_path = "cinema"
    list_display = ("opened", "clerk", "cinema", "closed", "start", "counted_sum", "expected_sum", "state", "note")
    list_filter = (("cinema", MyChoices), ("closed_at", admin.EmptyFieldListFilter), ("opened_at", RangeDateTimeFilter))
    list_select_related = ("clerk", "cinema")
    search_fields = ("clerk__email", "note")
    ordering = ("-opened_at",)
    fields = (
        ("clerk", "cinema"), ("opened", "closed"), ("start", "counted_sum", "expected_sum"), ("state_word", "note"),
        ("cash_sales", "cash_refunds", "card_sales"),
    )  # fmt: skip
    readonly_fields = (
        "opened", "closed", "start", "counted_sum", "expected_sum", "state_word", "cash_sales", "cash_refunds",
        "card_sales",
    )  # fmt: skip
    list_before_template = "admin/stray_refunds.html"
    actions_list = ("export",)

    @admin.display(description=_("opened"), ordering="opened_at")
    def opened(self, row: CashCount) -> str:
        return short_time(row.opened_at)

    @admin.display(description=_("closed"), ordering="closed_at")
    def closed(self, row: CashCount) -> str:
        return short_time(row.closed_at)

    @admin.display(description=_("float"))
    def start(self, row: CashCount) -> str:
        return money.text(row.float_amount, row.currency)

    @admin.display(description=_("counted"))
    def counted_sum(self, row: CashCount) -> str:
        return "-" if row.counted is None else money.text(row.counted, row.currency)

    @admin.display(description=_("should be"))
    def expected_sum(self, row: CashCount) -> str:
        return "-" if row.expected is None else money.text(row.expected, row.currency)

    @display(description=_("difference"), label={"open": "info", "right": "success", "wrong": "danger"})
    def state(self, row: CashCount) -> tuple[str, Any]:
        found = shifts.difference(row)
        if found is None:
            return "open", _("Open")
        return ("wrong" if found else "right"), f"{found:+,.2f}" if found else "0.00"

    @admin.display(description=_("cash taken"))
    def cash_sales(self, row: CashCount) -> str:
        return str(row.report.get("cash_sales", "-"))

    @admin.display(description=_("cash given back"))
    def cash_refunds(self, row: CashCount) -> str:
        return str(row.report.get("cash_refunds", "-"))

    @admin.display(description=_("by card terminal"))
    def card_sales(self, row: CashCount) -> str:
        return str(row.report.get("card_sales", "-"))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        since = timezone.now() - shifts.STRAY_FOR
        stray = shifts.stray_refunds(acting(request), since=since)[:50]
        return super().changelist_view(request, (extra_context or {}) | {"stray": stray})

    @action(description=_("As CSV"), url_path="csv", permissions=["payments.view_cashcount"], icon="download")
    def export(self, request: HttpRequest) -> HttpResponse:
        names = (
            "opened",
            "closed",
            "clerk",
            "cinema",
            "currency",
            "float",
            "counted",
            "expected",
            "difference",
            "note",
        )
        rows = [
            (
                row.opened_at, row.closed_at, row.clerk.email, row.cinema.name, row.currency, row.float_amount,
                row.counted, row.expected, shifts.difference(row), row.note,
            )
            for row in self.get_queryset(request).select_related("clerk", "cinema").order_by("opened_at")
        ]  # fmt: skip
        return csv_file("shifts.csv", csv_text(names, rows))


@admin.register(FakeCharge)
class FakeChargeAdmin(Evidence, DeskAdmin):
    list_display = ("reference", "session", "amount", "currency", "created_at")
    search_fields = ("=reference", "=session")
    ordering = ("-created_at",)


def told(row: Settlement) -> list[dict[str, Any]]:
    """Each line with what a person reads of it."""
    rows = row.lines.select_related("payment__booking", "refund__payment__booking", "case").order_by("kind", "pk")
    return [_told(line, row.currency) for line in rows]


def _told(line: SettlementLine, currency: str) -> dict[str, Any]:
    mine = line.refund or line.payment
    payment = line.refund.payment if line.refund else line.payment
    is_there = line.difference == SettlementLine.Difference.MISSING_THERE
    return {
        "pk": line.pk,
        "kind": line.kind,
        "kind_word": line.get_kind_display(),
        "reference": line.reference,
        "amount": None if is_there else line.amount,
        "fee": line.fee,
        "currency": currency,
        "difference": line.difference,
        "cause": line.get_difference_display(),
        "ours": mine.amount if mine else None,
        "payment_id": payment.pk if payment else None,
        "booking": str(payment.booking) if payment else "",
        "status": payment.get_status_display() if payment else "",
        "note": line.note,
        "case": str(line.case_id or ""),
        "case_state": line.case.get_status_display() if line.case else "",
        "is_open": counting.is_open(line),
        "may_ask": line.payment_id is not None,
    }


def _pair(ours: Any, theirs: Any) -> str:
    return f"{ours:,.2f} / {'-' if theirs is None else f'{theirs:,.2f}'}"
