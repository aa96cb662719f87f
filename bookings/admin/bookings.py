"""Bookings: found by anything a customer may still know, told as one story, cancelled and refunded after a look."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from bookings import notices, selectors
from bookings.models import Booking
from payments import invoices, timeline
from payments.services import approving, refunding
from seatsync import journal
from showsewa import money, second_factor
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, short_time, show_header
from showsewa.admin.base import actor as acting
from showsewa.admin.pages import DeskPage, ReasonForm
from showsewa.refusals import Refusal


class MoneyBackForm(ReasonForm):
    amount = forms.DecimalField(
        label=_("Money back"),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=255, widget=UnfoldAdminTextInputWidget)
    code = forms.CharField(
        label=_("Code of your second factor"),
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )
    field_order = ("amount", "reason", "code")


class _MoneyPage(DeskPage):
    """Shows what the policy gives before anybody agrees."""

    form_class = MoneyBackForm
    is_dangerous = True
    is_proved = False

    def get_form(self, form_class: Any = None) -> forms.Form:
        """The code is asked for where the money may come to more than the cinema's limit."""
        form: forms.Form = super().get_form(form_class)
        booking, actor = self.object, acting(self.request)
        if not approving.is_needed(booking, self.terms.paid, actor=actor):
            del form.fields["code"]
            return form
        limit = money.text(approving.limit(booking.showtime.cinema), booking.currency)
        form.fields["code"].help_text = format_html(
            '{} <a class="underline" href="{}">{}</a>',
            _("Needed for more than %(limit)s: the app's six digits, or a backup code.") % {"limit": limit},
            reverse("second-factor"),
            _("Set up or change"),
        )
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        """The code is used up in a transaction of its own, so that a wrong one counts whatever becomes of the rest."""
        if form.cleaned_data.get("code"):
            try:
                second_factor.check(user_id=self.request.user.pk, code=form.cleaned_data["code"], now=timezone.now())
            except Refusal as refusal:
                return self.refused(form, refusal)
            self.is_proved = True
        return super().form_valid(form)

    @property
    def terms(self) -> refunding.Terms:
        return refunding.terms(self.object, now=timezone.now())

    def facts(self) -> Sequence[tuple[Any, Any]]:
        booking, terms = self.object, self.terms
        return [
            (_("Booking"), booking),
            (_("Showtime"), booking.showtime),
            (_("Seats"), ", ".join(booking.seat_labels)),
            (_("Customer"), " · ".join(filter(None, [booking.name, booking.email, booking.phone])) or "-"),
            (_("Paid and not given back"), money.text(terms.paid, booking.currency)),
            (_("By the policy now"), f"{terms.percent} % = {money.text(terms.amount, booking.currency)}"),
        ]


class CancelPage(_MoneyPage):
    title = _("Cancel this booking")
    permission_required = "bookings.cancel_booking"
    submit_label = _("Cancel the booking and give the money back")
    lead = _(
        "The seats are free at once, and the customer gets a mail. Giving another amount needs the right to refund."
    )

    def get_initial(self) -> dict[str, Any]:
        return {"amount": self.terms.amount}

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        is_policy = given["amount"] == self.terms.amount
        if not is_policy and not actor.may("payments.refund_booking"):
            raise refunding.AmountTooLarge(_("You may give back what the policy says, no other amount."))
        done = refunding.cancel_booking(
            booking_id=self.object.pk,
            actor=actor,
            now=timezone.now(),
            reason=given["reason"],
            amount=None if is_policy else given["amount"],
            by_staff=True,
            is_proved=self.is_proved,
        )
        return _("Cancelled. Money on its way back: %(sum)s.") % {"sum": _sum(done)}


class RefundPage(_MoneyPage):
    title = _("Give money back")
    permission_required = "payments.refund_booking"
    submit_label = _("Give it back")
    lead = _("Up to what was paid. When all of it goes back, the booking ends and its seats are free.")

    def get_initial(self) -> dict[str, Any]:
        return {"amount": self.terms.paid}

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        done = refunding.refund_booking(
            booking_id=self.object.pk,
            actor=actor,
            now=timezone.now(),
            amount=given["amount"],
            reason=given["reason"],
            is_proved=self.is_proved,
        )
        return _("Money on its way back: %(sum)s.") % {"sum": _sum(done)}


@admin.register(Booking)
class BookingAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__cinema"
    list_display = (
        "name_of",
        "state",
        "show",
        "seats",
        "sum",
        "source",
        "customer",
        "at",
    )
    list_filter = ("status", "source", ("showtime__cinema", MyChoices), "ending", ("created_at", RangeDateTimeFilter))
    list_select_related = ("showtime__movie", "showtime__cinema", "showtime__hall")
    search_fields = ("reference", "email", "phone", "name", "external_reference", "=id")
    search_help_text = _("Reference, e-mail, phone, name, the platform's reference, or the booking's id.")
    ordering = ("-pk",)  # its index; ids grow with time
    fieldsets = (
        (
            None,
            {"fields": (("reference", "state_word"), ("showtime", "hall"), ("seats", "sum"), ("discount", "promo"))},
        ),
        (_("Customer"), {"fields": (("name", "language"), ("email", "phone"), "user")}),
        (_("Sale"), {"fields": (("source", "channel", "external_reference"), ("holder", "payment_method"))}),
        (
            _("Times"),
            {"fields": (("created_at", "expires_at"), ("confirmed_at", "cancelled_at"), ("ending", "cancel_reason"))},
        ),
    )
    readonly_fields = ("state_word", "hall", "seats", "sum", "holder")
    actions_detail = ("print_ticket", "invoice", "resend", "refund", "cancel")
    change_form_outer_after_template = "admin/booking_story.html"

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        """What is held for a hold that lost a seat is nobody's booking."""
        return super().bound(rows, user).filter(offered_to=None)

    @admin.display(description=_("booking"), ordering="reference")
    def name_of(self, booking: Booking) -> str:
        return booking.reference or f"…{str(booking.pk)[-8:]}"

    @display(
        description=_("status"),
        ordering="status",
        label={
            "HELD": "warning",
            "PENDING": "warning",
            "CONFIRMED": "success",
            "CANCELLED": "danger",
            "REFUNDED": "info",
        },
    )
    def state(self, booking: Booking) -> tuple[str, str]:
        return booking.status, booking.get_status_display()

    @display(description=_("showtime"), ordering="showtime__starts_at", header=True)
    def show(self, booking: Booking) -> list[str]:
        return show_header(booking.showtime)

    @admin.display(description=_("hall"))
    def hall(self, booking: Booking) -> str:
        return str(booking.showtime.hall)

    @admin.display(description=_("seats"))
    def seats(self, booking: Booking) -> str:
        return ", ".join(booking.seat_labels)

    @admin.display(description=_("total"), ordering="total")
    def sum(self, booking: Booking) -> str:
        return money.text(booking.total, booking.currency)

    @display(description=_("customer"), ordering="email", header=True)
    def customer(self, booking: Booking) -> list[str]:
        first = booking.name or booking.email or booking.external_reference or booking.phone or "-"
        rest = [booking.email, booking.phone, booking.external_reference]
        return [first, " · ".join(word for word in rest if word and word != first)]

    @admin.display(description=_("made"), ordering="created_at")
    def at(self, booking: Booking) -> str:
        return short_time(booking.created_at)

    @admin.display(description=_("held by"))
    def holder(self, booking: Booking) -> str:
        return journal.name(booking.owner)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        booking = kwargs.get("obj")
        if booking is not None:
            may_see_money = request.user.has_perm("payments.view_payment")
            story = timeline.of(booking)
            context["story"] = [one for one in story if may_see_money or one.kind not in timeline.MONEY]
            context["tickets"] = selectors.tickets(booking)
        return super().render_change_form(request, context, **kwargs)

    @action(description=_("Print tickets"), url_path="print", permissions=["bookings.view_booking"], icon="print")
    def print_ticket(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("ticket", args=[object_id]))

    @action(description=_("Invoice"), url_path="invoice", permissions=["bookings.view_booking"], icon="receipt_long")
    def invoice(self, request: HttpRequest, object_id: str) -> HttpResponse:
        booking = self.get_object(request, object_id)
        if booking is not None and invoices.is_ours(booking):
            return HttpResponseRedirect(reverse("invoice", args=[object_id]))
        messages.warning(request, _("There is no invoice of ours for this booking."))
        return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[object_id]))

    @action(
        description=_("Send again"), url_path="resend", permissions=["bookings.resend_notice"], icon="forward_to_inbox"
    )
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ResendPage.show(self, request, object_id)

    @action(description=_("Refund"), url_path="refund", permissions=["payments.refund_booking"], icon="payments")
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return RefundPage.show(self, request, object_id)

    @action(description=_("Cancel"), url_path="cancel", permissions=["bookings.cancel_booking"], icon="cancel")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return CancelPage.show(self, request, object_id)


class ResendPage(DeskPage):
    title = _("Send the confirmation again")
    permission_required = "bookings.resend_notice"
    submit_label = _("Send it again")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        count = notices.send_again(booking_id=self.object.pk, now=timezone.now())
        if not count:
            raise Refusal(_("This booking has neither an e-mail address nor a phone number."))
        return ngettext("%d message is on its way.", "%d messages are on their way.", count) % count

    def facts(self) -> Sequence[tuple[Any, Any]]:
        booking = self.object
        return [(_("Booking"), booking), (_("E-mail"), booking.email or "-"), (_("Phone"), booking.phone or "-")]


def _sum(done: refunding.Cancelled) -> str:
    return money.text(sum((refund.amount for refund in done.refunds), money.ZERO), done.booking.currency)
