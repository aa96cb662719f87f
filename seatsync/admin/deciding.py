"""The desk of one conflict: both claims, the hall, and one click for each way to end it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from bookings import claims
from bookings.alternatives import Seat
from bookings.services import conflicts as seats
from payments.services import conflicts as deciding
from seatsync import conflicts, feed
from seatsync.models import Conflict, SeatStatus
from showsewa import money
from showsewa.actors import Actor
from showsewa.admin.pages import DeskPage
from venues.admin.halls import drawn

BY_HAND = Conflict.Resolution.BY_HAND.value
_R = Conflict.Resolution

# What a button says: (what the loser gets) for the side that loses.
_WAYS = {
    _R.REBOOKED: _("the other moves to the chosen seat"),
    _R.REFUNDED: _("the other gets the money back"),
    _R.ACCEPTED: _("the other channel sees to its customer"),
}


class DecideForm(forms.Form):
    deed = forms.CharField(max_length=24)
    new_seat = forms.ChoiceField(
        label=_("The other seat"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Free and as good or better; the best one is chosen for you."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("Whom you spoke to, what you promised")}),
        help_text=_("Kept with the conflict. Needed when it was solved by hand."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        winner, _dash, gets = given.get("deed", "").partition("-")
        if given.get("deed") == BY_HAND and not given.get("note", "").strip():
            self.add_error("note", _("Say what was done for whom."))
        elif given.get("deed") != BY_HAND and (winner not in Conflict.Winner or gets not in _WAYS):
            raise forms.ValidationError(_("Press one of the buttons."))
        elif gets == _R.REBOOKED and not given.get("new_seat"):
            self.add_error("new_seat", _("Choose the seat the other moves to."))
        return given


class DecidePage(DeskPage):
    title = _("Seat sold twice")
    form_class = DecideForm
    template_name = "admin/conflict.html"
    permission_required = "seatsync.change_conflict"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["new_seat"].choices = choices(seats.free_seats(self.object), self.object)
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        now, note = timezone.now(), given["note"]
        if given["deed"] == BY_HAND:
            conflicts.solve(conflict_id=self.object.pk, note=note, actor=actor, now=now)
            return _("Solved.")
        winner, _dash, gets = given["deed"].partition("-")
        deciding.decide(
            conflict_id=self.object.pk,
            winner=winner,
            loser_gets=gets,
            new_seat=given["new_seat"],
            note=note,
            actor=actor,
            now=now,
        )
        return _("Solved: %(seat)s is decided, and both sides are told.") % {"seat": self.object.seat.label}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | picture(self.object, self.request)


def picture(conflict: Conflict, request: HttpRequest) -> dict[str, Any]:
    """What the page of a conflict shows, with its form or without: the claims, the hall, the ways to end it."""
    showtime = conflict.seat.showtime.showtime
    both = claims.of(conflict)
    is_open = conflict.status == Conflict.Status.OPEN
    may_decide = is_open and request.user.has_perm("seatsync.change_conflict")
    free = seats.free_seats(conflict) if is_open else []
    return {
        "conflict": conflict,
        "sides": [
            (letter, claim, _ways(claim, other, request))
            for letter, claim, other in zip("AB", both, both[::-1], strict=True)
        ],
        "may_decide": may_decide,
        "may_see_buyer": request.user.has_perm("bookings.view_booking"),
        "deadline": conflicts.deadline(conflict),
        "now": timezone.now(),
        "drawing": drawn(showtime.layout),
        "states": feed.snapshot(showtime.pk).state,
        "codes": [(code, SeatStatus(word).label) for code, word in feed.WORDS.items()],
        "free": free,
        "by_hand": BY_HAND,
        "decide_form": decide_form(conflict, free) if may_decide else None,
    }


def decide_form(conflict: Conflict, free: Sequence[Seat]) -> DecideForm:
    form = DecideForm()
    form.fields["new_seat"].choices = choices(free, conflict)  # type: ignore[attr-defined]
    return form


def choices(free: Sequence[Seat], conflict: Conflict) -> list[tuple[str, str]]:
    currency = conflict.seat.showtime.showtime.cinema.currency
    return [(seat.label, f"{seat.label} · {money.text(seat.price, currency)}") for seat in free] or [("", "-")]


def _ways(winner: claims.Claim, loser: claims.Claim, request: HttpRequest) -> list[tuple[str, Any]]:
    """(value of the button, its words) for giving the seat to this side."""
    may_pay = request.user.has_perm("payments.refund_booking")
    gets = [_R(one) for one in loser.gets if one != _R.REFUNDED or may_pay]
    return [(f"{winner.side.role}-{one}", _WAYS[one]) for one in gets]
