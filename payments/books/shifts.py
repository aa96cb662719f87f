"""A clerk's shift at the till: opened with a float, counted blind at its end, and what our own rows say meanwhile.

Blind: what should lie in the till is told to nobody until it has been counted. The card terminal's sums are told at any
time, for they lie in no drawer.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from payments.books.matching import TAKEN
from payments.gateways import counter
from payments.models import CashCount, Payment, Refund, VoucherEntry
from showsewa import money
from showsewa.actors import Actor
from showsewa.refusals import Forbidden, Invalid, Refusal
from showsewa.transactions import use_case
from venues.models import Cinema

PERMISSION = "bookings.sell_at_counter"
STRAY_FOR = timedelta(days=31)  # how long cash that nobody handed out is shown
_MOST = Decimal(10**9)


class ShiftOpen(Refusal):
    """This clerk has a shift already: close it first."""

    code = "SHIFT_OPEN"


class NoShift(Refusal):
    """This clerk has no shift open."""

    code = "NO_SHIFT"


@dataclass(frozen=True, slots=True)
class Report:
    """What came and went by one clerk's hands while the shift was open."""

    cash_sales: Decimal
    cash_count: int
    card_sales: Decimal
    card_count: int
    cash_refunds: Decimal
    refund_count: int

    @property
    def cash(self) -> Decimal:
        return self.cash_sales - self.cash_refunds

    @property
    def as_text(self) -> dict[str, Any]:
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()}


@use_case
def open_shift(*, cinema_id: uuid.UUID | None, amount: Decimal, actor: Actor, now: datetime) -> CashCount:
    """Begin with this much change in the till. cinema_id: may be left out by who sells at one cinema only.

    Refuses: Forbidden, Invalid, ShiftOpen.
    """
    clerk_id = _check_may_sell(actor)
    _check_sum(amount)
    if current(actor) is not None:
        raise ShiftOpen(_("You have a shift open already."))
    cinemas = [one for one in tills(actor) if cinema_id in (None, one.pk)]
    if len(cinemas) != 1:
        raise Invalid(_("Choose the cinema whose till it is."))
    return CashCount.objects.create(
        cinema=cinemas[0],
        clerk_id=clerk_id,
        currency=cinemas[0].currency,
        float_amount=money.amount(amount),
        opened_at=now,
    )


@use_case
def close_shift(*, counted: Decimal, note: str, actor: Actor, now: datetime) -> CashCount:
    """What was counted, once and for all; only now what should be there is told. Refuses: Forbidden, Invalid, NoShift.

    Locks: the shift.
    """
    _check_may_sell(actor)
    _check_sum(counted)
    rows = CashCount.objects.select_for_update(no_key=True, of=("self",)).filter(clerk=actor.user_id, closed_at=None)
    shift = rows.select_related("cinema").order_by("pk").first()
    if shift is None:
        raise NoShift(_("You have no shift open."))
    seen = report(shift, now=now)
    shift.counted, shift.note, shift.closed_at = money.amount(counted), note.strip()[:255], now
    shift.expected, shift.report = shift.float_amount + seen.cash, seen.as_text
    shift.save(update_fields=["counted", "note", "closed_at", "expected", "report"])
    return shift


def current(actor: Actor) -> CashCount | None:
    if actor.user_id is None:
        return None
    return CashCount.objects.select_related("cinema").filter(clerk=actor.user_id, closed_at=None).first()


def last_closed(actor: Actor) -> CashCount | None:
    rows = CashCount.objects.select_related("cinema").filter(clerk=actor.user_id, closed_at__isnull=False)
    return rows.order_by("-closed_at").first()


def tills(actor: Actor) -> list[Cinema]:
    """The cinemas where this clerk may open a shift."""
    rows = Cinema.objects.filter(is_active=True)
    return list((rows if actor.cinema_ids is None else rows.filter(pk__in=actor.cinema_ids)).order_by("name"))


def report(shift: CashCount, *, now: datetime) -> Report:
    """By our rows, from its opening to its end or now: what its clerk sold, and gave back in cash."""
    until = shift.closed_at or now
    by = f"user:{shift.clerk_id}"  # the clerk stands in the reference of a payment at the counter
    here = {"booking__showtime__cinema": shift.cinema_id, "currency": shift.currency}
    sold = Payment.objects.filter(
        gateway_reference=by, status__in=TAKEN, settled_at__gte=shift.opened_at, settled_at__lte=until, **here
    )
    cash, cash_count = _taken(shift, sold, counter.CASH, until)
    card, card_count = _taken(shift, sold, counter.TERMINAL, until)
    back, back_count = _sum(_refunds(shift.cinema_id, shift.opened_at, until).filter(actor=by))
    return Report(cash, cash_count, card, card_count, back, back_count)


def _taken(shift: CashCount, sold: QuerySet[Payment], gateway: str, until: datetime) -> tuple[Decimal, int]:
    """For tickets, and for the gift vouchers this clerk sold meanwhile."""
    vouchers = VoucherEntry.objects.filter(
        kind=VoucherEntry.Kind.ISSUE, actor=f"user:{shift.clerk_id}", at__gte=shift.opened_at, at__lte=until,
        voucher__sold_at=shift.cinema_id, voucher__currency=shift.currency, voucher__tender=gateway,
    )  # fmt: skip
    (tickets, count), (gifts, gift_count) = _sum(sold.filter(gateway=gateway)), _sum(vouchers)
    return tickets + gifts, count + gift_count


def stray_refunds(actor: Actor, *, since: datetime) -> QuerySet[Refund]:
    """Cash given back by nobody with a till open: asked for by the buyer, or by staff without a shift."""
    rows = Refund.objects.filter(payment__gateway=counter.CASH, created_at__gte=since)
    if actor.cinema_ids is not None:
        rows = rows.filter(payment__booking__showtime__cinema__in=actor.cinema_ids)
    inside = Q(pk__in=[])
    for shift in CashCount.objects.filter(Q(closed_at=None) | Q(closed_at__gte=since)):
        span = Q(created_at__gte=shift.opened_at, actor=f"user:{shift.clerk_id}")
        span &= Q(payment__booking__showtime__cinema=shift.cinema_id)
        inside |= span & Q(created_at__lte=shift.closed_at) if shift.closed_at else span
    return rows.exclude(inside).select_related("payment__booking").order_by("-created_at")


def difference(shift: CashCount) -> Decimal | None:
    """More (or less) in the till than there should be; None while the shift is open."""
    return None if shift.counted is None or shift.expected is None else shift.counted - shift.expected


def _refunds(cinema_id: uuid.UUID, since: datetime, until: datetime) -> QuerySet[Refund]:
    return Refund.objects.filter(
        payment__gateway=counter.CASH,
        payment__booking__showtime__cinema=cinema_id,
        created_at__gte=since,
        created_at__lte=until,
    )


def _sum(rows: QuerySet[Payment] | QuerySet[Refund] | QuerySet[VoucherEntry]) -> tuple[Decimal, int]:
    found = rows.aggregate(sum=Sum("amount"), count=Count("pk"))
    return found["sum"] or money.ZERO, found["count"]


def _check_may_sell(actor: Actor) -> uuid.UUID:
    if not actor.may(PERMISSION) or actor.user_id is None:
        raise Forbidden(_("You may not do this."))
    return actor.user_id


def _check_sum(amount: Decimal) -> None:
    if not amount.is_finite() or not 0 <= amount < _MOST:
        raise Invalid(_("Type how much it is, as a number."))
