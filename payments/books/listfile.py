"""A gateway's list as a file: read like a channel's sales, given meaning by its columns, and counted. Amounts by their
own signs; the file's lines are forgotten when they are counted, what its columns mean is kept for the next one.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from bookings import salesfile
from bookings.salesfile import Fault
from payments import gateways
from payments.books import counting
from payments.gateways import Entry
from payments.models import Settlement, SettlementFile
from showsewa import money
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from showsewa.transactions import use_case

REFUND_WORDS = ("refund", "refunded", "reversal", "payout_refund", "-")
_NUMBER = re.compile(r"^[+-]?\d{1,10}(\.\d{1,4})?$")
_MOST = Decimal(10**10)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column means what: its place. kind: where it is none, money back is what has a minus."""

    reference: int
    amount: int
    fee: int | None = None
    kind: int | None = None
    refund_words: Sequence[str] = REFUND_WORDS


@dataclass(slots=True)
class Sheet:
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@use_case
def start(*, gateway: str, day: date, currency: str, name: str, raw: bytes, actor: Actor) -> SettlementFile:
    """First step: the table, as read. Refuses: NotFound (gateway), Invalid."""
    gateways.get(gateway)
    if not re.fullmatch("[A-Z]{3}", currency):
        raise Invalid(_("A currency has three letters: NPR."))
    table = salesfile.read(raw)
    return SettlementFile.objects.create(
        gateway=gateway,
        day=day,
        currency=currency,
        name=name[:120],
        header=table.header,
        lines=table.lines,
        actor=actor.key,
    )


def recalled(file: SettlementFile) -> Mapping[str, int]:
    """What the columns of this gateway's last file meant, by their names; else guessed by the usual ones."""
    last = SettlementFile.objects.filter(gateway=file.gateway, counted_at__isnull=False).order_by("-counted_at").first()
    places = {name.casefold(): place for place, name in reversed(list(enumerate(file.header)))}
    names = {key: [last.header[place]] for key, place in _places(last.columns).items()} if last else _USUAL
    found = {
        key: [places[one.casefold()] for one in wanted if one.casefold() in places] for key, wanted in names.items()
    }
    return {key: at[0] for key, at in found.items() if at}


def read(file: SettlementFile, columns: Columns) -> Sheet:
    """Its lines as entries; faulty ones are told, and none is guessed."""
    sheet = Sheet()
    for number, cells in file.lines:
        try:
            sheet.entries.append(_entry(cells, columns, file.currency))
        except Invalid as reason:
            sheet.faults.append(Fault(number, str(reason.message)))
    return sheet


@use_case
def count(*, file_id: uuid.UUID, columns: Columns, actor: Actor, now: datetime) -> Settlement:
    """Last step: count the day by this file. All of it is used or none. Refuses: NotFound, Invalid for a faulty line.

    Locks: the file, the settlement.
    """
    rows = SettlementFile.objects.select_for_update(no_key=True).filter(pk=file_id, actor=actor.key, counted_at=None)
    file = rows.order_by("pk").first()
    if file is None:
        raise NotFound(_("This file was counted or given up."))
    sheet = read(file, columns)
    if sheet.faults:
        first = sheet.faults[0]
        told = {"count": len(sheet.faults), "line": first.number, "reason": first.reason}
        raise Invalid(_("%(count)d lines cannot be read. Line %(line)d: %(reason)s") % told)
    if not sheet.entries:
        raise Invalid(_("The file is empty."))
    found = counting.write(gateway=file.gateway, day=file.day, entries=sheet.entries, now=now, currency=file.currency)
    file.columns, file.counted_at, file.lines = asdict(columns), now, []
    file.save(update_fields=["columns", "counted_at", "lines"])
    return found[0]


def _entry(cells: Sequence[str], columns: Columns, currency: str) -> Entry:
    reference = _cell(cells, columns.reference)
    if not reference or len(reference) > 120:
        raise Invalid(_("No reference, or one that is too long."))
    amount = _amount(_cell(cells, columns.amount))
    fee = _amount(_cell(cells, columns.fee) or "0")
    words = {word.strip().casefold() for word in columns.refund_words}
    is_refund = amount < 0 or (columns.kind is not None and _cell(cells, columns.kind).casefold() in words)
    return Entry(reference, abs(amount), currency, abs(fee), is_refund)


def _amount(text: str) -> Decimal:
    """As "1,234.50", "-450", "NPR 450.00": plain numbers with a point; thousands may have commas."""
    plain = re.sub(r"^[A-Za-z]{2,3}\.?\s*", "", text).replace(",", "").replace(" ", "")
    try:
        if not _NUMBER.match(plain):
            raise InvalidOperation
        value = money.amount(plain)
    except InvalidOperation:
        raise Invalid(_("“%(text)s” is no amount.") % {"text": text[:40]}) from None
    if abs(value) >= _MOST:
        raise Invalid(_("“%(text)s” is no amount.") % {"text": text[:40]})
    return value


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _places(columns: Mapping[str, object]) -> dict[str, int]:
    return {key: place for key in _USUAL if isinstance(place := columns.get(key), int)}


_USUAL = {
    "reference": ["reference", "gateway reference", "transaction id", "transaction code", "refId", "id", "idx", "pidx"],
    "amount": ["amount", "gross", "total amount", "total"],
    "fee": ["fee", "fees", "commission", "service charge"],
    "kind": ["type", "kind", "reporting category", "status"],
}
