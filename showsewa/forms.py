"""Accounts of customers: what somebody types to get one, and to change it."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from showsewa.models import User


class RegisterForm(forms.ModelForm):
    password = forms.CharField(label=_("Password"), strip=False, max_length=128)

    class Meta:
        model = User
        fields: ClassVar = ["first_name", "email"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" in given:
            try:
                validate_password(given["password"], User(email=given.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields: ClassVar = ["first_name", "last_name", "phone", "language"]
