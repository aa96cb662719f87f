"""Signing in: what allauth and Django's own passwords are told. Read by `settings` alone.

A customer opens an account by a code sent to their e-mail address, and may set a password later; nobody ever has a
password on an account whose address they have not proved. Staff sign in by password, as they always did.
"""

AUTH_USER_MODEL = "showsewa.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
# What the app on a phone calls us.
OTP_TOTP_ISSUER = "ShowSewa"

ACCOUNT_ADAPTER = "showsewa.signing_in.Adapter"
ACCOUNT_FORMS = {
    "login": "showsewa.forms.SignInForm",
    "request_login_code": "showsewa.forms.SignInByCodeForm",
    "signup": "showsewa.forms.OpenAccountForm",
    "add_email": "showsewa.forms.ChangeEmailForm",
    "change_password": "showsewa.forms.ChangePasswordForm",
    "set_password": "showsewa.forms.SetPasswordForm",
    "reset_password": "showsewa.forms.ResetPasswordForm",
    "reset_password_from_key": "showsewa.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# No password when an account is opened: whoever opens one on somebody else's address must not keep a key to it.
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_SIGNUP_REDIRECT_URL = "my-bookings"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# A changed password or address is told to the address that was.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
# Five wrong passwords close an address for five minutes, right ones included, whether there is such an account or not.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key", "reset_password": "20/m/ip,3/m/key"}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
