"""Accounts at gateways, for the site's owners alone. Keys are written here and never shown again."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from payments import accounts, gateways, vault
from payments.models import GatewayAccount
from showsewa.admin.base import DeskAdmin, MyChoices

_LABELS = {
    "secret_key": _("Secret key"),
    "webhook_secret": _("Secret of its messages"),
    "webhook_secret_old": _("The former secret of its messages"),
}


class AccountForm(forms.ModelForm):
    """An empty field keeps what is set."""

    gateway = forms.ChoiceField(label=_("Gateway"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = gateways.with_accounts()
        self.fields["gateway"].choices = [(gateway.code, gateway.label) for gateway in ways]  # type: ignore[attr-defined]
        kept = self._kept()
        for name in accounts.SECRETS:
            self.fields[name] = forms.CharField(
                label=_LABELS[name],
                required=False,
                strip=True,
                max_length=500,
                widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
                help_text=_("is set; leave empty to keep it") if kept.get(name) else _("is not set"),
            )

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        if not self._kept().get("secret_key") and not self.cleaned_data.get("secret_key"):
            self.add_error("secret_key", _("An account is of no use without its key."))
        return said

    def sealed(self) -> str:
        given = {name: self.cleaned_data[name] for name in accounts.SECRETS if self.cleaned_data.get(name)}
        return accounts.sealed(self._kept() | given)

    def _kept(self) -> dict[str, str]:
        try:
            return accounts.read(self.instance)
        except vault.Unreadable:  # they have to be given anew
            return {}


@admin.register(GatewayAccount)
class GatewayAccountAdmin(DeskAdmin):
    form = AccountForm
    cinema_path = "cinema"
    list_display = ("gateway", "whose", "merchant", "key_state", "is_active")
    list_filter = ("gateway", "is_active", ("cinema", MyChoices))
    list_select_related = ("cinema",)
    search_fields = ("gateway", "merchant", "cinema__name")
    ordering = ("gateway", "cinema__name")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        about = _("Secrets are sealed and never shown again. Changing an account while payments are open loses them.")
        return (
            (None, {"fields": (("gateway", "cinema"), "merchant", "is_active")}),
            (_("Secrets"), {"fields": accounts.SECRETS, "description": about}),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["fields"] = ("gateway", "cinema", "merchant", "is_active")  # the others are no columns
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.secrets = form.sealed()
        super().save_model(request, obj, form, change)
        if change:
            obj.save(update_fields=["secrets"])

    @admin.display(description=_("cinema"), ordering="cinema__name")
    def whose(self, row: Any) -> str:
        return str(row.cinema or _("All without an account of their own"))

    @display(description=_("key"), label={"set": "success", "unreadable": "danger", "missing": "warning"})
    def key_state(self, row: Any) -> tuple[str, Any]:
        try:
            is_set = bool(accounts.read(row).get("secret_key"))
        except vault.Unreadable:
            return "unreadable", _("cannot be read")
        return ("set", _("is set")) if is_set else ("missing", _("is not set"))
