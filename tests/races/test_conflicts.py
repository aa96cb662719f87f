"""T5: two decide one conflict, or one customer clicks twice, at the same time. The money goes back once."""

import uuid
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from payments import audit
from payments.models import Refund
from payments.services import conflicts
from tests import cast
from tests.conflict_cases import pos_against_web, ring
from tests.conftest import Api
from tests.races.threads import at_once, winners

SEATS = ("A1", "A2")


@pytest.fixture
def till(race_stage: cast.Stage) -> str:
    return cast.till(race_stage)


def test_two_who_decide_at_once_pay_back_once(race_stage: cast.Stage, till: str) -> None:
    _bought, conflict = pos_against_web(Api(), race_stage, till=till, seats=SEATS)
    devi = cast.staff_actor(cast.make_user("devi@example.com", role="manager", cinemas=(race_stage.cinema,)))
    decide = partial(
        conflicts.decide, conflict_id=conflict.pk, winner="REPORTER", loser_gets="REFUNDED", actor=devi,
        now=timezone.now(),
    )  # fmt: skip

    results = at_once([decide, decide, decide])

    assert len(winners(results)) == 1
    assert {result.code for result in results if hasattr(result, "code")} == {"ALREADY_SOLVED"}
    assert _back() == Decimal(450)
    assert audit.violations() == []


def test_policy_and_staff_at_once_are_one_decision(race_stage: cast.Stage, till: str) -> None:
    _bought, conflict = pos_against_web(Api(), race_stage, till=till, seats=SEATS)
    devi = cast.staff_actor(cast.make_user("devi@example.com", role="manager", cinemas=(race_stage.cinema,)))
    decide = partial(
        conflicts.decide, conflict_id=conflict.pk, winner="REPORTER", loser_gets="REFUNDED", actor=devi,
        now=timezone.now(),
    )  # fmt: skip

    at_once([ring, ring, decide])

    conflict.refresh_from_db()
    assert conflict.status == "SOLVED"
    assert _back() == (Decimal(450) if conflict.resolution == "REFUNDED" else None)
    assert audit.violations() == []


def test_a_seat_refused_twice_at_once_is_paid_back_once(race_stage: cast.Stage, till: str) -> None:
    results = _refuse_twice(race_stage, till)

    assert len(winners(results)) == 1
    assert _back() == Decimal(450)
    assert audit.violations() == []


def test_without_the_locks_it_would_be_paid_back_twice(transactional_db: None, settings: Any) -> None:
    """The negative control: if this one paid once as well, the test above would show nothing. Now and then the two
    miss each other all the same, hence several tries.
    """
    settings.UNSAFE = frozenset({"skip_lock"})

    for number in range(1, 7):
        stage = cast.make_stage(name=f"Himal Cinema {number}")
        _refuse_twice(stage, cast.till(stage))
        if _back() != number * Decimal(450):
            break

    assert _back() == (number + 1) * Decimal(450)


def _refuse_twice(stage: cast.Stage, till: str) -> list[Any]:
    bought, conflict = pos_against_web(Api(), stage, till=till, seats=SEATS)
    ring()
    refuse = partial(
        conflicts.refuse, booking_id=uuid.UUID(bought["bookingId"]), conflict_id=conflict.pk,
        actor=cast.ASHA, now=timezone.now(),
    )  # fmt: skip
    return at_once([refuse, refuse])


def _back() -> Decimal | None:
    return Refund.objects.aggregate(sum=Sum("amount"))["sum"]
