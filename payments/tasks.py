"""The alarm clock's hands in payments. Tasks take no arguments: they read what is due."""

from celery import shared_task

from payments.books import counting
from payments.models import Refund
from payments.services import conflicts, deciding, forgetting, inbox, invoicing, polling, refunding, testing, vouchers
from showsewa import promises
from showsewa.heartbeats import beat


@shared_task(name="payments.tasks.send_refunds")
def send_refunds() -> int:
    return beat("send_refunds", lambda now: promises.keep(Refund, refunding.send_refund, now=now))


@shared_task(name="payments.tasks.poll_payments")
def poll_payments() -> int:
    """JOB-6: ask the gateways about payments nobody has told us of."""
    return beat("poll_payments", lambda now: polling.poll_due(now=now))


@shared_task(name="payments.tasks.process_inbox")
def process_inbox() -> int:
    """Messages stored but not settled, because their first processing was cut short."""
    return beat("process_inbox", lambda now: inbox.process_waiting(now=now))


@shared_task(name="payments.tasks.care_for_cases")
def care_for_cases() -> int:
    """Refunds given up become cases; wrong sums nobody decided on in time go back."""
    return beat("care_for_cases", lambda now: deciding.care(now=now))


@shared_task(name="payments.tasks.issue_invoices")
def issue_invoices() -> int:
    """Invoices of sales and credit notes of refunds, a moment after them."""
    return beat("issue_invoices", lambda now: invoicing.issue_due(since=now - invoicing.LOOK_BACK))


@shared_task(name="payments.tasks.issue_old_invoices")
def issue_old_invoices() -> int:
    """The same for whatever is older than that, should nobody have rung for so long."""
    return beat("issue_old_invoices", lambda _now: invoicing.issue_due())


@shared_task(name="payments.tasks.send_fake_messages")
def send_fake_messages() -> int:
    """The test gateway's own webhooks; nothing to do where it is off."""
    return beat("send_fake_messages", lambda now: testing.deliver_due(now=now))


@shared_task(name="payments.tasks.expire_vouchers")
def expire_vouchers() -> int:
    """What is left of vouchers past their day is no debt any more."""
    return beat("expire_vouchers", lambda now: vouchers.expire_due(now=now))


@shared_task(name="payments.tasks.forget")
def forget() -> int:
    """People of shows long over: their names and addresses go, the money stays."""
    return beat("forget", lambda now: forgetting.forget_old(now=now))


@shared_task(name="payments.tasks.solve_conflicts")
def solve_conflicts() -> int:
    """Seats sold twice: what the cinema's policy decides without a person."""
    return beat("solve_conflicts", lambda now: conflicts.solve_waiting(now=now))


@shared_task(name="payments.tasks.count_settlements")
def count_settlements() -> int:
    """Yesterday's books, and those of the two days before, beside the gateways' own lists."""
    return beat("count_settlements", lambda now: counting.count_days(now=now))
