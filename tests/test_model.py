"""R22: random histories of one show, held against a small model in Python and against the oracle after every step."""

import os
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
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
from bookings.services import checkout, endings, holds, reports
from payments import audit
from payments.gateways import Report, Word, fake
from payments.models import FakeCheckout, Payment, Refund
from payments.services import refunding, settling, starting
from seatsync import inventory
from seatsync.models import ShowSeat
from showsewa.actors import SYSTEM, Actor, Kind
from showsewa.refusals import Refusal
from showsewa.transactions import use_case
from tests import cast

LABELS = ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]
BUYERS = [Actor(Kind.SESSION, name) for name in ("asha", "bikash", "chandra")]
some_seats = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True)
a_buyer = st.sampled_from(BUYERS)
a_reference = st.sampled_from(["POS-1", "POS-2", "POS-3"])

A, H, B, X = "AVAILABLE", "HELD", "BOOKED", "BLOCKED"


class Show(RuleBasedStateMachine):
    """The model: each seat's status and whose it is, and each buyer's booking."""

    @initialize()
    def open(self) -> None:
        self.savepoint = transaction.savepoint()
        self.stage = cast.make_stage(name=f"Cinema {timezone.now().timestamp()}", starts_in=timedelta(hours=30))
        self.till = cast.channel_actor(
            cast.make_channel(
                f"Till {self.stage.cinema.pk}", kind="THEATRE", sources=["WALK_IN"], cinemas=(self.stage.cinema,)
            )[1]
        )
        self.seats: dict[str, tuple[str, str]] = dict.fromkeys(self.stage.states(), (A, ""))
        self.bookings: dict[str, Booking] = {}

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.savepoint_rollback(self.savepoint)

    @rule(buyer=a_buyer, labels=some_seats)
    def hold(self, buyer: Actor, labels: list[str]) -> None:
        mine = self._booking(buyer)
        is_choosing_again = mine is not None and mine.status == Booking.Status.HELD
        key = str(mine.pk) if is_choosing_again and mine is not None else ""
        offered = self._offers(buyer)
        own = {(A, ""), (H, key), *((H, claim) for claim in offered)}
        free = all(self.seats[label] in own for label in labels)
        try:
            held = holds.hold_seats(showtime_id=self.stage.showtime.pk, seats=labels, actor=buyer)
        except inventory.SeatsUnavailable:
            assert not free
            return
        assert free
        for claim in (key, *offered):
            self._forget(claim)
        self._set(labels, H, str(held.booking.pk))
        self.bookings[buyer.id] = held.booking

    @rule(buyer=a_buyer)
    def release(self, buyer: Actor) -> None:
        booking, offered = self._booking(buyer), self._offers(buyer)
        if booking is None:
            return
        if holds.release(booking_id=booking.pk, actor=buyer):
            self._forget(str(booking.pk))
        for claim in set(offered) - set(self._offers(buyer)):
            self._forget(claim)

    @rule(buyer=a_buyer)
    def extend(self, buyer: Actor) -> None:
        booking = self._booking(buyer)
        if booking is not None:
            self._try(holds.extend, booking_id=booking.pk, actor=buyer, now=timezone.now())

    @rule(buyer=a_buyer)
    def start_to_pay(self, buyer: Actor) -> None:
        booking = self._booking(buyer)
        if booking is None:
            return
        person = checkout.Buyer("A", "a@example.com")
        now = timezone.now()
        opened = self._try(
            checkout.open_payment, booking_id=booking.pk, buyer=person, payment_method="CARD", actor=buyer, now=now
        )
        if opened is not None and opened[0].status == Booking.Status.PENDING:
            starting.start(booking_id=booking.pk, return_path="/", actor=buyer, now=now)

    @rule(buyer=a_buyer, word=st.sampled_from(["paid", "failed", "twice", "wrong", "gone"]))
    def gateway_speaks(self, buyer: Actor, word: str) -> None:
        booking = self._booking(buyer)
        payment = Payment.objects.filter(booking=booking).order_by("created_at").last() if booking else None
        if booking is None or payment is None or "#" in payment.session:
            return
        before = {label: self.seats[label] for label in booking.seat_labels}
        for report in self._reports(payment, word):
            settling.settle(report, gateway="fake", now=timezone.now())
        booking.refresh_from_db()
        key = str(booking.pk)
        if booking.status == Booking.Status.CONFIRMED:
            assert all(seat in ((A, ""), (H, key), (B, key)) for seat in before.values())
            self._set(booking.seat_labels, B, key)
        elif booking.status in (Booking.Status.EXPIRED, Booking.Status.CANCELLED):
            self._forget(key)

    def _reports(self, payment: Payment, word: str) -> list[Report]:
        session, amount, currency = payment.session, payment.amount, payment.currency
        if word == "failed":
            return [Report(session, Word.FAILED)]
        if word == "gone":
            return [Report(session, Word.EXPIRED)]
        fake.finish(session, FakeCheckout.Outcome.PAID)
        asked = FakeCheckout.objects.get(session=session).amount
        paid = Report(session, Word.PAID, asked, currency, f"ch_{session}")
        if word == "wrong":
            return [Report(session, Word.PAID, amount - Decimal(1), currency, f"ch_{session}_wrong")]
        return (
            [paid, paid] if word == "paid" else [paid, Report(session, Word.PAID, asked, currency, f"ch_{session}_2")]
        )

    @rule(buyer=a_buyer, by_staff=st.booleans())
    def cancel(self, buyer: Actor, by_staff: bool) -> None:
        booking, offered = self._booking(buyer), self._offers(buyer)
        if booking is not None and self._try(
            refunding.cancel_booking, booking_id=booking.pk, actor=buyer, now=timezone.now(), by_staff=by_staff
        ):
            for claim in (str(booking.pk), *(set(offered) - set(self._offers(buyer)))):
                self._forget(claim)

    @rule(buyer=a_buyer, amount=st.sampled_from([None, Decimal(100), Decimal(10**6)]))
    def refund(self, buyer: Actor, amount: Decimal | None) -> None:
        booking = self._booking(buyer)
        if booking is None:
            return
        done = self._try(
            refunding.refund_booking, booking_id=booking.pk, actor=buyer, now=timezone.now(), amount=amount
        )
        if done is not None and done.booking.status == Booking.Status.REFUNDED:
            self._forget(str(booking.pk))

    @rule(labels=some_seats, reference=a_reference)
    def reported_sale(self, labels: list[str], reference: str) -> None:
        for result in self._report(labels, B, reference):
            label, outcome = result.update.seat, result.outcome
            status, owner = self.seats[label]
            if status == B:
                assert outcome in ("duplicate", "conflict", "duplicate_suspect")
            else:
                assert outcome in ("applied", "applied_over_hold", "applied_over_payment", "applied_over_block")
                sold = Booking.objects.get(
                    external_reference=reference, status="CONFIRMED", showtime=self.stage.showtime
                )
                self._set([label], B, str(sold.pk))
                if outcome == "applied_over_payment":
                    self._forget(owner)
        self._see_offers()

    @rule(labels=some_seats, reference=a_reference)
    def reported_return(self, labels: list[str], reference: str) -> None:
        for result in self._report(labels, A, reference):
            label = result.update.seat
            if result.outcome == "applied" and result.status == B:  # it went on to the till's other reference for it
                claim = ShowSeat.objects.get(showtime_id=self.stage.showtime.pk, label=label).claim
                self._set([label], B, str(claim))
            elif result.outcome == "applied":
                assert self.seats[label][0] in (B, X)
                self._set([label], A, "")

    @rule(labels=some_seats)
    def block(self, labels: list[str]) -> None:
        free = all(self.seats[label] == (A, "") for label in labels)
        done = self._try(use_case(inventory.block), self.stage.showtime.pk, labels, cause=inventory.Cause(SYSTEM))
        assert free == (done is not None)
        if done is not None:
            self._set(labels, X, "")

    @rule(labels=some_seats)
    def unblock(self, labels: list[str]) -> None:
        if self._try(use_case(inventory.unblock), self.stage.showtime.pk, labels, cause=inventory.Cause(SYSTEM)):
            self._set(labels, A, "")

    @rule(minutes=st.sampled_from([1, 4, 6, 16, 20]))
    def time_passes(self, minutes: int) -> None:
        """Deadlines come nearer; the database's clock cannot be moved, so the rows are."""
        passed = timedelta(minutes=minutes)
        ShowSeat.objects.filter(showtime_id=self.stage.showtime.pk, status=H).update(
            held_until=F("held_until") - passed
        )
        Booking.objects.filter(showtime=self.stage.showtime, expires_at__isnull=False).update(
            expires_at=F("expires_at") - passed, created_at=F("created_at") - passed
        )
        endings.expire_due(now=timezone.now())
        for booking in Booking.objects.filter(showtime=self.stage.showtime, status=Booking.Status.EXPIRED):
            self._forget(str(booking.pk))

    @precondition(lambda self: self.bookings)
    @rule()
    def refunds_are_sent(self) -> None:
        for refund in Refund.objects.filter(payment__booking__showtime=self.stage.showtime, done_at=None):
            refunding.send_refund(refund)
            Refund.objects.filter(pk=refund.pk).update(done_at=timezone.now())

    @invariant()
    def the_rows_are_the_model(self) -> None:
        if not hasattr(self, "stage"):
            return
        rows = ShowSeat.objects.filter(showtime_id=self.stage.showtime.pk).values_list("label", "status", "claim")
        assert {label: (status, str(claim or "")) for label, status, claim in rows} == self.seats

    @invariant()
    def the_oracle_is_content(self) -> None:
        assert audit.violations() == []

    def _offers(self, buyer: Actor) -> list[str]:
        """Claims of what is held for this buyer instead of lost seats."""
        rows = Booking.objects.filter(
            offered_to__owner=buyer.key, offered_to__showtime=self.stage.showtime, status=Booking.Status.HELD
        )
        return [str(offer.pk) for offer in rows]

    def _see_offers(self) -> None:
        """Only free seats are offered."""
        rows = Booking.objects.filter(
            showtime=self.stage.showtime, status=Booking.Status.HELD, offered_to__isnull=False
        )
        for offer in rows:
            for label in offer.seat_labels:
                assert self.seats[label] in ((A, ""), (H, str(offer.pk)))
                self._set([label], H, str(offer.pk))

    def _booking(self, buyer: Actor) -> Booking | None:
        booking = self.bookings.get(buyer.id)
        if booking is not None:
            booking.refresh_from_db()
        return booking

    def _report(self, labels: list[str], status: str, reference: str) -> list[reports.Result]:
        lines = [reports.SeatUpdate(label, status, "WALK_IN", reference) for label in labels]
        return reports.apply(showtime_id=self.stage.showtime.pk, updates=lines, actor=self.till, now=timezone.now())

    def _try(self, call: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except Refusal:
            return None

    def _set(self, labels: list[str], status: str, owner: str) -> None:
        for label in labels:
            self.seats[label] = (status, owner)

    def _forget(self, owner: str) -> None:
        for label, (_status, whose) in self.seats.items():
            if owner and whose == owner:
                self.seats[label] = (A, "")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_history_makes_the_rows_lie(db: None) -> None:
    examples, steps = int(os.environ.get("MODEL_EXAMPLES", "25")), int(os.environ.get("MODEL_STEPS", "30"))
    run_state_machine_as_test(
        Show,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
