"""Seats on their way to a channel, or back, while others reach for them: nobody gets a seat kept for somebody else."""

from functools import partial

from django.utils import timezone

from payments import audit
from seatsync import allotting, inventory
from seatsync.models import Allotment, Channel, ShowSeat
from showsewa.actors import SYSTEM
from tests import cast
from tests.races.test_holds import hold
from tests.races.threads import at_once, winners, without_last_defence

ROUNDS = ["A1", "A2", "A3", "A4", "A5"]


def give(stage: cast.Stage, seat: str, token: str) -> Allotment:
    channel = Channel.objects.get(pk=cast.channel_actor(token).channel_id)
    return allotting.give(
        showtime_id=stage.showtime.pk, channel=channel, seats=[seat], actor=SYSTEM, now=timezone.now()
    )


def both_have_it() -> int:
    """Seats allotted to a channel although somebody else holds them."""
    return ShowSeat.objects.filter(status="HELD").exclude(allotted_to=None).count()


def test_a_seat_is_held_or_given_never_both(race_stage: cast.Stage) -> None:
    token = cast.moviepass(race_stage)

    for number, seat in enumerate(ROUNDS):
        works = [partial(hold, race_stage, number * 10 + one, seat) for one in range(5)]
        results = at_once([*works, partial(give, race_stage, seat, token)])  # type: ignore[list-item]
        assert len(winners(results)) == 1

    assert both_have_it() == 0
    assert audit.violations() == []


def test_control_without_the_lock_a_hold_takes_a_seat_that_was_given_away(
    race_stage: cast.Stage, settings: object
) -> None:
    token = cast.moviepass(race_stage)
    settings.UNSAFE = frozenset({inventory.SKIP_LOCK})  # type: ignore[attr-defined]

    with without_last_defence():
        for number, seat in enumerate(ROUNDS):
            give(race_stage, seat, token)
            at_once([partial(hold, race_stage, number * 10 + one, seat) for one in range(3)])
        found = both_have_it()

    assert found > 0


def test_whoever_is_quicker_when_seats_go_back_the_books_agree(race_stage: cast.Stage) -> None:
    token = cast.moviepass(race_stage)

    for number, seat in enumerate(ROUNDS):
        given = give(race_stage, seat, token)
        back = partial(allotting.take_back, allotment_id=given.pk, actor=SYSTEM, now=timezone.now())
        results = at_once([*(partial(hold, race_stage, number * 10 + one, seat) for one in range(4)), back, back])  # type: ignore[list-item]
        assert len([one for one in winners(results) if isinstance(one, Allotment)]) == 1
        assert len([one for one in winners(results) if not isinstance(one, Allotment)]) <= 1

    assert not ShowSeat.objects.exclude(allotted_to=None).exists()
    assert audit.violations() == []


def test_two_desks_giving_the_same_seat_give_it_once(race_stage: cast.Stage) -> None:
    tokens = [cast.moviepass(race_stage), cast.till(race_stage)]

    results = at_once([partial(give, race_stage, "A1", token) for token in tokens])

    assert len(winners(results)) == 1
    assert Allotment.objects.count() == 1
