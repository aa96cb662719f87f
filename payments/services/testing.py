"""What a person may make the test gateway do, and the post it sends: for its hosted page, the API and the beat.

It stands on the gateway's side: it keeps the gateway's books and speaks to us by signed webhooks alone.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from payments import selectors
from payments.gateways import fake
from payments.models import FakeCheckout, FakeMessage, Payment
from payments.services import inbox
from showsewa import promises
from showsewa.refusals import Invalid, NotFound

MOST_DELAY = 24 * 3600
TOO_LATE = fake.TOO_LATE


class Result(StrEnum):
    SUCCESS = "success"
    FAILED = "failed"
    EXPIRED = "expired"
    TWICE = "twice"


_OUTCOMES = {
    Result.SUCCESS: FakeCheckout.Outcome.PAID,
    Result.TWICE: FakeCheckout.Outcome.PAID,
    Result.FAILED: FakeCheckout.Outcome.DECLINED,
    Result.EXPIRED: FakeCheckout.Outcome.EXPIRED,
}


def checkout(session: str) -> FakeCheckout:
    """Refuses: NotFound, also for every session of a sale in earnest while the test gateway is off, as in live mode."""
    found = FakeCheckout.objects.filter(session=session).first()
    payment = Payment.objects.filter(gateway=fake.Fake.code, session=session).first() if found else None
    if found is None or not (fake.Fake.code in settings.GATEWAYS or (payment and selectors.is_tried_out(payment))):
        raise NotFound(_("There is no such test checkout."))
    return found


def simulate(session: str, result: str, delay_seconds: float = 0, *, now: datetime) -> FakeCheckout:
    """Let a session end, and tell our webhook: at once, or (charge and message alike) after a delay.

    result: success, failed, expired or twice (the buyer is charged two times). Refuses: NotFound, Invalid.
    """
    checkout(session)
    if result not in list(Result):
        raise Invalid(_("The result must be success, failed, expired or twice."))
    if not 0 <= delay_seconds <= MOST_DELAY:
        raise Invalid(_("The delay must be between 0 seconds and one day."))
    outcome, is_late = _OUTCOMES[Result(result)], delay_seconds > 0
    # A message sent at once is also promised, under a lease: should this process die, beat sends it again.
    due_at = now + (timedelta(seconds=delay_seconds) if is_late else promises.lease())
    messages = [fake.send(session, at=due_at, outcome=outcome)]
    if result == Result.TWICE:
        messages.append(fake.send(session, at=due_at, outcome=outcome, second=True))
    if not is_late:
        for message in messages:
            deliver(message)
            FakeMessage.objects.filter(promises.OPEN, pk=message.pk).update(done_at=timezone.now())
    return checkout(session)


def too_late_in(session: str, *, now: datetime) -> int:
    """Seconds from now after which money of this session comes too late for its booking, for the page to offer."""
    deadline = selectors.deadline_of_session(fake.Fake.code, session) or now
    grace = timedelta(minutes=settings.PAYMENT_GRACE_MINUTES)
    return max(int((deadline + grace - now).total_seconds()), 0) + 5


def deliver(message: FakeMessage) -> None:
    """Send one webhook, signed over its very bytes. Twice is harmless: the inbox knows the event."""
    fake.carry_out(message)
    body = message.body.encode()
    inbox.receive(gateway=fake.Fake.code, body=body, headers=fake.signed(body), now=timezone.now())


def deliver_due(*, now: datetime) -> int:
    """Send the webhooks that are due and return how many were tried."""
    return promises.keep(FakeMessage, deliver, now=now)
