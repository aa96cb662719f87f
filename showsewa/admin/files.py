"""Tables as files: an answer in CSV, a field for one that comes in, and the page that asks what its columns mean."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from bookings import salesfile
from showsewa.admin.pages import DeskPage


def csv_file(name: str, text: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


class TableField(forms.FileField):
    """A table as a spreadsheet saves it, within what `salesfile` reads."""

    widget = UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.tsv,.txt,text/csv"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file.size > salesfile.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return file


def column_field(label: Any, header: list[str], *, is_required: bool) -> forms.TypedChoiceField:
    """Which of the file's columns means this: its place, or None."""
    none: list[tuple[str, Any]] = [] if is_required else [("", _("not in the file"))]
    places = [(str(place), name) for place, name in enumerate(header)]
    return forms.TypedChoiceField(
        label=label, choices=none + places, required=is_required, coerce=int, empty_value=None,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip


def words(text: str) -> list[str]:
    """What a person separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


class ColumnsPage(DeskPage):
    """Shows the file's beginning, that its columns be known. The form takes its `header`."""

    title = _("What the columns mean")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"header": self.object.header}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        file = self.object
        more = {"header": file.header, "sample": [cells for _number, cells in file.lines[:5]], "count": len(file.lines)}
        return super().get_context_data(**kwargs) | more

    def get_success_url(self) -> str:
        return self.address_of("changelist")
