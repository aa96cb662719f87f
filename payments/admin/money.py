"""Payments, refunds and gateways' messages, all evidence; a failed refund can be tried again."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from payments.models import FakeCheckout, FakeMessage, FakeRefund, Payment, Refund, WebhookEvent
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, NamesActors
from showsewa.admin.promised import PromiseFilter, ShowsState, TriesAgain


class RefundInline(Evidence, TabularInline):
    model = Refund
    extra = 0
    fields = readonly_fields = ("amount", "percent", "reason", "note", "actor", "created_at", "done_at", "failed_at")
    show_change_link = True


@admin.register(Payment)
class PaymentAdmin(Evidence, DeskAdmin):
    cinema_path = "booking__showtime__cinema"
    list_display = ("created_at", "booking", "gateway", "amount", "currency", "state", "gateway_reference", "trouble")
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
    list_display = ("created_at", "booking", "amount", "percent", "reason", "state", "attempts", "who", "last_error")
    list_filter = (PromiseFilter, "reason", "payment__gateway", ("payment__booking__showtime__cinema", MyChoices))
    list_select_related = ("payment__booking",)
    search_fields = ("=payment__booking__reference", "payment__booking__email", "=gateway_reference", "=id")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    retry_permission = "payments.retry_refund"

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
