"""Cases: the queue of money a person decides about, open ones first, and each one's desk with its whole history."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from payments import timeline
from payments.models import Case
from payments.services import cases, deciding
from seatsync import journal
from showsewa import money
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, short_time
from showsewa.admin.pages import DeskPage

_R = Case.Resolution
AGAIN = "AGAIN"


@admin.register(Case)
class CaseAdmin(Evidence, DeskAdmin):
    """Only the desk's page ends one; what it is about is evidence. Money of no booking: for who sees all cinemas."""

    cinema_path = "payment__booking__showtime__cinema"
    list_display = ("kind", "booking", "state", "age", "sum", "gateway", "detail", "ended")
    list_display_links = ("kind", "booking")
    list_filter = ("status", "kind", "gateway", ("payment__booking__showtime__cinema", MyChoices))
    list_select_related = ("payment__booking",)
    search_fields = ("=payment__booking__reference", "payment__booking__email", "=payment__session", "detail", "=id")
    ordering = ("status", "created_at")  # OPEN before SOLVED, the oldest first
    fields = (
        ("kind", "state_word"),
        ("sum", "gateway"),
        ("booking", "asked"),
        ("created_at", "until"),
        "detail",
        ("ended", "decided"),
        "note",
    )
    actions_detail = ("decide",)
    change_form_outer_before_template = "admin/case_decide.html"
    change_form_outer_after_template = "admin/case_story.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for line in self.fields for name in (line if isinstance(line, tuple) else (line,))]

    @admin.display(description=_("booking"))
    def booking(self, case: Case) -> str:
        return str(case.payment.booking) if case.payment else "-"

    @admin.display(description=_("asked for"))
    def asked(self, case: Case) -> str:
        booking = case.payment.booking if case.payment else None
        return money.text(booking.total, booking.currency) if booking else "-"

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, case: Case) -> str:
        return "?" if case.amount is None else money.text(case.amount, case.currency or "?")

    @display(description=_("status"), ordering="status", label={"OPEN": "danger", "SOLVED": "success"})
    def state(self, case: Case) -> tuple[str, Any]:
        return case.status, case.get_status_display()

    @display(description=_("open for"), ordering="created_at", label={"late": "danger", "": "info"})
    def age(self, case: Case) -> Any:
        if case.status != Case.Status.OPEN:
            return "-"
        is_late = case.given_back_by <= timezone.now()
        return "late" if is_late else "", timesince(case.created_at).partition(",")[0]

    @admin.display(description=_("goes back by itself"))
    def until(self, case: Case) -> Any:
        if case.status != Case.Status.OPEN or case.kind != Case.Kind.WRONG_AMOUNT:
            return "-"
        return _("in %(time)s") % {"time": timeuntil(case.given_back_by).partition(",")[0]}

    @admin.display(description=_("how it ended"))
    def ended(self, case: Case) -> str:
        return str(case.get_resolution_display()) or "-"

    @admin.display(description=_("decided by"))
    def decided(self, case: Case) -> str:
        who = journal.name(case.decided_by) if case.decided_by else ""
        return ", ".join(filter(None, [who, short_time(case.solved_at) if case.solved_at else ""])) or "-"

    @action(description=_("Decide"), url_path="decide", permissions=[cases.PERMISSION], icon="gavel")
    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return DecidePage.show(self, request, object_id)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        case = kwargs.get("obj")
        if case is not None:
            may_decide = case.status == Case.Status.OPEN and request.user.has_perm(cases.PERMISSION)
            context["decide_form"] = DecideForm() if may_decide else None
            context |= picture(case)
        return super().render_change_form(request, context, **kwargs)


class DecideForm(forms.Form):
    deed = forms.CharField(max_length=10)
    reference = forms.CharField(
        label=_("Reference of the refund"),
        required=False,
        max_length=deciding.REFERENCE_LENGTH,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("As the gateway or the bank names the refund you made. The buyer is told that it was sent."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Kept with the case: whom you spoke to, what you did."),
    )

    def clean_deed(self) -> str:
        deed = str(self.cleaned_data["deed"])
        if deed != AGAIN and deed not in _R:
            raise forms.ValidationError(_("Press one of the buttons."))
        return deed


class DecidePage(DeskPage):
    title = _("Decide")
    form_class = DecideForm
    template_name = "admin/case.html"
    permission_required = cases.PERMISSION

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        now, key = timezone.now(), self.object.pk
        if given["deed"] == AGAIN:
            deciding.try_again(case_id=key, actor=actor, now=now)
            return _("The refund is tried again now; the case ends when it has gone out.")
        deciding.decide(
            case_id=key,
            resolution=_R(given["deed"]),
            actor=actor,
            now=now,
            note=given["note"],
            reference=given["reference"],
        )
        return _("Solved.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        is_open = self.object.status == Case.Status.OPEN
        return context | picture(self.object) | {"decide_form": context["form"] if is_open else None}


def picture(case: Case) -> dict[str, Any]:
    """What the page of a case shows with its form or without: the ways to end it, and what happened so far."""
    booking = case.payment.booking if case.payment else None
    return {
        "case": case,
        "ways": _ways(case),
        "needs_reference": case.kind in cases.OF_REFUNDS,
        "story": timeline.of(booking) if booking else [],
        "case_booking": booking,
    }


def _ways(case: Case) -> list[tuple[str, Any]]:
    """(value of the button, its words), the usual one first."""
    if case.kind == Case.Kind.WRONG_AMOUNT:
        accept = [(_R.ACCEPTED.value, _("Accept: give the seats and the rest back"))] if _may_accept(case) else []
        return [*accept, (_R.REFUNDED.value, _("Give all of it back"))]
    if case.kind in cases.OF_REFUNDS:
        return [(AGAIN, _("Try the refund again")), (_R.BY_HAND.value, _("Done by hand, under this reference"))]
    return [(_R.BY_HAND.value, _("Done by hand: keep the note"))]


def _may_accept(case: Case) -> bool:
    return case.payment is not None and deciding.is_enough(case.payment, case.payment.booking)
