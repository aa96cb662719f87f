"""The mails of accounts: codes, answers to people without an account, and news of what has changed.."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from showsewa import numerals


@dataclass(frozen=True, slots=True)
class _Said:
    """page: where its button leads, and what that says; none for mails with a code."""

    subject: Any
    words: Any
    page: str = ""
    label: Any = ""


_TYPE_IT = _("Type this code into the page that asked for it. It is good for 15 minutes.")
_NOT_YOU = _("If that was not you, set a new password at once.")
_SET_NEW = _("Set a new password")

# By the names allauth has for them.
MAILS = {
    "login_code": _Said(_("Your code to sign in"), _TYPE_IT),
    "email_confirmation_signup": _Said(_("Your code to open an account"), _TYPE_IT),
    "email_confirmation": _Said(_("Your code to confirm this address"), _TYPE_IT),
    "password_reset_code": _Said(_("Your code for a new password"), _TYPE_IT),
    "unknown_account": _Said(
        _("There is no account with this address"),
        _("Somebody wanted to sign in with this address, but it has no account. You need none to buy tickets."),
        "account_signup",
        _("Open an account"),
    ),
    "account_already_exists": _Said(
        _("You have an account already"),
        _("Somebody wanted to open an account with this address, which has one. A code by e-mail lets you in."),
        "account_login",
        _("Sign in"),
    ),
    "staff": _Said(
        _("Please sign in with your password"),
        _("You work here, so we send no codes. Your manager can set a new password for you."),
        "account_login",
        _("Sign in"),
    ),
    "password_changed": _Said(_("Your password was changed"), _NOT_YOU, "account_reset_password", _SET_NEW),
    "password_set": _Said(_("Your account has a password now"), _NOT_YOU, "account_reset_password", _SET_NEW),
    "password_reset": _Said(_("Your password was changed"), _NOT_YOU, "account_reset_password", _SET_NEW),
    "email_changed": _Said(
        _("Your account has another e-mail address now"),
        _("We write to the new address from now on. If that was not you, please answer this mail."),
    ),
}


def compose(name: str, email: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """name: as allauth has it, "account/email/login_code". In the reader's language."""
    said = MAILS[name.rpartition("/")[2]]
    language = get_language() or "en"
    facts = {
        "subject": said.subject,
        "words": numerals.said(said.words),
        "code": context.get("code", ""),
        "link": settings.BASE_URL + reverse(said.page) if said.page else "",
        "label": said.label,
        "home": settings.BASE_URL.partition("://")[2],
        "language": language,
    }
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": language}
    text = render_to_string("emails/account.txt", facts).strip() + "\n"
    message = EmailMultiAlternatives(str(said.subject), text, to=[email], headers=headers)
    message.attach_alternative(render_to_string("emails/account.html", facts), "text/html")
    return message
