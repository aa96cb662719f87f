"""Channels and their keys. A key's token is on one page, once; after that only its hash is left."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from seatsync import channels, journal
from seatsync.admin import whose
from seatsync.models import SCOPES, Channel, ChannelKey, Source
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, SharedAmongCinemas, short_time
from showsewa.admin.pages import DeskPage

_OWN_KINDS = (Channel.Kind.WEB, Channel.Kind.COUNTER)


class ChannelForm(forms.ModelForm):
    sources = forms.MultipleChoiceField(
        label=_("Allowed sources"),
        choices=Source.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What its reports of sales may call themselves."),
    )


@admin.register(Channel)
class ChannelAdmin(SharedAmongCinemas, DeskAdmin):
    form = ChannelForm
    list_display = ("name", "kind", "at", "source_names", "price_word", "live_keys", "contact", "is_active")
    list_filter = ("is_active", "kind")
    search_fields = ("name", "contact")
    ordering = ("name",)
    fields = (
        ("name", "kind"),
        "cinemas",
        "sources",
        ("pricing", "percent"),
        ("contact", "silent_after_minutes"),
        "is_active",
    )
    history_parts = ((ChannelKey, "channel"),)
    actions_detail = ("new_key", "import_sales")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        not_over = Q(keys__expires_at=None) | Q(keys__expires_at__gt=timezone.now())
        live = Count("keys", filter=Q(keys__revoked_at=None) & not_over)
        return super().get_queryset(request).annotate(live=live).prefetch_related("cinemas")

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        """The two of the house are everybody's to see; they belong to no cinema, so superusers alone change them."""
        found = super().bound(rows, user)
        return found if user.is_superuser else found | rows.filter(pk__in=whose.OWN)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What the two of the house are stands in the code: how they are called is all there is to change."""
        if obj is None or not obj.is_own:
            return ()
        return ("kind", "cinemas", "source_names", "pricing", "percent", "silent_after_minutes", "is_active")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or not obj.is_own:
            return self.fields
        return [("name", "kind"), "source_names", ("pricing", "percent"), "contact"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and obj.is_own:
            kwargs["form"] = forms.ModelForm
        form = super().get_form(request, obj, change=change, **kwargs)
        if "kind" in form.base_fields:
            choices = [choice for choice in Channel.Kind.choices if choice[0] not in _OWN_KINDS]
            form.base_fields["kind"].choices = choices  # the house's own two exist already
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what it sold names it: a channel is switched off

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = UnfoldAdminSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("cinemas"))
    def at(self, channel: Channel) -> str:
        return ", ".join(cinema.name for cinema in channel.cinemas.all())

    @admin.display(description=_("sources"))
    def source_names(self, channel: Channel) -> str:
        return ", ".join(map(journal.source, channel.sources))

    @admin.display(description=_("prices"))
    def price_word(self, channel: Channel) -> str:
        sign = {Channel.Pricing.MARKUP: "+", Channel.Pricing.NET: "−"}.get(Channel.Pricing(channel.pricing), "")
        return f"{sign}{channel.percent.normalize():f} %" if sign else "-"

    @admin.display(description=_("live keys"), ordering="live")
    def live_keys(self, channel: Any) -> int:
        return channel.live

    @action(description=_("New key"), url_path="new-key", permissions=["seatsync.add_channelkey"], icon="key")
    def new_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return KeyPage.show(self, request, object_id)

    @action(
        description=_("Import sales"), url_path="import", permissions=["seatsync.add_salesfile"], icon="upload_file"
    )
    def import_sales(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:seatsync_salesfile_add')}?channel={object_id}")


class KeyForm(forms.Form):
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"), widget=UnfoldAdminSelectWidget)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope, f"{name} ({scope})") for scope, name in SCOPES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    kind = forms.ChoiceField(
        label=_("For what"),
        choices=[("test", _("Trying out: sandbox cinemas only")), ("live", _("In earnest: all other cinemas"))],
        widget=UnfoldAdminRadioSelectWidget,
    )
    addresses = forms.CharField(
        label=_("From these addresses only"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("IP addresses or networks such as 203.0.113.0/24, one a line. Empty: from anywhere."),
    )
    days = forms.IntegerField(
        label=_("Valid for days"),
        required=False,
        min_value=1,
        max_value=3650,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Empty: until it is revoked."),
    )


class KeyPage(DeskPage):
    title = _("New key")
    form_class = KeyForm
    permission_required = "seatsync.add_channelkey"
    submit_label = _("Make the key")
    lead = _(
        "Its token is shown once, on the next page. Two keys of a kind may live at a time: make the new one, let the "
        "channel change over, look when the old one was last used, then revoke it."
    )

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["channel"].queryset = whose.wholly_theirs(self.model_admin.admin_site, self.request.user)
        form.fields["kind"].initial = "live" if settings.IS_LIVE else "test"
        if self.object is not None:
            form.fields["channel"].initial = self.object.pk
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        now = timezone.now()
        expires_at = now + timedelta(days=given["days"]) if given["days"] else None
        key, token = channels.issue_key(
            given["channel"],
            scopes=given["scopes"],
            now=now,
            is_test=given["kind"] == "test",
            expires_at=expires_at,
            addresses=given["addresses"].replace(",", " ").split(),
        )
        # Shown in the answer itself: a redirect would have to keep the token somewhere.
        page = self.get_context_data(form=None) | {"key": key, "token": token, "title": _("The new key")}
        return self.response_class(self.request, ["admin/new_key.html"], page)


class RevokePage(DeskPage):
    title = _("Revoke this key")
    permission_required = "seatsync.change_channelkey"
    submit_label = _("Revoke")
    is_dangerous = True
    lead = _("Whoever uses it is refused from now on. This cannot be undone; make a new key instead.")

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        channels.revoke(self.object, now=timezone.now())
        return _("The key is revoked.")

    def facts(self) -> Sequence[tuple[Any, Any]]:
        return [
            (_("Channel"), self.object.channel),
            (_("Key"), f"{self.object.prefix}…"),
            (_("Last used"), short_time(self.object.last_used_at)),
        ]


@admin.register(ChannelKey)
class ChannelKeyAdmin(whose.OfChannels):
    list_display = ("prefix", "channel", "purpose", "state", "used", "scope_names", "created_at", "expires_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "is_test")
    list_select_related = ("channel",)
    search_fields = ("prefix", "channel__name")
    ordering = ("-created_at",)
    fields = (
        "channel",
        "prefix",
        "purpose_word",
        "scope_names",
        "address_names",
        "state_word",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
    readonly_fields = ("scope_names", "address_names", "state_word", "purpose_word")
    actions_detail = ("revoke",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm("seatsync.add_channelkey")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return KeyPage.show(self, request)

    @admin.display(description=_("scopes"))
    def scope_names(self, key: ChannelKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description=_("from addresses"))
    def address_names(self, key: ChannelKey) -> str:
        return ", ".join(key.addresses) or str(_("anywhere"))

    @admin.display(description=_("last used"), ordering="last_used_at")
    def used(self, key: ChannelKey) -> str:
        return short_time(key.last_used_at)

    @display(description=_("for what"), ordering="is_test", label={"test": "info", "live": "success"})
    def purpose(self, key: ChannelKey) -> tuple[str, Any]:
        return ("test", _("Test")) if key.is_test else ("live", _("In earnest"))

    @admin.display(description=_("for what"))
    def purpose_word(self, key: ChannelKey) -> Any:
        return self.purpose(key)[1]

    @display(description=_("state"), label={"live": "success", "expired": "warning", "revoked": "danger"})
    def state(self, key: ChannelKey) -> tuple[str, Any]:
        if key.revoked_at is not None:
            return "revoked", _("Revoked")
        if key.expires_at is not None and key.expires_at <= timezone.now():
            return "expired", _("Expired")
        return "live", _("Live")

    @action(description=_("Revoke"), url_path="revoke", permissions=["seatsync.change_channelkey"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return RevokePage.show(self, request, object_id)
