"""A booking's whole story in one list: the journal of its seats, its money, and what was told to whom."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Booking, CheckIn
from payments.models import Payment, Refund
from seatsync import journal
from seatsync.models import SeatEvent
from showsewa import money
from showsewa.promises import Promise

MOST_EVENTS = 200
# Kinds of moments that only those see who may see money.
MONEY = ("payment", "refund", "invoice")


@dataclass(frozen=True, slots=True)
class Moment:
    """kind: seats, payment, refund, invoice, notice or ticket. tone: "", good, bad or waiting, for its colour."""

    at: datetime
    kind: str
    what: str
    detail: str = ""
    who: str = ""
    tone: str = ""


def of(booking: Booking) -> list[Moment]:
    """Oldest first."""
    found = [*_seats(booking), *_money(booking), *_invoices(booking)]
    found += [*_notices(booking), *_tickets(booking), *_exchanges(booking)]
    names = journal.names(moment.who for moment in found if moment.who)
    return [replace(moment, who=names.get(moment.who, "")) for moment in sorted(found, key=lambda moment: moment.at)]


def _seats(booking: Booking) -> Iterator[Moment]:
    # The sweeper ends many bookings with one journal row, which then carries no claim: hence also by seat.
    named = Q(claim=booking.pk, showtime_id__in=_showtimes(booking))
    for label in booking.seat_labels:
        named |= Q(changes__contains=[[label]], showtime_id=booking.showtime_id)
    rows = SeatEvent.objects.filter(named, created_at__gte=booking.created_at)
    for event in rows.order_by("created_at", "version")[:MOST_EVENTS]:
        what = _("Seats %(deed)s") % {"deed": event.get_action_display()}
        told = " · ".join(filter(None, [journal.changes(event), event.source, event.reference, event.reason]))
        yield Moment(event.created_at, "seats", what, f"v{event.version}: {told}", event.actor)


def _showtimes(booking: Booking) -> set[uuid.UUID]:
    """Where it is, and where it was before it was exchanged."""
    return {booking.showtime_id, *booking.exchanges.values_list("old_showtime", flat=True)}


def _exchanges(booking: Booking) -> Iterator[Moment]:
    for exchange in booking.exchanges.order_by("created_at"):
        told = f"{exchange} · {money.text(exchange.difference, exchange.currency)}"
        if exchange.done_at is None:
            yield Moment(exchange.created_at, "ticket", _("Exchange asked for"), told, exchange.actor, tone="waiting")
        else:
            yield Moment(exchange.done_at, "ticket", _("Exchanged"), told, exchange.actor, tone="good")


def _money(booking: Booking) -> Iterator[Moment]:
    for payment in booking.payments.prefetch_related("refunds", "cases").order_by("created_at"):
        sum_ = money.text(payment.amount, payment.currency)
        if payment.settled_at is None or payment.settled_at > payment.created_at:
            yield Moment(payment.created_at, "payment", _("Payment started"), f"{sum_} · {payment.gateway}")
        if payment.settled_at is not None:
            tone = "bad" if payment.status in (Payment.Status.FAILED, Payment.Status.EXPIRED) else "good"
            told = " · ".join(filter(None, [sum_, payment.gateway, payment.trouble]))
            yield Moment(payment.settled_at, "payment", payment.get_status_display(), told, tone=tone)
        yield from _cases(payment)
        for refund in payment.refunds.all():
            back = money.text(refund.amount, payment.currency)
            told = " · ".join(filter(None, [back, refund.get_reason_display(), refund.note]))
            yield Moment(refund.created_at, "refund", _("Refund promised"), told, refund.actor)
            yield from _ends(refund, "refund", _("Refund %(sum)s") % {"sum": back}, _how(refund))


def _how(refund: Refund) -> str:
    """How often it was tried, and until when it was promised or by what name the gateway knows it."""
    told = [refund.gateway_reference]
    if refund.attempts > 1 or refund.failed_at is not None:
        told.append(ngettext("%d try", "%d tries", refund.attempts) % refund.attempts)
    if refund.done_at is None:
        told.append(_("expected by %(day)s") % {"day": date_format(refund.expected_by, "j M Y")})
    return " · ".join(filter(None, told))


def _invoices(booking: Booking) -> Iterator[Moment]:
    for invoice in booking.invoices.order_by("created_at"):
        told = f"{invoice} · {money.text(invoice.total, invoice.currency)}"
        yield Moment(invoice.created_at, "invoice", invoice.get_kind_display(), told)


def _cases(payment: Payment) -> Iterator[Moment]:
    for case in payment.cases.all():
        yield Moment(
            case.created_at, "payment", _("Case: %(kind)s") % {"kind": case.get_kind_display()}, tone="waiting"
        )
        if case.solved_at is not None:
            what = _("Case: %(end)s") % {"end": case.get_resolution_display()}
            yield Moment(case.solved_at, "payment", what, case.note, case.decided_by, tone="good")


def _notices(booking: Booking) -> Iterator[Moment]:
    for notice in booking.notices.order_by("due_at"):
        what = f"{notice.get_kind_display()} ({notice.get_medium_display()})"
        yield from _ends(notice, "notice", what)


def _ends(promise: Promise, kind: str, what: str, how: str = "") -> Iterator[Moment]:
    how = " · ".join(filter(None, [how, promise.last_error]))
    if promise.done_at is not None:
        yield Moment(promise.done_at, kind, _("%(what)s: done") % {"what": what}, how, tone="good")
    elif promise.failed_at is not None:
        yield Moment(promise.failed_at, kind, _("%(what)s: given up") % {"what": what}, how, tone="bad")
    else:
        yield Moment(promise.due_at, kind, _("%(what)s: due") % {"what": what}, how, tone="waiting")


def _tickets(booking: Booking) -> Iterator[Moment]:
    for entry in CheckIn.objects.filter(ticket__booking=booking).select_related("ticket"):
        seat = entry.ticket.label
        yield Moment(entry.at, "ticket", _("Checked in"), seat, entry.actor, tone="good")
        if entry.undone_at is not None:
            told = f"{seat} · {entry.reason}"
            yield Moment(entry.undone_at, "ticket", _("Check-in undone"), told, entry.undone_by, tone="bad")
