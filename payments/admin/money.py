"""Payments, refunds and gateways' messages, all evidence; a failed refund can be tried again."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from payments.models import FakeCheckout, FakeMessage, FakeRefund, Payment, Refund, WebhookEvent
from seatsync import journal
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, NamesActors, sum_column
from showsewa.admin.promised import PromiseFilter, ShowsState, TriesAgain


class RefundInline(Evidence, TabularInline):
    model = Refund
    extra = 0
    fields = readonly_fields = ("sum", "percent", "reason", "note", "who", "created_at", "done_at", "failed_at")
    show_change_link = True
    sum = sum_column("amount", _("amount"), currency="payment.currency")

    @admin.display(description=_("asked by"))
    def who(self, refund: Refund) -> str:
        return journal.name(refund.actor)


@admin.register(Payment)
class PaymentAdmin(NamesActors, Evidence, DeskAdmin):
    """What was paid at the counter has its clerk for a reference."""

    actor_field = "gateway_reference"
    cinema_path = "booking__showtime__cinema"
    list_display = ("created_at", "booking", "gateway", "sum", "state", "reference", "trouble")
    list_display_links = ("created_at", "booking")
    list_filter = (
        "status",
        "gateway",
        ("booking__showtime__cinema", MyChoices),
        ("trouble", admin.EmptyFieldListFilter),
        ("created_at", RangeDateTimeFilter),
    )
    list_select_related = ("booking",)
    search_fields = ("=booking__reference", "booking__email", "=session", "=intent", "=gateway_reference", "=id")
    ordering = ("-pk",)
    inlines = (RefundInline,)
    fields = readonly_fields = (
        "booking", "gateway", "session", "intent", "sum", "status", "reference", "trouble", "created_at", "expires_at",
        "settled_at",
    )  # fmt: skip
    sum = sum_column("amount", _("amount"))

    @admin.display(description=_("gateway's reference"))
    def reference(self, payment: Payment) -> str:
        return self.who(payment) if payment.gateway_reference else "-"

    @display(
        description=_("status"),
        ordering="status",
        label={"INITIATED": "warning", "SUCCESS": "success", "FAILED": "danger", "EXPIRED": "", "REFUNDED": "info"},
    )
    def state(self, payment: Payment) -> tuple[str, str]:
        return payment.status, payment.get_status_display()


@admin.register(Refund)
class RefundAdmin(TriesAgain, NamesActors, Evidence, DeskAdmin):
    cinema_path = "payment__booking__showtime__cinema"
    list_display = ("created_at", "booking", "sum", "percent", "reason", "state", "attempts", "who", "last_error")
    list_filter = (PromiseFilter, "reason", "payment__gateway", ("payment__booking__showtime__cinema", MyChoices))
    list_select_related = ("payment__booking",)
    search_fields = ("=payment__booking__reference", "payment__booking__email", "=gateway_reference", "=id")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    retry_permission = "payments.retry_refund"
    fields = readonly_fields = (
        "payment", "sum", "percent", "reason", "note", "who", "created_at", "due_at", "attempts", "done_at",
        "failed_at", "last_error",
    )  # fmt: skip
    sum = sum_column("amount", _("amount"), currency="payment.currency")

    @admin.display(description=_("booking"))
    def booking(self, refund: Refund) -> str:
        return str(refund.payment.booking)


@admin.register(WebhookEvent)
class WebhookEventAdmin(Evidence, DeskAdmin):
    """The inbox holds the money of all cinemas, and a message does not say whose it is."""

    list_display = ("received_at", "gateway", "event_id", "processed_at", "attempts", "outcome")
    list_filter = ("gateway", ("processed_at", admin.EmptyFieldListFilter), ("received_at", RangeDateTimeFilter))
    search_fields = ("=event_id", "outcome")
    ordering = ("-pk",)


@admin.register(FakeCheckout)
class FakeCheckoutAdmin(Evidence, DeskAdmin):
    list_display = ("session", "payment_intent", "amount", "currency", "outcome", "created_at")
    list_filter = ("outcome",)
    search_fields = ("=session", "=payment_intent")
    ordering = ("-created_at",)


@admin.register(FakeMessage)
class FakeMessageAdmin(ShowsState, Evidence, DeskAdmin):
    list_display = ("event_id", "state", "due_at", "attempts", "last_error")
    list_filter = (PromiseFilter,)
    search_fields = ("=event_id",)
    ordering = ("-due_at",)


@admin.register(FakeRefund)
class FakeRefundAdmin(Evidence, DeskAdmin):
    list_display = ("key", "session", "amount", "created_at")
    search_fields = ("=key", "=session")
    ordering = ("-created_at",)
