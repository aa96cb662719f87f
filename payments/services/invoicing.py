"""Invoices: numbered in the order of the sales' confirmation, a moment after them, so that no sale waits for a counter.

Issued by a timer and never changed. An invoice bears the moment of its sale, also where the timer came later.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _noop

from bookings import charges, taxes
from bookings.models import Booking, Exchange, TaxRule
from payments import invoice_lines, invoices
from payments.models import Invoice, InvoiceCopy, InvoiceCounter, Refund
from payments.models.invoices import InvoiceBuyer
from showsewa import money, nepali
from showsewa.actors import Actor
from showsewa.refusals import Refusal
from showsewa.transactions import use_case

BATCH = 200
# How far the timer looks back each time; once an hour it looks at everything.
LOOK_BACK = timedelta(days=1)


class AlreadyPrinted(Refusal):
    """The invoice was printed: what it says is fixed."""

    code = "INVOICE_PRINTED"


def issue_due(*, since: datetime | None = None) -> int:
    """Issue what is owed and return how many that were: invoices of sales, those of differences paid for other seats
    later, then credit notes of refunds.

    since: look only at what happened later.
    """
    issued = _issue(invoices.uninvoiced(since=since), _invoice)
    issued += _issue(invoices.unbilled(since=since), _invoice_difference)
    return issued + _issue(invoices.uncredited(since=since), _credit)


def _issue(rows: Any, issue: Any) -> int:
    issued = 0
    while True:
        found = [(*_register_of(row), row.pk) for row in _with_show(rows)[:BATCH]]
        # Sorting keeps the order within a register, which is all that its numbers have to follow.
        grouped = groupby(sorted(found, key=_register), key=_register)
        done = sum(
            issue(cinema_id=cinema, fiscal_year=year, keys=[key for _cinema, _year, key in some])
            for (cinema, year), some in grouped
        )
        issued += done
        if done < BATCH:
            return issued


def _register(one: tuple[uuid.UUID, str, uuid.UUID]) -> tuple[uuid.UUID, str]:
    return one[:2]


_SHOW_OF = {Booking: "showtime", Refund: "payment__booking__showtime", Exchange: "booking__showtime"}


def _with_show(rows: Any) -> Any:
    path = _SHOW_OF[rows.model]
    return rows.select_related(f"{path}__movie", f"{path}__cinema", f"{path}__hall")


def _register_of(row: Booking | Refund | Exchange) -> tuple[uuid.UUID, str]:
    booking = _booking_of(row)
    at = row.confirmed_at if isinstance(row, Booking) else row.done_at
    cinema = booking.showtime.cinema
    assert at is not None  # the querysets say so
    return cinema.pk, nepali.fiscal_year(nepali.day_of(at, cinema.time_zone))


def _booking_of(row: Booking | Refund | Exchange) -> Booking:
    if isinstance(row, Booking):
        return row
    return row.booking if isinstance(row, Exchange) else row.payment.booking


@use_case
def _invoice(*, cinema_id: uuid.UUID, fiscal_year: str, keys: Sequence[uuid.UUID]) -> int:
    """Locks the counter, and only then looks which of these sales still have no invoice."""
    counter = _lock_counter(cinema_id, fiscal_year, Invoice.Kind.INVOICE)
    bookings = list(_with_show(invoices.uninvoiced().filter(pk__in=keys)))
    paid, tickets = invoices.paid_for(keys), invoice_lines.tickets_of(keys)
    rules = list(TaxRule.objects.filter(Q(cinema=None) | Q(cinema=cinema_id)))
    made = []
    for number, booking in enumerate(bookings, start=counter.last + 1):
        sold = tickets.get(booking.pk, ())
        lines = invoice_lines.of(booking, sold, paid=paid.get(booking.pk))
        total = sum((Decimal(line["amount"]) for line in lines), money.ZERO)
        day = nepali.day_of(booking.confirmed_at, booking.showtime.cinema.time_zone)
        # By the taxes it was priced on, where it keeps them; else by those of its day, which are inside.
        rates: Sequence[taxes.Rate] = charges.of(booking.charges).taxes or [
            rate
            for rate in taxes.of_the_day(rules, day=day, is_foreign=booking.showtime.movie.is_foreign)
            if not rate.is_on_top
        ]
        tax = invoice_lines.tax_on_top(booking, sold, total=total)
        facts = _facts(booking, booking.confirmed_at, lines, taxes.parts(total - tax, tax, rates), total)
        buyer = {"name": booking.name, "pan": ""}
        made.append(Invoice(kind=Invoice.Kind.INVOICE, number=number, fiscal_year=fiscal_year, buyer=buyer, **facts))
    return _enter(counter, made)


@use_case
def _invoice_difference(*, cinema_id: uuid.UUID, fiscal_year: str, keys: Sequence[uuid.UUID]) -> int:
    """The same for what was paid for other seats: a second invoice of the sale, by the taxes of the first."""
    counter = _lock_counter(cinema_id, fiscal_year, Invoice.Kind.INVOICE)
    rows = list(_with_show(invoices.unbilled().filter(pk__in=keys)))
    originals = _originals([row.booking_id for row in rows])
    made = []
    for number, row in enumerate(rows, start=counter.last + 1):
        first = originals[row.booking_id][0].invoice
        said = {"number": first, "seats": ", ".join(row.new_seats)}
        rates = [_rate(part) for part in first.taxes]
        lines = [_one_line(_DIFFERENCE, said, row.difference)]
        facts = _facts(row.booking, row.done_at, lines, taxes.inside(row.difference, rates), row.difference)
        facts |= {"fiscal_year": fiscal_year, "buyer": first.buyer, "exchange": row}
        made.append(Invoice(kind=Invoice.Kind.INVOICE, number=number, **facts))
    return _enter(counter, made)


@use_case
def _credit(*, cinema_id: uuid.UUID, fiscal_year: str, keys: Sequence[uuid.UUID]) -> int:
    """The same for refunds. Never more than the invoice: what is above it stays for the oracle to find."""
    counter = _lock_counter(cinema_id, fiscal_year, Invoice.Kind.CREDIT)
    refunds = list(_with_show(invoices.uncredited().filter(pk__in=keys)))
    originals = _originals([refund.payment.booking_id for refund in refunds])
    made: list[Invoice] = []
    for refund in refunds:
        # The one it fits best: a difference that was paid later goes back apart, and is credited to its own invoice.
        fitting = [one for one in originals[refund.payment.booking_id] if refund.amount <= one.left]
        if not fitting:
            continue
        best = min(fitting, key=lambda one: one.left)
        best.left -= refund.amount
        original = best.invoice
        rates = [_rate(part) for part in original.taxes]
        lines = [_one_line(_RETURNED, {"number": original}, refund.amount)]
        facts = _facts(refund.payment.booking, refund.done_at, lines, taxes.inside(refund.amount, rates), refund.amount)
        number = counter.last + len(made) + 1
        facts |= {"fiscal_year": fiscal_year, "buyer": original.buyer, "original": original, "refund": refund}
        made.append(Invoice(kind=Invoice.Kind.CREDIT, number=number, **facts))
    return _enter(counter, made)


@use_case
def name_buyer(*, booking: Booking, name: str, pan: str, actor: Actor) -> None:
    """Write a name and a PAN on the invoice. Refuses: NotFound, AlreadyPrinted. Locks: the invoice."""
    paper = next(iter(invoices.papers(booking)), None)
    invoice = _lock_paper(booking, paper.invoice.pk if paper else booking.pk)
    if InvoiceCopy.objects.filter(invoice=invoice).exists():
        raise AlreadyPrinted(gettext("This invoice was printed already, and what it says is fixed."))
    InvoiceBuyer.objects.create(invoice=invoice, name=name, pan=pan, actor=actor.key)


@use_case
def note_print(*, booking: Booking, invoice_id: uuid.UUID, actor: Actor) -> tuple[invoices.Paper, int]:
    """The paper to print and which print it is: 0 the original, n the n-th copy. Refuses: NotFound. Locks: it."""
    invoice = _lock_paper(booking, invoice_id)
    number = InvoiceCopy.objects.filter(invoice=invoice).count()
    InvoiceCopy.objects.create(invoice=invoice, number=number, actor=actor.key)
    return invoices.paper(booking, invoice_id), number


def _lock_paper(booking: Booking, invoice_id: uuid.UUID) -> Invoice:
    invoices.paper(booking, invoice_id)
    return Invoice.objects.select_for_update(no_key=True).order_by("pk").get(pk=invoice_id)


def _lock_counter(cinema_id: uuid.UUID, fiscal_year: str, kind: Invoice.Kind) -> InvoiceCounter:
    key: dict[str, Any] = {"cinema_id": cinema_id, "fiscal_year": fiscal_year, "kind": kind}
    InvoiceCounter.objects.get_or_create(**key)
    return InvoiceCounter.objects.select_for_update(no_key=True).order_by("pk").get(**key)


def _enter(counter: InvoiceCounter, made: Sequence[Invoice]) -> int:
    Invoice.objects.bulk_create(made)
    InvoiceCounter.objects.filter(pk=counter.pk).update(last=counter.last + len(made))
    return len(made)


def _facts(
    booking: Booking,
    at: datetime | None,
    lines: Sequence[dict[str, str]],
    parts: Iterable[taxes.Part],
    total: Decimal,
) -> dict[str, Any]:
    cinema = booking.showtime.cinema
    assert at is not None  # sold, or given back
    return {
        "cinema": cinema,
        "booking": booking,
        "issued_at": at,
        "issued_on_bs": nepali.bikram_sambat(nepali.day_of(at, cinema.time_zone)),
        "seller": invoice_lines.seller(cinema),
        "lines": list(lines),
        "taxes": [
            {
                "name": part.name,
                "nameNe": part.name_ne,
                "percent": str(part.percent),
                "base": str(part.base),
                "amount": str(part.amount),
                "isOnTop": part.is_on_top,
            }
            for part in parts
        ],
        "total": total,
        "currency": booking.currency,
    }


def _rate(part: dict[str, str]) -> taxes.Rate:
    return taxes.Rate(part["name"], Decimal(part["percent"]), part["nameNe"])


@dataclass(slots=True)
class _Original:
    """An invoice and what of it was not given back yet."""

    invoice: Invoice
    left: Decimal


def _originals(bookings: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[_Original]]:
    """booking -> its invoices, the first first."""
    rows = list(Invoice.objects.filter(booking__in=bookings).order_by("created_at", "pk"))
    found: dict[uuid.UUID, list[_Original]] = defaultdict(list)
    for row in rows:
        if row.kind == Invoice.Kind.INVOICE:
            back = sum((note.total for note in rows if note.original_id == row.pk), money.ZERO)
            found[row.booking_id].append(_Original(row, row.total - back))
    for one in found.values():
        one.sort(key=lambda original: original.invoice.exchange_id is not None)
    return found


_RETURNED = _noop("Given back of invoice %(number)s")
_DIFFERENCE = _noop("Other seats (%(seats)s): difference to invoice %(number)s")


def _one_line(words: str, facts: Mapping[str, object], sum_: Decimal) -> dict[str, str]:
    said = {}
    for language in ("en", "ne"):
        with override(language):
            said[language] = gettext(words) % facts
    amount = str(sum_)
    return {
        "text": said["en"], "textNe": said["ne"], "quantity": "1", "price": amount, "discount": "0.00",
        "amount": amount,
    }  # fmt: skip
