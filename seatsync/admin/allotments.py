"""Allotments at the desk: seats given to a channel on the showtime's map or by percentage, and taken back by hand."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelect2Widget, UnfoldAdminSelectMultipleWidget

from seatsync import allotting
from seatsync.admin import whose
from seatsync.admin.seats import SeatsPage
from seatsync.models import Allotment, Channel
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, NamesActors, short_time, show_header
from showsewa.admin.pages import DeskPage


class AllotForm(forms.Form):
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("For whom"), widget=UnfoldAdminSelect2Widget)
    percent = forms.IntegerField(
        label=_("Share of the house in %"),
        required=False,
        min_value=1,
        max_value=100,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Instead of seats: the cheapest ones that are free, from the back row forward."),
    )
    release_minutes = forms.IntegerField(
        label=_("Goes back, minutes before the start"),
        min_value=0,
        max_value=allotting.LONGEST_RELEASE,
        initial=120,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    seats = forms.MultipleChoiceField(
        label=_("Seats"), required=False, widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 10})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("seats")) == bool(given.get("percent")):
            raise forms.ValidationError(_("Choose seats or give a percentage: one or the other."))
        return given


class AllotPage(SeatsPage):
    """The same map as for blocking; what is chosen on it goes to a channel."""

    title = _("Give seats to a channel")
    form_class: Any = AllotForm
    template_name = "admin/allot.html"
    permission_required = "seatsync.add_allotment"
    submit_label = _("Give these seats")
    lead = _(
        "Until they go back, nobody else can hold or buy these seats: not the website, not the other channels. What "
        "the channel has not sold by then comes back by itself."
    )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return DeskPage.post(self, request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        channels = whose.visible(self.model_admin.admin_site, self.request.user)
        here = channels.filter(is_active=True, cinemas=self.object.cinema_id)
        form.fields["channel"].queryset = (here | channels.filter(is_active=True, cinemas=None)).distinct()
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        done = allotting.give(
            showtime_id=self.object.pk,
            channel=given["channel"],
            seats=given["seats"],
            percent=given["percent"],
            release_minutes=given["release_minutes"],
            actor=actor,
            now=timezone.now(),
        )
        count = len(done.seat_labels)
        told = ngettext("%(n)d seat is for %(who)s now.", "%(n)d seats are for %(who)s now.", count)
        return told % {"n": count, "who": given["channel"]}

    def facts(self) -> Sequence[tuple[Any, Any]]:
        """Who has which seats already."""
        given = Allotment.objects.filter(showtime=self.object.pk, released_at=None).select_related("channel")
        title, when = show_header(self.object)
        return [(title, when), *((one.channel, ", ".join(one.seat_labels)) for one in given.order_by("pk"))]


class TakeBackPage(DeskPage):
    title = _("Take these seats back")
    permission_required = "seatsync.change_allotment"
    submit_label = _("Take back")
    is_dangerous = True
    lead = _("What is unsold is on sale everywhere at once, and the channel is told. Its sales and holds stay.")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        allotting.take_back(allotment_id=self.object.pk, actor=actor, now=timezone.now())
        return _("The seats are back.")

    def facts(self) -> Sequence[tuple[Any, Any]]:
        one = self.object
        return [
            (_("Channel"), one.channel),
            (_("Showtime"), ", ".join(show_header(one.showtime.showtime))),
            (_("Seats"), ", ".join(one.seat_labels)),
        ]


@admin.register(Allotment)
class AllotmentAdmin(NamesActors, Evidence, DeskAdmin):
    """Given on the showtime's own page; here they are listed and taken back."""

    cinema_path = "showtime__showtime__cinema"
    list_display = ("show", "channel", "count", "state", "goes_back", "who")
    list_display_links = ("show",)
    list_filter = (
        ("released_at", admin.EmptyFieldListFilter),
        ("channel", MyChoices),
        ("showtime__showtime__cinema", MyChoices),
    )
    list_select_related = (
        "channel",
        "showtime__showtime__movie",
        "showtime__showtime__cinema",
        "showtime__showtime__hall",
    )
    search_fields = ("channel__name", "showtime__showtime__movie__title", "=showtime__showtime__id")
    ordering = ("-id",)
    fields = (
        "show_line",
        "channel",
        "labels",
        "percent",
        "state_word",
        "goes_back",
        "released_at",
        "who",
        "created_at",
    )
    readonly_fields = ("show_line", "labels", "state_word", "goes_back", "who")
    actions_detail = ("take_back",)

    @display(description=_("showtime"), header=True)
    def show(self, allotment: Allotment) -> list[str]:
        return show_header(allotment.showtime.showtime)

    @admin.display(description=_("showtime"))
    def show_line(self, allotment: Allotment) -> str:
        return ", ".join(show_header(allotment.showtime.showtime))

    @admin.display(description=_("seats"))
    def count(self, allotment: Allotment) -> str:
        share = f" ({allotment.percent} %)" if allotment.percent else ""
        return f"{len(allotment.seat_labels)}{share}"

    @admin.display(description=_("seats"))
    def labels(self, allotment: Allotment) -> str:
        return ", ".join(allotment.seat_labels)

    @display(description=_("state"), label={"given": "success", "back": ""})
    def state(self, allotment: Allotment) -> tuple[str, Any]:
        return ("given", _("Given")) if allotment.released_at is None else ("back", _("Gone back"))

    @admin.display(description=_("goes back"), ordering="release_at")
    def goes_back(self, allotment: Allotment) -> str:
        if allotment.released_at is not None:
            return short_time(allotment.released_at)
        return date_format(timezone.localtime(allotment.release_at), "j M H:i")

    @action(description=_("Take back"), url_path="take-back", permissions=["seatsync.change_allotment"], icon="undo")
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return TakeBackPage.show(self, request, object_id)
