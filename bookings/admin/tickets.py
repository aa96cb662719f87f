"""Tickets, archived ones, and notices. Evidence; a notice can be sent again."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from bookings.models import ArchivedTicket, Notice, Ticket
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, show_header
from showsewa.admin.promised import PromiseFilter, TriesAgain


@admin.register(Ticket)
class TicketAdmin(Evidence, DeskAdmin):
    cinema_path = "booking__showtime__cinema"
    list_display = ("label", "booking", "show", "price", "discount", "released_at", "checked_in_at")
    list_filter = (
        ("booking__showtime__cinema", MyChoices),
        ("released_at", admin.EmptyFieldListFilter),
        ("checked_in_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("booking__showtime__movie", "booking__showtime__cinema", "booking__showtime__hall")
    search_fields = ("=booking__reference", "=booking__id", "=label")
    ordering = ("-id",)

    @display(description=_("showtime"), ordering="booking__showtime__starts_at", header=True)
    def show(self, ticket: Ticket) -> list[str]:
        return show_header(ticket.booking.showtime)


@admin.register(ArchivedTicket)
class ArchivedTicketAdmin(Evidence, DeskAdmin):
    cinema_path = "booking__showtime__cinema"
    list_display = ("label", "booking", "price", "discount", "released_at", "archived_at")
    list_select_related = ("booking",)
    search_fields = ("=booking__reference", "=booking__id")
    ordering = ("-pk",)


@admin.register(Notice)
class NoticeAdmin(TriesAgain, Evidence, DeskAdmin):
    cinema_path = "booking__showtime__cinema"
    list_display = ("booking", "kind", "medium", "state", "due_at", "attempts", "last_error")
    list_filter = (
        PromiseFilter,
        "kind",
        "medium",
        ("booking__showtime__cinema", MyChoices),
        ("due_at", RangeDateTimeFilter),
    )
    list_select_related = ("booking",)
    search_fields = ("=booking__reference", "booking__email", "booking__phone")
    ordering = ("-pk",)
    retry_permission = "bookings.resend_notice"
