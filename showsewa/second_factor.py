"""A second proof of who somebody is: the code of an app on their phone (TOTP, RFC 6238) or one of ten backup codes.

The rows and the arithmetic are django-otp's. A code counts once, and wrong ones make the next try wait (1, 2, 4 ... s).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from showsewa import limits
from showsewa.models import User
from showsewa.refusals import Forbidden
from showsewa.transactions import use_case

BACKUP_CODES = 10
_NAME = "phone"
# Neither 0 and o nor 1 and l, which people mix up when they copy from paper.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class SecondFactorRequired(Forbidden):
    """facts: limit and currency, above which it is asked for; isEnrolled, whether there is one to ask for."""

    code = "SECOND_FACTOR_REQUIRED"


class SecondFactorWrong(Forbidden):
    """This code is wrong, over, or was used before."""

    code = "SECOND_FACTOR_WRONG"


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one person. backup_codes: how many are left."""

    is_enrolled: bool
    backup_codes: int


def standing(user_id: Any) -> Standing:
    enrolled = TOTPDevice.objects.filter(user=user_id, confirmed=True).exists()
    return Standing(enrolled, StaticToken.objects.filter(device__user=user_id).count())


@use_case
def begin(user: User) -> TOTPDevice:
    """The secret to show as a QR code, the same until it is confirmed or thrown away."""
    device, _is_new = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": _NAME})
    return device


@use_case
def enrol(*, user: User, code: str) -> Sequence[str] | None:
    """Make the secret count once a code of it has been typed in; None when the code is wrong.

    What was enrolled before counts no more. Returns the backup codes, which are shown this once. Locks: the devices.
    """
    new = _locked(TOTPDevice, user, confirmed=False)
    if not new or not new[0].verify_token(_digits(code)):
        return None
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    TOTPDevice.objects.filter(pk=new[0].pk).update(confirmed=True)
    StaticDevice.objects.filter(user=user).delete()
    paper = StaticDevice.objects.create(user=user, name=_NAME)
    codes = ["".join(secrets.choice(_SIGNS) for _sign in range(8)) for _code in range(BACKUP_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=paper, token=_kept(code)) for code in codes])
    return codes


def check(*, user_id: Any, code: str, now: datetime) -> None:
    """Use a code up. Call it before the transaction of what it is for, or a refusal would forget that it was tried.

    Refuses: SecondFactorWrong; TooManyRequests after wrong ones, for as long as said.
    """
    waits = _use(user_id, code, now=now)
    if waits is None:
        return
    if waits > 0:
        refusal = limits.TooManyRequests(_("Too many wrong codes. Wait %(seconds)d seconds.") % {"seconds": waits})
        refusal.retry_after = waits
        raise refusal
    raise SecondFactorWrong(_("This code is wrong, or it was used before. Wait for the next one."))


@use_case
def _use(user_id: Any, code: str, *, now: datetime) -> int | None:
    """None: it was right. Else the seconds to wait, 0 for a code that is merely wrong. Locks: the devices by id."""
    is_paper = len(code.strip()) > len("123 456")
    devices = _locked(StaticDevice if is_paper else TOTPDevice, user_id, confirmed=True)
    for device in devices:
        is_allowed, why = device.verify_is_allowed()
        if not is_allowed:
            return max(1, round((why["locked_until"] - now).total_seconds()))
        if device.verify_token(_kept(code) if is_paper else _digits(code)):
            return None
    return 0


def _locked(model: type[Any], user: Any, *, confirmed: bool) -> list[Any]:
    rows = model.objects.select_for_update(no_key=True).filter(user=user, confirmed=confirmed)
    return list(rows.order_by("pk"))


def _digits(code: str) -> str:
    return "".join(code.split())


def _kept(code: str) -> str:
    """What stands in the database of a backup code: enough to know it by, nothing to read it from."""
    return salted_hmac("showsewa.second_factor", _digits(code).lower()).hexdigest()[:16]
