"""Accounts of customers: what somebody types to get one, to come in, and to change it."""

from typing import Any, ClassVar

from allauth.account.forms import AddEmailForm, LoginForm, RequestLoginCodeForm, ResetPasswordKeyForm, SignupForm
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SetPasswordForm as AllauthSetPasswordForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from showsewa import numerals
from showsewa.models import User
from venues import listings


class _Named:
    """The address has one name in all forms, so that one page can offer both ways in and browsers know the field."""

    def add_prefix(self, name: str) -> str:
        return "username" if name in ("login", "email") else name


class SignInForm(_Named, LoginForm):
    def _setup_password_field(self) -> None:
        """It stays, though accounts are opened without a password: allauth would ask for a code only."""


class SignInByCodeForm(_Named, RequestLoginCodeForm):
    _user: User | None

    def clean_email(self) -> str:
        """Staff get no code: a mailbox alone opens no desk. The answer is the same, the mail says how."""
        email: str = super().clean_email()
        if getattr(self._user, "is_staff", False):
            self._user = None
        return email


class ResetPasswordForm(AllauthResetPasswordForm):
    users: list[User]

    def clean_email(self) -> str:
        """As above: a new password for staff comes from whoever manages them."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if not user.is_staff]
        return email


class OpenAccountForm(SignupForm):
    first_name = forms.CharField(label=_("Name"), max_length=150, required=False)


class ChangeEmailForm(AddEmailForm):
    def clean_email(self) -> str:
        if self.user.is_staff:
            raise forms.ValidationError(_("You work here: your manager changes your e-mail address."))
        email: str = super().clean_email()
        return email


class _TypedOnce:
    """Whoever can look at what they type needs not type it twice."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ChangePasswordForm(_TypedOnce, AllauthChangePasswordForm):
    pass


class SetPasswordForm(_TypedOnce, AllauthSetPasswordForm):
    pass


class NewPasswordForm(_TypedOnce, ResetPasswordKeyForm):
    pass


class ProfileForm(forms.ModelForm):
    party = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    city = forms.ChoiceField(required=False)
    digits = forms.ChoiceField(required=False, choices=[(digits, digits) for digits in ("", *numerals.CHOICES)])

    class Meta:
        model = User
        fields: ClassVar = [
            "first_name",
            "last_name",
            "phone",
            "language",
            "digits",
            "city",
            "party",
            "wants_reminders",
            "wants_sms",
            "wants_openings",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cities = listings.cities()
        choices: dict[str, list[tuple[Any, Any]]] = {
            "city": [(city.name, city.name) for city in self.cities],
            "party": [(count, count) for count in range(1, settings.MAX_SEATS_PER_HOLD + 1)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = [("", ""), *offered]  # type: ignore[attr-defined]
