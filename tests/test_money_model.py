"""P3: whatever order money, refusals, cancellations and decisions come in, money in = sales + refunds + open cases."""

import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings.models import Booking
from bookings.services import checkout, endings
from payments import audit
from payments.gateways import Report, Word
from payments.models import Case, Payment, Refund
from payments.services import charging, deciding, refunding, settling, starting
from seatsync.models import ShowSeat
from showsewa.actors import SYSTEM
from showsewa.refusals import Refusal
from tests import cast

PRICE = Decimal(450)
SEATS = ["A1", "A2"]
a_seat = st.sampled_from(SEATS)
# What comes in for a payment, beside what was asked for it.
a_sum = st.sampled_from([Decimal(0), Decimal(50), Decimal(50), Decimal(-1), None])
a_way = st.sampled_from([Case.Resolution.ACCEPTED, Case.Resolution.ACCEPTED, Case.Resolution.REFUNDED])


class Money(RuleBasedStateMachine):
    """Two seats, fought for; every session there ever was may speak again."""

    @initialize()
    def open(self) -> None:
        self.savepoint = transaction.savepoint()
        self.stage = cast.make_stage(name=f"Cinema {timezone.now().timestamp()}", starts_in=timedelta(hours=30))
        self.charges = 0
        self.told: dict[str, Decimal] = {}  # every charge a gateway told us of, by its reference
        for seat in SEATS:
            self._buy(seat)

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            try:
                assert audit.violations() == []
            finally:  # what one history broke must not be seen by the next
                transaction.savepoint_rollback(self.savepoint)

    @rule(seat=a_seat, nth=st.integers(0, 3))
    def somebody_starts_to_pay(self, seat: str, nth: int) -> None:
        """For a seat, or once more for what they have."""
        payment = self._payment(nth)
        if payment is not None:
            now = timezone.now()
            self._try(starting.start, booking_id=payment.booking_id, return_path="/", actor=cast.ASHA, now=now)
        self._buy(seat)

    def _buy(self, seat: str) -> None:
        now, buyer = timezone.now(), checkout.Buyer("A", "a@example.com")
        booking = self._try(
            checkout.book, showtime_id=self.stage.showtime.pk, seats=[seat], buyer=buyer, actor=cast.ASHA, now=now
        )
        if booking is not None:
            starting.start(booking_id=booking.pk, return_path="/", actor=cast.ASHA, now=now)

    @rule(nth=st.integers(0, 3), more=a_sum, is_again=st.booleans(), is_late=st.booleans())
    def money_comes(self, nth: int, more: Decimal | None, is_again: bool, is_late: bool) -> None:
        payment = self._payment(nth)
        if payment is None:
            return
        if is_late:
            self._time_passes(minutes=20)
        self.charges += not is_again
        amount, currency = (PRICE, "USD") if more is None else (PRICE + more, "NPR")
        report = Report(payment.session, Word.PAID, amount, currency, f"ch_{payment.session}_{self.charges}")
        self.told.setdefault(report.reference, amount)
        for _time in range(2):
            settling.settle(report, gateway="fake", now=timezone.now())

    @rule(nth=st.integers(0, 3))
    def they_say_they_have_paid(self, nth: int) -> None:
        payment = self._payment(nth)
        if payment is not None:
            self._try(charging.confirm_paid, booking_id=payment.booking_id, actor=cast.ASHA, now=timezone.now())

    @rule(seat=a_seat)
    def money_comes_when_somebody_else_has_the_seat(self, seat: str) -> None:
        late = Payment.objects.filter(booking__showtime=self.stage.showtime, booking__seat_labels=[seat])
        payment = late.filter(status="INITIATED").order_by("-pk").first()
        if payment is not None:
            self._time_passes(minutes=20)
            self._buy(seat)
            self.told[f"ch_{payment.session}_late"] = PRICE
            report = Report(payment.session, Word.PAID, PRICE, "NPR", f"ch_{payment.session}_late")
            settling.settle(report, gateway="fake", now=timezone.now())

    @rule(nth=st.integers(0, 3), word=st.sampled_from([Word.FAILED, Word.EXPIRED]))
    def no_money_comes(self, nth: int, word: Word) -> None:
        payment = self._payment(nth)
        if payment is not None:
            settling.settle(Report(payment.session, word), gateway="fake", now=timezone.now())

    @rule(nth=st.integers(0, 3), amount=st.sampled_from(["cancel", "all", "100"]))
    def they_want_it_back(self, nth: int, amount: str) -> None:
        payment = self._payment(nth)
        if payment is None:
            return
        given: dict[str, Any] = {"booking_id": payment.booking_id, "actor": SYSTEM, "now": timezone.now()}
        if amount == "cancel":
            self._try(refunding.cancel_booking, **given)
        else:
            self._try(refunding.refund_booking, **given, amount=Decimal(100) if amount == "100" else None)

    @precondition(lambda self: Case.objects.filter(status="OPEN").exists())
    @rule(way=a_way)
    def a_case_is_decided(self, way: Case.Resolution) -> None:
        case = Case.objects.filter(status=Case.Status.OPEN).order_by("pk")[0]
        self._try(deciding.decide, case_id=case.pk, resolution=way, actor=SYSTEM, now=timezone.now())

    @rule(more=st.sampled_from([Decimal(50), Decimal(-1), None]), way=a_way)
    def a_wrong_sum_is_decided_on_at_once(self, more: Decimal | None, way: Case.Resolution) -> None:
        """The road that chance takes too seldom: somebody waits, pays another sum, and the desk looks at it."""
        waiting = Payment.objects.filter(status="INITIATED", booking__status="PENDING").order_by("-pk")
        for payment in waiting.filter(booking__showtime=self.stage.showtime)[:1]:
            amount, currency = (PRICE, "USD") if more is None else (PRICE + more, "NPR")
            reference = f"ch_{payment.session}_wrong"
            self.told[reference] = amount
            settling.settle(Report(payment.session, Word.PAID, amount, currency, reference), gateway="fake", now=_now())
            case = Case.objects.get(payment=payment)
            self._try(deciding.decide, case_id=case.pk, resolution=way, actor=SYSTEM, now=_now())

    @rule(days=st.sampled_from([0, 2]))
    def the_jobs_run(self, days: int) -> None:
        deciding.care(now=timezone.now() + timedelta(days=days))
        for refund in Refund.objects.filter(done_at=None).order_by("pk"):
            refunding.send_refund(refund)
            Refund.objects.filter(pk=refund.pk).update(done_at=timezone.now())

    @invariant()
    def money_in_is_sales_and_refunds_and_cases(self) -> None:
        if not hasattr(self, "stage"):
            return
        taken = Payment.objects.filter(status__in=["SUCCESS", "REFUNDED"], booking__showtime=self.stage.showtime)
        waiting = taken.filter(cases__status="OPEN", cases__kind="WRONG_AMOUNT")
        sales = Booking.objects.filter(showtime=self.stage.showtime, status="CONFIRMED")
        back = Refund.objects.filter(payment__in=taken)
        # What staff gave back of a sale that stands is back and still a sale: it is not in twice.
        given = back.filter(reason=Refund.Reason.STAFF, payment__booking__in=sales)
        assert _sum(taken) == _sum(sales, "total") - _sum(given) + _sum(back) + _sum(waiting)

    @invariant()
    def all_money_told_of_is_written_down_once(self) -> None:
        if hasattr(self, "stage"):
            taken = Payment.objects.filter(status__in=["SUCCESS", "REFUNDED"], booking__showtime=self.stage.showtime)
            assert _sum(taken) == sum(self.told.values(), Decimal(0))

    def _time_passes(self, *, minutes: int) -> None:
        passed, show = timedelta(minutes=minutes), self.stage.showtime
        ShowSeat.objects.filter(showtime_id=show.pk, status="HELD").update(held_until=F("held_until") - passed)
        due = Booking.objects.filter(showtime=show, expires_at__isnull=False)
        due.update(expires_at=F("expires_at") - passed, created_at=F("created_at") - passed)
        endings.expire_due(now=timezone.now())

    def _payment(self, nth: int) -> Payment | None:
        """One of the last sessions opened."""
        opened = Payment.objects.filter(booking__showtime=self.stage.showtime).exclude(session__contains="#")
        return opened.order_by("-pk")[nth : nth + 1].first()

    def _try(self, call: Any, **kwargs: Any) -> Any:
        try:
            return call(**kwargs)
        except Refusal:
            return None


def _now() -> datetime:
    return timezone.now()


def _sum(rows: Any, field: str = "amount") -> Decimal:
    return rows.aggregate(sum=Sum(field))["sum"] or Decimal(0)


@dataclass(frozen=True)
class Mutant:
    """One law of the code broken, and the shortest history in which that must show."""

    where: tuple[Any, str]
    broken: Callable[[Any], Any]  # of the code as it is
    history: tuple[Callable[[Money], None], ...]


def _nothing(_code: Any) -> Any:
    return lambda *_given, **_named: None


def _but_for(reason: Refund.Reason) -> Callable[[Any], Any]:
    """Refunds of one reason are forgotten."""

    def broken(code: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            return None if reason in (*given, *named.values()) else code(*given, **named)

        return call

    return broken


def _paid(machine: Money) -> None:
    machine.money_comes(nth=0, more=Decimal(0), is_again=False, is_late=False)


def _overpaid(machine: Money) -> None:
    machine.money_comes(nth=0, more=Decimal(50), is_again=False, is_late=False)


def _paid_too_late(machine: Money) -> None:
    machine._time_passes(minutes=20)
    machine._buy("A2")
    machine.money_comes(nth=1, more=Decimal(0), is_again=False, is_late=False)


def _accepted(machine: Money) -> None:
    machine.a_case_is_decided(way=Case.Resolution.ACCEPTED)


def _refused(machine: Money) -> None:
    machine.a_case_is_decided(way=Case.Resolution.REFUNDED)


def _cancelled(machine: Money) -> None:
    machine.they_want_it_back(nth=0, amount="cancel")


MUTANTS = {
    "a sum somebody has to decide on pays for the seats": Mutant(
        (refunding, "_REFUNDABLE"),
        lambda asked: asked.split("AND NOT EXISTS")[0],
        (_overpaid, lambda machine: machine.they_say_they_have_paid(nth=0)),
    ),
    "the second payment is kept": Mutant((settling, "give_back"), _but_for(Refund.Reason.DOUBLE), (_paid, _paid)),
    "money that came too late is kept": Mutant(
        (settling, "give_back"), _but_for(Refund.Reason.LATE), (_paid_too_late,)
    ),
    "a second charge of a session is not written down": Mutant((settling, "_take_second"), _nothing, (_paid, _paid)),
    "the same charge again is another one": Mutant(
        (settling, "apply"),
        lambda code: lambda report, **named: code(replace(report, reference=str(uuid.uuid4())), **named),
        (_paid,),
    ),
    "a success goes back": Mutant(
        (settling, "MOVES"),
        lambda code: code | {Payment.Status.SUCCESS: code[Payment.Status.INITIATED]},
        (_paid, lambda machine: machine.no_money_comes(nth=0, word=Word.FAILED)),
    ),
    "what is above the price is kept": Mutant(
        (refunding, "promise_part"), _but_for(Refund.Reason.MISMATCH), (_overpaid, _accepted)
    ),
    "a case is closed and its money kept": Mutant((deciding, "_give_back"), _nothing, (_overpaid, _refused)),
    "a cancelled booking's money is kept": Mutant(
        (refunding, "promise_back"), lambda _code: lambda *_given, **_named: [], (_paid, _cancelled)
    ),
    "the money goes back and the sale stays": Mutant((endings, "cancel"), _nothing, (_paid, _cancelled)),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_each_law_sees_it_broken(db: None, monkeypatch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    """The negative control of the model: on sound code the history is a good one, on broken code it is seen."""
    _live(mutant.history)
    owner, name = mutant.where
    monkeypatch.setattr(owner, name, mutant.broken(getattr(owner, name)))

    with pytest.raises(AssertionError):
        _live(mutant.history)


def _live(history: Iterable[Callable[[Money], None]]) -> None:
    machine = Money()
    machine.open()
    for step in history:
        step(machine)
        machine.money_in_is_sales_and_refunds_and_cases()
        machine.all_money_told_of_is_written_down_once()
    machine.teardown()


@pytest.mark.slow
@pytest.mark.long
def test_no_history_of_money_breaks_the_equation(db: None) -> None:
    _run(examples=int(os.environ.get("MODEL_EXAMPLES", "20")), steps=int(os.environ.get("MODEL_STEPS", "15")))


def _run(*, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
