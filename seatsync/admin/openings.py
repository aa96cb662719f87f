"""Who waits for tickets to be on sale. Evidence; a failed one can be sent again."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from seatsync.models import OpeningNotice
from showsewa import promises
from showsewa.admin.base import DeskAdmin, Evidence, PromiseFilter, promise_state


@admin.register(OpeningNotice)
class OpeningNoticeAdmin(Evidence, DeskAdmin):
    list_display = ("movie", "city", "medium", "state", "attempts", "last_error", "created_at")
    list_filter = (PromiseFilter, "medium", "city")
    list_select_related = ("movie",)
    search_fields = ("movie__title", "=address")
    ordering = ("-pk",)
    actions: Sequence[Any] = ("try_again",)

    @display(description=_("state"), label={"open": "warning", "done": "success", "failed": "danger"})
    def state(self, notice: OpeningNotice) -> tuple[str, Any]:
        return promise_state(notice)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("bookings.resend_notice"))

    @action(description=_("Try again what has failed"), permissions=["resend"])
    def try_again(self, request: HttpRequest, rows: QuerySet) -> None:
        failed = rows.exclude(failed_at=None).order_by("pk")
        count = sum(promises.reopen(notice, now=timezone.now()) for notice in failed)
        messages.success(request, ngettext("%d will be tried again now.", "%d will be tried again now.", count) % count)
