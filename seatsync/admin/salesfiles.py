"""Importing a file of sales in three steps: upload it, say what its columns mean, look at what would be written."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from bookings import salesfile
from bookings.salesfile import Columns
from bookings.services import importing
from seatsync.admin import whose
from seatsync.admin.reconciliations import KINDS
from seatsync.models import Channel, SalesFile
from showsewa.actors import Actor, Kind
from showsewa.admin import files
from showsewa.admin.base import DeskAdmin, Evidence, short_time, show_header
from showsewa.admin.base import actor as acting
from showsewa.admin.pages import DeskPage
from showsewa.spreadsheets import csv_text

_PERMISSION = "seatsync.add_salesfile"
_FIND_OUT = ("", _("Find it out"))
_MOST_SHOWN = 200
_NAMES = {
    "reference": _("Booking reference"),
    "seat": _("Seat (row and number in one)"),
    "row": _("Row"),
    "number": _("Number in the row"),
    "showtime": _("Showtime's id"),
    "cinema": _("Cinema"),
    "hall": _("Hall"),
    "date": _("Date of the show"),
    "time": _("Start of the show"),
    "status": _("Status"),
    "sold_at": _("Sold at"),
}


class UploadForm(forms.Form):
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), widget=UnfoldAdminSelectWidget)
    file = files.TableField(
        label=_("File"),
        help_text=_("CSV with a line of names, at most 5 MB and 20,000 lines. It is read and not kept."),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, widget=UnfoldAdminSelectWidget,
        choices=[_FIND_OUT, *salesfile.ENCODINGS.items()],
    )  # fmt: skip
    delimiter = forms.ChoiceField(
        label=_("Columns are separated by"), required=False, widget=UnfoldAdminSelectWidget,
        choices=[_FIND_OUT, *salesfile.DELIMITERS.items()],
    )  # fmt: skip


class ColumnsForm(forms.Form):
    sold_words = forms.CharField(
        label=_("These statuses mean sold"), max_length=400, widget=UnfoldAdminTextInputWidget,
        help_text=_("Separated by commas. Lines with another status are not counted as sales."),
    )  # fmt: skip
    dates = forms.ChoiceField(
        label=_("Dates look like"), choices=list(salesfile.DATES.items()), widget=UnfoldAdminSelectWidget
    )
    zone = forms.ChoiceField(label=_("Times are those of"), required=False, widget=UnfoldAdminSelectWidget)
    is_whole = forms.TypedChoiceField(
        label=_("The file lists"),
        coerce=lambda text: text == "all",
        choices=[("all", _("all sales of its shows")), ("some", _("some of them"))],
        widget=UnfoldAdminRadioSelectWidget,
        help_text=_("What a list of all leaves out counts as not sold."),
    )

    def __init__(self, *args: Any, header: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {
            name: files.column_field(label, header, is_required=name == "reference") for name, label in _NAMES.items()
        }
        self.fields = columns | self.fields
        zones = sorted(zoneinfo.available_timezones())
        zone_field: Any = self.fields["zone"]
        zone_field.choices = [("", _("each show's own cinema")), *((zone, zone) for zone in zones)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("seat") is None and given.get("number") is None:
            self.add_error("seat", _("Choose the seat's column, or the number's."))
        if given.get("showtime") is None and (given.get("hall") is None or given.get("date") is None):
            self.add_error("showtime", _("Choose the showtime's id, or hall and date."))
        return given


class _Step(DeskPage):
    permission_required = _PERMISSION

    def get_success_url(self) -> str:
        return self.address_of("changelist")


class UploadPage(_Step):
    title = _("Import sales from a file")
    form_class = UploadForm
    submit_label = _("Read the file")
    lead = _("For a platform without an API. Nothing is changed before you have seen what differs.")

    def get_initial(self) -> dict[str, Any]:
        return {"channel": self.request.GET.get("channel")}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        rows = whose.visible(self.model_admin.admin_site, self.request.user)
        outside = rows.filter(is_active=True).exclude(pk__in=whose.OWN)
        form.fields["channel"].queryset = outside.order_by("name")
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        file = importing.start(
            channel=given["channel"],
            name=given["file"].name,
            raw=given["file"].read(),
            encoding=given["encoding"],
            delimiter=given["delimiter"],
            actor=actor,
        )
        return HttpResponseRedirect(self.address_of("columns", file.pk))


class ColumnsPage(files.ColumnsPage):
    permission_required = _PERMISSION
    form_class = ColumnsForm
    template_name = "admin/sales_columns.html"
    submit_label = _("Look at what differs")

    def get_initial(self) -> dict[str, Any]:
        kept = self.object.columns or self.object.channel.file_columns
        places = self.object.columns or salesfile.recalled(kept, self.object.header)
        words = kept.get("sold_words", salesfile.SOLD_WORDS)
        return {name: places.get(name) for name in _NAMES} | {
            "sold_words": ", ".join(words),
            "dates": kept.get("dates", "ymd"),
            "zone": kept.get("zone", ""),
            "is_whole": "some" if self.object.columns and not self.object.columns["is_whole"] else "all",
        }

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        words = files.words(given.pop("sold_words"))
        importing.choose(file_id=self.object.pk, columns=Columns(sold_words=words, **given), actor=actor)
        return HttpResponseRedirect(self.address_of("preview", self.object.pk))


class PreviewPage(_Step):
    title = _("What differs")
    template_name = "admin/sales_preview.html"
    submit_label = _("Keep this comparison")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = importing.preview(self.object, actor=acting(self.request))
        more = {
            "seen": seen,
            "rows": [_row(show) for show in seen.shows],
            "faulty_lines": seen.faults[:_MOST_SHOWN],
            "fault_count": len(seen.faults),
            "columns_page": self.address_of("columns", self.object.pk),
            "faults_page": self.address_of("faulty", self.object.pk),
        }
        return super().get_context_data(**kwargs) | more

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        done = importing.store(file_id=self.object.pk, actor=actor)
        self.done = done
        return ngettext("%d showtime was compared.", "%d showtimes were compared.", len(done)) % len(done)

    def get_success_url(self) -> str:
        done = getattr(self, "done", [])
        if len(done) == 1:
            return reverse("admin:seatsync_reconciliation_change", args=[done[0].pk])
        listed = reverse("admin:seatsync_reconciliation_changelist")
        return f"{listed}?origin__exact=FILE" if done else super().get_success_url()


def _row(show: importing.Show) -> dict[str, Any]:
    """One showtime of the preview: of each kind how many seats, and the first of them."""
    kinds = []
    for kind in KINDS:
        seats = [one["seatNumber"] for one in show.differences if one["kind"] == kind]
        kinds.append((len(seats), ", ".join(seats[:12]) + (" …" if len(seats) > 12 else "")))
    title, place = show_header(show.showtime)
    return {"title": title, "place": place, "listed": len(show.theirs), "ours": len(show.tally.own), "kinds": kinds}


@admin.register(SalesFile)
class SalesFileAdmin(Evidence, DeskAdmin):
    """Imports under way: each is its uploader's own, and is gone when it is finished or a day old."""

    list_display = ("name", "channel", "line_count", "at")
    list_select_related = ("channel",)
    ordering = ("-created_at",)
    fields = ("name", "channel", "at")
    readonly_fields = ("at",)
    actions_detail = ("columns", "preview", "faulty")

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.filter(actor=f"{Kind.USER}:{user.pk}")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm(_PERMISSION)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return UploadPage.show(self, request)

    @admin.display(description=_("lines"))
    def line_count(self, file: SalesFile) -> int:
        return len(file.lines)

    @admin.display(description=_("uploaded"), ordering="created_at")
    def at(self, file: SalesFile) -> str:
        return short_time(file.created_at)

    @action(description=_("Columns"), url_path="columns", permissions=[_PERMISSION], icon="view_column")
    def columns(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ColumnsPage.show(self, request, object_id)

    @action(description=_("What differs"), url_path="preview", permissions=[_PERMISSION], icon="compare_arrows")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        file = self.get_object(request, object_id)
        if file is not None and not file.columns:
            return HttpResponseRedirect(reverse("admin:seatsync_salesfile_columns", args=[object_id]))
        return PreviewPage.show(self, request, object_id)

    @action(description=_("Faulty lines"), url_path="faulty", permissions=[_PERMISSION], icon="download")
    def faulty(self, request: HttpRequest, object_id: str) -> HttpResponse:
        file = self.get_object(request, object_id)
        if file is None or not file.columns:
            return HttpResponseRedirect(reverse("admin:seatsync_salesfile_changelist"))
        cells = dict(file.lines)
        faults = importing.preview(file, actor=acting(request)).faults
        rows = [[fault.number, fault.reason, *cells[fault.number]] for fault in faults]
        return files.csv_file("faulty-lines.csv", csv_text(["line", "reason", *file.header], rows))
