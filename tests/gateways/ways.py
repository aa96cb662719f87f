"""Each gateway under one face, for tests of what all of them promise: the buyer pays there, it tells us or is asked."""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from payments import gateways, returning
from payments.gateways import fake, stripe
from payments.models import FakeCheckout, FakeRefund, Payment
from tests import stripe_stand_in as stand_in
from tests.gateways.company import LOST
from tests.gateways.esewa_company import EsewaCompany
from tests.gateways.khalti_company import KhaltiCompany
from tests.stripe_stand_in import StandIn

CLIENT = Client(raise_request_exception=False)
PAID, FAILED, EXPIRED, REFUNDED, NEWS = "paid", "failed", "expired", "refunded", "news"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a gateway says: a signed message, or a buyer on the way back with the words of its page."""

    body: bytes = b""
    params: dict[str, str] = field(default_factory=dict)


class Way:
    """sends_messages: it has webhooks; else a buyer who comes back and our own asking are all there is."""

    code = ""
    sends_messages = True
    refunds_by_hand = False

    def open(self, payment: Payment) -> None:
        """Go to its page with what our site handed over."""

    def pay(self, payment: Payment, *, amount: Decimal | None = None, word: str = PAID) -> None:
        """The buyer's part, at its page. Nobody tells us. amount: what it takes instead of what was asked for."""
        raise NotImplementedError

    def say(self, payment: Payment, word: str, *, event_id: str = "", **changes: Any) -> Said:
        """What it would tell us."""
        raise NotImplementedError

    def tell(self, payment: Payment, said: Said) -> Any:
        """It reaches our edge: by its webhook, or with the buyer who comes back."""
        if not self.sends_messages:
            return self.come_back(payment, said.params)
        return self.post(said.body, self.headers(said.body))

    def post(self, body: bytes, headers: dict[str, str]) -> Any:
        address = f"/api/v1/payments/webhook/{self.code}"
        return CLIENT.generic("POST", address, body, content_type="application/json", headers=headers)

    def headers(self, body: bytes, *, age: int = 0, secret: str = "") -> dict[str, str]:
        """The signature of a message."""
        raise NotImplementedError

    def given_back(self, payment: Payment) -> list[Decimal]:
        """Every refund in its own books."""
        raise NotImplementedError

    def give_by_hand(self, payment: Payment, amount: Decimal, reference: str) -> None:
        """A clerk does it in the gateway's own portal."""

    @contextmanager
    def lost_answers(self) -> Iterator[None]:
        """Refunds are made, and their answers lost on the way."""
        yield

    def come_back(self, payment: Payment, params: dict[str, str]) -> Any:
        """By the address the gateway sends buyers to, with any words."""
        return CLIENT.get(f"{urlsplit(returning.return_url(payment, '/')).path}?{urlencode(params)}")


class TestBank(Way):
    code = "fake"
    __test__ = False

    def pay(self, payment: Payment, *, amount: Decimal | None = None, word: str = PAID) -> None:
        session = payment.session.partition("#")[0]
        if amount is not None:
            FakeCheckout.objects.filter(session=session).update(amount=amount)
        ends = {PAID: FakeCheckout.Outcome.PAID, FAILED: FakeCheckout.Outcome.DECLINED}
        fake.finish(session, ends.get(word, FakeCheckout.Outcome.EXPIRED))

    def say(self, payment: Payment, word: str, *, event_id: str = "", **changes: Any) -> Said:
        kinds = {PAID: "success", FAILED: "failed", EXPIRED: "expired", REFUNDED: "refunded", NEWS: "disputed"}
        amount = FakeCheckout.objects.values_list("amount", flat=True).get(session=payment.session)
        data = {"sessionId": payment.session, "amount": str(amount), "currency": payment.currency}
        data |= {"reference": f"ch_{payment.session[5:25]}"} | changes
        event = {"id": event_id or f"evt_{secrets.token_hex(8)}", "type": f"payment.{kinds[word]}", "data": data}
        return Said(json.dumps(event).encode())

    def headers(self, body: bytes, *, age: int = 0, secret: str = "") -> dict[str, str]:
        return fake.signed(body, at=int(timezone.now().timestamp()) - age)

    def given_back(self, payment: Payment) -> list[Decimal]:
        session = payment.session.partition("#")[0]
        return sorted(FakeRefund.objects.filter(session=session).values_list("amount", flat=True))

    @contextmanager
    def lost_answers(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            refund = fake.Fake.refund

            def unheard(*given: Any, **named: Any) -> str:
                refund(*given, **named)
                raise gateways.GatewayError("no answer: it was lost")

            patch.setattr(fake.Fake, "refund", unheard)
            yield


@dataclass
class Esewa(Way):
    company: EsewaCompany
    by_hand: list[tuple[str, Decimal, str]] = field(default_factory=list)  # session, amount, reference
    code = "esewa"
    sends_messages = False
    refunds_by_hand = True

    def open(self, payment: Payment) -> None:
        gateway = gateways.get(self.code)
        assert isinstance(gateway, gateways.TakesForms)
        form = gateway.hand_over(payment, return_url="http://127.0.0.1:8000/back/")
        answer = httpx.post(form.action, data=dict(form.fields))
        assert answer.status_code == 200, answer.text

    def pay(self, payment: Payment, *, amount: Decimal | None = None, word: str = PAID) -> None:
        sale = self.company.sales[payment.session]
        sale.total = amount or sale.total
        if word == PAID:
            self.company.pay(payment.session)
        else:
            sale.status = {FAILED: "CANCELED", EXPIRED: "CANCELED", REFUNDED: "FULL_REFUND"}[word]

    def say(self, payment: Payment, word: str, *, event_id: str = "", **changes: Any) -> Said:
        """Only success brings words along."""
        is_paid = self.company.sales[payment.session].ref_id is not None
        return Said(params={"data": self.company.data(payment.session)} if word == PAID and is_paid else {})

    def give_by_hand(self, payment: Payment, amount: Decimal, reference: str) -> None:
        self.by_hand.append((payment.session, amount, reference))

    def given_back(self, payment: Payment) -> list[Decimal]:
        return sorted(amount for session, amount, _reference in self.by_hand if session == payment.session)


@dataclass
class Khalti(Way):
    company: KhaltiCompany
    code = "khalti"
    sends_messages = False

    def pay(self, payment: Payment, *, amount: Decimal | None = None, word: str = PAID) -> None:
        sale = self.company.sales[payment.session]
        sale.amount = sale.amount if amount is None else int(amount * 100)
        if word == PAID:
            self.company.pay(payment.session)
        else:
            sale.status = {FAILED: "User canceled", EXPIRED: "Expired", REFUNDED: "Refunded"}[word]

    def say(self, payment: Payment, word: str, *, event_id: str = "", **changes: Any) -> Said:
        words = {PAID: "Completed", FAILED: "User canceled", EXPIRED: "Expired", REFUNDED: "Refunded", NEWS: "Pending"}
        return Said(params={"pidx": payment.session, "status": words[word], "total_amount": "45000"})

    def given_back(self, payment: Payment) -> list[Decimal]:
        sale = self.company.sales[payment.session.partition("#")[0]]
        return sorted(Decimal(part) / 100 for part in sale.refunds)

    @contextmanager
    def lost_answers(self) -> Iterator[None]:
        self.company.trouble["refund"] = [LOST] * 20
        yield
        self.company.trouble["refund"] = []


@dataclass
class Stripe(Way):
    bank: StandIn
    code = "stripe"

    def pay(self, payment: Payment, *, amount: Decimal | None = None, word: str = PAID) -> None:
        """localstripe takes no other sum than the intent's; its holder may change that before it is paid."""
        intent = payment.session.partition("#")[0]
        if amount is not None:
            self.bank.call("POST", f"payment_intents/{intent}", amount=int(amount * 100))
        if word == EXPIRED:
            self.bank.call("POST", f"payment_intents/{intent}/cancel")
        else:
            self.bank.pay(intent, stand_in.GOOD if word == PAID else stand_in.DECLINED)

    def say(self, payment: Payment, word: str, *, event_id: str = "", **changes: Any) -> Said:
        kinds = {PAID: "payment_intent.succeeded", FAILED: "payment_intent.payment_failed"}
        kinds |= {EXPIRED: "payment_intent.canceled", REFUNDED: "charge.refunded", NEWS: "charge.dispute.created"}
        object_ = self.bank.intent(payment.session.partition("#")[0]) | changes
        if word == PAID:
            object_ |= {"status": "succeeded", "amount_received": changes.get("amount", object_["amount"])}
        event = {"id": event_id or f"evt_{secrets.token_hex(8)}", "type": kinds[word], "data": {"object": object_}}
        return Said(json.dumps(event).encode())

    def headers(self, body: bytes, *, age: int = 0, secret: str = "") -> dict[str, str]:
        given = {"secret": secret} if secret else {}
        return {stripe.SIGNATURE_HEADER: stand_in.sign(body, age=age, **given)}

    def given_back(self, payment: Payment) -> list[Decimal]:
        given = self.bank.refunds(payment.session.partition("#")[0])
        return sorted(Decimal(refund["amount"]) / 100 for refund in given)

    @contextmanager
    def lost_answers(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            stand_in.lose_answers(patch, "/v1/refunds")
            yield


CODES: Sequence[str] = ("fake", "esewa", "khalti", "stripe")
