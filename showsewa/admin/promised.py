"""Lists of promises: what became of each, and "try again" for what was given up."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from showsewa import promises
from showsewa.admin.base import person
from showsewa.promises import OPEN, Promise


class PromiseFilter(DropdownFilter):
    title = _("state")
    parameter_name = "promise"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("done", _("Done")), ("failed", _("Given up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = {"open": Q(OPEN), "done": Q(done_at__isnull=False), "failed": Q(failed_at__isnull=False)}
        return queryset.filter(chosen.get(self.value() or "", Q()))


class ShowsState:
    """A list whose rows are promises."""

    @display(description=_("state"), label={"open": "warning", "done": "success", "failed": "danger"})
    def state(self, row: Promise) -> tuple[str, Any]:
        if row.done_at is not None:
            return "done", _("Done")
        return ("failed", _("Given up")) if row.failed_at is not None else ("open", _("Open"))


class TriesAgain(ShowsState):
    """The same, with an action that opens again what has failed. retry_permission: for whom."""

    retry_permission: str
    actions: Sequence[Any] = ("try_again",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return person(request).has_perm(self.retry_permission)

    @action(description=_("Try again what has failed"), permissions=["retry"])
    def try_again(self, request: HttpRequest, rows: QuerySet) -> None:
        failed = rows.exclude(failed_at=None).order_by("pk")
        count = sum(promises.reopen(row, now=timezone.now()) for row in failed)
        messages.success(request, ngettext("%d will be tried again now.", "%d will be tried again now.", count) % count)
