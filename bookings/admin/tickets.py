"""Tickets, archived ones, and notices. Evidence; a notice can be sent again."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from bookings.models import ArchivedTicket, Notice, Ticket
from showsewa import promises
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, PromiseFilter, promise_state, show_header


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
class NoticeAdmin(Evidence, DeskAdmin):
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
    actions: Sequence[Any] = ("try_again",)

    @display(description=_("state"), label={"open": "warning", "done": "success", "failed": "danger"})
    def state(self, notice: Notice) -> tuple[str, Any]:
        return promise_state(notice)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("bookings.resend_notice"))

    @action(description=_("Try again what has failed"), permissions=["resend"])
    def try_again(self, request: HttpRequest, rows: QuerySet) -> None:
        failed = rows.exclude(failed_at=None).order_by("pk")
        count = sum(promises.reopen(notice, now=timezone.now()) for notice in failed)
        messages.success(request, ngettext("%d will be tried again now.", "%d will be tried again now.", count) % count)
