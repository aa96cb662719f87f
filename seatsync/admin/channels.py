"""Channels and their keys. A key's token is on one page, once; after that only its hash is left."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
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
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
)

from seatsync import channels
from seatsync.models import SCOPES, Channel, ChannelKey, Source
from showsewa.actors import Actor
from showsewa.admin.base import DeskAdmin, Evidence, SharedAmongCinemas, is_wholly_of
from showsewa.admin.pages import DeskPage


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
    list_display = ("name", "kind", "at", "source_names", "live_keys", "contact", "is_active")
    list_filter = ("is_active", "kind")
    search_fields = ("name", "contact")
    ordering = ("name",)
    fields = (("name", "kind"), "cinemas", "sources", "contact", "is_active")
    actions_detail = ("new_key", "import_sales")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        live = Count("keys", filter=Q(keys__revoked_at=None))
        return super().get_queryset(request).annotate(live=live).prefetch_related("cinemas")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = UnfoldAdminSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("cinemas"))
    def at(self, channel: Channel) -> str:
        return ", ".join(cinema.name for cinema in channel.cinemas.all())

    @admin.display(description=_("sources"))
    def source_names(self, channel: Channel) -> str:
        return ", ".join(channel.sources)

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
    lead = _("Its token is shown once, on the next page. Two keys of a channel may live at a time, to change over.")

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        rows = self.model_admin.admin_site._registry[Channel].bound(Channel.objects.all(), self.request.user)
        wholly = [
            channel.pk for channel in rows.prefetch_related("cinemas") if is_wholly_of(channel, self.request.user)
        ]
        form.fields["channel"].queryset = rows.filter(pk__in=wholly, is_active=True)
        if self.object is not None:
            form.fields["channel"].initial = self.object.pk
        return form

    def perform(self, given: dict[str, Any], actor: Actor) -> HttpResponse:
        now = timezone.now()
        expires_at = now + timedelta(days=given["days"]) if given["days"] else None
        key, token = channels.issue_key(given["channel"], scopes=given["scopes"], now=now, expires_at=expires_at)
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
        return [(_("Channel"), self.object.channel), (_("Key"), f"{self.object.prefix}…")]


@admin.register(ChannelKey)
class ChannelKeyAdmin(Evidence, DeskAdmin):
    list_display = ("prefix", "channel", "scope_names", "state", "created_at", "expires_at", "last_used_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("channel",)
    search_fields = ("prefix", "channel__name")
    ordering = ("-created_at",)
    fields = (
        "channel",
        "prefix",
        "scope_names",
        "state_word",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
    readonly_fields = ("scope_names", "state_word")
    actions_detail = ("revoke",)

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        mine = self.admin_site._registry[Channel].bound(Channel.objects.all(), user)
        return rows if user.is_superuser else rows.filter(channel__in=mine)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm("seatsync.add_channelkey")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return KeyPage.show(self, request)

    @admin.display(description=_("scopes"))
    def scope_names(self, key: ChannelKey) -> str:
        return ", ".join(key.scopes)

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
