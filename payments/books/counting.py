"""Counting a gateway's day: our sums, theirs, and a line for everything they list or leave out."""

import logging
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from payments import gateways
from payments.books import days, matching
from payments.books.matching import Side
from payments.gateways import Entry
from payments.models import Case, Payment, Settlement, SettlementLine, VoucherEntry
from showsewa import money
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import use_case

logger = logging.getLogger(__name__)

# Each night counts these days again: what they list a day late is then found.
DAYS_AGAIN = 3

_K, _D = SettlementLine.Kind, SettlementLine.Difference


class ListUnavailable(Refusal):
    """The gateway's list could not be had; what was counted before stands."""

    code = "GATEWAY_UNAVAILABLE"
    status = 503
    retry_after = 60


def count_days(*, now: datetime) -> int:
    """Yesterday and the days before it, at every gateway that took money or is on; returns how many were counted."""
    done = 0
    for ago in range(1, DAYS_AGAIN + 1):
        day = days.today(now) - timedelta(days=ago)
        for gateway in _gateways(day):
            try:
                done += len(count(gateway=gateway, day=day, now=now))
            except ListUnavailable as error:
                logger.warning("the list of %s for %s could not be had: %s", gateway, day, error.__cause__)
    return done


def count(*, gateway: str, day: date, now: datetime) -> list[Settlement]:
    """Count a day anew, by the gateway's list if it gives one, else by the file it was last given.

    One settlement a currency. Refuses: NotFound (gateway), ListUnavailable. The gateway is asked outside any
    transaction.
    """
    sender = gateways.get(gateway)
    entries = None
    if isinstance(sender, gateways.Lists):
        since, until = days.bounds(day)
        try:
            entries = sender.listing(since=since, until=until)
        except gateways.GatewayError as error:
            raise ListUnavailable(_("The gateway does not give its list right now.")) from error
    return write(gateway=gateway, day=day, entries=entries, now=now)


@use_case
def write(
    *, gateway: str, day: date, entries: Sequence[Entry] | None, now: datetime, currency: str = ""
) -> list[Settlement]:
    """entries: their list; None to count by what is known of it. currency: leave the others as they are.

    Locks: the settlements by currency.
    """
    sides = matching.ours(gateway, day)
    known = Settlement.objects.filter(gateway=gateway, day=day).values_list("currency", flat=True)
    currencies = {*sides, *known, *(entry.currency for entry in entries or ())}
    return [
        _count(gateway, day, one, sides.get(one, Side()), entries, now=now)
        for one in sorted({currency} if currency else currencies)
    ]


@use_case
def count_again(*, settlement_id: uuid.UUID, now: datetime) -> Settlement:
    """After somebody did something about a line: by the list as it was read. Refuses: NotFound."""
    row = find(settlement_id)
    return write_again(row, now=now)


def write_again(row: Settlement, *, now: datetime) -> Settlement:
    """`count_again` as a step. Caller holds the transaction."""
    side = matching.ours(row.gateway, row.day).get(row.currency, Side())
    return _count(row.gateway, row.day, row.currency, side, None, now=now)


def find(settlement_id: uuid.UUID) -> Settlement:
    """Refuses: NotFound."""
    row = Settlement.objects.filter(pk=settlement_id).first()
    if row is None:
        raise NotFound(_("There is no such settlement."))
    return row


def net(row: Settlement) -> Decimal | None:
    """What they owe us for the day by their own list."""
    if row.their_payments is None or row.their_refunds is None:
        return None
    return row.their_payments - row.their_refunds - (row.their_fees or money.ZERO)


def _gateways(day: date) -> list[str]:
    since, until = days.bounds(day)
    sold = VoucherEntry.objects.filter(kind=VoucherEntry.Kind.ISSUE, at__gte=since, at__lt=until)
    took = Payment.objects.filter(status__in=matching.TAKEN, settled_at__gte=since, settled_at__lt=until)
    counted = Settlement.objects.filter(day=day).values_list("gateway", flat=True)
    tenders = sold.exclude(voucher__tender="").values_list("voucher__tender", flat=True)
    return sorted({*took.values_list("gateway", flat=True), *tenders, *counted, *settings.GATEWAYS})


def _count(
    gateway: str, day: date, currency: str, side: Side, entries: Sequence[Entry] | None, *, now: datetime
) -> Settlement:
    Settlement.objects.get_or_create(gateway=gateway, day=day, currency=currency)
    rows = Settlement.objects.select_for_update(no_key=True).filter(gateway=gateway, day=day, currency=currency)
    row = rows.order_by("pk").get()
    row.our_payments, row.our_refunds, row.counted_at = side.paid, side.back, now
    if entries is None and row.their_payments is not None:
        entries = _as_listed(row)
    if entries is not None:
        theirs = [entry for entry in entries if entry.currency == currency]
        row.their_payments = sum((entry.amount for entry in theirs if not entry.is_refund), money.ZERO)
        row.their_refunds = sum((entry.amount for entry in theirs if entry.is_refund), money.ZERO)
        row.their_fees = sum((entry.fee for entry in theirs), money.ZERO)
        _replace(row, matching.lines(gateway, day, side, theirs))
        row.is_balanced = not any(is_open(line) for line in row.lines.select_related("case"))
    row.save(
        update_fields=[
            "our_payments", "our_refunds", "counted_at", "their_payments", "their_refunds", "their_fees", "is_balanced",
        ]
    )  # fmt: skip
    return row


def is_open(line: SettlementLine) -> bool:
    """Whether somebody still has to look at it: a difference that is not explained, and no case of it is solved."""
    is_solved = line.case is not None and line.case.status == Case.Status.SOLVED
    return bool(line.difference) and line.explained_at is None and not is_solved


def _as_listed(row: Settlement) -> list[Entry]:
    """Their list as it was read last."""
    kept = row.lines.exclude(difference=_D.MISSING_THERE).select_related("payment").order_by("pk")
    return [
        Entry(
            line.reference, line.amount, row.currency, line.fee, line.kind == _K.REFUND,
            session=line.payment.session if line.payment else "",
        )
        for line in kept
    ]  # fmt: skip


def _replace(row: Settlement, lines: list[SettlementLine]) -> None:
    """What people said of a line stays with it."""
    for line in lines:
        line.settlement = row
    kept = {(line.kind, line.reference) for line in lines}
    gone = [line.pk for line in row.lines.all() if (line.kind, line.reference) not in kept]
    SettlementLine.objects.filter(pk__in=gone).delete()
    SettlementLine.objects.bulk_create(
        lines,
        update_conflicts=True,
        unique_fields=["settlement", "kind", "reference"],
        update_fields=["amount", "fee", "payment", "refund", "difference"],
    )
