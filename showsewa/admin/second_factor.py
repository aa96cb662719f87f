"""The page where staff set up their second factor, and what of django-otp's own admin must not be seen."""

from typing import Any

import segno
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from showsewa import limits, second_factor
from showsewa.admin.base import person
from showsewa.refusals import Refusal

# They would show the secrets of everybody to whoever may see rows.
admin.site.unregister([StaticDevice, TOTPDevice])

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class EnrolForm(forms.Form):
    """password and present: whoever found this browser open knows neither."""

    password = forms.CharField(
        label=_("Your password"), widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"})
    )
    present = forms.CharField(
        label=_("Code of the app you have now, or a backup code"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Six digits the app shows for the picture above"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs=_CODE),
    )

    def __init__(self, *args: Any, is_enrolled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_enrolled:
            del self.fields["present"]


def enrol(request: HttpRequest) -> HttpResponse:
    """Each for themselves."""
    user, now = person(request), timezone.now()
    standing = second_factor.standing(user.pk)
    form = EnrolForm(request.POST or None, is_enrolled=standing.is_enrolled)
    codes = _try(request, form) if form.is_bound and form.is_valid() else None
    if codes:
        page = {"title": _("Backup codes"), "codes": codes}
        answer = render(request, "admin/backup_codes.html", admin.site.each_context(request) | page)
    else:
        device = second_factor.begin(user)
        secret = device.config_url.partition("secret=")[2].partition("&")[0]
        page = {"title": _("Second factor"), "form": form, "standing": standing, "now": now, "secret": secret}
        page["picture"] = _picture(device.config_url)
        status = 422 if form.is_bound else 200
        answer = render(request, "admin/second_factor.html", admin.site.each_context(request) | page, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _try(request: HttpRequest, form: EnrolForm) -> Any:
    """The backup codes, or None with the reason on the form."""
    user, given = person(request), form.cleaned_data
    try:
        with limits.guessing(limits.address_of(request)):
            if not user.check_password(given["password"]):
                raise Refusal(_("This is not your password."))
        if "present" in given:
            second_factor.check(user_id=user.pk, code=given["present"], now=timezone.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return None
    codes = second_factor.enrol(user=user, code=given["code"])
    if codes is None:
        form.add_error("code", _("This code is wrong. Look whether the clock of your phone is right."))
    return codes


def _picture(text: str) -> SafeString:
    drawn = segno.make(text, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True)
    return mark_safe(drawn)  # noqa: S308 - drawn by segno, no text of anybody's is in it
