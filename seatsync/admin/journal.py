"""What `inventory` wrote: the journal, the seats and their inventories. Evidence: to be read, never to be edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from payments import timeline
from seatsync.models import Action, SeatEvent, SeatStatus, ShowInventory, ShowSeat
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices

STATUS = {
    SeatStatus.AVAILABLE.value: "success",
    SeatStatus.HELD.value: "warning",
    SeatStatus.BOOKED.value: "primary",
    SeatStatus.BLOCKED.value: "danger",
}


@admin.register(SeatEvent)
class SeatEventAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__showtime__cinema"
    list_display = ("created_at", "show", "version", "deed", "changed", "actor", "source", "reference", "reason")
    list_display_links = ("created_at",)
    list_filter = ("action", "source", ("showtime__showtime__cinema", MyChoices))
    list_select_related = ("showtime__showtime__movie",)
    search_fields = ("=reference", "=claim", "=actor", "=showtime__showtime__id")
    search_help_text = _("A reference, a claim (booking id), an actor or a showtime's id, written out.")
    ordering = ("-id",)
    date_hierarchy = "created_at"
    fields = (
        "show", "version", "created_at", "deed", "changed", "claim", "actor", "source", "reference", "reason",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("showtime"), ordering="showtime")
    def show(self, event: SeatEvent) -> str:
        return str(event.showtime.showtime)

    @display(
        description=_("action"),
        label={
            Action.HOLD.value: "warning",
            Action.BOOK.value: "primary",
            Action.BOOK_HELD.value: "primary",
            Action.REPORT.value: "info",
            Action.BLOCK.value: "danger",
            Action.RELEASE.value: "success",
            Action.UNBLOCK.value: "success",
        },
    )
    def deed(self, event: SeatEvent) -> tuple[str, str]:
        return event.action, event.get_action_display()

    @admin.display(description=_("changes"))
    def changed(self, event: SeatEvent) -> str:
        return timeline.changes(event)


@admin.register(ShowSeat)
class ShowSeatAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__showtime__cinema"
    list_display = ("label", "show", "state", "price", "claim", "held_until")
    list_filter = ("status", ("showtime__showtime__cinema", MyChoices))
    list_select_related = ("showtime__showtime__movie",)
    search_fields = ("=label", "=claim", "=showtime__showtime__id")
    search_help_text = _("A seat, a claim (booking id) or a showtime's id, written out.")
    ordering = ("-showtime", "id")
    fields = ("show", "label", "state", "price", "claim", "held_until")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("showtime"), ordering="showtime")
    def show(self, seat: ShowSeat) -> str:
        return str(seat.showtime.showtime)

    @display(description=_("status"), ordering="status", label=STATUS)
    def state(self, seat: ShowSeat) -> tuple[str, str]:
        return seat.status, seat.get_status_display()


@admin.register(ShowInventory)
class ShowInventoryAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__cinema"
    list_display = ("showtime", "version", "price_version", "seat_count", "opened_at")
    list_filter = (("showtime__cinema", MyChoices),)
    list_select_related = ("showtime__movie",)
    search_fields = ("showtime__movie__title", "=showtime__id")
    ordering = ("-showtime__starts_at",)
    date_hierarchy = "opened_at"
