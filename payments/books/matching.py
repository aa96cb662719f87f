"""A gateway's list beside our rows: which line is which payment or refund, and in what they differ. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, Sum

from payments.books import days
from payments.gateways import Entry
from payments.models import Payment, Refund, SettlementLine, VoucherEntry
from showsewa import money

TAKEN = (Payment.Status.SUCCESS, Payment.Status.REFUNDED)
# A charge shortly before midnight may have been settled here, or listed there, on the next day.
_AROUND = timedelta(days=7)

_K, _D = SettlementLine.Kind, SettlementLine.Difference


@dataclass(slots=True)
class Side:
    """What we say of one currency on one day."""

    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    vouchers: Decimal = money.ZERO  # sold for this gateway's money

    @property
    def paid(self) -> Decimal:
        return sum((one.amount for one in self.payments), self.vouchers)

    @property
    def back(self) -> Decimal:
        return sum((one.amount for one in self.refunds), money.ZERO)


def ours(gateway: str, day: date) -> dict[str, Side]:
    """By currency: payments by when they were settled, refunds by when they were done."""
    since, until = days.bounds(day)
    sides: dict[str, Side] = {}
    paid = Payment.objects.filter(gateway=gateway, status__in=TAKEN, settled_at__gte=since, settled_at__lt=until)
    for payment in paid.order_by("settled_at", "pk"):
        sides.setdefault(payment.currency, Side()).payments.append(payment)
    back = Refund.objects.filter(payment__gateway=gateway, done_at__gte=since, done_at__lt=until)
    for refund in back.select_related("payment").order_by("done_at", "pk"):
        sides.setdefault(refund.payment.currency, Side()).refunds.append(refund)
    sold = VoucherEntry.objects.filter(
        kind=VoucherEntry.Kind.ISSUE, voucher__tender=gateway, at__gte=since, at__lt=until
    )
    for currency, amount in sold.values_list("voucher__currency").annotate(sum=Sum("amount")).order_by():
        sides.setdefault(currency, Side()).vouchers = amount
    return sides


def lines(gateway: str, day: date, side: Side, entries: Sequence[Entry]) -> list[SettlementLine]:
    """One for each line of their list, and one for each row of ours that they list on no day. Not saved."""
    book = _Book(gateway, day, entries)
    found, seen = [], set()
    for entry, reference in _distinct(entries):
        line = book.refund_line(entry) if entry.is_refund else book.payment_line(entry)
        line.reference, line.amount, line.fee = reference, entry.amount, entry.fee
        if line.difference != _D.MISSING_HERE:
            seen.add(line.refund_id or line.payment_id)
        found.append(line)
    listed = _listed_elsewhere(side, day)
    for payment in side.payments:
        if payment.pk not in seen | listed:
            name = payment.gateway_reference or payment.session
            found.append(_missing_there(_K.PAYMENT, name, payment.amount, payment=payment))
    for refund in side.refunds:
        if refund.pk not in seen | listed:
            name = refund.gateway_reference or str(refund.pk)
            found.append(_missing_there(_K.REFUND, name, refund.amount, refund=refund))
    return found


class _Book:
    """Our rows that a list may mean, found with three questions however long it is."""

    def __init__(self, gateway: str, day: date, entries: Sequence[Entry]) -> None:
        since, until = days.bounds(day)
        around = {"settled_at__gte": since - _AROUND, "settled_at__lt": until + _AROUND}
        names = [entry.reference for entry in entries if not entry.is_refund]
        by_name = Payment.objects.filter(gateway=gateway, status__in=TAKEN, gateway_reference__in=names, **around)
        self.by_reference = {one.gateway_reference: one for one in by_name}
        sessions = [entry.session for entry in entries if entry.session]
        self.by_session = {
            one.session: one for one in Payment.objects.filter(gateway=gateway, session__in=[*sessions, *names])
        }
        back = [entry.reference for entry in entries if entry.is_refund]
        refunds = Refund.objects.filter(payment__gateway=gateway, done_at__isnull=False, gateway_reference__in=back)
        self.refunds = {one.gateway_reference: one for one in refunds}

    def payment_line(self, entry: Entry) -> SettlementLine:
        payment = self.by_reference.get(entry.reference)
        known = self.by_session.get(entry.session) or self.by_session.get(entry.reference)
        if payment is None and known is not None and known.status in TAKEN and not known.gateway_reference:
            payment = known  # settled by a message that did not name its charge
        if payment is None:
            return SettlementLine(kind=_K.PAYMENT, payment=known, difference=_D.MISSING_HERE)
        return SettlementLine(kind=_K.PAYMENT, payment=payment, difference=_difference(entry, payment.amount))

    def refund_line(self, entry: Entry) -> SettlementLine:
        refund = self.refunds.get(entry.reference)
        if refund is None:
            return SettlementLine(kind=_K.REFUND, difference=_D.MISSING_HERE)
        return SettlementLine(kind=_K.REFUND, refund=refund, difference=_difference(entry, refund.amount))


def _difference(entry: Entry, amount: Decimal) -> str:
    if entry.amount == amount:
        return ""
    return _D.FEE if entry.fee and entry.amount + entry.fee == amount else _D.AMOUNT


def _distinct(entries: Iterable[Entry]) -> Iterable[tuple[Entry, str]]:
    """Each line under a name of its own: what is listed twice is two lines, and the second is nobody's."""
    seen: dict[tuple[bool, str], int] = {}
    for entry in entries:
        key = (entry.is_refund, entry.reference)
        seen[key] = count = seen.get(key, 0) + 1
        if count == 1:
            yield entry, entry.reference
        else:
            name = f"{entry.reference[:110]} #{count}"
            yield Entry(name, entry.amount, entry.currency, entry.fee, entry.is_refund), name


def _listed_elsewhere(side: Side, day: date) -> set[object]:
    """Rows of ours that another day's list has."""
    mine = Q(payment__in=side.payments) | Q(refund__in=side.refunds)
    rows = SettlementLine.objects.filter(mine).exclude(settlement__day=day)
    rows = rows.exclude(difference__in=[_D.MISSING_THERE, _D.MISSING_HERE])
    return {refund or payment for payment, refund in rows.values_list("payment", "refund")}


def _missing_there(
    kind: str, reference: str, amount: Decimal, *, payment: Payment | None = None, refund: Refund | None = None
) -> SettlementLine:
    return SettlementLine(
        kind=kind, reference=reference, amount=amount, payment=payment, refund=refund, difference=_D.MISSING_THERE
    )
