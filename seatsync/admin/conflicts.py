"""Seats sold twice: the queue, open ones first, and each one's desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from seatsync import conflicts, journal
from seatsync.admin import deciding
from seatsync.models import Conflict
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, short_time, show_header


@admin.register(Conflict)
class ConflictAdmin(Evidence, DeskAdmin):
    """Only the desk's page closes one; the two claims themselves are evidence."""

    cinema_path = "seat__showtime__showtime__cinema"
    list_display = ("seat_label", "show", "state", "until", "holder", "reporter", "at", "ended")
    list_display_links = ("seat_label", "show")
    list_filter = ("status", "resolution", ("seat__showtime__showtime__cinema", MyChoices), "source")
    list_select_related = (
        "seat__showtime__showtime__movie",
        "seat__showtime__showtime__cinema",
        "seat__showtime__showtime__hall",
        "channel",
        "holder_channel",
        "new_seat",
    )
    search_fields = ("reference", "holder_reference", "=seat__label", "=holder_claim")
    ordering = ("status", "-created_at")  # OPEN before SOLVED
    date_hierarchy = "created_at"
    fields = (
        ("show_line", "seat_label"),
        ("state_word", "until_word"),
        ("created_at", "asked"),
        ("ended", "decided"),
        "note",
        "manager_told",
    )
    actions_detail = ("decide",)
    change_form_outer_before_template = "admin/conflict_story.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for line in self.fields for name in (line if isinstance(line, tuple) else (line,))]

    @admin.display(description=_("reported"), ordering="created_at")
    def at(self, conflict: Conflict) -> str:
        return _("%(time)s ago") % {"time": _short(timesince(conflict.created_at))}

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
        name = f" ({conflict.holder_channel.name})" if conflict.holder_channel else ""
        return f"{journal.source(conflict.holder_source)} {conflict.holder_reference}{name}"

    @admin.display(description=_("reported second"))
    def reporter(self, conflict: Conflict) -> str:
        return f"{journal.source(conflict.source)} {conflict.reference} ({conflict.channel.name})"

    @display(
        description=_("status"),
        ordering="status",
        label={"OPEN": "danger", "ASKED": "warning", "REJECTED": "danger", "SOLVED": "success"},
    )
    def state(self, conflict: Conflict) -> tuple[str, Any]:
        if conflict.status == Conflict.Status.SOLVED:
            return conflict.status, conflict.get_status_display()
        if conflict.answer == conflicts.REJECTED:
            return "REJECTED", _("Open, the channel said no")
        return ("ASKED", _("Open, channel asked")) if conflict.asked_at else ("OPEN", _("Open"))

    @display(description=_("to be solved"), label={"late": "danger", "soon": "warning", "": "info"})
    def until(self, conflict: Conflict) -> Any:
        if conflict.status == Conflict.Status.SOLVED:
            return "-"
        now, deadline = timezone.now(), conflicts.deadline(conflict)
        if deadline <= now:
            return "late", _("%(time)s too late") % {"time": _short(timesince(deadline, now))}
        is_soon = deadline - now < conflicts.TO_BE_SOLVED
        return "soon" if is_soon else "", _("in %(time)s") % {"time": _short(timeuntil(deadline, now))}

    @admin.display(description=_("to be solved"))
    def until_word(self, conflict: Conflict) -> Any:
        said = self.until(conflict)
        return said[1] if isinstance(said, tuple) else said

    @admin.display(description=_("how it ended"))
    def ended(self, conflict: Conflict) -> str:
        if conflict.status != Conflict.Status.SOLVED:
            return "-"
        moved = f" → {conflict.new_seat.label}" if conflict.new_seat else ""
        words = [conflict.get_winner_display(), f"{conflict.get_resolution_display()}{moved}"]
        return " · ".join(str(word) for word in words if word)

    @admin.display(description=_("decided by"))
    def decided(self, conflict: Conflict) -> str:
        return f"{journal.name(conflict.decided_by)}, {short_time(conflict.solved_at)}" if conflict.decided_by else "-"

    @admin.display(description=_("channel asked"))
    def asked(self, conflict: Conflict) -> str:
        return " · ".join(filter(None, [short_time(conflict.asked_at), conflict.answer]))

    @admin.display(description=_("managers told"))
    def manager_told(self, conflict: Conflict) -> str:
        notice = getattr(conflict, "manager_notice", None)
        is_told = notice is not None and notice.done_at is not None and conflict.status == Conflict.Status.OPEN
        return short_time(notice.done_at) if is_told and notice else "-"

    @action(description=_("Decide"), url_path="decide", permissions=["seatsync.change_conflict"], icon="gavel")
    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return deciding.DecidePage.show(self, request, object_id)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        conflict = kwargs.get("obj")
        if conflict is not None:
            context |= deciding.picture(conflict, request)
        return super().render_change_form(request, context, **kwargs)


def _short(text: str) -> str:
    """ "2 hours, 5 minutes" as "2 hours": a queue is read at a glance."""
    return text.partition(",")[0]
