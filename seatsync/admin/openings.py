"""Who waits for tickets to be on sale. Evidence; a failed one can be sent again."""

from django.contrib import admin

from seatsync.models import OpeningNotice
from showsewa.admin.base import DeskAdmin, Evidence
from showsewa.admin.promised import PromiseFilter, TriesAgain


@admin.register(OpeningNotice)
class OpeningNoticeAdmin(TriesAgain, Evidence, DeskAdmin):
    list_display = ("movie", "city", "medium", "state", "attempts", "last_error", "created_at")
    list_filter = (PromiseFilter, "medium", "city")
    list_select_related = ("movie",)
    search_fields = ("movie__title", "=address")
    ordering = ("-pk",)
    retry_permission = "bookings.resend_notice"
