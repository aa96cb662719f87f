"""Exchanges on the desk: what was given for what, and whether the difference came."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from bookings.models import Booking, Exchange
from showsewa import money
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, show_header


@admin.register(Exchange)
class ExchangeAdmin(Evidence, DeskAdmin):
    cinema_path = "booking__showtime__cinema"
    list_display = ("show", "booking", "seats", "more", "state", "created_at", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter), ("booking__showtime__cinema", MyChoices))
    list_select_related = (
        "booking", "waiting", "new_showtime__movie", "new_showtime__cinema", "new_showtime__hall",
    )  # fmt: skip
    search_fields = ("=booking__reference", "=waiting__reference")
    ordering = ("-created_at",)
    fields = (
        "booking", ("old_showtime", "old_seats"), ("new_showtime", "new_seats"), ("difference", "currency"), "waiting",
        "actor", ("created_at", "done_at"),
    )  # fmt: skip

    @display(description=_("new showtime"), ordering="new_showtime__starts_at", header=True)
    def show(self, exchange: Exchange) -> list[str]:
        return show_header(exchange.new_showtime)

    @display(description=_("seats"))
    def seats(self, exchange: Exchange) -> str:
        return str(exchange)

    @display(description=_("difference"), ordering="difference")
    def more(self, exchange: Exchange) -> str:
        return money.text(exchange.difference, exchange.currency)

    @display(description=_("state"), label={"done": "success", "waits": "warning", "nothing": "info"})
    def state(self, exchange: Exchange) -> tuple[str, Any]:
        if exchange.done_at is not None:
            return "done", _("Done")
        is_open = exchange.waiting is not None and exchange.waiting.status == Booking.Status.PENDING
        return ("waits", _("Waits for the difference")) if is_open else ("nothing", _("Came to nothing"))
