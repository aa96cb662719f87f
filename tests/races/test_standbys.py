"""Seats come free while several sweeps serve a waiting list and people leave it: one offer a seat, and in order."""

import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from bookings.models import Booking, Standby
from bookings.services import checkout, endings, holds, standbys
from bookings.services.standbys import Wish
from payments import audit
from payments.gateways import fake
from payments.services import settling, starting
from seatsync.models import ShowSeat
from showsewa.actors import SYSTEM, Actor, Kind
from tests import cast
from tests.races.threads import at_once

_W = Standby.Status


def person(name: str) -> Actor:
    return Actor(Kind.SESSION, name)


def write_down(stage: cast.Stage, name: str, party: int = 1) -> Standby:
    return standbys.join(
        showtime_id=stage.showtime.pk, actor=person(name), wish=Wish(party), email=f"{name}@example.com", phone="",
        language="en", now=timezone.now(),
    )  # fmt: skip


def sweep() -> int:
    return standbys.offer_seats(now=timezone.now())


def let_go(name: str) -> int:
    return holds.release(booking_id=Booking.objects.get(owner=person(name).key, status="HELD").pk, actor=SYSTEM)


def lapse(name: str) -> int:
    booking = Booking.objects.get(owner=person(name).key, status="HELD")
    ShowSeat.objects.filter(claim=booking.pk).update(held_until=timezone.now())
    Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())
    return endings.expire_due(now=timezone.now())


def statuses() -> dict[str, str]:
    rows = Standby.objects.order_by("created_at").values_list("owner", "status")
    return {owner.partition(":")[2]: status for owner, status in rows}


@pytest.fixture
def full(race_stage: cast.Stage) -> cast.Stage:
    """Every seat is somebody's: A1 is a1's, A2 is a2's ..."""
    for label in race_stage.states():
        holds.hold_seats(showtime_id=race_stage.showtime.pk, seats=[label], actor=person(label.lower()))
    return race_stage


@pytest.fixture
def first_is_slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Who makes the first offer takes their time between taking the entry and its seats. Set once they do."""
    hold, is_at_it = standbys._hold, threading.Event()

    def slowly(entry: Standby, seats: list[str], **more: Any) -> bool:
        if not is_at_it.is_set():
            is_at_it.set()
            time.sleep(0.3)
        return hold(entry, seats, **more)

    monkeypatch.setattr(standbys, "_hold", slowly)
    return is_at_it


def test_seats_that_come_free_at_once_go_to_as_many_in_line_and_each_to_one(full: cast.Stage) -> None:
    names = [f"waits-{number}" for number in range(6)]
    for name in names:
        write_down(full, name)

    at_once([partial(let_go, "a1"), partial(let_go, "b3"), partial(lapse, "c5"), sweep, sweep, sweep])
    sweep()

    offered = [name for name, status in statuses().items() if status == _W.OFFERED]
    assert offered == names[:3]
    seats = [label for entry in Standby.objects.filter(offer__isnull=False) for label in entry.offer.seat_labels]  # type: ignore[union-attr]
    assert sorted(seats) == ["A1", "B3", "C5"]
    assert audit.violations() == []


def one_sweep_after_the_other_began(full: cast.Stage, began: threading.Event) -> dict[str, str]:
    for name in ("first", "second"):
        write_down(full, name)
    let_go("a1")
    at_once([sweep, lambda: began.wait(5) and sweep()])
    return statuses()


def test_two_sweeps_do_not_pass_over_the_first_in_line(full: cast.Stage, first_is_slow: threading.Event) -> None:
    assert one_sweep_after_the_other_began(full, first_is_slow) == {"first": "OFFERED", "second": "WAITING"}


def test_control_without_a_turn_one_seat_is_on_its_way_to_two(
    full: cast.Stage, settings: Any, first_is_slow: threading.Event
) -> None:
    """The second sweep overtakes the first: the offer goes to whoever's seats are locked first."""
    settings.UNSAFE = frozenset({standbys.SKIP_TURN})
    made: list[str] = []
    hold = standbys._hold

    def noted(entry: Standby, seats: list[str], **more: Any) -> bool:
        made.append(entry.owner)
        return hold(entry, seats, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standbys, "_hold", noted)
        one_sweep_after_the_other_began(full, first_is_slow)

    assert len(made) > 1


def leave_while_offered(full: cast.Stage, began: threading.Event) -> list[Any]:
    entry = write_down(full, "first")
    let_go("a1")
    leave = partial(standbys.leave, standby_id=entry.pk, actor=person("first"))
    return at_once([sweep, lambda: began.wait(5) and leave()])


def test_who_leaves_while_seats_are_offered_is_off_and_the_seats_are_free(
    full: cast.Stage, first_is_slow: threading.Event
) -> None:
    leave_while_offered(full, first_is_slow)

    entry = Standby.objects.get()
    assert (entry.status, entry.email) == (_W.LEFT, "")
    assert full.states()["A1"] == "AVAILABLE"
    assert audit.violations() == []


def test_control_without_the_entrys_lock_only_the_database_keeps_its_end(
    full: cast.Stage, settings: Any, first_is_slow: threading.Event
) -> None:
    settings.UNSAFE = frozenset({standbys.SKIP_TURN})

    results = leave_while_offered(full, first_is_slow)

    assert any(isinstance(result, IntegrityError) for result in results)  # offered, and ended


def test_an_offer_taken_and_running_out_at_the_same_moment_has_one_end(full: cast.Stage) -> None:
    ends = set()
    for label in ("a1", "a2", "a3", "a4", "b1", "b2"):
        name = f"for-{label}"
        entry = write_down(full, name)
        let_go(label)
        sweep()
        entry.refresh_from_db()
        assert entry.offer is not None
        edge = timezone.now() + timedelta(milliseconds=60)
        ShowSeat.objects.filter(claim=entry.offer.pk).update(held_until=edge)
        Booking.objects.filter(pk=entry.offer.pk).update(expires_at=edge)

        at_once(
            [partial(at, edge, -15, partial(buy, entry.offer)), partial(at, edge, 2, end), partial(at, edge, 3, end)]
        )
        end()

        entry.refresh_from_db()
        booking = Booking.objects.get(pk=entry.offer_id)
        assert (entry.status == _W.TAKEN) == (booking.status == "CONFIRMED")
        assert entry.status in (_W.TAKEN, _W.LAPSED) and entry.email == ""
        ends.add(entry.status)
    assert ends
    assert [one for one in audit.violations() if not one.rule.startswith("I8")] == []


def at(edge: Any, milliseconds: int, work: Any) -> Any:
    target = edge + timedelta(milliseconds=milliseconds)
    while timezone.now() < target:
        time.sleep(0.001)
    return work()


def end() -> None:
    endings.expire_due(now=timezone.now())
    sweep()


def buy(offer: Booking) -> None:
    owner = person(offer.owner.partition(":")[2])
    buyer = checkout.Buyer("Asha", "asha@example.com")
    checkout.open_payment(booking_id=offer.pk, buyer=buyer, payment_method="CARD", actor=owner, now=timezone.now())
    payment, _started = starting.start(booking_id=offer.pk, return_path="/", actor=owner, now=timezone.now())
    assert payment is not None
    settling.settle(fake.charge(payment.session, "tok_ok"), gateway="fake", now=timezone.now())
