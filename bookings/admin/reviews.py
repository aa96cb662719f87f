"""Reviews: nobody edits what people wrote; it can be hidden, with a reason."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from bookings.models import Review
from bookings.services import reviews
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices
from showsewa.admin.pages import DeskPage, ReasonForm


class _ReviewPage(DeskPage):
    permission_required = "bookings.hide_review"

    def facts(self) -> Sequence[tuple[Any, Any]]:
        review = self.object
        return [
            (_("About"), review.movie or review.cinema),
            (_("Rating"), f"{review.rating}/5"),
            (_("Text"), review.text),
        ]


class HidePage(_ReviewPage):
    title = _("Hide this review")
    form_class = ReasonForm
    submit_label = _("Hide it")
    lead = _("It leaves the pages and the average at once. Its writer may change it; it stays hidden.")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        reviews.hide(review_id=self.object.pk, reason=given["reason"], now=timezone.now())
        return _("The review is hidden.")


class ShowPage(_ReviewPage):
    title = _("Show this review again")
    submit_label = _("Show it again")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        reviews.show_again(review_id=self.object.pk)
        return _("The review is on the pages again.")


@admin.register(Review)
class ReviewAdmin(Evidence, DeskAdmin):
    cinema_path = "booking__showtime__cinema"
    list_display = ("about", "rating", "text_start", "name", "state", "created_at")
    list_filter = (
        "rating",
        ("hidden_at", admin.EmptyFieldListFilter),
        ("booking__showtime__cinema", MyChoices),
    )
    list_select_related = ("movie", "cinema")
    search_fields = ("text", "name", "movie__title", "cinema__name", "=booking__reference")
    ordering = ("-id",)
    fields = (("movie", "cinema"), ("rating", "name"), "text", "booking", ("hidden_at", "hidden_reason"), "created_at")
    actions_detail = ("hide", "show_again")

    @admin.display(description=_("about"))
    def about(self, review: Review) -> str:
        return str(review.movie or review.cinema)

    @admin.display(description=_("review"))
    def text_start(self, review: Review) -> str:
        return review.text[:80]

    @display(description=_("state"), ordering="hidden_at", label={"hidden": "danger", "shown": "success"})
    def state(self, review: Review) -> tuple[str, Any]:
        return ("hidden", _("Hidden")) if review.hidden_at else ("shown", _("Shown"))

    @action(description=_("Hide"), url_path="hide", permissions=["bookings.hide_review"], icon="visibility_off")
    def hide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HidePage.show(self, request, object_id)

    @action(description=_("Show again"), url_path="show", permissions=["bookings.hide_review"], icon="visibility")
    def show_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ShowPage.show(self, request, object_id)
