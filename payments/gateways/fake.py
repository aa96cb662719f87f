"""The test gateway: a hosted page, books of its own, signed webhooks, refunds once per key. Refused in live mode.

It stands in for a company on the other side of the network, so our payments never read its tables directly.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.gateways import (
    BadSignature,
    Entry,
    Event,
    GatewayError,
    Report,
    Returned,
    Started,
    Word,
    fake_words,
    register,
)
from payments.models import FakeCharge, FakeCheckout, FakeMessage, FakeRefund, Payment
from showsewa import signatures

SIGNATURE_HEADER = "X-Signature"
TOO_LATE = "tok_too_late"
LEFT = "left"
# Ours, and what seed 004's own gateway calls it.
_SIGNATURE_HEADERS = (SIGNATURE_HEADER, "X-Payment-Signature")
_WORDS = {
    FakeCheckout.Outcome.OPEN: Word.OPEN,
    FakeCheckout.Outcome.PAID: Word.PAID,
    FakeCheckout.Outcome.DECLINED: Word.FAILED,
    FakeCheckout.Outcome.EXPIRED: Word.EXPIRED,
}


class Fake:
    code = "fake"
    label = _("Test Bank")
    hint = _("For trying things out: no real money moves.")

    def start(self, payment: Payment, *, return_path: str) -> Started:
        session, intent = f"sess_{secrets.token_hex(16)}", f"pi_{secrets.token_hex(12)}"
        FakeCheckout.objects.create(
            session=session,
            payment_intent=intent,
            amount=payment.amount,
            currency=payment.currency,
            return_path=return_path,
        )
        return Started(session, f"/payments/fake-checkout/{session}", intent)

    def read_return(self, payment: Payment, params: Mapping[str, str]) -> Returned:
        return Returned(payment.session, is_left=LEFT in params)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        accepted = [settings.PAYMENT_WEBHOOK_SECRET, settings.PAYMENT_WEBHOOK_SECRET_OLD]
        header = next((headers[name] for name in _SIGNATURE_HEADERS if name in headers), "")
        if not signatures.is_valid(body, header, secrets=accepted, now=int(timezone.now().timestamp())):
            raise BadSignature("The signature of this message is missing, wrong or too old.")

    def read(self, body: bytes) -> Event:
        return _read(body)

    def look_up(self, payment: Payment) -> Report:
        checkout = FakeCheckout.objects.filter(session=payment.session).first()
        if checkout is None:
            return Report(payment.session, Word.EXPIRED)
        return _report(checkout)

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        session = payment.session.partition("#")[0]
        # Paid or not is ours to know: whoever has the secret may have told us so without a word to these books.
        if not FakeCheckout.objects.filter(session=session).exists():
            raise GatewayError("there is no such session", permanent=True)
        FakeRefund.objects.get_or_create(key=key, defaults={"session": session, "amount": amount})
        return f"re_{key}"

    def find_refund(self, payment: Payment, amount: Decimal, *, key: str) -> str | None:
        return f"re_{key}" if FakeRefund.objects.filter(key=key).exists() else None

    def listing(self, *, since: datetime, until: datetime) -> Sequence[Entry]:
        """Its own books, whatever it told us of them. It takes no fee."""
        span = {"created_at__gte": since, "created_at__lt": until}
        charges = FakeCharge.objects.filter(**span).order_by("created_at", "reference")
        found = [Entry(one.reference, one.amount, one.currency, session=one.session) for one in charges]
        refunds = list(FakeRefund.objects.filter(**span).order_by("created_at", "key"))
        sessions = FakeCheckout.objects.filter(session__in=[one.session for one in refunds])
        currencies = dict(sessions.values_list("session", "currency"))
        back = [Entry(f"re_{one.key}", one.amount, currencies[one.session], is_refund=True) for one in refunds]
        return found + back


register(Fake())


def charge(session: str, token: str, *, too_late_at: datetime | None = None) -> Report:
    """Pay by a test token, as a card form would: tok_declined is refused, tok_late pays but says so a minute later.

    tok_too_late: the same at `too_late_at`, when nobody waits for it any more.
    """
    if token == TOO_LATE and too_late_at is not None:
        send(session, at=too_late_at, outcome=FakeCheckout.Outcome.PAID)
        return Report(session, Word.OPEN)
    if token == "tok_declined":  # noqa: S105 - a name, not a secret
        return finish(session, FakeCheckout.Outcome.DECLINED)
    if token == "tok_late":  # noqa: S105
        send(session, at=timezone.now() + timedelta(minutes=1), outcome=FakeCheckout.Outcome.PAID)
        return Report(session, Word.OPEN)
    return finish(session, FakeCheckout.Outcome.PAID)


def finish(session: str, outcome: FakeCheckout.Outcome) -> Report:
    """Write the outcome into the gateway's books; money once taken stays taken."""
    unpaid = FakeCheckout.objects.filter(session=session).exclude(outcome=FakeCheckout.Outcome.PAID)
    unpaid.update(outcome=outcome)
    checkout = FakeCheckout.objects.get(session=session)
    if checkout.outcome == FakeCheckout.Outcome.PAID:
        _take(session, _charge_of(session), checkout.amount, checkout.currency)
    return _report(checkout)


def _take(session: str, reference: str, amount: Decimal, currency: str) -> None:
    """Into the list of the day, once per charge."""
    entry = FakeCharge(reference=reference, session=session, amount=amount, currency=currency)
    FakeCharge.objects.bulk_create([entry], ignore_conflicts=True)


def send(
    session: str, *, at: datetime, second: bool = False, outcome: FakeCheckout.Outcome | None = None, **changes: Any
) -> FakeMessage:
    """Promise the webhook that tells of a session. second: of a second charge. changes: to its data, for tests.

    outcome: what the session will have come to by then; `carry_out` makes it so when the message goes out.
    """
    checkout = FakeCheckout.objects.get(session=session)
    checkout.outcome = outcome or checkout.outcome
    report = _report(checkout)
    kind = next((name for name, word in fake_words.EVENTS.items() if word == report.word), "payment.pending")
    data: dict[str, Any] = {
        "sessionId": session,
        "amount": str(report.amount),
        "currency": report.currency,
        "reference": report.reference + ("_2" if second else ""),
    }
    event_id = f"evt_{secrets.token_hex(12)}"
    body = json.dumps({"id": event_id, "type": kind, "data": data | changes})
    return FakeMessage.objects.create(event_id=event_id, body=body, due_at=at)


def carry_out(message: FakeMessage) -> None:
    """Enter into the books what a message tells of: until it goes out, a look-up must not tell it sooner."""
    report = _read(message.body.encode()).report
    if report is not None and report.word == Word.PAID and report.amount is not None:
        _take(report.session, report.reference, report.amount, report.currency)
    outcome = next((outcome for outcome, word in _WORDS.items() if report is not None and report.word == word), None)
    if report is not None and outcome is not None and FakeCheckout.objects.filter(session=report.session).exists():
        finish(report.session, outcome)


def signed(body: bytes, *, at: int | None = None) -> dict[str, str]:
    """The headers of a message as this gateway sends it."""
    moment = int(timezone.now().timestamp()) if at is None else at
    return {SIGNATURE_HEADER: signatures.sign(body, secrets=[settings.PAYMENT_WEBHOOK_SECRET], at=moment)}


def _report(checkout: FakeCheckout) -> Report:
    word = _WORDS[FakeCheckout.Outcome(checkout.outcome)]
    reference = _charge_of(checkout.session) if word == Word.PAID else ""
    return Report(checkout.session, word, checkout.amount, checkout.currency, reference)


def _read(body: bytes) -> Event:
    """What a message leaves out, because its spelling has no word for it, stands in the gateway's books."""
    said = fake_words.read(body)
    if said.word is None:
        return Event(said.event_id, None)
    named = {"session": said.session} if said.session else {"payment_intent": said.intent}
    checkout = FakeCheckout.objects.filter(**named).first()
    if checkout is None:
        told = Report(said.session or said.intent, said.word, said.amount, said.currency, said.reference)
        return Event(said.event_id, told)
    amount = checkout.amount if said.amount is None else said.amount
    reference = said.reference or (_charge_of(checkout.session) if said.word == Word.PAID else "")
    report = Report(checkout.session, said.word, amount, said.currency or checkout.currency, reference)
    return Event(said.event_id, report)


def _charge_of(session: str) -> str:
    """Each session's one charge: a second reference would be a second payment."""
    return f"ch_{session[5:25]}"
