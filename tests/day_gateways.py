"""The gateways of a simulated day: opened together, in trouble now and then, asked for their own lists at its end."""

import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from payments.books import counting, days
from payments.gateways import Entry
from payments.models import FakeCheckout, Payment, Refund, Settlement
from tests import stripe_stand_in as stand_in
from tests.gateways import setting_up, ways
from tests.gateways.company import BROKEN
from tests.gateways.esewa_company import EsewaCompany
from tests.gateways.khalti_company import KhaltiCompany
from tests.gateways.ways import Way

NOTHING = Decimal(777)  # what is paid for no payment of ours

well = nullcontext


@contextmanager
def open_all(*, with_stripe: bool = True) -> Iterator[Sequence[Way]]:
    """Every gateway, offered by the site. Without Stripe where its stand-in cannot run, or is not wanted."""
    usual = {name: getattr(settings, name) for name in ("GATEWAYS", "GATEWAY_KEYS", "GATEWAY_URLS")}
    with ExitStack() as stack:
        esewa, khalti = stack.enter_context(EsewaCompany().open()), stack.enter_context(KhaltiCompany().open())
        at: list[Way] = [ways.TestBank(), ways.Esewa(esewa), ways.Khalti(khalti)]
        keys: dict[str, Any] = dict(setting_up.KEYS)
        urls = usual["GATEWAY_URLS"] | {"esewa": esewa.url, "esewa_status": esewa.url, "khalti": khalti.url}
        if with_stripe:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            made = stack.enter_context(stand_in.running(folder))
            at.append(ways.Stripe(made))
            given = stand_in.settings_for(made)
            keys, urls = keys | given["GATEWAY_KEYS"], urls | given["GATEWAY_URLS"]
        settings.GATEWAYS, settings.GATEWAY_KEYS = [way.code for way in at], keys
        settings.GATEWAY_URLS = urls
        yield at
    for name, value in usual.items():
        setattr(settings, name, value)


@contextmanager
def silent(way: Way) -> Iterator[None]:
    """It answers nothing when it is asked; where it tells us by itself, nothing changes."""
    company = getattr(way, "company", None)
    if company is not None:
        company.trouble["status"] = company.trouble["lookup"] = [BROKEN] * 3
    yield
    if company is not None:
        company.trouble.clear()


def pay_for_nothing(way: Way) -> None:
    """A checkout that is in the gateway's books and in none of ours."""
    if isinstance(way, ways.Stripe):
        intent = way.bank.call("POST", "payment_intents", amount=int(NOTHING * 100), currency="npr")["id"]
        payment = Payment(gateway="stripe", session=intent, amount=NOTHING, currency="NPR")
    else:
        session = f"sess_{secrets.token_hex(16)}"
        FakeCheckout.objects.create(
            session=session, payment_intent=f"pi_{session}", amount=NOTHING, currency="NPR", return_path="/"
        )
        payment = Payment(gateway="fake", session=session, amount=NOTHING, currency="NPR")
    way.pay(payment)
    way.tell(payment, way.say(payment, ways.PAID))


def entries(way: Way) -> list[Entry] | None:
    """Its own list of the day, as its merchant portal would give it; None where it tells us by itself."""
    if isinstance(way, ways.Stripe):
        return _of_stripe(way)
    if isinstance(way, ways.Khalti):
        return [entry for sale in way.company.sales.values() for entry in _of_khalti(sale)]
    if isinstance(way, ways.Esewa):
        sold = [sale for sale in way.company.sales.values() if sale.ref_id]
        back = [Entry(name, amount, "NPR", is_refund=True) for _session, amount, name in way.by_hand]
        return [Entry(str(sale.ref_id), sale.total, "NPR") for sale in sold] + back
    return None


def _of_khalti(sale: Any) -> list[Entry]:
    if sale.transaction_id is None:
        return []
    back = [Entry(sale.transaction_id, Decimal(part) / 100, "NPR", is_refund=True) for part in sale.refunds]
    return [Entry(sale.transaction_id, Decimal(sale.amount) / 100, "NPR"), *back]


def _of_stripe(way: ways.Stripe) -> list[Entry]:
    taken = [one for one in _pages(way, "payment_intents") if one["status"] == "succeeded"]
    found = [Entry(one["id"], Decimal(one["amount"]) / 100, "NPR") for one in taken]
    back = _pages(way, "refunds")
    return found + [Entry(one["id"], Decimal(one["amount"]) / 100, "NPR", is_refund=True) for one in back]


def _pages(way: ways.Stripe, what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        after = f"&starting_after={found[-1]['id']}" if found else ""
        page = way.bank.call("GET", f"{what}?limit=100{after}")
        found += page["data"]
        if not page["has_more"]:
            return found


def compare(way: Way, *, now: datetime) -> list[str]:
    """Its list beside our rows: what differs, but for money that was paid for nothing, which waits in cases."""
    listed, day = entries(way), days.today(now)
    if listed is None:
        rows: Sequence[Settlement] = counting.count(gateway=way.code, day=day, now=now)
    else:
        rows = counting.write(gateway=way.code, day=day, entries=listed, now=now)
    wrong = []
    for row in rows:
        lines = row.lines.exclude(difference="").exclude(difference="MISSING_HERE", amount=NOTHING)
        nothing = row.lines.filter(difference="MISSING_HERE", amount=NOTHING).count()
        print(
            f"{way.code} {row.currency}: ours {row.our_payments} - {row.our_refunds}, "
            f"theirs {row.their_payments} - {row.their_refunds}, {row.lines.count()} lines, "
            f"{nothing} paid for nothing, {len(lines)} other differences"
        )
        wrong += [f"{way.code}: {line.kind} {line.reference} {line.amount} {line.difference}" for line in lines]
    return wrong + _refunds_not_once(way)


def _refunds_not_once(way: Way) -> list[str]:
    """Refunds at the gateway = refund rows, once each, payment by payment."""
    wrong = []
    rows = Payment.objects.filter(gateway=way.code, refunds__done_at__isnull=False).distinct()
    for payment in rows:
        same = Refund.objects.filter(payment__session__startswith=payment.session.partition("#")[0])
        promised = sorted(same.filter(done_at__isnull=False).values_list("amount", flat=True))
        there = way.given_back(payment)
        if Counter(there) != Counter(promised):
            wrong.append(f"{way.code} {payment.session}: {there} there, {promised} here")
    return wrong
