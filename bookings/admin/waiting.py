"""Those who wait: rushes with their limits, and the waiting lists. Only a limit is ever changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from bookings.models import Standby, WaitingRoom
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, show_header


@admin.register(WaitingRoom)
class WaitingRoomAdmin(DeskAdmin):
    """A rush that is expected can be given its own limit before it comes."""

    cinema_path = "showtime__cinema"
    list_display = ("show", "state", "limit", "last_number", "front", "rate", "free", "held", "advanced_at")
    list_filter = (("opened_at", admin.EmptyFieldListFilter), ("showtime__cinema", MyChoices))
    list_select_related = ("showtime__movie", "showtime__cinema", "showtime__hall")
    search_fields = ("showtime__movie__title", "showtime__cinema__name")
    ordering = ("-advanced_at",)
    autocomplete_fields = ("showtime",)
    fields = (
        "showtime", "limit", "state_word", ("last_number", "front", "rate"), ("free", "held"),
        ("opened_at", "advanced_at"),
    )  # fmt: skip
    readonly_fields = (
        "state_word", "last_number", "front", "rate", "free", "held", "opened_at", "advanced_at",
    )  # fmt: skip

    @display(description=_("showtime"), ordering="showtime__starts_at", header=True)
    def show(self, room: WaitingRoom) -> list[str]:
        return show_header(room.showtime)

    @display(description=_("state"), label={"open": "warning", "sold": "info", "closed": "success"})
    def state(self, room: WaitingRoom) -> tuple[str, Any]:
        if room.opened_at:
            return "open", _("People wait")
        return ("sold", _("Sold out")) if room.is_sold_out else ("closed", _("Nobody waits"))

    def get_fields(self, request: HttpRequest, obj: WaitingRoom | None = None) -> Any:
        """A rush that has not come has no figures yet."""
        return self.fields if obj else ("showtime", "limit")

    def get_readonly_fields(self, request: HttpRequest, obj: WaitingRoom | None = None) -> Any:
        return (*self.readonly_fields, "showtime") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: WaitingRoom | None = None) -> bool:
        return False


@admin.register(Standby)
class StandbyAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__cinema"
    list_display = ("show", "party", "zone", "state", "email", "phone", "created_at", "until")
    list_filter = ("status", ("showtime__cinema", MyChoices))
    list_select_related = ("showtime__movie", "showtime__cinema", "showtime__hall")
    search_fields = ("=email", "=phone", "showtime__movie__title")
    ordering = ("-created_at",)
    fields = ("showtime", ("party", "zone"), "status", ("email", "phone", "language"), "offer", ("created_at", "until"))

    @display(description=_("showtime"), ordering="showtime__starts_at", header=True)
    def show(self, entry: Standby) -> list[str]:
        return show_header(entry.showtime)

    @display(description=_("status"), ordering="status", label={"WAITING": "info", "OFFERED": "warning"})
    def state(self, entry: Standby) -> tuple[str, Any]:
        return entry.status, entry.get_status_display()
