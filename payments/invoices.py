"""Reading invoices: whose they are, what was sold, and the register."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bookings.models import Booking, Exchange
from payments.models import Case, Invoice, Payment, Refund
from payments.models.invoices import InvoiceBuyer
from seatsync.models import Source
from showsewa import money
from showsewa.actors import Actor
from showsewa.refusals import NotFound

# What the website and our own counter sell. Platforms and theatres' own systems sell in their own name: they invoice.
OWN_SALES = Q(source__in=[Source.SHOWSEWA, Source.WALK_IN], channel=None, confirmed_at__isnull=False)
_PAID_EXCHANGES = Exchange.objects.filter(difference__gt=0, done_at__isnull=False)
# Money that never bought anything goes back without a credit note: there is no invoice of it.
NEVER_A_SALE = (Refund.Reason.LATE, Refund.Reason.DOUBLE, Refund.Reason.MISMATCH, Refund.Reason.UNPAID)


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice or credit note as it is shown. printed: how often it was, the original included."""

    invoice: Invoice
    buyer_name: str
    buyer_pan: str
    printed: int

    @property
    def is_credit(self) -> bool:
        return self.invoice.kind == Invoice.Kind.CREDIT


def uninvoiced(*, since: datetime | None = None) -> QuerySet[Booking]:
    """Sales of ours without an invoice, in the order of their confirmation. since: only those confirmed later."""
    theirs = Invoice.objects.filter(booking=OuterRef("pk"), kind=Invoice.Kind.INVOICE)
    rows = Booking.objects.filter(OWN_SALES, ~Exists(theirs)).order_by("confirmed_at", "pk")
    return rows if since is None else rows.filter(confirmed_at__gte=since)


def unbilled(*, since: datetime | None = None) -> QuerySet[Exchange]:
    """Differences paid for other seats of invoiced sales, without an invoice, in the order of their being done."""
    theirs = Invoice.objects.filter(booking=OuterRef("booking"), kind=Invoice.Kind.INVOICE)
    own = Invoice.objects.filter(exchange=OuterRef("pk"))
    rows = _PAID_EXCHANGES.filter(~Exists(own), Exists(theirs)).order_by("done_at", "pk")
    return rows if since is None else rows.filter(done_at__gte=since)


def uncredited(*, since: datetime | None = None) -> QuerySet[Refund]:
    """Refunds that are done, of invoiced sales, without a credit note, in the order of their being done."""
    invoices = Invoice.objects.filter(booking=OuterRef("payment__booking"), kind=Invoice.Kind.INVOICE)
    notes = Invoice.objects.filter(refund=OuterRef("pk"))
    rows = Refund.objects.filter(~Exists(notes), Exists(invoices), done_at__isnull=False).order_by("done_at", "pk")
    rows = rows.exclude(reason__in=NEVER_A_SALE)
    return rows if since is None else rows.filter(done_at__gte=since)


def paid_for(bookings: Sequence[uuid.UUID]) -> dict[uuid.UUID, Decimal]:
    """What the sale itself cost: the money taken, less what bought nothing, and less what was paid for other seats
    later, which has invoices of its own.
    """
    undecided = Case.objects.filter(payment=OuterRef("pk"), kind=Case.Kind.WRONG_AMOUNT, status=Case.Status.OPEN)
    taken = Payment.objects.filter(
        ~Exists(undecided),
        booking__in=bookings,
        status__in=[Payment.Status.SUCCESS, Payment.Status.REFUNDED],
        currency=F("booking__currency"),
    ).order_by()
    later = _PAID_EXCHANGES.filter(booking=OuterRef("booking")).order_by().values("booking")
    differences = Subquery(later.annotate(sum=Sum("difference")).values("sum"))
    # Both sums in one statement: an exchange is either in both, or in none.
    rows = taken.values("booking").annotate(sum=Sum("amount"), less=Coalesce(differences, money.ZERO))
    sums = {row["booking"]: row["sum"] - row["less"] for row in rows}
    stray = Refund.objects.filter(payment__in=taken, reason__in=NEVER_A_SALE).order_by()
    for booking, back in stray.values_list("payment__booking").annotate(sum=Sum("amount")):
        sums[booking] -= back
    return sums


def papers(booking: Booking) -> list[Paper]:
    """Its invoice, then the credit notes. Empty while none is issued."""
    rows = Invoice.objects.filter(booking=booking).select_related("original", "booking")
    return [_paper(row) for row in _told(rows).order_by("-kind", "created_at", "pk")]


def paper(booking: Booking, invoice_id: uuid.UUID) -> Paper:
    """One of this booking's. Refuses: NotFound."""
    found = _told(Invoice.objects.filter(booking=booking, pk=invoice_id).select_related("original", "booking")).first()
    if found is None:
        raise NotFound(_("There is no such invoice."))
    return _paper(found)


def is_ours(booking: Booking) -> bool:
    """Whether it is invoiced, now or in a moment: a sale of our own, also one that was given back since."""
    is_own = booking.source in (Source.SHOWSEWA, Source.WALK_IN) and booking.channel_id is None
    return is_own and booking.confirmed_at is not None


def check_ours(booking: Booking) -> None:
    """Refuses: NotFound."""
    if not is_ours(booking):
        raise NotFound(_("There is no invoice of ours for this booking."))


def years(actor: Actor) -> list[dict[str, Any]]:
    """What registers there are at the actor's cinemas: [{cinema_id, cinema__name, fiscal_year, count}]."""
    found = _of(actor).values("cinema_id", "cinema__name", "fiscal_year").annotate(count=Count("pk"))
    return [dict(one) for one in found.order_by("-fiscal_year", "cinema__name")]


COLUMNS = (
    "number", "kind", "date", "date_bs", "booking", "buyer", "buyer_pan", "total", "currency", "taxable", "taxes",
    "tax", "original", "refund", "prints",
)  # fmt: skip


def register(actor: Actor, *, cinema_id: uuid.UUID, fiscal_year: str) -> Iterable[Sequence[Any]]:
    """One cinema's year by its numbers, credit notes after invoices, as rows of `COLUMNS`. Empty where not theirs."""
    rows = _of(actor).filter(cinema=cinema_id, fiscal_year=fiscal_year).select_related("booking", "original")
    for row in _told(rows).order_by("-kind", "number").iterator(chunk_size=1000):
        yield _line(_paper(row))


def _line(paper: Paper) -> Sequence[Any]:
    row = paper.invoice
    tax = sum((Decimal(part["amount"]) for part in row.taxes), money.ZERO)
    named = "; ".join(f"{part['name']} {part['percent']} %: {part['amount']}" for part in row.taxes)
    return (
        str(row), row.kind, row.issued_at, row.issued_on_bs, row.booking.reference or "", paper.buyer_name,
        paper.buyer_pan, row.total, row.currency, row.total - tax, named, tax,
        str(row.original) if row.original else "", row.refund_id or "", paper.printed,
    )  # fmt: skip


def _of(actor: Actor) -> QuerySet[Invoice]:
    rows = Invoice.objects.order_by()
    return rows if actor.cinema_ids is None else rows.filter(cinema__in=actor.cinema_ids)


def _told(rows: QuerySet[Invoice]) -> QuerySet[Any]:
    named = Prefetch("buyers", InvoiceBuyer.objects.order_by("pk"))
    return rows.prefetch_related(named, "original__buyers").annotate(printed=Count("copies"))


def _paper(row: Any) -> Paper:
    named = list((row.original or row).buyers.all())
    last = max(named, key=lambda one: one.pk, default=None)
    name, pan = (last.name, last.pan) if last else (row.buyer.get("name", ""), row.buyer.get("pan", ""))
    return Paper(row, name, pan, row.printed)
