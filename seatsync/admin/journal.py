"""What `inventory` wrote: the journal, the seats and their inventories. Evidence: to be read, never to be edited."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from seatsync import journal
from seatsync.models import Action, SeatEvent, SeatStatus, ShowInventory, ShowSeat
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, NamesActors, short_time, show_header

_SHOW = ("showtime__showtime__movie", "showtime__showtime__cinema", "showtime__showtime__hall")
STATUS = {
    SeatStatus.AVAILABLE.value: "success",
    SeatStatus.HELD.value: "warning",
    SeatStatus.BOOKED.value: "primary",
    SeatStatus.BLOCKED.value: "danger",
}


@admin.register(SeatEvent)
class SeatEventAdmin(NamesActors, Evidence, DeskAdmin):
    cinema_path = "showtime__showtime__cinema"
    list_display = ("at", "show", "version", "deed", "changed", "who", "why")
    list_filter = ("action", "source", ("showtime__showtime__cinema", MyChoices), ("created_at", RangeDateTimeFilter))
    list_select_related = _SHOW
    search_fields = ("=reference", "=claim", "=actor", "=showtime__showtime__id")
    search_help_text = _("A reference, a claim (booking id), an actor or a showtime's id, written out.")
    ordering = ("-id",)
    fields = (
        ("showtime", "version"),
        ("created_at", "deed_word"),
        "changed",
        "claim",
        "who",
        ("source_name", "reference"),
        "reason",
    )
    readonly_fields = ("deed_word", "changed", "who", "source_name")

    @admin.display(description=_("when"), ordering="id")
    def at(self, event: SeatEvent) -> str:
        return short_time(event.created_at)

    @display(description=_("showtime"), ordering="showtime", header=True)
    def show(self, event: SeatEvent) -> list[str]:
        return show_header(event.showtime.showtime)

    @display(
        description=_("action"),
        label={
            Action.HOLD.value: "warning",
            Action.BOOK.value: "primary",
            Action.BOOK_HELD.value: "primary",
            Action.HAND_ON.value: "warning",
            Action.REPORT.value: "info",
            Action.BLOCK.value: "danger",
            Action.RELEASE.value: "success",
            Action.UNBLOCK.value: "success",
        },
    )
    def deed(self, event: SeatEvent) -> tuple[str, str]:
        return event.action, event.get_action_display()

    @admin.display(description=_("action"))
    def deed_word(self, event: SeatEvent) -> str:
        return event.get_action_display()

    @admin.display(description=_("changes"))
    def changed(self, event: SeatEvent) -> str:
        return format_html('<span class="desk-wide">{}</span>', journal.changes(event))

    @admin.display(description=_("source"))
    def source_name(self, event: SeatEvent) -> str:
        return journal.source(event.source) or "-"

    @admin.display(description=_("why"))
    def why(self, event: SeatEvent) -> str:
        said = " · ".join(filter(None, [journal.source(event.source), event.reference, event.reason]))
        return format_html('<span class="desk-wide">{}</span>', said or "-")


@admin.register(ShowSeat)
class ShowSeatAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__showtime__cinema"
    list_display = ("label", "show", "state", "price", "claim", "held_until")
    list_display_links = ("label",)
    list_filter = ("status", ("showtime__showtime__cinema", MyChoices))
    list_select_related = _SHOW
    search_fields = ("=label", "=claim", "=showtime__showtime__id")
    search_help_text = _("A seat, a claim (booking id) or a showtime's id, written out.")
    ordering = ("-id",)
    fields = ("showtime", "label", "state_word", "price", "claim", "held_until")
    readonly_fields = ("state_word",)

    @display(description=_("showtime"), ordering="showtime", header=True)
    def show(self, seat: ShowSeat) -> list[str]:
        return show_header(seat.showtime.showtime)

    @display(description=_("status"), ordering="status", label=STATUS)
    def state(self, seat: ShowSeat) -> tuple[str, str]:
        return seat.status, seat.get_status_display()


@admin.register(ShowInventory)
class ShowInventoryAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__cinema"
    list_display = ("show", "version", "price_version", "seat_count", "opened_at")
    list_filter = (("showtime__cinema", MyChoices),)
    list_select_related = ("showtime__movie", "showtime__cinema", "showtime__hall")
    search_fields = ("showtime__movie__title", "=showtime__id")
    ordering = ("-showtime__starts_at",)
    date_hierarchy = "opened_at"

    @display(description=_("showtime"), ordering="showtime__starts_at", header=True)
    def show(self, inventory: ShowInventory) -> list[str]:
        return show_header(inventory.showtime)
