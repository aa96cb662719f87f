"""The small map of a showtime: see who has what, keep seats back, give them free. Works as a plain list, too."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminTextInputWidget

from seatsync import blocking, feed
from seatsync.models import SeatStatus
from showsewa.actors import Actor
from showsewa.admin.pages import DeskPage
from showsewa.refusals import NotFound
from venues import layout as layouts
from venues.admin.halls import drawn

BLOCK, UNBLOCK = "block", "unblock"


class SeatsForm(forms.Form):
    deed = forms.ChoiceField(choices=[(BLOCK, BLOCK), (UNBLOCK, UNBLOCK)])
    seats = forms.MultipleChoiceField(
        label=_("Seats"),
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 10}),
        error_messages={"required": _("Choose seats on the map or in the list first.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=255,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("Broken chair, house seats, camera ...")}),
        help_text=_("Kept in the journal."),
    )


class SeatsPage(DeskPage):
    """GET: the map; with ?state: its version and states as JSON, for the page to follow. POST: block or unblock."""

    title = _("Seats")
    form_class: Any = SeatsForm
    template_name = "admin/seats.html"
    permission_required = "seatsync.view_showseat"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "state" not in request.GET:
            return super().get(request, *args, **kwargs)
        try:
            now = feed.snapshot(self.object.pk)
        except NotFound as refusal:
            return JsonResponse({"message": str(refusal.message)}, status=404)
        return JsonResponse({"version": now.version, "state": now.state}, headers={"Cache-Control": "no-store"})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("seatsync.block_seats"):
            return self.handle_no_permission()
        return super().post(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["seats"].choices = [(seat["label"], f"{seat['label']} · {seat['word']}") for seat in self.seats]
        return form

    @property
    def seats(self) -> Sequence[dict[str, Any]]:
        """In layout order, with what each is now; none until sales are open."""
        if not hasattr(self, "_seats"):
            self._seats = self._read()
        return self._seats

    def _read(self) -> list[dict[str, Any]]:
        try:
            self.now = feed.snapshot(self.object.pk)
        except NotFound:
            return []
        words = {code: SeatStatus(word).label for code, word in feed.WORDS.items()}
        places = layouts.parse(self.object.layout.seat_layout).seats()
        return [
            {"label": place.seat.label, "word": words[code]} for place, code in zip(places, self.now.state, strict=True)
        ]

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        change = {BLOCK: blocking.block, UNBLOCK: blocking.unblock}[given["deed"]]
        done = change(showtime_id=self.object.pk, seats=given["seats"], reason=given["reason"], actor=actor)
        count = len(done.seats)
        if given["deed"] == BLOCK:
            return ngettext("%d seat is kept back.", "%d seats are kept back.", count) % count
        return ngettext("%d seat is on sale again.", "%d seats are on sale again.", count) % count

    def get_success_url(self) -> str:
        return self.request.path if self.request.method == "POST" else super().get_success_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.seats:
            context["drawing"] = drawn(self.object.layout)
            context["states"], context["version"] = self.now.state, self.now.version
        return context | {
            "may_block": self.request.user.has_perm("seatsync.block_seats"),
            "codes": [(code, SeatStatus(word).label) for code, word in feed.WORDS.items()],
        }
