"""A day at the box office in small: many purchases at every gateway, some of which go wrong in every way there is.

Run by hand: `python -m tests.day 5000` (then a seed, then the percentage of trouble) fills the database it is given,
which must be empty, rings what beat would ring all along, and ends with the oracle, the equation of each gateway and
each gateway's own list.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django
from django.utils import timezone

# `python -m tests.day` has no pytest to set Django up.
if __name__ == "__main__":
    django.setup()

from bookings.models import Booking, FeeRule, Notice
from bookings.services import checkout, endings, holds
from payments import audit
from payments.books import equation
from payments.gateways import fake
from payments.models import Case, FakeCheckout, Payment, Refund
from payments.services import (
    buying,
    counter,
    deciding,
    expiring,
    giving_back,
    inbox,
    invoicing,
    polling,
    refunding,
    starting,
    vouchers,
)  # fmt: skip
from seatsync import announcing, blocking
from showsewa import promises
from showsewa.actors import Actor, Kind
from tests import cast, day_gateways
from tests.gateways import ways
from tests.gateways.ways import TestBank, Way

TROUBLE = (
    "declined", "abandoned", "lost webhook", "duplicate webhook", "failed after success", "late", "late and lost",
    "wrong amount", "double pay", "cancelled", "partly cancelled", "refunded in part", "refund unheard", "unplaced",
    "gateway silent", "voucher alone", "voucher and no more",
)  # fmt: skip
# How often a buyer takes each, beside those who come to the counter.
SHARES = {"fake": 3, "esewa": 3, "khalti": 3, "stripe": 1}
RING_EVERY = 30.0  # seconds: far less than any promise may be late
LABELS = [f"{row}{seat}" for row in "ABCDEFGHIJ" for seat in range(1, 21)]


class Day:
    """One cinema, as many shows as it takes, and buyers one after the other, each at one of the gateways."""

    def __init__(
        self, purchases: int, *, trouble: float = 0.15, seed: int = 4, at: Sequence[Way] | None = None
    ) -> None:
        self.random = random.Random(seed)
        self.trouble, self.purchases = trouble, purchases
        self.ways = list(at or [TestBank()])
        self.stage = cast.make_stage(name=f"Day {seed} at {timezone.now():%H:%M:%S}")
        FeeRule.objects.create(
            cinema=self.stage.cinema, name="Booking fee", amount=25, starts_on=timezone.localdate() - timedelta(days=2)
        )
        allowed = frozenset({"bookings.sell_at_counter", "payments.refund_booking"})
        self.clerk = Actor(Kind.USER, "1", "Clerk", permissions=allowed)
        self.did: Counter[str] = Counter()
        self.at: Counter[str] = Counter()
        self.shows: list[tuple[Any, list[str]]] = []
        self.deck: list[str] = []
        self.rung_at = time.monotonic()

    def run(self) -> None:
        for number in range(self.purchases):
            kind = self._trouble() if self.random.random() < self.trouble else "good"
            if kind == "good" and self.random.random() < 0.2:
                kind = self.random.choice(("cash", "card"))
            self.did[kind] += 1
            self._buy(number, kind)
            if time.monotonic() - self.rung_at > RING_EVERY:
                self.ring()
        self.close()

    def _trouble(self) -> str:
        """Every kind comes before one comes again."""
        if not self.deck:
            self.deck = self.random.sample(TROUBLE, len(TROUBLE))
        return self.deck.pop()

    def ring(self) -> None:
        """What beat rings, as far as money is concerned; post and feed are only written off, not sent."""
        now = timezone.now()
        expiring.expire_due(now=now)
        inbox.process_waiting(now=now)
        polling.poll_due(now=now)
        promises.keep(Refund, refunding.send_refund, now=now, batch=500)
        deciding.care(now=now)
        Notice.objects.filter(promises.OPEN, due_at__lte=now).update(done_at=now)
        while announcing.number():
            pass
        invoicing.issue_due()
        self.rung_at = time.monotonic()

    def close(self) -> None:
        """Ring until nothing is left to do; people decide about what waits for them, but for every fourth case."""
        # Whoever did not pay has had the time for it; the gateway knows better of those whose word was lost.
        Payment.objects.filter(poll_at__isnull=False).update(poll_at=timezone.now())
        while polling.poll_due(now=timezone.now()):
            pass
        unpaid = Booking.objects.filter(status__in=[Booking.Status.HELD, Booking.Status.PENDING])
        for showtime_id in set(unpaid.values_list("showtime", flat=True)):
            while endings.expire_at_showtime(showtime_id=showtime_id, now=timezone.now() + timedelta(hours=1)):
                pass
        self._send_all()
        for case in Case.objects.filter(status=Case.Status.OPEN).order_by("pk"):
            self._decide(case)
        self._send_all()
        Notice.objects.filter(promises.OPEN).update(done_at=timezone.now())
        self.ring()

    def _send_all(self) -> None:
        """Refunds, and those whose answer was lost once more."""
        for _try in range(8):
            Refund.objects.filter(promises.OPEN).update(due_at=timezone.now())
            self.ring()
            if not Refund.objects.filter(promises.OPEN).exists():
                return

    def _decide(self, case: Case) -> None:
        if self.random.random() < 0.25:
            return
        given: dict[str, Any] = {"case_id": case.pk, "actor": self.clerk_of_all, "now": timezone.now()}
        if case.kind == Case.Kind.WRONG_AMOUNT:
            assert case.payment is not None
            waits = case.payment.booking.status == Booking.Status.PENDING
            can_be_sold = waits and deciding.is_enough(case.payment, case.payment.booking)
            way = Case.Resolution.ACCEPTED if can_be_sold else Case.Resolution.REFUNDED
            deciding.decide(**given, resolution=way)
        elif case.kind == Case.Kind.REFUND_BY_HAND:
            assert case.refund is not None and case.payment is not None
            self._way(case.gateway).give_by_hand(case.payment, case.refund.amount, f"hand {case.refund.pk}")
            deciding.decide(**given, resolution=Case.Resolution.BY_HAND, reference=f"hand {case.refund.pk}")

    @property
    def clerk_of_all(self) -> Actor:
        return Actor(Kind.SYSTEM, "office")

    def _way(self, code: str) -> Way:
        return next(way for way in self.ways if way.code == code)

    def _buy(self, number: int, kind: str) -> None:
        showtime, seats = self._seats(self.random.randint(2, 4) if kind == "partly cancelled" else self._count())
        now = timezone.now()
        if kind in ("cash", "card"):
            self.at[{"cash": "cash", "card": "terminal"}[kind]] += 1
            counter.sell(showtime_id=showtime.pk, seats=seats, tender=kind.upper(), actor=self.clerk, now=now)
            return
        way = self.random.choices(self.ways, [SHARES[way.code] for way in self.ways])[0]
        self.at[way.code] += 1
        actor = Actor(Kind.SESSION, f"buyer{number} of {self.stage.cinema.pk}")
        held = holds.hold_seats(showtime_id=showtime.pk, seats=seats, actor=actor).booking
        buyer = checkout.Buyer(name="Asha", email=f"buyer{number}@example.com", phone="9800000000")
        bought = buying.buy(
            booking_id=held.pk, buyer=buyer, payment_method=way.code, return_path="/", actor=actor, now=now
        )
        assert bought.payment is not None and bought.payment.gateway == way.code
        payment: Payment | None = bought.payment
        if "voucher" in kind or (kind == "good" and self.random.random() < 0.1):
            payment = self._by_voucher(bought.booking, way, actor, kind)
        if payment is not None:
            self._pay(way, payment, actor, kind, seats)

    def _by_voucher(self, booking: Booking, way: Way, actor: Actor, kind: str) -> Payment | None:
        """A voucher sold just now pays some of it, or all; returns the session in which the rest is to be paid."""
        self.at["voucher"] += 1
        worth = booking.total + 200 if kind == "voucher alone" else Decimal(self.random.choice((50, 99, 150)))
        given: dict[str, Any] = {"sold_at": self.stage.cinema, "actor": self.clerk, "now": timezone.now()}
        sold = vouchers.sell(amount=worth, tender=self.random.choice(("CASH", "CARD")), **given)
        vouchers.pay(booking_id=booking.pk, code=sold.code, actor=actor, now=timezone.now())
        if kind == "voucher alone":
            return None
        rest, _started = starting.start(
            booking_id=booking.pk, return_path="/", actor=actor, now=timezone.now(), gateway=way.code
        )
        assert rest is not None
        return rest

    def _pay(self, way: Way, payment: Payment, actor: Actor, kind: str, seats: list[str]) -> None:
        is_left = kind in ("abandoned", "voucher and no more")
        if not is_left or self.random.random() < 0.5:
            way.open(payment)
        if is_left:
            return
        if kind == "declined":
            way.pay(payment, word=ways.FAILED)
            way.tell(payment, way.say(payment, ways.FAILED))
        elif kind == "lost webhook":
            way.pay(payment)
        elif kind in ("late", "late and lost"):
            self._too_late(way, payment, seats, is_lost=kind == "late and lost")
        elif kind == "wrong amount":
            self._paid(way, payment, amount=payment.amount + self.random.choice((-10, 10, 10)))
            if self.random.random() < 0.5:  # somebody at the desk is quick
                for case in Case.objects.filter(payment=payment):
                    self._decide(case)
        elif kind == "double pay":
            self._twice(way, payment, actor)
        else:
            with day_gateways.silent(way) if kind == "gateway silent" else day_gateways.well():
                self._paid(way, payment, times=self.random.randint(2, 5) if kind == "duplicate webhook" else 1)
            self._afterwards(way, payment, actor, kind, seats)

    def _paid(self, way: Way, payment: Payment, *, amount: Decimal | None = None, times: int = 1) -> None:
        way.pay(payment, amount=amount)
        said = way.say(payment, ways.PAID)
        for _time in range(times):
            way.tell(payment, said)

    def _afterwards(self, way: Way, payment: Payment, actor: Actor, kind: str, seats: list[str]) -> None:
        now, booking = timezone.now(), payment.booking_id
        if kind == "failed after success":
            way.tell(payment, way.say(payment, ways.FAILED))
        elif kind == "unplaced":
            day_gateways.pay_for_nothing(way if way.sends_messages else self._way("fake"))
        elif kind == "cancelled":
            giving_back.cancel(booking_id=booking, actor=actor, now=now)
        elif kind == "partly cancelled":
            giving_back.cancel(booking_id=booking, seats=seats[:1], actor=actor, now=now)
        elif kind == "refunded in part":
            refunding.refund_booking(booking_id=booking, actor=self.clerk, now=now, amount=Decimal(50))
        elif kind == "refund unheard":
            giving_back.cancel(booking_id=booking, actor=actor, now=now)
            with way.lost_answers():
                promises.keep(Refund, refunding.send_refund, now=timezone.now(), batch=500)

    def _twice(self, way: Way, payment: Payment, actor: Actor) -> None:
        """A session charged two times, or two sessions of which each was paid."""
        if isinstance(way, TestBank) and self.random.random() < 0.5:
            self._paid(way, payment)
            at = timezone.now() + timedelta(days=1)
            message = fake.send(payment.session, at=at, second=True, outcome=FakeCheckout.Outcome.PAID)
            fake.carry_out(message)
            way.post(message.body.encode(), way.headers(message.body.encode()))
            type(message).objects.filter(pk=message.pk).update(done_at=timezone.now())
            return
        if not way.sends_messages:
            way.pay(payment, word=ways.FAILED)
        way.tell(payment, way.say(payment, ways.FAILED))
        now = timezone.now()
        second, _started = starting.start(
            booking_id=payment.booking_id, return_path="/", actor=actor, now=now, gateway=way.code
        )
        assert second is not None
        way.open(second)
        self._paid(way, second)
        way.pay(payment)

    def _too_late(self, way: Way, payment: Payment, seats: list[str], *, is_lost: bool) -> None:
        """The time to pay runs out; now and then the seats are then gone."""
        past = timezone.now() - timedelta(hours=1)
        Booking.objects.filter(pk=payment.booking_id).update(expires_at=past)
        showtime = payment.booking.showtime_id
        endings.expire_at_showtime(showtime_id=showtime, now=timezone.now())
        if self.random.random() < 0.5:
            blocking.block(showtime_id=showtime, seats=seats, reason="broken", actor=self.clerk)
        way.pay(payment)
        if not is_lost:
            way.tell(payment, way.say(payment, ways.PAID))

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
        price = self.random.choice((250, 333, 450))
        return cast.make_showtime(hall, self.stage.movie, starts_at=at, price=price), list(LABELS)


def differences() -> list[Decimal]:
    return [one.nowhere for one in equation.sums(equation.Bounds())]


def main(purchases: int, seed: int, percent: int) -> int:
    """Returns how many things were wrong."""
    if Payment.objects.exists():
        sys.exit("Give it an empty database: the gateways begin with empty books.")
    began = time.monotonic()
    with day_gateways.open_all() as at:
        day = Day(purchases, trouble=percent / 100, seed=seed, at=at)
        day.run()
        print(f"{purchases} purchases in {time.monotonic() - began:.0f} s, at {dict(day.at)}")
        print("trouble:", dict(sorted(day.did.items())), sum(day.did[kind] for kind in TROUBLE))
        for one in equation.sums(equation.Bounds()):
            print(one)
        wrong = [one for one in differences() if one != 0]
        wrong += [found for way in at for found in day_gateways.compare(way, now=timezone.now())]
    print("cases:", Counter(Case.objects.values_list("kind", "status", "resolution")))
    print("refunds:", Counter(Refund.objects.values_list("payment__gateway", "reason")))
    asked = time.monotonic()
    violations = audit.violations()
    print(f"audit: {len(violations)} violations in {time.monotonic() - asked:.1f} s", violations[:5])
    print(len(wrong), "differences", wrong[:5])
    return len(violations) + len(wrong)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(bool(main(*(given + [300, 4, 15][len(given) :]))))
