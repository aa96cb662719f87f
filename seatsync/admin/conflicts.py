"""Conflicts: both claims side by side, and "solved" with a note."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from seatsync import conflicts
from seatsync.models import Conflict
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, short_time, show_header
from showsewa.admin.pages import DeskPage, NoteForm


class SolvePage(DeskPage):
    title = _("Solve this conflict")
    form_class = NoteForm
    permission_required = "seatsync.change_conflict"
    submit_label = _("Solved")
    lead = _("Say what was done for whom: who sat where, who got other seats, who got money back.")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        conflicts.solve(conflict_id=self.object.pk, note=given["note"], actor=actor, now=timezone.now())
        return _("Solved.")

    def facts(self) -> Sequence[tuple[Any, Any]]:
        conflict, admin_ = self.object, self.model_admin
        return [
            (_("Showtime"), admin_.show_line(conflict)),
            (_("Seat"), conflict.seat.label),
            (_("Sold first"), admin_.holder(conflict)),
            (_("Reported second"), admin_.reporter(conflict)),
        ]


@admin.register(Conflict)
class ConflictAdmin(Evidence, DeskAdmin):
    """Only the desk's page closes one, with a note; the two claims themselves are evidence."""

    cinema_path = "seat__showtime__showtime__cinema"
    list_display = ("at", "show", "seat_label", "holder", "reporter", "state", "solved_at")
    list_filter = ("status", ("seat__showtime__showtime__cinema", MyChoices), "source")
    list_select_related = (
        "seat__showtime__showtime__movie",
        "seat__showtime__showtime__cinema",
        "seat__showtime__showtime__hall",
        "channel",
    )
    search_fields = ("reference", "holder_reference", "=seat__label", "=holder_claim")
    ordering = ("status", "-created_at")  # OPEN before SOLVED
    date_hierarchy = "created_at"
    fields = (
        "show_line",
        "seat_label",
        "holder",
        "holder_claim",
        "reporter",
        "reported_for",
        "created_at",
        "state_word",
        "note",
        "solved_at",
    )
    actions_detail = ("solve",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("reported"), ordering="created_at")
    def at(self, conflict: Conflict) -> str:
        return short_time(conflict.created_at)

    @display(description=_("showtime"), header=True)
    def show(self, conflict: Conflict) -> list[str]:
        return show_header(conflict.seat.showtime.showtime)

    @admin.display(description=_("showtime"))
    def show_line(self, conflict: Conflict) -> str:
        return ", ".join(show_header(conflict.seat.showtime.showtime))

    @admin.display(description=_("seat"))
    def seat_label(self, conflict: Conflict) -> str:
        return conflict.seat.label

    @admin.display(description=_("sold first"))
    def holder(self, conflict: Conflict) -> str:
        return f"{conflict.holder_source} {conflict.holder_reference}"

    @admin.display(description=_("reported second"))
    def reporter(self, conflict: Conflict) -> str:
        return f"{conflict.source} {conflict.reference} ({conflict.channel.name})"

    @display(description=_("status"), ordering="status", label={"OPEN": "danger", "SOLVED": "success"})
    def state(self, conflict: Conflict) -> tuple[str, str]:
        return conflict.status, conflict.get_status_display()

    @action(description=_("Solve"), url_path="solve", permissions=["seatsync.change_conflict"], icon="handshake")
    def solve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return SolvePage.show(self, request, object_id)
