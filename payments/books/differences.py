"""What a person may do about a difference: ask the gateway, open a case, explain it."""

import json
import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from payments import gateways
from payments.books import counting
from payments.models import Case, Settlement, SettlementLine, WebhookEvent
from payments.services import settling
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound, Refusal
from showsewa.transactions import use_case


class NoDifference(Refusal):
    """The line agrees, or somebody has explained it meanwhile."""

    code = "NO_DIFFERENCE"


def ask(*, line_id: int, now: datetime) -> gateways.Report:
    """Ask the gateway how the payment of a line stands, settle by what it says, count the day again.

    Refuses: NotFound, NoDifference, Invalid for a line without a payment of ours, ListUnavailable. The gateway is
    asked outside any transaction.
    """
    line = _open(SettlementLine.objects.select_related("payment", "settlement", "case").filter(pk=line_id).first())
    payment = line.payment
    if payment is None:
        raise Invalid(_("This line names no payment of ours to ask about. Open a case."))
    try:
        report = gateways.get(payment.gateway).look_up(payment)
    except gateways.GatewayError as error:
        raise counting.ListUnavailable(_("The gateway does not answer right now. Please try again.")) from error
    if report.word != gateways.Word.OPEN:
        settling.settle(report, gateway=payment.gateway, now=now)
    counting.count_again(settlement_id=line.settlement_id, now=now)
    return report


@use_case
def open_case(*, line_id: int, actor: Actor, now: datetime) -> Case:
    """Give a difference to whoever decides about money; again, and it is the same case. Refuses: NotFound,
    NoDifference. Locks: the settlement, the line.
    """
    line = _lock(line_id)
    day = line.settlement
    # Money that nothing of ours names is told of by a message of its own, so that two such lines are two cases.
    message = None if line.payment or line.refund else _as_message(line)
    case, _is_new = Case.objects.get_or_create(
        kind=Case.Kind.SETTLEMENT,
        payment=line.payment,
        refund=line.refund,
        message=message,
        defaults={
            "gateway": day.gateway,
            "amount": line.amount,
            "currency": day.currency,
            "detail": f"{day.day}: {line.kind} {line.reference} {line.amount} {day.currency}, {line.difference}; "
            f"asked by {actor.key}",
        },
    )
    line.case = case
    line.save(update_fields=["case"])
    counting.write_again(day, now=now)
    return case


@use_case
def explain(*, line_id: int, note: str, actor: Actor, now: datetime) -> Settlement:
    """A person says why a difference is right as it is. Refuses: NotFound, NoDifference, Invalid without a note.
    Locks: the settlement, the line.
    """
    if not note.strip():
        raise Invalid(_("Say why it is right as it is."))
    line = _lock(line_id)
    line.note, line.explained_by, line.explained_at = note.strip()[:255], actor.key, now
    line.save(update_fields=["note", "explained_by", "explained_at"])
    return counting.write_again(line.settlement, now=now)


def _lock(line_id: int) -> SettlementLine:
    days = Settlement.objects.select_for_update(no_key=True).filter(lines=line_id)
    list(days.order_by("pk"))
    rows = SettlementLine.objects.select_for_update(no_key=True, of=("self",)).filter(pk=line_id)
    return _open(rows.select_related("settlement", "payment", "refund", "case").order_by("pk").first())


def _open(line: SettlementLine | None) -> SettlementLine:
    if line is None:
        raise NotFound(_("There is no such line (any more)."))
    if not counting.is_open(line):
        raise NoDifference(_("Nothing is open about this line."))
    return line


def _as_message(line: SettlementLine) -> WebhookEvent:
    told = {"reference": line.reference, "amount": str(line.amount), "kind": line.kind, "day": str(line.settlement.day)}
    row, _is_new = WebhookEvent.objects.get_or_create(
        gateway=line.settlement.gateway,
        event_id=f"listed {uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(told, sort_keys=True))}",
        defaults={
            "body": json.dumps(told),
            "processed_at": line.settlement.counted_at,
            "outcome": "a line of the gateway's list",
        },
    )
    return row
