"""One code at many doors at once: somebody goes in, once (RELIABILITY S12)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from bookings import qr
from bookings.models import CheckIn, Ticket
from bookings.services import checking_in
from payments.services import exchanging
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.races.threads import at_once, winners

DOORS = 20


@pytest.fixture
def clerk(race_stage: cast.Stage) -> User:
    return cast.make_user("chandra@example.com", role="counter", cinemas=(race_stage.cinema,))


@pytest.fixture
def scan(race_stage: cast.Stage, clerk: User) -> Callable[[], Ticket]:
    """A1 at the door."""
    purchase.buy(Api(), race_stage, "A1")
    code = qr.sign(Ticket.objects.select_related("booking").get())
    return partial(
        checking_in.check_in, showtime_id=race_stage.showtime.pk, code=code, actor=cast.staff_actor(clerk),
        now=timezone.now(), is_paid_back=lambda booking: False,
    )  # fmt: skip


def at_many_doors(scan: Callable[[], Ticket]) -> list[Ticket | Exception]:
    """All have begun before the first can write: its row is kept from them until the last one waits."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM bookings_ticket FOR NO KEY UPDATE")
        results = pool.submit(at_once, [scan] * DOORS)
        for _look in range(500):
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.02)")
            cursor.execute(waiting)
            if cursor.fetchone()[0] == DOORS:
                break
    return results.result()


@contextmanager
def without_last_defence() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX check_in_once")
        yield
        CheckIn.objects.all().delete()
        cursor.execute("CREATE UNIQUE INDEX check_in_once ON bookings_checkin (ticket_id) WHERE undone_at IS NULL")


@pytest.mark.slow
def test_one_code_scanned_twenty_times_at_once_opens_once(scan: Callable[[], Ticket]) -> None:
    results = at_many_doors(scan)

    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(refusal) for refusal in refused} == {checking_in.AlreadyIn}
    assert len(refused) == DOORS - 1
    assert CheckIn.objects.count() == 1


@pytest.mark.slow
def test_without_the_lock_the_index_still_refuses_and_without_both_one_code_opens_twice(
    scan: Callable[[], Ticket], settings: Any
) -> None:
    """Negative control: the race is real, and those at the door would meet the constraint instead of being told."""
    settings.UNSAFE = frozenset({checking_in.SKIP_LOCK})

    results = at_many_doors(scan)

    assert len(winners(results)) == 1
    assert any(isinstance(result, IntegrityError) for result in results)
    CheckIn.objects.all().delete()
    Ticket.objects.update(checked_in_at=None)
    with without_last_defence():
        results = at_many_doors(scan)
    assert len(winners(results)) > 1


@pytest.mark.slow
def test_whoever_went_in_has_not_exchanged_the_seat_meanwhile(
    race_stage: cast.Stage, scan: Callable[[], Ticket]
) -> None:
    booking, now = Ticket.objects.get().booking_id, timezone.now()
    exchange: Callable[[], Any] = partial(
        exchanging.exchange, booking_id=booking, showtime_id=race_stage.showtime.pk, seats=["B1"], actor=cast.ASHA,
        now=now,
    )  # fmt: skip

    results = at_once([scan, exchange])

    assert len(winners(results)) == 1
    went_in = Ticket.objects.filter(checked_in_at__isnull=False, released_at__isnull=False)
    assert not went_in.exists()
