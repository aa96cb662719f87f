"""Halls, their drawings, and the page that gives a hall new seats from a file or a pasted plan."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices
from showsewa.admin.pages import DeskPage
from venues import drawing, formats, services
from venues import layout as layouts
from venues.models import Hall, HallLayout

_EXAMPLE = """section Front
zone REGULAR
A-C: 1-8 _ 9-20
section Back
zone PREMIUM
type premium
D: W1 C2 _ 3-10
"""


class PlanForm(forms.Form):
    file = forms.FileField(label=_("File"), required=False, widget=UnfoldAdminFileFieldWidget)
    pasted = forms.CharField(
        label=_("or pasted"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 14, "style": "font-family: monospace; max-width: none", "placeholder": _EXAMPLE}
        ),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not given.get("pasted", "").strip():
            raise forms.ValidationError(_("Choose a file or paste a plan."))
        return given


class LayoutPage(DeskPage):
    title = _("New seats")
    form_class = PlanForm
    permission_required = "venues.add_halllayout"
    submit_label = _("Use these seats")
    lead = _(
        "A hall plan as our JSON, as a plain text plan, as a pretix seating plan or as Vista's seat layout; the format "
        "is told by the content. Showtimes scheduled from now on get the new seats, those scheduled before keep theirs."
    )

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        layout = formats.load(given["file"].read() if given["file"] else given["pasted"])
        saved = services.change_layout(hall_id=self.object.pk, layout=layout)
        said = ngettext("The hall has %d seat now.", "The hall has %d seats now.", saved.seat_count)
        return said % saved.seat_count


@admin.register(Hall)
class HallAdmin(DeskAdmin):
    cinema_path = "cinema"
    list_display = ("name", "cinema", "seats", "version", "cleaning_minutes")
    list_filter = (("cinema", MyChoices),)
    list_select_related = ("cinema", "layout")
    search_fields = ("name", "cinema__name", "cinema__city")
    ordering = ("cinema__name", "name")
    fields = ("cinema", "name", "cleaning_minutes")
    actions_detail = ("new_layout", "layouts")
    change_form_outer_after_template = "admin/hall_drawing.html"

    @admin.display(description=_("seats"), ordering="layout__seat_count")
    def seats(self, hall: Hall) -> Any:
        return hall.layout.seat_count if hall.layout else format_html("<em>{}</em>", _("none yet"))

    @admin.display(description=_("layout version"), ordering="layout__version")
    def version(self, hall: Hall) -> Any:
        return hall.layout.version if hall.layout else "-"

    @action(description=_("New seats"), url_path="layout", permissions=["venues.add_halllayout"], icon="upload_file")
    def new_layout(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return LayoutPage.show(self, request, object_id)

    @action(description=_("All versions"), url_path="layouts", permissions=["venues.view_halllayout"], icon="layers")
    def layouts(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:venues_halllayout_changelist')}?hall__id__exact={object_id}")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        hall = kwargs.get("obj")
        if hall is not None and hall.layout is not None:
            context["drawing"], context["seat_count"] = drawn(hall.layout), hall.layout.seat_count
        return super().render_change_form(request, context, **kwargs)

    def response_add(self, request: HttpRequest, obj: Hall, post_url_continue: str | None = None) -> HttpResponse:
        """A hall without seats is of no use yet: on to them."""
        answer = super().response_add(request, obj, post_url_continue)
        if "_popup" in request.POST:
            return answer
        return HttpResponseRedirect(reverse("admin:venues_hall_new_layout", args=[obj.pk]))


@admin.register(HallLayout)
class HallLayoutAdmin(Evidence, DeskAdmin):
    """A version of a hall's seats never changes; a new one is made on the hall's page."""

    cinema_path = "hall__cinema"
    list_display = ("hall", "version", "seat_count", "created_at")
    list_filter = (("hall__cinema", MyChoices), ("hall", MyChoices))
    list_select_related = ("hall__cinema",)
    search_fields = ("hall__name", "hall__cinema__name")
    ordering = ("hall__cinema__name", "hall__name", "-version")
    fields = ("hall", "version", "seat_count", "created_at")
    change_form_outer_after_template = "admin/hall_drawing.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        layout = kwargs.get("obj")
        if layout is not None:
            context["drawing"], context["seat_count"] = drawn(layout), layout.seat_count
        return super().render_change_form(request, context, **kwargs)


def drawn(layout: HallLayout) -> SafeString:
    """As on the public page; the drawing escapes every name it carries."""
    return mark_safe(drawing.svg(layouts.parse(layout.seat_layout)))  # noqa: S308
