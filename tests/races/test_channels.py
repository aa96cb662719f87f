"""R04: every channel at once on the same twenty seats. No sale is dropped, none is doubled."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from bookings.models import Booking
from bookings.services import checkout, endings, holds, reports
from payments import audit
from payments.gateways import fake
from payments.services import counter, inbox, refunding, starting
from seatsync import feed, inventory
from seatsync.models import Conflict, SeatEvent, SeatReport
from showsewa.actors import Actor, Kind
from showsewa.refusals import Refusal
from showsewa.transactions import use_case
from tests import cast
from tests.races.threads import at_once

SECONDS = 8


class Market:
    """One actor's day: a loop of random deeds on the stage, until time is over. Acknowledged reports are noted down."""

    def __init__(self, stage: cast.Stage, seed: int) -> None:
        self.stage = stage
        self.dice = random.Random(seed)
        self.until = time.monotonic() + SECONDS
        self.labels = list(stage.states())
        self.acknowledged: list[tuple[str, str, str]] = []
        self.faults: list[Exception] = []
        self.did: Counter[str] = Counter()

    def run(self, deed: Callable[["Market"], object]) -> "Market":
        while time.monotonic() < self.until:
            try:
                self.did[str(deed(self))] += 1
            except Refusal as refusal:
                self.did[refusal.code] += 1
            except (IntegrityError, OperationalError) as fault:
                self.faults.append(fault)
        return self

    def some(self, most: int = 4) -> list[str]:
        return self.dice.sample(self.labels, self.dice.randint(1, most))


def buy(market: Market) -> str:
    """A web buyer: holds, then pays, fails, gives up or walks away."""
    actor = Actor(Kind.SESSION, f"web-{market.dice.random()}")
    held = holds.hold_seats(showtime_id=market.stage.showtime.pk, seats=market.some(), actor=actor)
    if market.dice.random() < 0.2:
        holds.release(booking_id=held.booking.pk, actor=actor)
        return "gave up"
    booking, _is_new = checkout.open_payment(
        booking_id=held.booking.pk, buyer=checkout.Buyer("Web", "web@example.com"), payment_method="CARD",
        actor=actor, now=timezone.now(),
    )  # fmt: skip
    payment, _started = starting.start(booking_id=booking.pk, return_path="/", actor=actor, now=timezone.now())
    assert payment is not None
    fake.charge(payment.session, "tok_declined" if market.dice.random() < 0.2 else "tok_ok")
    message = fake.send(payment.session, at=timezone.now())
    body = message.body.encode()
    for _time in range(market.dice.randint(1, 2)):
        inbox.receive(gateway="fake", body=body, headers=fake.signed(body), now=timezone.now())
    if market.dice.random() < 0.5:
        refunding.cancel_booking(booking_id=booking.pk, actor=actor, now=timezone.now())
    return "went through"


def report(market: Market, actor: Actor, source: str) -> str:
    """A POS or platform: what it reports has happened."""
    reference = f"{actor.name}-{market.dice.randint(1, 10**9)}"
    lines = [reports.SeatUpdate(label, "BOOKED", source, reference) for label in market.some(2)]
    results = reports.apply(showtime_id=market.stage.showtime.pk, updates=lines, actor=actor, now=timezone.now())
    market.acknowledged += [(reference, result.update.seat, result.outcome.value) for result in results]
    if market.dice.random() < 0.7:
        back = [
            reports.SeatUpdate(result.update.seat, "AVAILABLE", source, reference)
            for result in results
            if result.outcome in (reports.Outcome.APPLIED, reports.Outcome.OVER_HOLD)
        ]
        given = reports.apply(showtime_id=market.stage.showtime.pk, updates=back, actor=actor, now=timezone.now())
        gone = {result.update.seat for result in given}
        market.acknowledged = [row for row in market.acknowledged if row[0] != reference or row[1] not in gone]
    return "reported"


def keep_back(market: Market) -> str:
    cause = inventory.Cause(Actor(Kind.SYSTEM), reason="race")
    labels = market.some(2)
    use_case(inventory.block)(market.stage.showtime.pk, labels, cause=cause)
    use_case(inventory.unblock)(market.stage.showtime.pk, labels, cause=cause)
    return "blocked"


def sell(market: Market, clerk: Actor) -> str:
    booking = counter.sell(
        showtime_id=market.stage.showtime.pk, seats=market.some(2), tender="CASH", actor=clerk, now=timezone.now()
    )
    refunding.cancel_booking(booking_id=booking.pk, actor=clerk, now=timezone.now(), by_staff=True)
    return "sold"


def sweep(market: Market) -> str:
    time.sleep(0.3)
    soon = market.dice.choice([timedelta(0), timedelta(minutes=6), timedelta(minutes=30)])
    return f"expired {bool(endings.expire_due(now=timezone.now() + soon))}"


@pytest.mark.slow
def test_all_channels_at_once_lose_no_sale_and_double_none(race_stage: cast.Stage) -> None:
    till = cast.channel_actor(cast.till(race_stage))
    platform = cast.channel_actor(cast.moviepass(race_stage))
    clerk = Actor(Kind.USER, "chandra", is_staff=True)
    deeds: list[Callable[[Market], object]] = [
        buy, buy, buy,
        partial(report, actor=till, source="WALK_IN"),
        partial(report, actor=platform, source="OTHER_PLATFORM"),
        keep_back,
        partial(sell, clerk=clerk),
        sweep,
    ]  # fmt: skip

    markets = at_once([partial(Market(race_stage, 20261121 + number).run, deed) for number, deed in enumerate(deeds)])

    assert all(isinstance(market, Market) for market in markets), markets
    days = [market for market in markets if isinstance(market, Market)]
    did = sum((market.did for market in days), Counter())
    assert [fault for market in days for fault in market.faults] == []
    assert did["went through"] and did["reported"] and did["sold"] and did["SEAT_UNAVAILABLE"]
    for market in days:
        for reference, label, outcome in market.acknowledged:
            assert is_kept(race_stage, reference, label, outcome), (reference, label, outcome)
    assert [v for v in audit.violations() if not v.rule.startswith("I8")] == []


def is_kept(stage: cast.Stage, reference: str, label: str, outcome: str) -> bool:
    """An accepted sale is a live booking of that seat; one against another sale is a stored conflict, or a suspect."""
    if outcome == "conflict":
        return Conflict.objects.filter(reference=reference, seat__label=label).exists()
    if outcome == "duplicate_suspect":
        return SeatReport.objects.filter(reference=reference, seat__label=label, outcome=outcome).exists()
    return Booking.objects.filter(
        external_reference=reference, status=Booking.Status.CONFIRMED, seat_labels__contains=[label]
    ).exists()


def test_a_repeated_report_in_parallel_is_one_sale(race_stage: cast.Stage) -> None:
    actor = cast.channel_actor(cast.till(race_stage))
    lines = [reports.SeatUpdate(label, "BOOKED", "WALK_IN", "POS-1") for label in ("A1", "A2", "A3")]

    def send() -> list[reports.Result]:
        return reports.apply(showtime_id=race_stage.showtime.pk, updates=lines, actor=actor, now=timezone.now())

    results = at_once([send] * 8)

    answered = [result for result in results if isinstance(result, list)]
    outcomes = Counter(line.outcome.value for result in answered for line in result)
    assert outcomes["applied"] == 3
    assert set(outcomes) <= {"applied", "duplicate"}
    assert Booking.objects.filter(external_reference="POS-1").count() == 1
    assert audit.violations() == []


def test_the_journal_has_no_gap_however_many_write_it(race_stage: cast.Stage) -> None:
    def hold_one(label: str, number: int) -> None:
        holds.hold_seats(
            showtime_id=race_stage.showtime.pk, seats=[label], actor=Actor(Kind.SESSION, f"buyer-{number}")
        )

    at_once([partial(hold_one, label, number) for number, label in enumerate(race_stage.states())])

    versions = SeatEvent.objects.filter(showtime_id=race_stage.showtime.pk).order_by("version")
    assert list(versions.values_list("version", flat=True)) == list(range(1, 16))


def test_a_reader_of_the_map_never_sees_half_a_hold(race_stage: cast.Stage) -> None:
    stop = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            snapshot = feed.snapshot(race_stage.showtime.pk)
            seen.add(snapshot.state[:3])
            assert snapshot.state[:3] in ("AAA", "HHH"), snapshot.state

    def hold_and_release() -> None:
        try:
            for number in range(40):
                actor = Actor(Kind.SESSION, f"b-{number}")
                held = holds.hold_seats(showtime_id=race_stage.showtime.pk, seats=["A1", "A2", "A3"], actor=actor)
                holds.release(booking_id=held.booking.pk, actor=actor)
        finally:
            stop.set()

    results = at_once([read, hold_and_release])

    assert results == [None, None]
    assert seen == {"AAA", "HHH"}


def test_a_report_over_part_of_a_hold_deadlocks_with_nobody(race_stage: cast.Stage) -> None:
    """It touches the hold's other seats too: they must be locked with the reported one, in one order."""
    till = cast.channel_actor(cast.till(race_stage))
    labels = ["A1", "A2", "A3", "A4", "A5"]

    def want_all(number: int) -> object:
        return holds.hold_seats(
            showtime_id=race_stage.showtime.pk, seats=labels, actor=Actor(Kind.SESSION, f"w-{number}")
        )

    def sell_last(round_: int) -> object:
        line = reports.SeatUpdate("A5", "BOOKED", "WALK_IN", f"POS-{round_}")
        return reports.apply(showtime_id=race_stage.showtime.pk, updates=[line], actor=till, now=timezone.now())

    for round_ in range(25):
        held = holds.hold_seats(
            showtime_id=race_stage.showtime.pk, seats=labels, actor=Actor(Kind.SESSION, f"loser-{round_}")
        )
        results = at_once([partial(sell_last, round_), *(partial(want_all, 10 * round_ + n) for n in range(4))])

        assert not [result for result in results if isinstance(result, OperationalError)]
        back = reports.SeatUpdate("A5", "AVAILABLE", "WALK_IN", f"POS-{round_}")
        reports.apply(showtime_id=race_stage.showtime.pk, updates=[back], actor=till, now=timezone.now())
        holds.release(booking_id=held.booking.pk, actor=cast.ASHA)
    assert audit.violations() == []
