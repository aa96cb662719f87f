"""How allauth's flows behave here: mails and words of ours, limits by the true address, and what signing in brings."""

import logging
import smtplib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from bookings.services import joining
from showsewa import account_mails, limits, tastes, tongue
from showsewa.authentication import browser, browser_of
from showsewa.models import User
from showsewa.refusals import Busy

logger = logging.getLogger(__name__)

_SAID = {
    "account/messages/email_confirmed.txt": _("Your e-mail address is confirmed."),
    "account/messages/email_confirmation_failed.txt": _("This e-mail address could not be confirmed."),
    "account/messages/password_changed.txt": _("Your password is changed. You are signed out everywhere else."),
    "account/messages/password_set.txt": _("Your password is set."),
    "account/messages/logged_out.txt": _("You are signed out."),
}
_STAFF_MAIL, _UNKNOWN = "account/email/staff", "account/email/unknown_account"


class MailAway(Busy):
    """The mail server takes no mail now, and the code in it is all there would be to go on with."""

    code = "MAIL_UNAVAILABLE"
    retry_after = 60


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Passwords are case-sensitive."
        ),
        "email_taken": _("This e-mail address belongs to an account already."),
        "duplicate_email": _("This is your e-mail address already."),
        "enter_current_password": _("This is not your password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is wrong. Look at the newest mail."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or reset your password."),
        "rate_limited": _("Too many requests. Please wait a moment."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.address_of(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths of this site, whatever hosts it answers to."""
        return bool(url) and url_has_allowed_host_and_scheme(str(url), allowed_hosts=None)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what a page does not show by itself."""
        told = message or _SAID.get(message_template or "")
        if told:
            super().add_message(request, level, extra_tags=extra_tags, message=str(told))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.language = tongue.language()
        return super().save_user(request, user, form, commit)

    def get_login_stages(self) -> list[str]:
        """Those of allauth, with our own in the place of its check of the address."""
        ours = {"allauth.account.stages.EmailVerificationStage": "showsewa.signing_in.AddressStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def post_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse:
        """What was bought as a guest under an address proved to be theirs is theirs; so is what this browser holds."""
        joining.join(user_id=user.pk, emails=_proved(user), browser=browser_of(request))
        response = super().post_login(request, user, **facts)
        tastes.to_cookies(response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Who waits for their turn somewhere goes on waiting as this browser's guest."""
        user_id = request.user.pk
        super().logout(request)
        if user_id is not None:
            joining.part(user_id=user_id, browser=browser(request))

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Called once an address is proved by somebody who is signed in: they have changed it."""
        joining.join(user_id=email_address.user_id, emails=_proved(email_address.user))
        return tastes.account_page()

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return tastes.account_page()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """At once, in the request and outside of any transaction, unlike the notices about bookings.

        Somebody waits for the code, and it is good for minutes: as a row to be kept later it would lie in the database
        in plain text, and arrive when it is of no use. So whether it went out is told on the page.
        Refuses: MailAway.
        """
        if template_prefix == _UNKNOWN and User.objects.filter(email=email.lower(), is_staff=True).exists():
            template_prefix = _STAFF_MAIL
        try:
            account_mails.compose(template_prefix, email, context).send()
        except smtplib.SMTPRecipientsRefused as error:
            # Told like a mail that was sent: else the answer would say which addresses exist.
            logger.info("an account's mail was refused: %s", error)
        except (OSError, smtplib.SMTPException) as error:
            logger.error("an account's mail could not be sent: %s", error)
            raise MailAway(_("We cannot send mails just now. Please try again in a minute.")) from error

    def send_notification_mail(self, *given: Any, **named: Any) -> None:
        """Tells of what has happened already: without a mail server it is not undone."""
        try:
            super().send_notification_mail(*given, **named)
        except MailAway:
            logger.warning("a change of an account went untold")


class AddressStage(EmailVerificationStage):
    """Staff were given their address by whoever made them staff, and sign in by their password alone."""

    def handle(self) -> Any:
        return (None, True) if self.login.user and self.login.user.is_staff else super().handle()


def _proved(user: Any) -> list[str]:
    return list(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))
