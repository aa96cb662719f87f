"""Gift vouchers for tests: one that was sold here, and what is left of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from payments import vouchers as ledger
from payments.models import GiftVoucher, Refund
from payments.services import refunding, vouchers
from showsewa.models import User
from showsewa.promises import keep
from tests import cast
from tests.conftest import Api
from tests.purchase import AS_ASHA


def clerk(stage: cast.Stage) -> User:
    found = User.objects.filter(email="gifts@example.com").first()
    return found or cast.make_user("gifts@example.com", role="counter", cinemas=(stage.cinema,), first_name="Gita")


def sell(stage: cast.Stage, amount: int = 500, tender: str = "CASH", **more: Any) -> vouchers.Issued:
    actor = cast.staff_actor(clerk(stage))
    return vouchers.sell(
        amount=Decimal(amount), tender=tender, sold_at=stage.cinema, actor=actor, now=timezone.now(), **more
    )


def left(issued: vouchers.Issued) -> Decimal:
    return ledger.balance(issued.voucher)


def told(issued: vouchers.Issued) -> list[tuple[str, int]]:
    """Its ledger."""
    return [(row.kind, int(row.amount)) for row in issued.voucher.entries.order_by("pk")]


def use(api: Api, booking: dict, issued: vouchers.Issued | str, **more: Any) -> Any:
    code = issued if isinstance(issued, str) else issued.code
    headers = AS_ASHA if not api.headers else {}
    return api.post(f"/bookings/{booking['bookingId']}/voucher", {"code": code} | more, **headers)


def send_refunds() -> None:
    keep(Refund, refunding.send_refund, now=timezone.now() + timedelta(hours=1))


def refunds() -> list[tuple[str, str, int]]:
    rows = Refund.objects.select_related("payment").order_by("created_at", "pk")
    return [(row.payment.gateway, row.reason, int(row.amount)) for row in rows]


def may(user: User, *names: str) -> User:
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return User.objects.get(pk=user.pk)


def of(issued: vouchers.Issued) -> GiftVoucher:
    return GiftVoucher.objects.get(pk=issued.voucher.pk)
