"""Comparisons of channels' lists with ours: what differs, and the buttons that mend it in the channel's name."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from bookings.services import fixing
from seatsync import records
from seatsync.models import Reconciliation
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, NamesActors, short_time, show_header
from showsewa.admin.base import actor as acting
from showsewa.admin.files import csv_file
from showsewa.admin.pages import DeskPage
from showsewa.spreadsheets import csv_text

KINDS = {
    "missing_here": _("Missing here"),
    "missing_there": _("Missing there"),
    "differs": _("Other reference"),
}
DEEDS = {
    "missing_here": _("book it here as reported"),
    "missing_there": _("cancel it here"),
    "differs": _("take their reference"),
}
_COLUMNS = ("seatNumber", "kind", "theirs", "ours", "seatNow", "soldAt", "code", "conflictId")


class FixForm(forms.Form):
    seats = forms.MultipleChoiceField(
        label=_("Seats"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": _("Choose the seats to fix.")},
    )


class FixPage(DeskPage):
    """The comparison's own table, with a box before each line that is open."""

    title = _("Fix differences")
    form_class = FixForm
    template_name = "admin/fix_differences.html"
    permission_required = "seatsync.change_reconciliation"
    submit_label = _("Fix the chosen")
    lead = _(
        "Each fix is a report in the channel's name, and the journal names you. A seat that somebody else has bought "
        "is not taken from them: it becomes a conflict."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        """The button on a line fixes that line, whatever boxes are ticked."""
        given = super().get_form_kwargs()
        only = self.request.POST.get("only")
        return given | {"data": MultiValueDict({"seats": [only]})} if only else given

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        open_seats = [one["seatNumber"] for one in self.object.differences if not one["fixed"]]
        form.fields["seats"].choices = [(seat, seat) for seat in open_seats]
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"differences": told(self.object), "may_fix": True}

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        done = fixing.fix(reconciliation_id=self.object.pk, seats=given["seats"], actor=actor, now=timezone.now())
        said = [ngettext("%d seat fixed.", "%d seats fixed.", done.settled) % done.settled]
        if done.conflicts:
            count = done.conflicts
            said.append(
                ngettext("%d seat is sold twice: see Conflicts.", "%d seats are sold twice: see Conflicts.", count)
                % count
            )
        if done.refused:
            seats = ", ".join(f"{seat} ({why})" for seat, why in done.refused[:20])
            said.append(_("Not possible: %(seats)s.") % {"seats": seats})
        return " ".join(str(part) for part in said)


@admin.register(Reconciliation)
class ReconciliationAdmin(NamesActors, Evidence, DeskAdmin):
    cinema_path = "showtime__cinema"
    list_display = ("at", "channel", "show", "origin", "theirs", "ours", "state")
    list_filter = (
        "is_clean",
        "origin",
        ("channel", MyChoices),
        ("showtime__cinema", MyChoices),
        ("created_at", RangeDateTimeFilter),
    )
    list_select_related = ("channel", "showtime__movie", "showtime__cinema", "showtime__hall")
    search_fields = ("channel__name", "=showtime__id")
    search_help_text = _("A channel, or a showtime's id.")
    ordering = ("-pk",)
    fields = (("channel", "origin"), "show_line", ("theirs", "ours"), ("state_word", "who"), "made")
    readonly_fields = ("show_line", "state_word", "who", "made")
    list_before_template = "admin/last_night.html"
    change_form_outer_after_template = "admin/differences.html"
    actions_detail = ("fix", "export")
    actions_list = ("import_file",)

    @admin.display(description=_("when"), ordering="pk")
    def at(self, row: Reconciliation) -> str:
        return short_time(row.created_at)

    @admin.display(description=_("when"))
    def made(self, row: Reconciliation) -> str:
        return short_time(row.created_at)

    @display(description=_("showtime"), header=True)
    def show(self, row: Reconciliation) -> list[str]:
        return show_header(row.showtime)

    @admin.display(description=_("showtime"))
    def show_line(self, row: Reconciliation) -> str:
        return ", ".join(show_header(row.showtime))

    @display(description=_("state"), label={"agreed": "success", "fixed": "info", "open": "danger"})
    def state(self, row: Reconciliation) -> tuple[str, Any]:
        count = sum(not one["fixed"] for one in row.differences)
        if count:
            return "open", ngettext("%d difference", "%d differences", count) % count
        return ("agreed", _("Agreed")) if row.is_clean else ("fixed", _("All fixed"))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        nights = records.nights(acting(request), now=timezone.now())
        return super().changelist_view(request, (extra_context or {}) | {"nights": nights})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["differences"] = told(row)
            is_open = any(not one["fixed"] for one in row.differences)
            context["may_fix"] = is_open and request.user.has_perm("seatsync.change_reconciliation")
        return super().render_change_form(request, context, **kwargs)

    @action(description=_("Fix"), url_path="fix", permissions=["seatsync.change_reconciliation"], icon="build")
    def fix(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return FixPage.show(self, request, object_id)

    @action(
        description=_("Import a file"), url_path="import", permissions=["seatsync.add_salesfile"], icon="upload_file"
    )
    def import_file(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:seatsync_salesfile_add"))

    @action(description=_("As CSV"), url_path="csv", permissions=["seatsync.view_reconciliation"], icon="download")
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        rows = [[one.get(name) for name in _COLUMNS] for one in row.differences] if row is not None else []
        return csv_file(f"reconciliation-{object_id}.csv", csv_text(_COLUMNS, rows))


def told(row: Reconciliation) -> list[dict[str, Any]]:
    """Each difference with the words a person reads."""
    return [
        one | {"kind_word": KINDS[one["kind"]], "deed": DEEDS[one["kind"]], "is_open": not one["fixed"]}
        for one in row.differences
    ]
