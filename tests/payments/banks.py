"""Test gateways that misbehave: kill whoever calls them, pay back without looking at the key, take their time."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from payments import gateways
from payments.gateways import Report, fake
from payments.models import Payment


class Killed(BaseException):
    """kill -9, as far as it can be had within a test: nothing that catches errors catches it."""


class Bank(fake.Fake):
    """Takes no notice of keys: asked twice to pay back, it pays back twice. dies: before or after it has paid."""

    def __init__(self, dies: str = "") -> None:
        self.dies, self.deaths, self.paid_back = dies, 0, dict[str, int]()

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        if self.dies == "before":
            self._die()
        self.paid_back[key] = self.paid_back.get(key, 0) + 1
        if self.dies == "silent":
            raise gateways.GatewayError("no answer in time")
        if self.dies == "after":
            self._die()
        return f"re_{key}"

    def _die(self) -> None:
        self.deaths += 1
        raise Killed

    def find_refund(self, payment: Payment, amount: Decimal, *, key: str) -> str | None:
        return f"re_{key}" if key in self.paid_back else None


class Forgetful(Bank):
    """The same, and it cannot say what it has paid back: the negative control."""

    find_refund = None  # type: ignore[assignment]


class Slow(fake.Fake):
    """Answers, after a while. asked: how often."""

    def __init__(self, wait: Any) -> None:
        self.wait, self.asked = wait, 0

    def look_up(self, payment: Payment) -> Report:
        self.asked += 1
        self.wait()
        return super().look_up(payment)


@contextmanager
def standing_in(bank: Any) -> Iterator[Any]:
    """In the place of the test gateway."""
    gateways.register(bank)
    try:
        yield bank
    finally:
        gateways.register(fake.Fake())
