"""Webhooks of channels: made and changed with the API's own checks; what was sent, answered, and sent again."""

from collections.abc import Sequence
from typing import Any

import orjson
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from seatsync import addresses, announcing, signing, subscriptions
from seatsync.admin import whose
from seatsync.models import Announcement, Channel, ChannelNotice, Delivery, Subscription, Topic
from seatsync.subscriptions import Outcome, State
from showsewa import promises
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, is_wholly_of, short_time
from showsewa.admin.pages import DeskPage
from showsewa.admin.promised import PromiseFilter, ShowsState

_STATES = {State.LIVE: _("Live"), State.FAILING: _("Failing"), State.DISABLED: _("Disabled")}
_OUTCOMES = {
    Outcome.WAITING: _("Waiting"),
    Outcome.DELIVERED: _("Delivered"),
    Outcome.FAILED: _("Failed, tried again"),
    Outcome.LOST: _("Lost (sandbox)"),
}
_COLOURS = {State.LIVE.value: "success", State.FAILING.value: "warning", State.DISABLED.value: "danger"}
_WAYS = {Outcome.DELIVERED.value: "success", Outcome.FAILED.value: "danger"}


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=addresses.LONGEST,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("https, public, port 443 or from 1024 on."),
    )
    topics = forms.MultipleChoiceField(
        label=_("Types"),
        choices=Topic.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None: all."),
    )

    def clean_url(self) -> addresses.Address:
        """Looked up here, before the page's transaction begins."""
        try:
            return addresses.check(self.cleaned_data["url"])
        except addresses.AddressRefused as refusal:
            raise ValidationError(str(refusal.message)) from refusal


class NewWebhookForm(WebhookForm):
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), widget=UnfoldAdminSelectWidget)
    is_test = forms.BooleanField(
        label=_("For sandbox cinemas"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget
    )
    field_order = ("channel", "url", "topics", "is_test")


class _Page(DeskPage):
    permission_required = "seatsync.change_subscription"

    def has_permission(self) -> bool:
        """A channel that also sells elsewhere is not this person's to redirect."""
        row = self.object
        return super().has_permission() and (row is None or is_wholly_of(row.channel, self.request.user))

    def facts(self) -> Sequence[tuple[Any, Any]]:
        return [(_("Channel"), self.object.channel), (_("Address"), self.object.url)] if self.object else []

    def shown_once(self, row: Subscription) -> HttpResponse:
        """In the answer itself: a redirect would have to keep the secret somewhere."""
        secret = signing.secret(row.pk, row.secret_number)
        page = self.get_context_data(form=None) | {"webhook": row, "secret": secret, "title": _("The new secret")}
        return self.response_class(self.request, ["admin/new_secret.html"], page)


class NewPage(_Page):
    title = _("New webhook")
    form_class = NewWebhookForm
    permission_required = "seatsync.add_subscription"
    submit_label = _("Make the webhook")
    lead = _("Its secret is shown once, on the next page.")

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["channel"].queryset = whose.wholly_theirs(self.model_admin.admin_site, self.request.user)
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        made = subscriptions.create(
            channel_id=given["channel"].pk, address=given["url"], topics=given["topics"], is_test=given["is_test"]
        )
        return self.shown_once(made)


class EditPage(_Page):
    title = _("Change this webhook")
    form_class = WebhookForm

    def get_initial(self) -> dict[str, Any]:
        return {"url": self.object.url, "topics": self.object.topics}

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        now = timezone.now()
        subscriptions.change(self.object.pk, address=given["url"], topics=given["topics"], now=now)
        return _("The webhook is changed.")


class RotatePage(_Page):
    title = _("New secret for this webhook")
    submit_label = _("Make a new secret")
    lead = _("For 24 hours every message is signed with the old one as well.")

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        return self.shown_once(subscriptions.rotate(self.object.pk, now=timezone.now()))


class SwitchPage(_Page):
    title = _("Enable or disable this webhook")
    lead = _("Enabled it goes on where it stopped; what was announced meanwhile is in the channel's feed.")

    @property
    def submit_label(self) -> Any:
        return _("Disable") if self.object.disabled_at is None else _("Enable")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        enable = self.object.disabled_at is not None
        reason = f"by {actor.name}"
        subscriptions.change(self.object.pk, enable=enable, reason=reason, now=timezone.now())
        return _("The webhook is enabled.") if enable else _("The webhook is disabled.")


class TestPage(_Page):
    title = _("Send a test")
    submit_label = _("Send")
    lead = _("One message of type webhook.test, to this webhook alone. Its answer is in the deliveries.")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        subscriptions.test(self.object.pk, now=timezone.now())
        return _("The test is on its way.")


@admin.register(Subscription)
class SubscriptionAdmin(whose.OfChannels):
    list_display = ("channel", "url", "topic_names", "state", "failing_since", "is_test", "created_at")
    list_display_links = ("channel", "url")
    list_filter = (("disabled_at", admin.EmptyFieldListFilter), "is_test")
    list_select_related = ("channel",)
    search_fields = ("url", "channel__name")
    ordering = ("-disabled_at", "channel__name")
    fields = (
        ("channel", "is_test"),
        "url",
        "topic_names",
        ("state_word", "disabled_reason"),
        ("failing_since", "attempts", "due_at"),
        ("secret_number", "old_secret_until"),
        "created_at",
    )
    readonly_fields = ("topic_names", "state_word")
    actions_detail = ("edit", "send_test", "rotate", "switch")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm("seatsync.add_subscription")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return NewPage.show(self, request)

    @admin.display(description=_("types"))
    def topic_names(self, row: Subscription) -> Any:
        return ", ".join(row.topics) or _("all")

    @display(description=_("state"), label=_COLOURS)
    def state(self, row: Subscription) -> tuple[str, Any]:
        found = subscriptions.state(row)
        return found.value, _STATES[found]

    @action(description=_("Change"), url_path="edit", permissions=["seatsync.change_subscription"], icon="edit")
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return EditPage.show(self, request, object_id)

    @action(description=_("Test"), url_path="test", permissions=["seatsync.change_subscription"], icon="send")
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return TestPage.show(self, request, object_id)

    @action(description=_("New secret"), url_path="rotate", permissions=["seatsync.change_subscription"], icon="key")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return RotatePage.show(self, request, object_id)

    @action(
        description=_("Enable or disable"), url_path="switch", permissions=["seatsync.change_subscription"],
        icon="power_settings_new",
    )  # fmt: skip
    def switch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return SwitchPage.show(self, request, object_id)


class ReplayPage(DeskPage):
    title = _("Send this once more")
    permission_required = "seatsync.change_subscription"
    submit_label = _("Send again")
    lead = _("The same bytes under the same id, newly signed. The receiver should know it by its id.")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        subscriptions.replay(self.object, now=timezone.now())
        return _("It is on its way.")


@admin.register(Delivery)
class DeliveryAdmin(whose.OfChannels):
    channel_path = "subscription__channel"
    list_display = ("sequence", "topic", "webhook", "state", "attempts", "answer_status", "took_ms", "tried")
    list_filter = (("done_at", admin.EmptyFieldListFilter), "answer_status", "is_replay")
    list_select_related = ("announcement", "subscription__channel")
    search_fields = ("=sequence", "=announcement__id", "=subscription__id")
    search_help_text = _("A sequence, an event's or a webhook's id, written out.")
    ordering = ("-created_at", "-sequence")
    fields = (
        ("sequence", "topic", "is_replay"),
        "webhook",
        ("state_word", "attempts", "took_ms"),
        ("created_at", "tried_at", "done_at"),
        "sent",
        ("answer_status", "last_error"),
        "answered",
    )
    readonly_fields = ("topic", "webhook", "state_word", "sent", "answered")
    actions_detail = ("replay",)

    @admin.display(description=_("type"))
    def topic(self, row: Delivery) -> str:
        return row.announcement.topic

    @admin.display(description=_("webhook"))
    def webhook(self, row: Delivery) -> str:
        return str(row.subscription)

    @admin.display(description=_("last try"), ordering="tried_at")
    def tried(self, row: Delivery) -> str:
        return short_time(row.tried_at)

    @display(description=_("state"), label=_WAYS)
    def state(self, row: Delivery) -> tuple[str, Any]:
        found = subscriptions.outcome(row)
        return found.value, _OUTCOMES[found]

    @admin.display(description=_("body sent"))
    def sent(self, row: Delivery) -> str:
        return _pretty(announcing.envelope(row.announcement))

    @admin.display(description=_("what they answered"))
    def answered(self, row: Delivery) -> str:
        return format_html('<pre class="desk-code">{}</pre>', row.answer_body or "-")

    @action(description=_("Send again"), url_path="replay", permissions=["seatsync.change_subscription"], icon="replay")
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return ReplayPage.show(self, request, object_id)


@admin.register(Announcement)
class AnnouncementAdmin(Evidence, DeskAdmin):
    cinema_path = "cinema"
    list_display = ("sequence", "topic", "cinema", "to", "created_at")
    list_filter = ("topic",)
    list_select_related = ("cinema", "channel")
    search_fields = ("=sequence", "=id", "=showtime__id")
    search_help_text = _("A sequence, an event's or a showtime's id, written out.")
    ordering = ("-sequence",)
    fields = (("sequence", "topic"), ("cinema", "to"), "created_at", "said")
    readonly_fields = ("to", "said")

    @admin.display(description=_("to"))
    def to(self, row: Announcement) -> Any:
        return row.channel or _("every channel of the cinema")

    @admin.display(description=_("what it says"))
    def said(self, row: Announcement) -> str:
        return _pretty(announcing.envelope(row))


@admin.register(ChannelNotice)
class ChannelNoticeAdmin(ShowsState, whose.OfChannels):
    list_display = ("channel", "kind", "to", "state", "attempts", "due_at")
    list_filter = (PromiseFilter, "kind")
    list_select_related = ("channel",)
    search_fields = ("channel__name", "=about")
    ordering = ("-due_at",)
    fields = ("channel", "kind", "to", "state_word", "attempts", "due_at", "done_at", "last_error", "said")
    readonly_fields = ("to", "state_word", "said")
    actions_detail = ("again",)

    @admin.display(description=_("to"))
    def to(self, row: ChannelNotice) -> str:
        return row.channel.contact or "-"

    @admin.display(description=_("what it says"))
    def said(self, row: ChannelNotice) -> str:
        return _pretty(row.facts)

    @action(description=_("Try again"), url_path="again", permissions=["seatsync.change_subscription"], icon="replay")
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return AgainPage.show(self, request, object_id)


class AgainPage(DeskPage):
    title = _("Send this mail again")
    permission_required = "seatsync.change_subscription"
    submit_label = _("Try again")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        is_open = promises.reopen(self.object, now=timezone.now())
        return _("It is on its way.") if is_open else _("It has been sent.")


def _pretty(data: Any) -> str:
    return format_html('<pre class="desk-code">{}</pre>', orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
