"""Gift vouchers below their use cases: codes, and the one ledger that says what each is worth.

Only this module writes `VoucherEntry`. Locks: the voucher, always the last after booking, seats and payments.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from payments.books import days
from payments.models import GiftVoucher, Payment, Refund, VoucherEntry
from showsewa import ids, money, nepali
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from venues.models import Cinema

LETTERS, GROUP = 16, 4  # 80 bits: nobody guesses one, limited or not

# What UNSAFE may name (settings allow it in test mode only): believe what a voucher was worth before its lock.
SKIP_LOCK = "skip_voucher_lock"

_K = VoucherEntry.Kind


class VoucherUnknown(NotFound):
    """The same to whoever mistypes and whoever guesses."""

    code = "VOUCHER_UNKNOWN"


class VoucherRefused(Invalid):
    """A voucher that cannot pay here; its code says why."""

    code = "VOUCHER_REFUSED"


class VoucherExpired(VoucherRefused):
    """facts: expiredOn."""

    code = "VOUCHER_EXPIRED"


class VoucherEmpty(VoucherRefused):
    code = "VOUCHER_EMPTY"


class VoucherBlocked(VoucherRefused):
    code = "VOUCHER_BLOCKED"


class VoucherElsewhere(VoucherRefused):
    """facts: cinema, where it is taken."""

    code = "VOUCHER_ELSEWHERE"


class VoucherCurrency(VoucherRefused):
    """facts: currency, the voucher's."""

    code = "VOUCHER_CURRENCY"


def new_code() -> str:
    """As it is printed: "K7M2-QX9D-...", in letters nobody misreads."""
    drawn = "".join(secrets.choice(ids.ALPHABET) for _letter in range(LETTERS))
    return "-".join(drawn[at : at + GROUP] for at in range(0, LETTERS, GROUP))


def digest(code: str) -> str:
    """Of the code as people type it: in any case, with or without dashes, O for 0, I and L for 1."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.translate(_ALIKE).encode()).hexdigest()


_ALIKE = str.maketrans("OIL", "011")


def last4(code: str) -> str:
    return code[-GROUP:]


def find(code: str) -> GiftVoucher:
    """Refuses: VoucherUnknown. Whoever asks counts their callers' guesses (`limits.guessing`)."""
    found = GiftVoucher.objects.select_related("cinema").filter(digest=digest(code)).first()
    if found is None:
        raise VoucherUnknown(_("There is no voucher with this code."))
    return found


def lock(voucher_id: uuid.UUID) -> GiftVoucher:
    rows = GiftVoucher.objects.filter(pk=voucher_id).order_by("pk")
    if SKIP_LOCK not in settings.UNSAFE:
        rows = rows.select_for_update(no_key=True)
    return rows.get()


def balance(voucher: GiftVoucher) -> Decimal:
    """Sure only while the caller holds the voucher's lock."""
    return voucher.entries.aggregate(sum=Sum("amount"))["sum"] or money.ZERO


def history(voucher: GiftVoucher) -> Sequence[VoucherEntry]:
    """Newest first."""
    rows = voucher.entries.select_related("payment__booking", "refund__payment__booking")
    return list(rows.order_by("-pk"))


def with_balance(rows: QuerySet[GiftVoucher]) -> QuerySet[Any]:
    """Each with `worth`."""
    return rows.annotate(worth=Coalesce(Sum("entries__amount"), money.ZERO))


def is_expired(voucher: GiftVoucher, *, now: datetime) -> bool:
    """Good through its last day, by the office clock."""
    return voucher.expires_on is not None and voucher.expires_on < days.today(now)


def check(voucher: GiftVoucher, *, cinema: Cinema, currency: str, now: datetime) -> None:
    """Whether it may pay here at all, whatever it is worth.

    Refuses: VoucherBlocked, VoucherExpired, VoucherElsewhere, VoucherCurrency.
    """
    if voucher.blocked_at is not None:
        raise VoucherBlocked(_("This voucher has been cancelled."))
    if is_expired(voucher, now=now):
        assert voucher.expires_on is not None
        told = _("This voucher was good until %(day)s.") % {"day": nepali.both(voucher.expires_on, "j F Y")}
        raise VoucherExpired(told, expiredOn=voucher.expires_on)
    if voucher.cinema_id not in (None, cinema.pk):
        assert voucher.cinema is not None
        where = voucher.cinema.name
        raise VoucherElsewhere(_("This voucher is taken at %(cinema)s only.") % {"cinema": where}, cinema=where)
    if voucher.currency != currency:
        raise VoucherCurrency(
            _("This voucher is in %(currency)s.") % {"currency": voucher.currency}, currency=voucher.currency
        )


def issue(voucher: GiftVoucher, amount: Decimal, *, actor: Actor, now: datetime) -> VoucherEntry:
    return _write(voucher, _K.ISSUE, amount, actor=actor.key, now=now)


def spend(voucher: GiftVoucher, payment: Payment, *, actor: Actor, now: datetime) -> VoucherEntry:
    """Caller holds the voucher's lock and has seen that it is worth as much."""
    return _write(voucher, _K.SPEND, -payment.amount, actor=actor.key, now=now, payment=payment)


def give_back(refund: Refund, *, now: datetime) -> VoucherEntry:
    """Once per refund, however often it is asked. Caller holds a transaction. Locks: the voucher."""
    spent = VoucherEntry.objects.select_related("voucher").get(payment=refund.payment_id)
    voucher = lock(spent.voucher_id)
    done = VoucherEntry.objects.filter(refund=refund).first()
    if done is not None:
        return done
    # What comes back can still be used: nobody loses a gift because a show fell out.
    until = days.today(now) + timedelta(days=settings.VOUCHER_DAYS_AFTER_RETURN)
    GiftVoucher.objects.filter(pk=voucher.pk, expires_on__lt=until).update(expires_on=until)
    return _write(voucher, _K.RETURN, refund.amount, actor=refund.actor, now=now, refund=refund)


def write_off(voucher: GiftVoucher, kind: VoucherEntry.Kind, *, actor: Actor, note: str, now: datetime) -> Decimal:
    """Take what is left off it and return how much that was. Caller holds the voucher's lock."""
    left = balance(voucher)
    if left > 0:
        _write(voucher, kind, -left, actor=actor.key, now=now, note=note)
    return left


def expired(today: date) -> QuerySet[Any]:
    """Those past their day that are worth something."""
    rows = with_balance(GiftVoucher.objects.filter(expires_on__lt=today, blocked_at=None))
    return rows.filter(worth__gt=0).order_by("pk")


def visible(actor: Actor) -> QuerySet[GiftVoucher]:
    """Vouchers taken or sold at the actor's cinemas; those taken everywhere concern every cinema."""
    rows = GiftVoucher.objects.all()
    if actor.cinema_ids is None:
        return rows
    return rows.filter(Q(cinema=None) | Q(cinema__in=actor.cinema_ids) | Q(sold_at__in=actor.cinema_ids))


def _write(
    voucher: GiftVoucher,
    kind: VoucherEntry.Kind,
    amount: Decimal,
    *,
    actor: str,
    now: datetime,
    payment: Payment | None = None,
    refund: Refund | None = None,
    note: str = "",
) -> VoucherEntry:
    return VoucherEntry.objects.create(
        voucher=voucher, kind=kind, amount=amount, payment=payment, refund=refund, actor=actor, note=note[:255], at=now
    )
