"""Showtimes: the programme as a list, scheduling, prices, cancelling, and the way to the seats."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
)

from bookings.models import Booking
from payments.admin.cancelled_shows import GiveBackPage
from seatsync import opening, showtimes
from seatsync.admin.allotments import AllotPage
from seatsync.admin.seats import SeatsPage
from seatsync.models import SeatStatus, ShowSeat, Topic
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices
from showsewa.admin.pages import DeskPage
from venues import prices, services
from venues.models import Hall, Movie, Price, Showtime

MOST_DAYS = 31


class ScheduleForm(forms.Form):
    movie = forms.ModelChoiceField(
        Movie.objects.filter(is_active=True), label=_("Movie"), widget=UnfoldAdminSelect2Widget
    )
    hall = forms.ModelChoiceField(
        Hall.objects.select_related("cinema"), label=_("Hall"), widget=UnfoldAdminSelect2Widget
    )
    starts_at = forms.SplitDateTimeField(
        label=_("Starts at"),
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("By the clock of the cinema. The end follows from the running time, the next start from cleaning."),
    )
    until = forms.DateField(
        label=_("And every day until"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("At the same time. Empty: on that day alone."),
    )
    format = forms.CharField(label=_("Format"), max_length=12, initial="2D", widget=UnfoldAdminTextInputWidget)
    language = forms.CharField(
        label=_("Language"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty: the movie's first."),
    )
    subtitles = forms.CharField(label=_("Subtitles"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("hall") and given.get("starts_at"):
            clock = timezone.make_naive(given["starts_at"])
            given["starts_at"] = starts_at = clock.replace(tzinfo=ZoneInfo(given["hall"].cinema.time_zone))
            if starts_at <= timezone.now():
                self.add_error("starts_at", _("This time is over."))
            if given.get("until") and not 0 <= (given["until"] - starts_at.date()).days < MOST_DAYS:
                self.add_error("until", gettext("At most %d days from the first.") % MOST_DAYS)
        return given


class SchedulePage(DeskPage):
    title = _("New showtime")
    form_class = ScheduleForm
    permission_required = "venues.add_showtime"
    submit_label = _("Schedule")
    lead = _("Prices are the cinema's usual ones for that time of day; change them afterwards on the showtime's page.")

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        halls = self.model_admin.admin_site._registry[Hall]
        form.fields["hall"].queryset = halls.bound(form.fields["hall"].queryset, self.request.user)
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        made, taken = services.schedule_days(
            until=given["until"] or given["starts_at"].date(),
            movie_id=given["movie"].pk,
            hall_id=given["hall"].pk,
            starts_at=given["starts_at"],
            format=given["format"],
            language=given["language"],
            subtitles=given["subtitles"],
        )
        self.object = made[0]
        return _scheduled(made, taken)


def _scheduled(made: Sequence[Showtime], taken: Sequence[date]) -> str:
    movie = made[0].movie
    if len(made) == 1 and not taken:
        return gettext("%(movie)s is scheduled; it goes on sale within seconds.") % {"movie": movie}
    said = ngettext(
        "%(movie)s is scheduled on %(count)d day; it goes on sale within seconds.",
        "%(movie)s is scheduled on %(count)d days; they go on sale within seconds.",
        len(made),
    ) % {"movie": movie, "count": len(made)}
    if not taken:
        return said
    days = ", ".join(date_format(day, "j M") for day in taken)
    return said + " " + gettext("Not on these days, when another show is in the hall: %(days)s.") % {"days": days}


class PricesPage(DeskPage):
    title = _("Prices")
    permission_required = "venues.change_price"
    submit_label = _("Change prices")
    lead = _("Seats that are held or sold keep the price they were taken at.")

    def get_form(self, form_class: Any = None) -> Any:
        """One field for each class of seats, so that none can be forgotten."""
        form = forms.Form(**self.get_form_kwargs())
        self.classes = prices.price_table(self.object)
        for number, one in enumerate(self.classes):
            form.fields[f"price_{number}"] = forms.DecimalField(
                label=f"{one.zone} · {one.seat_type_name}",
                max_digits=12,
                decimal_places=2,
                min_value=0,
                initial=one.amount,
                help_text=ngettext("%d seat", "%d seats", one.seats) % one.seats,
                widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
            )
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        lines = [
            services.PriceLine(given[f"price_{number}"], one.zone, one.seat_type)
            for number, one in enumerate(self.classes)
        ]
        changed = opening.change_prices(showtime_id=self.object.pk, lines=lines)
        return ngettext("%d seat has a new price.", "%d seats have a new price.", changed) % changed

    def facts(self) -> Sequence[tuple[Any, Any]]:
        return _facts(self.object)


class CancelPage(DeskPage):
    title = _("Cancel this showtime")
    permission_required = "venues.change_showtime"
    submit_label = _("Stop its sales for good")
    is_dangerous = True
    lead = _(
        "Sales stop at once and the hall is free again. The bookings stay until their money is given back, which is "
        "the next page: everybody is told, and gets all of it."
    )

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        showtimes.cancel(showtime_id=self.object.pk, now=timezone.now())
        return _("Sales have stopped. Now see to its bookings.")

    def get_success_url(self) -> str:
        is_done = self.request.method == "POST"
        return self.address_of("give_back", self.object.pk) if is_done else super().get_success_url()

    def facts(self) -> Sequence[tuple[Any, Any]]:
        bookings = Booking.objects.filter(showtime=self.object)
        counts = dict(bookings.values_list("status").annotate(count=Count("pk")).order_by())
        named = [(status.label, counts.get(status.value, 0)) for status in Booking.Status if counts.get(status.value)]
        return [*_facts(self.object), *named]


class StateFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"
    all_option = None

    def value(self) -> str:
        """What is to come, unless somebody looks for something."""
        return super().value() or ("all" if "q" in self.request.GET else "coming")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("coming", _("To come and running")),
            ("closed", _("To come, not on sale")),
            ("over", _("Over")),
            ("cancelled", _("Cancelled")),
            ("all", _("All")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        now = timezone.now()
        coming = queryset.filter(ends_at__gt=now, cancelled_at=None)
        chosen = {
            "coming": coming,
            "closed": coming.filter(inventory=None),
            "over": queryset.filter(ends_at__lte=now, cancelled_at=None),
            "cancelled": queryset.exclude(cancelled_at=None),
        }
        return chosen.get(self.value(), queryset)


class PriceInline(Evidence, TabularInline):
    model = Price
    extra = 0
    hide_title = True
    fields = readonly_fields = ("any_zone", "any_type", "amount")

    @admin.display(description=_("zone"))
    def any_zone(self, price: Price) -> Any:
        return price.zone or _("any")

    @admin.display(description=_("seat type"))
    def any_type(self, price: Price) -> Any:
        return price.get_seat_type_display() or _("any")


@admin.register(Showtime)
class ShowtimeAdmin(DeskAdmin):
    cinema_path = "cinema"
    list_display = ("starts", "movie", "where", "format", "language", "sold", "state")
    list_display_links = ("starts", "movie")
    list_filter = (StateFilter, ("cinema", MyChoices), ("movie", MyChoices), "format")
    list_select_related = ("movie", "cinema", "hall", "inventory")
    search_fields = ("movie__title", "movie__title_ne", "cinema__name", "hall__name", "=id")
    ordering = ("starts_at",)
    date_hierarchy = "starts_at"
    inlines = (PriceInline,)
    history_parts = ((Price, "showtime"),)
    fields = (
        ("movie", "hall"),
        ("starts", "ends", "busy"),
        ("format", "language", "subtitles"),
        ("state_word", "sold"),
    )
    readonly_fields = ("movie", "hall", "starts", "ends", "busy", "state_word", "sold")
    actions_detail = ("seats", "allot", "change_prices", "bookings", "cancel", "give_back")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Money is given back once the show is cancelled, and it is cancelled once."""
        is_cancelled = Showtime.objects.filter(pk=object_id, cancelled_at__isnull=False).exists()
        hidden = "cancel" if is_cancelled else "give_back"
        found = super().get_actions_detail(request, object_id)
        return [one for one in found if not one.action_name.endswith(f"_{hidden}")]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            showtimes.tell(Topic.SHOWTIME_CHANGED, [obj.pk])

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        booked = ShowSeat.objects.filter(showtime=OuterRef("pk"), status=SeatStatus.BOOKED).order_by()
        counted = booked.values("showtime").annotate(count=Count("pk")).values("count")
        return super().get_queryset(request).annotate(booked=Coalesce(Subquery(counted), 0))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return SchedulePage.show(self, request)

    @display(description=_("starts"), ordering="starts_at")
    def starts(self, showtime: Showtime) -> str:
        return _clock(showtime.starts_at, showtime)

    @display(description=_("ends"))
    def ends(self, showtime: Showtime) -> str:
        return _clock(showtime.ends_at, showtime)

    @display(description=_("hall busy until"))
    def busy(self, showtime: Showtime) -> str:
        return _clock(showtime.busy_until, showtime)

    @display(description=_("where"), ordering="cinema__name")
    def where(self, showtime: Showtime) -> str:
        return f"{showtime.cinema.name}, {showtime.hall.name}"

    @display(description=_("sold"), ordering="booked")
    def sold(self, showtime: Any) -> str:
        inventory = getattr(showtime, "inventory", None)
        return f"{showtime.booked} / {inventory.seat_count}" if inventory else "-"

    @display(
        description=_("state"),
        label={"on": "success", "waiting": "warning", "cancelled": "danger", "running": "info", "over": ""},
    )
    def state(self, showtime: Showtime) -> tuple[str, Any]:
        now = timezone.now()
        if showtime.cancelled_at is not None:
            return "cancelled", _("Cancelled")
        if showtime.ends_at <= now:
            return "over", _("Over")
        if getattr(showtime, "inventory", None) is None:
            return "waiting", _("Not on sale")
        return ("running", _("Running")) if showtime.starts_at <= now else ("on", _("On sale"))

    @action(description=_("Seats"), url_path="seats", permissions=["seatsync.view_showseat"], icon="event_seat")
    def seats(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return SeatsPage.show(self, request, object_id)

    @action(description=_("Allot"), url_path="allot", permissions=["seatsync.add_allotment"], icon="back_hand")
    def allot(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return AllotPage.show(self, request, object_id)

    @action(description=_("Prices"), url_path="prices", permissions=["venues.change_price"], icon="sell")
    def change_prices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return PricesPage.show(self, request, object_id)

    @action(description=_("Bookings"), url_path="sales", permissions=["bookings.view_booking"], icon="receipt_long")
    def bookings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(_bookings_of(self.get_object(request, object_id)))

    @action(description=_("Cancel showtime"), url_path="cancel", permissions=["venues.change_showtime"], icon="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return CancelPage.show(self, request, object_id)

    @action(
        description=_("Give the money back"), url_path="give-back", permissions=["payments.refund_booking"],
        icon="payments",
    )  # fmt: skip
    def give_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return GiveBackPage.show(self, request, object_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a showtime is cancelled, never forgotten


@admin.register(Price)
class PriceAdmin(Evidence, DeskAdmin):
    """Read here, changed on the showtime's page, where every class of seats gets its price."""

    cinema_path = "showtime__cinema"
    list_display = ("showtime", "zone", "seat_type", "amount")
    list_filter = (("showtime__cinema", MyChoices), "seat_type")
    list_select_related = ("showtime__movie",)
    search_fields = ("showtime__movie__title", "zone")
    ordering = ("-showtime__starts_at", "zone", "seat_type")


def _clock(at: datetime, showtime: Showtime) -> str:
    return date_format(at.astimezone(ZoneInfo(showtime.cinema.time_zone)), "D j M Y H:i")


def _facts(showtime: Showtime) -> list[tuple[Any, Any]]:
    return [
        (_("Movie"), showtime.movie),
        (_("Hall"), showtime.hall),
        (_("Starts"), _clock(showtime.starts_at, showtime)),
    ]


def _bookings_of(showtime: Showtime) -> str:
    return f"{reverse('admin:bookings_booking_changelist')}?showtime__id__exact={showtime.pk}"
