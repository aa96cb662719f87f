"""Gift vouchers and their ledger: looked at, cancelled, told as what is still owed. Issued on the counter's page."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from payments import vouchers as ledger
from payments.models import GiftVoucher, VoucherEntry
from payments.services import vouchers
from seatsync import journal
from showsewa import money
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, NamesActors, sum_column
from showsewa.admin.base import actor as acting
from showsewa.admin.files import csv_file
from showsewa.refusals import Refusal
from showsewa.spreadsheets import csv_text

_COLUMNS = ("voucher", "currency", "worth", "good_until", "taken_at", "sold_at", "why", "issued", "note")
_LINES = ("at", "kind", "sum", "who", "note")


class EntryInline(Evidence, TabularInline):
    model = VoucherEntry
    extra = 0
    fields = readonly_fields = _LINES
    sum = sum_column("amount", _("amount"), currency="voucher.currency")

    @admin.display(description=_("by"))
    def who(self, entry: VoucherEntry) -> str:
        return journal.name(entry.actor)


@admin.register(GiftVoucher)
class GiftVoucherAdmin(NamesActors, Evidence, DeskAdmin):
    """Rows of the person's cinemas, and those that are taken everywhere."""

    actor_field = "issued_by"
    list_display = ("last4", "worth", "state", "expires_on", "cinema", "reason", "sold_at", "who", "note")
    list_filter = ("reason", ("cinema", MyChoices), ("sold_at", MyChoices), ("created_at", RangeDateTimeFilter))
    list_select_related = ("cinema", "sold_at")
    search_fields = ("=last4", "note", "=id")
    ordering = ("-pk",)
    exclude = ("digest",)
    inlines = (EntryInline,)
    actions: Sequence[Any] = ("cancel_rest",)
    actions_list = ("issue", "outstanding")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        mine = ledger.visible(acting(request))
        return ledger.with_balance(super().get_queryset(request).filter(pk__in=mine.values("pk")))

    worth = sum_column("worth", _("worth"))

    @display(
        description=_("state"), label={"good": "success", "used": "info", "expired": "warning", "blocked": "danger"}
    )
    def state(self, voucher: Any) -> tuple[str, Any]:
        if voucher.blocked_at is not None:
            return "blocked", _("Cancelled")
        if ledger.is_expired(voucher, now=timezone.now()):
            return "expired", _("Expired")
        return ("good", _("Good")) if voucher.worth > 0 else ("used", _("Used up"))

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(vouchers.CANCEL))

    @action(description=_("Cancel what is left"), permissions=["cancel"])
    def cancel_rest(self, request: HttpRequest, rows: QuerySet) -> None:
        actor, left = acting(request), money.ZERO
        for key in list(rows.order_by("pk").values_list("pk", flat=True)):
            try:
                left += vouchers.cancel_rest(voucher_id=key, note="", actor=actor, now=timezone.now())
            except Refusal as refusal:
                messages.error(request, refusal.message)
        messages.success(request, _("Cancelled; %(sum)s was left.") % {"sum": left})

    @action(description=_("Sell or give one"), url_path="issue", permissions=[vouchers.GIVE], icon="redeem")
    def issue(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("sell-voucher"))

    @action(
        description=_("What is owed, as CSV"),
        url_path="outstanding.csv",
        permissions=["payments.view_giftvoucher"],
        icon="download",
    )
    def outstanding(self, request: HttpRequest) -> HttpResponse:
        rows = self.get_queryset(request).filter(worth__gt=0).select_related("cinema", "sold_at").order_by("pk")
        return csv_file("gift-vouchers.csv", csv_text(_COLUMNS, [_told(row) for row in rows]))


@admin.register(VoucherEntry)
class VoucherEntryAdmin(NamesActors, Evidence, DeskAdmin):
    list_display = ("at", "voucher", "kind", "sum", "payment", "refund", "who", "note")
    fields = readonly_fields = list_display
    sum = sum_column("amount", _("amount"), currency="voucher.currency")
    list_filter = ("kind", ("at", RangeDateTimeFilter))
    list_select_related = ("voucher", "payment", "refund")
    search_fields = ("=voucher__last4", "note")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(voucher__in=ledger.visible(acting(request)))


def _told(row: Any) -> list[Any]:
    return [
        str(row), row.currency, row.worth, row.expires_on and str(row.expires_on), row.cinema and row.cinema.name,
        row.sold_at and row.sold_at.name, row.reason, row.created_at, row.note,
    ]  # fmt: skip
