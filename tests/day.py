"""A day at the box office in small: many purchases through the API, some of which go wrong in every way there is.

Run by hand: `python -m tests.day 5000` (and a seed) fills the database it is given and asks the oracle.
"""

import random
import sys
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import django
from django.utils import timezone

# `python -m tests.day` has no pytest to set Django up.
if __name__ == "__main__":
    django.setup()

from bookings.models import Booking, Notice
from bookings.services import checkout, endings, holds
from payments import audit
from payments.books import counting, days, equation
from payments.gateways import fake
from payments.models import FakeCheckout, Payment, Refund
from payments.services import buying, counter, giving_back, inbox, invoicing, polling, refunding
from seatsync import announcing, blocking
from showsewa import promises
from showsewa.actors import Actor, Kind
from tests import cast

TROUBLE = (
    "declined", "abandoned", "lost webhook", "duplicate webhook", "late", "late and lost", "wrong amount",
    "double pay", "cancelled", "partly cancelled", "refunded in part", "unplaced",
)  # fmt: skip
PAID = FakeCheckout.Outcome.PAID


class Day:
    """One cinema, as many shows as it takes, and buyers one after the other."""

    def __init__(self, purchases: int, *, trouble: float = 0.15, seed: int = 4) -> None:
        self.random = random.Random(seed)
        self.trouble, self.purchases = trouble, purchases
        self.stage = cast.make_stage(name=f"Day {seed} at {timezone.now():%H:%M:%S}")
        self.clerk = Actor(
            Kind.USER, "1", "Clerk", permissions=frozenset({"bookings.sell_at_counter", "payments.refund_booking"})
        )
        self.did: Counter[str] = Counter()
        self.shows: list[tuple[Any, list[str]]] = []

    def run(self) -> None:
        for number in range(self.purchases):
            kind = self.random.choice(TROUBLE) if self.random.random() < self.trouble else "good"
            if kind == "good" and self.random.random() < 0.2:
                kind = self.random.choice(("cash", "card"))
            self.did[kind] += 1
            self._buy(number, kind)
        self.close()

    def close(self) -> None:
        """What the alarm clock does until nothing is left to do: polls, sweeps, sends what is promised."""
        # Whoever did not pay has had the time for it; the gateway knows better of those whose word was lost.
        Payment.objects.filter(poll_at__isnull=False).update(poll_at=timezone.now())
        while polling.poll_due(now=timezone.now()):
            pass
        unpaid = Booking.objects.filter(status__in=[Booking.Status.HELD, Booking.Status.PENDING])
        for showtime_id in set(unpaid.values_list("showtime", flat=True)):
            endings.expire_at_showtime(showtime_id=showtime_id, now=timezone.now() + timedelta(hours=1))
        while promises.keep(Refund, refunding.send_refund, now=timezone.now()):
            pass
        inbox.process_waiting(now=timezone.now())
        # Post and feed are not what this is about: a day of hours would only leave them overdue.
        Notice.objects.filter(promises.OPEN).update(done_at=timezone.now())
        while announcing.number():
            pass
        invoicing.issue_due(now=timezone.now())

    def _buy(self, number: int, kind: str) -> None:
        showtime, seats = self._seats(self.random.randint(2, 4) if kind == "partly cancelled" else self._count())
        now = timezone.now()
        if kind in ("cash", "card"):
            counter.sell(showtime_id=showtime.pk, seats=seats, tender=kind.upper(), actor=self.clerk, now=now)
            return
        actor = Actor(Kind.SESSION, f"buyer{number} of {self.stage.cinema.pk}")
        held = holds.hold_seats(showtime_id=showtime.pk, seats=seats, actor=actor).booking
        buyer = checkout.Buyer(name="Asha", email=f"buyer{number}@example.com", phone="9800000000")
        bought = buying.buy(
            booking_id=held.pk, buyer=buyer, payment_method="FAKE", return_path="/", actor=actor, now=now
        )
        assert bought.payment is not None
        self._pay(bought.payment, actor, kind, seats)

    def _pay(self, payment: Payment, actor: Actor, kind: str, seats: list[str]) -> None:
        session, booking = payment.session, payment.booking_id
        if kind == "abandoned":
            return
        if kind == "declined":
            self._tell(session, outcome=FakeCheckout.Outcome.DECLINED)
        elif kind == "lost webhook":
            fake.finish(session, PAID)
        elif kind in ("late", "late and lost"):
            self._too_late(payment, seats, is_lost=kind == "late and lost")
        elif kind == "wrong amount":
            self._tell(session, amount=str(payment.amount + self.random.choice((-10, 10))))
        elif kind == "double pay":
            self._tell(session)
            self._tell(session, second=True)
        elif kind == "unplaced":
            self._tell(session)
            self._unplaced(payment.currency)
        else:
            self._tell(session, times=2 if kind == "duplicate webhook" else 1)
            self._change_mind(booking, actor, kind, seats)

    def _change_mind(self, booking: Any, actor: Actor, kind: str, seats: list[str]) -> None:
        now = timezone.now()
        if kind == "cancelled":
            giving_back.cancel(booking_id=booking, actor=actor, now=now)
        elif kind == "partly cancelled":
            giving_back.cancel(booking_id=booking, seats=seats[:1], actor=actor, now=now)
        elif kind == "refunded in part":
            refunding.refund_booking(booking_id=booking, actor=self.clerk, now=now, amount=Decimal(50))

    def _too_late(self, payment: Payment, seats: list[str], *, is_lost: bool) -> None:
        """The time to pay runs out; now and then the seats are then gone."""
        past = timezone.now() - timedelta(hours=1)
        Booking.objects.filter(pk=payment.booking_id).update(expires_at=past)
        showtime = payment.booking.showtime_id
        endings.expire_at_showtime(showtime_id=showtime, now=timezone.now())
        if self.random.random() < 0.5:
            with_seats = {"showtime_id": showtime, "seats": seats, "reason": "broken"}
            blocking.block(**with_seats, actor=self.clerk)
        if is_lost:
            fake.finish(payment.session, PAID)
        else:
            self._tell(payment.session)

    def _tell(self, session: str, *, times: int = 1, **changes: Any) -> None:
        message = fake.send(session, at=timezone.now() + timedelta(days=1), **{"outcome": PAID, **changes})
        for _time in range(times):
            fake.carry_out(message)
            body = message.body.encode()
            inbox.receive(gateway="fake", body=body, headers=fake.signed(body), now=timezone.now())
        type(message).objects.filter(pk=message.pk).update(done_at=timezone.now())

    def _unplaced(self, currency: str) -> None:
        """A checkout that is in the gateway's books and in none of ours."""
        session = f"sess_{self.random.getrandbits(128):032x}"
        FakeCheckout.objects.create(
            session=session, payment_intent=f"pi_{session}", amount=777, currency=currency, return_path="/"
        )
        self._tell(session)

    def _count(self) -> int:
        return self.random.choice((1, 1, 2, 2, 2, 3, 4))

    def _seats(self, count: int) -> tuple[Any, list[str]]:
        """Seats nobody was given yet; a new show when the last one is sold."""
        if not self.shows or len(self.shows[-1][1]) < count:
            self.shows.append(self._show())
        showtime, free = self.shows[-1]
        taken, free[:count] = free[:count], []
        return showtime, taken

    def _show(self) -> tuple[Any, list[str]]:
        hall = cast.make_hall(self.stage.cinema, name=f"Hall {len(self.shows) + 2}", rows="ABCDEFGHIJ", seats=20)
        at = timezone.now() + timedelta(hours=self.random.choice((6, 30)))
        showtime = cast.make_showtime(hall, self.stage.movie, starts_at=at, price=self.random.choice((250, 333, 450)))
        return showtime, [f"{row}{seat}" for row in "ABCDEFGHIJ" for seat in range(1, 21)]


def differences() -> list[Decimal]:
    return [one.nowhere for one in equation.sums(equation.Bounds())]


def settle(now: datetime) -> list[Any]:
    """Today's books beside the test gateway's own."""
    return counting.count(gateway="fake", day=days.today(now), now=now)


def main(purchases: int, seed: int) -> None:
    began = timezone.now()
    day = Day(purchases, seed=seed)
    day.run()
    took = timezone.now() - began
    print(f"{purchases} purchases in {took.total_seconds():.0f} s:", dict(day.did))
    for one in equation.sums(equation.Bounds()):
        print(one)
    for row in settle(timezone.now()):
        lines = list(row.lines.exclude(difference="").values_list("kind", "difference"))
        print(
            row,
            "ours",
            row.our_payments,
            row.our_refunds,
            "theirs",
            row.their_payments,
            row.their_refunds,
            Counter(lines),
        )
    violations = audit.violations()
    print(len(violations), "violations", violations[:5])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, int(sys.argv[2]) if len(sys.argv) > 2 else 4)
