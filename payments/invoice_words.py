"""An invoice in words: what its page and its PDF both show, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from payments import in_words
from payments.invoices import Paper
from payments.models import Invoice
from showsewa import money, numerals, tongue


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    quantity: str
    price: str
    discount: str
    amount: str


@dataclass(frozen=True, slots=True)
class Told:
    """sums: [(name, amount)] above the total: the discount, the price before taxes, and each tax inside."""

    title: str
    number: str
    date: str
    date_bs: str
    seller: str
    seller_lines: list[str]
    pan: str
    buyer: str
    buyer_pan: str
    booking: str
    original: str
    reason: str
    lines: list[Line]
    sums: list[tuple[str, str]]
    about_taxes: str
    total: str
    in_words: str
    language: str
    time_zone: str


def told(paper: Paper) -> Told:
    row, seller = paper.invoice, paper.invoice.seller
    at: datetime = row.issued_at.astimezone(ZoneInfo(seller["timeZone"]))
    name = theirs(seller, "name")
    legal = seller["legalName"]
    language = tongue.language()
    return Told(
        title=str(_("Credit note") if paper.is_credit else _("Invoice")),
        number=str(row),
        date=f"{at:%Y-%m-%d %H:%M}",
        date_bs=row.issued_on_bs,
        seller=legal or name,
        seller_lines=[line for line in (name if legal else "", theirs(seller, "address"), seller["phone"]) if line],
        pan=seller["pan"],
        buyer=paper.buyer_name,
        buyer_pan=paper.buyer_pan,
        booking=row.booking.reference or "",
        original=str(row.original) if row.original else "",
        reason=str(row.refund.get_reason_display()) if row.refund else "",
        lines=[_line(line) for line in row.lines],
        sums=_sums(row),
        about_taxes=_about_taxes(row),
        total=_total(row),
        in_words=in_words.amount(row.total, row.currency, language=language),
        language=language,
        time_zone=seller["timeZone"],
    )


def mark(number: int) -> str:
    """What kind of print it is. number: 0 for the first."""
    return _("Copy of Original %(number)d") % {"number": number} if number else _("Original")


def theirs(facts: Mapping[str, str], name: str) -> str:
    return tongue.own(facts[name], facts.get(f"{name}Ne", ""))


def _line(line: Mapping[str, str]) -> Line:
    return Line(
        theirs(line, "text"),
        line["quantity"],
        _plain(line["price"]),
        _plain(line["discount"]) if Decimal(line["discount"]) else "",
        _plain(line["amount"]),
    )


def _sums(row: Invoice) -> list[tuple[str, str]]:
    sums = []
    discount = sum((Decimal(line["discount"]) for line in row.lines), money.ZERO)
    if discount:
        sums.append((_("Discount in it"), _plain(str(discount))))
    if row.taxes:
        sums.append((_("Price without taxes"), _plain(row.taxes[0]["base"])))
    for part in row.taxes:
        percent = f"{Decimal(part['percent']).normalize():f}"
        sums.append((f"{theirs(part, 'name')} {percent} %", _plain(part["amount"])))
    return sums


def _about_taxes(row: Invoice) -> str:
    if any(part.get("isOnTop") for part in row.taxes):
        return str(_("All taxes are in the total; those with a line of their own are on top of the prices."))
    return str(_("Taxes are inside the prices.")) if row.taxes else ""


def _total(row: Invoice) -> str:
    """In the digits of all other figures on an invoice."""
    with numerals.using(numerals.LATIN):
        return money.text(row.total, row.currency)


def _plain(amount: str) -> str:
    """ "1,200.50": an invoice shows the paisa always."""
    return f"{Decimal(amount):,.2f}"
