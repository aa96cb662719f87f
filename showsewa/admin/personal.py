"""The page for a person who asks what we know of them, or to be forgotten."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from bookings.services import openings, standbys
from payments import personal
from payments.services import forgetting
from showsewa.admin.base import actor, person


class PersonForm(forms.Form):
    """Sent by POST always: addresses do not belong into logs."""

    email = forms.EmailField(label=_("E-mail"), required=False, widget=UnfoldAdminEmailInputWidget)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("email") and not given.get("phone"):
            raise forms.ValidationError(_("Give the e-mail address or the phone number."))
        return given


def personal_data(request: HttpRequest) -> HttpResponse:
    """Look, hand out, erase. Staff of some cinemas see what was bought there."""
    who = actor(request)
    if not who.may("bookings.handle_personal_data"):
        raise PermissionDenied
    form, found, kept = PersonForm(request.POST or None), None, None
    if form.is_bound and form.is_valid():
        found = personal.of_address(**form.cleaned_data, actor=who)
        if "export" in request.POST:
            return download(personal.export_of_address(**form.cleaned_data, actor=who))
        if "erase" in request.POST:
            done = forgetting.forget(found, now=timezone.now())
            standbys.forget(**form.cleaned_data)
            openings.forget(**form.cleaned_data)
            if not done.kept:
                forgetting.close_account_of(form.cleaned_data["email"], actor=who)
            _note(request, done)
            found, kept = personal.of_address(**form.cleaned_data, actor=who), done.kept
    page = {"title": _("Personal data"), "form": form, "found": found, "kept": kept}
    answer = render(request, "admin/personal_data.html", admin.site.each_context(request) | page)
    answer["Cache-Control"] = "private, no-store"
    return answer


def download(data: dict[str, Any]) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="personal-data.json"', "Cache-Control": "private, no-store"}
    return JsonResponse(data, headers=headers, json_dumps_params={"indent": 2, "ensure_ascii": False})


def _note(request: HttpRequest, done: forgetting.Forgotten) -> None:
    """Who did it stays known; whom it was about must not."""
    said = ngettext("Erased in %d booking.", "Erased in %d bookings.", done.erased) % done.erased
    LogEntry.objects.create(
        user=person(request), action_flag=CHANGE, object_repr="personal data", change_message=str(said)
    )
    messages.success(request, said)
