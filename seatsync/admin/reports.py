"""What channels reported, line by line, as it came and what became of it. Evidence: to be read, never to be edited."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from seatsync.models import Outcome, SeatReport
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, short_time, show_header

_GOOD = (Outcome.APPLIED, Outcome.OVER_HOLD, Outcome.OVER_PAYMENT, Outcome.OVER_BLOCK)
_QUIET = (Outcome.DUPLICATE, Outcome.TOMBSTONE, Outcome.STALE)
_COLOUR = (
    {outcome.value: "success" for outcome in _GOOD}
    | {outcome.value: "info" for outcome in _QUIET}
    | {outcome.value: "warning" for outcome in (Outcome.SUSPECT, Outcome.NOT_YOURS, Outcome.BUSY)}
    | {outcome.value: "danger" for outcome in (Outcome.CONFLICT, Outcome.REJECTED)}
)


@admin.register(SeatReport)
class SeatReportAdmin(Evidence, DeskAdmin):
    """Filtered by "probably known under another reference" it is the list of suspects to look through."""

    cinema_path = "showtime__cinema"
    list_display = ("at", "show", "seat_name", "status", "became", "channel", "reference", "their_time", "code")
    list_filter = (
        "outcome",
        "channel",
        "status",
        ("showtime__cinema", MyChoices),
        ("received_at", RangeDateTimeFilter),
    )
    list_select_related = ("showtime__movie", "showtime__cinema", "showtime__hall", "channel")
    search_fields = ("=reference", "=seat_name", "=showtime__id")
    search_help_text = _("A reference, a seat or a showtime's id, written out.")
    ordering = ("-id",)
    fields = (
        ("showtime", "seat_name"),
        ("channel", "source", "reference"),
        ("status", "became_word", "code"),
        ("sold_at", "received_at", "is_backfill"),
        "conflict",
    )
    readonly_fields = ("became_word", "received_at")

    @admin.display(description=_("received"), ordering="id")
    def at(self, report: SeatReport) -> str:
        return short_time(report.received_at)

    @display(description=_("showtime"), header=True)
    def show(self, report: SeatReport) -> list[str]:
        return show_header(report.showtime)

    @display(description=_("outcome"), ordering="outcome", label=_COLOUR)
    def became(self, report: SeatReport) -> tuple[str, str]:
        return report.outcome, report.get_outcome_display()

    @admin.display(description=_("outcome"))
    def became_word(self, report: SeatReport) -> str:
        return report.get_outcome_display()

    @admin.display(description=_("their time"), ordering="sold_at")
    def their_time(self, report: SeatReport) -> str:
        return short_time(report.sold_at) if report.sold_at else "-"
