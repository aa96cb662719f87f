"""T3: reports of several channels in any order of their arrival (RELIABILITY E3, E6).

With times, what a channel says of its own sales means the same in whatever order it comes: a claim (channel, reference,
seat) lives exactly when the last word on it by the channel's clock is BOOKED. What the order does decide, for nothing
else could, is whose the seat is among living claims. So this holds after every permutation: the seat is free if no
claim lives, else one of them has it, and each other one is an open conflict (another channel's) or a suspect or
conflict (the owner's own channel). A reference that names several seats is one sale, and is left out here: seats
reported later under it must carry a time that is not older.
"""

from datetime import datetime, timedelta
from itertools import permutations
from typing import NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.models import Booking
from bookings.services import reports
from payments import audit
from seatsync.models import Conflict, SeatReport, ShowSeat
from showsewa.actors import Actor
from tests import cast

pytestmark = pytest.mark.django_db

SEATS = ("A1", "A2")


class Said(NamedTuple):
    """channel, reference: by number; at: minutes ago by the channel's clock."""

    channel: int
    reference: int
    seat: str
    status: str
    at: int


Key = tuple[int, str, str]


@pytest.fixture
def channels(stage: cast.Stage) -> list[Actor]:
    made = [
        cast.make_channel(f"Channel {n}", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))
        for n in range(4)
    ]
    return [cast.channel_actor(token) for _channel, token in made]


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Up to six words; a reference has one seat, and no two words of a channel have one time."""
    count = draw(st.integers(2, 6))
    said = []
    for at in draw(st.permutations(range(1, count + 1))):
        channel, reference = draw(st.integers(0, 3)), draw(st.integers(0, 1))
        status = draw(st.sampled_from(["BOOKED", "BOOKED", "AVAILABLE"]))
        said.append(Said(channel, reference, SEATS[draw(st.integers(0, 1)) if reference else 0], status, at))
    one_seat: dict[tuple[int, int], str] = {}
    return [word._replace(seat=one_seat.setdefault((word.channel, word.reference), word.seat)) for word in said]


def living(history: list[Said]) -> set[Key]:
    last: dict[Key, Said] = {}
    for word in history:
        key = (word.channel, f"R-{word.reference}", word.seat)
        if key not in last or word.at < last[key].at:
            last[key] = word
    return {key for key, word in last.items() if word.status == "BOOKED"}


# A channel gives a seat up and sells it again: that is a claim of its own, not the case of who got the seat meanwhile.
GIVEN_UP_AND_SOLD_AGAIN = [
    Said(2, 1, "A1", "BOOKED", 3), Said(0, 1, "A1", "BOOKED", 6), Said(1, 0, "A1", "BOOKED", 4),
    Said(2, 1, "A1", "AVAILABLE", 2), Said(2, 1, "A1", "BOOKED", 1), Said(0, 1, "A1", "AVAILABLE", 5),
]  # fmt: skip


def test_a_seat_given_up_and_sold_again_is_a_claim_of_its_own(stage: cast.Stage, channels: list[Actor]) -> None:
    now = timezone.now()
    for word in GIVEN_UP_AND_SOLD_AGAIN:
        tell(stage, channels[word.channel], word, now)

    check(stage, channels, living(GIVEN_UP_AND_SOLD_AGAIN), len(GIVEN_UP_AND_SOLD_AGAIN))


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories(), dice=st.randoms(use_true_random=False))
def test_whatever_the_order_of_arrival_each_seat_is_with_one_of_its_living_claims(
    stage: cast.Stage, channels: list[Actor], history: list[Said], dice: object
) -> None:
    now = timezone.now()
    orders = list(permutations(history))
    dice.shuffle(orders)  # type: ignore[attr-defined]
    for order in orders[:8]:
        point = transaction.savepoint()
        try:
            for word in order:
                tell(stage, channels[word.channel], word, now)
            check(stage, channels, living(history), len(order))
        finally:
            transaction.savepoint_rollback(point)


def tell(stage: cast.Stage, actor: Actor, word: Said, now: datetime) -> None:
    at = now - timedelta(minutes=word.at)
    line = reports.SeatUpdate(word.seat, word.status, "OTHER_PLATFORM", f"R-{word.reference}", at)
    reports.apply(showtime_id=stage.showtime.pk, updates=[line], actor=actor, now=now)


def check(stage: cast.Stage, channels: list[Actor], claims: set[Key], said: int) -> None:
    number = {actor.channel_id: n for n, actor in enumerate(channels)}
    owners: dict[str, Key] = {}
    for seat in ShowSeat.objects.filter(showtime_id=stage.showtime.pk, status="BOOKED"):
        booking = Booking.objects.get(pk=seat.claim)
        owners[seat.label] = (number[booking.channel_id], booking.external_reference, seat.label)
    cases = Conflict.objects.filter(status="OPEN").select_related("seat")
    contested = {(number[case.channel_id], case.reference, case.seat.label) for case in cases}

    assert {seat for _channel, _reference, seat in claims} == set(owners)
    assert set(owners.values()) <= claims
    others = claims - set(owners.values())
    assert contested <= others
    assert all(key[0] == owners[key[2]][0] for key in others - contested), (others, contested)
    assert {case.holder_claim for case in cases} <= {seat.claim for seat in ShowSeat.objects.filter(status="BOOKED")}
    assert SeatReport.objects.exclude(outcome="").count() == said
    assert audit.violations() == []


def test_sent_again_in_any_order_a_history_changes_nothing(stage: cast.Stage, channels: list[Actor]) -> None:
    now = timezone.now()
    history = [
        Said(0, 0, "A1", "BOOKED", 5), Said(1, 0, "A1", "BOOKED", 4), Said(0, 0, "A1", "AVAILABLE", 3),
        Said(2, 0, "A2", "AVAILABLE", 2), Said(2, 0, "A2", "BOOKED", 6),
    ]  # fmt: skip
    for word in history:
        tell(stage, channels[word.channel], word, now)
    states, version = stage.states(), stage.journal()[-1].version

    for order in list(permutations(history))[::17]:
        for word in order:
            tell(stage, channels[word.channel], word, now)

    assert (stage.states(), stage.journal()[-1].version) == (states, version)
    assert audit.violations() == []
