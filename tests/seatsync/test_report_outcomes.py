"""RELIABILITY E1 as a table: each state of a seat, reported as sold once, twice, out of order, against a payment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.models import Booking
from bookings.services import checkout, holds
from payments import audit
from payments.gateways import fake
from payments.models import Refund
from payments.services import settling, starting
from seatsync import blocking, inventory
from seatsync.models import Channel, Conflict, SeatReport
from showsewa.actors import SYSTEM
from showsewa.transactions import use_case
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from venues.models import Showtime

pytestmark = pytest.mark.django_db

PATH = "/seat-sync/bulk-update"
NOW = timezone.now


class Reporter:
    """A channel that reports. at: seconds from now by its own clock."""

    def __init__(self, stage: Stage, token: str, source: str) -> None:
        self.api, self.stage, self.source = Api(token), stage, source
        self.began = NOW()

    def line(self, seat: str, status: str, reference: str, at: float | None) -> dict[str, Any]:
        line = {"seatNumber": seat, "status": status, "bookingSource": self.source, "bookingReference": reference}
        return line | ({"timestamp": (self.began + timedelta(seconds=at)).isoformat()} if at is not None else {})

    def send(self, *lines: dict[str, Any], **more: Any) -> Any:
        return self.api.post(PATH, {"showtimeId": self.stage.path, "seatUpdates": list(lines)} | more)

    def says(self, status: str, seat: str = "A1", *, reference: str = "R-1", at: float | None = None) -> Any:
        """The one result, with the HTTP status beside it."""
        answer = self.send(self.line(seat, status, reference, at))
        return answer.json()["data"]["results"][0] | {"http": answer.status_code}

    def sells(self, seat: str = "A1", **how: Any) -> Any:
        return self.says("BOOKED", seat, **how)

    def frees(self, seat: str = "A1", **how: Any) -> Any:
        return self.says("AVAILABLE", seat, **how)


@pytest.fixture
def till(stage: Stage) -> Reporter:
    return Reporter(stage, cast.till(stage), "WALK_IN")


@pytest.fixture
def moviepass(stage: Stage) -> Reporter:
    return Reporter(stage, cast.moviepass(stage), "OTHER_PLATFORM")


def nothing(stage: Stage, rival: Reporter) -> None:
    pass


def held(stage: Stage, rival: Reporter) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1", "A2"], actor=cast.ASHA)


def lapsed(stage: Stage, rival: Reporter) -> None:
    held(stage, rival)
    past = NOW() - timedelta(seconds=5)
    Booking.objects.update(expires_at=past)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE seatsync_showseat SET held_until = %s WHERE status = 'HELD'", [past])


def paying(stage: Stage, rival: Reporter) -> None:
    booking = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1", "A2"], actor=cast.ASHA).booking
    checkout.open_payment(
        booking_id=booking.pk, buyer=checkout.Buyer("Asha", "asha@example.com"), payment_method="CARD",
        actor=cast.ASHA, now=NOW(),
    )  # fmt: skip
    starting.start(booking_id=booking.pk, return_path="/", actor=cast.ASHA, now=NOW())


def sold(stage: Stage, rival: Reporter) -> None:
    assert rival.sells(reference="RIVAL")["outcome"] == "applied"


def blocked(stage: Stage, rival: Reporter) -> None:
    blocking.block(showtime_id=stage.showtime.pk, seats=["A1"], reason="broken", actor=SYSTEM)


def allotted(stage: Stage, rival: Reporter) -> None:
    """Kept for the rival."""
    [key] = inventory.find(stage.showtime.pk, ["A1"])
    rival_id = Channel.objects.get(name="Moviepass").pk
    use_case(inventory.allot)(stage.showtime.pk, [key], to=rival_id, cause=inventory.Cause(SYSTEM))


def over(stage: Stage, rival: Reporter) -> None:
    past = NOW() - timedelta(hours=4)
    ends = past + timedelta(hours=2)
    Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=past, ends_at=ends, busy_until=ends)


# State of the seat; the outcome of the sale; of the same again; the HTTP status of the first.
CELLS: list[tuple[Callable[[Stage, Reporter], None], str, str, int]] = [
    (nothing, "applied", "duplicate", 200),
    (held, "applied_over_hold", "duplicate", 200),
    (lapsed, "applied", "duplicate", 200),
    (paying, "applied_over_payment", "duplicate", 200),
    (sold, "conflict", "conflict", 207),
    (blocked, "applied_over_block", "duplicate", 200),
    (allotted, "applied_over_block", "duplicate", 200),
    (over, "rejected", "rejected", 207),
]


@pytest.mark.parametrize(("state", "first", "again", "status"), CELLS, ids=[cell[0].__name__ for cell in CELLS])
def test_a_sale_of_each_state_once_twice_and_out_of_order(
    stage: Stage, till: Reporter, moviepass: Reporter, state: Callable[..., None], first: str, again: str, status: int
) -> None:
    state(stage, moviepass)

    once = till.sells(at=-60)
    twice = till.sells(at=-60)
    late = till.frees(at=-120)

    assert (once["outcome"], once["http"], twice["outcome"]) == (first, status, again)
    assert late["outcome"] == ("tombstone" if state is over else "stale")
    has_seat = status == 200
    live = Booking.objects.filter(external_reference="R-1", status="CONFIRMED").count()
    assert (live, Conflict.objects.filter(status="OPEN").count()) == (int(has_seat), int(first == "conflict"))
    assert_written_down(3)


@pytest.mark.parametrize(("state", "first"), [(cell[0], cell[1]) for cell in CELLS], ids=[c[0].__name__ for c in CELLS])
def test_a_sale_of_each_state_reported_after_its_cancellation_is_stale(
    stage: Stage, till: Reporter, moviepass: Reporter, state: Callable[..., None], first: str
) -> None:
    state(stage, moviepass)
    before = dict(stage.states())

    cancelled = till.frees(at=-60)
    late = till.sells(at=-120)
    anew = till.sells(at=-30)

    expected = {"sold": "not_yours", "blocked": "applied"}.get(state.__name__, "tombstone")
    assert (cancelled["outcome"], late["outcome"]) == (expected, "stale")
    assert anew["outcome"] == ("applied" if state is blocked else first)  # the till may unblock, and did
    assert Conflict.objects.count() == int(state is sold)
    assert before["A1"] == ("AVAILABLE" if state in (nothing, allotted, over) else before["A1"])
    assert_written_down(3)


@pytest.mark.parametrize("order", ["report first", "money first"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_sale_against_a_payment_in_progress(
    stage: Stage, till: Reporter, moviepass: Reporter, order: str, times: int
) -> None:
    paying(stage, moviepass)
    ours = Booking.objects.get(channel=None)
    session = ours.payments.get().session

    def pay() -> None:
        settling.settle(fake.charge(session, "tok_ok"), gateway="fake", now=NOW())

    works: list[Callable[[], Any]] = [till.sells, pay] if order == "report first" else [pay, till.sells]
    for work in works * times:
        work()

    ours.refresh_from_db()
    outcomes = list(SeatReport.objects.values_list("outcome", flat=True))
    if order == "report first":
        assert (ours.status, ours.ending, Refund.objects.count()) == ("CANCELLED", "SEAT_LOST", 1)
        assert outcomes == ["applied_over_payment", "duplicate"][:times]
    else:
        assert (ours.status, Refund.objects.count()) == ("CONFIRMED", 0)
        assert outcomes == ["conflict"] * times
    assert audit.violations() == []


def assert_written_down(count: int) -> None:
    """Every line is a row with one outcome, and nothing contradicts itself."""
    mine = SeatReport.objects.filter(channel__name="Till")
    assert mine.count() == count
    assert [v for v in audit.violations() if not v.rule.startswith("I8")] == []


# --- AVAILABLE


def test_only_the_seller_frees_a_seat_and_is_heard_after_it_too(
    stage: Stage, till: Reporter, moviepass: Reporter
) -> None:
    till.sells()

    assert moviepass.frees(reference="MP")["outcome"] == "not_yours"
    assert till.frees(reference="R-2")["outcome"] == "not_yours"
    assert till.frees()["outcome"] == "applied"
    assert till.frees()["outcome"] == "duplicate"


def test_a_tombstone_lives_a_day(stage: Stage, till: Reporter) -> None:
    assert till.frees(at=-60)["outcome"] == "tombstone"
    assert till.frees(at=-60)["outcome"] == "duplicate"
    tomorrow = timedelta(hours=25).total_seconds()
    body = {"showtimeId": stage.path, "backfill": True, "seatUpdates": [till.line("A1", "BOOKED", "R-1", -120)]}
    later = NOW() + timedelta(days=2)
    Showtime.objects.update(starts_at=later, ends_at=later + timedelta(hours=2), busy_until=later + timedelta(hours=2))
    answer = till.api.post(PATH, body, X_Sandbox_Clock=f"+{tomorrow:.0f}")
    assert answer.json()["data"]["results"][0]["outcome"] == "applied"


# --- identity


def test_the_same_seat_under_another_reference_is_a_suspect_for_ten_minutes(stage: Stage, till: Reporter) -> None:
    till.sells(reference="R-1", at=-700)

    soon = till.sells(reference="R-2", at=-400)
    later = till.sells(reference="R-3", at=-60)

    assert (soon["outcome"], soon["http"], soon["success"]) == ("duplicate_suspect", 200, True)
    assert later["outcome"] == "conflict"
    assert till.sells(reference="R-2", at=-400)["outcome"] == "duplicate_suspect"


def test_when_a_sale_is_cancelled_its_suspect_has_the_seat(stage: Stage, till: Reporter) -> None:
    till.sells(reference="R-1")
    till.sells(reference="R-2")

    freed = till.frees(reference="R-1")

    assert (freed["outcome"], freed["status"]) == ("applied", "BOOKED")
    assert Booking.objects.get(status="CONFIRMED").external_reference == "R-2"
    assert till.frees(reference="R-2")["status"] == "AVAILABLE"
    assert audit.violations() == []


def test_other_seats_join_a_sale_only_with_a_time_that_is_not_older(stage: Stage, till: Reporter) -> None:
    till.sells("A1", at=-60)

    assert till.sells("A2", at=-90)["outcome"] == "stale"
    assert till.sells("A3", at=-60)["outcome"] == "applied"
    assert till.sells("A4", at=-30)["outcome"] == "applied"
    assert Booking.objects.get().seat_labels == ["A1", "A3", "A4"]


def test_lines_of_one_seat_in_one_report_go_by_their_times(stage: Stage, till: Reporter) -> None:
    answer = till.send(
        till.line("A1", "BOOKED", "R-2", -10), till.line("A1", "AVAILABLE", "R-1", -20),
        till.line("A1", "BOOKED", "R-1", -30),
    )  # fmt: skip

    assert [row["outcome"] for row in answer.json()["data"]["results"]] == ["applied", "applied", "applied"]
    assert Booking.objects.get(status="CONFIRMED").external_reference == "R-2"
    assert audit.violations() == []


# --- conflicts end by themselves


def test_the_reporters_cancellation_closes_the_conflict(stage: Stage, till: Reporter, moviepass: Reporter) -> None:
    till.sells()
    conflict_id = moviepass.sells(reference="MP")["conflictId"]

    freed = moviepass.frees(reference="MP")

    assert (freed["outcome"], freed["conflictId"], freed["status"]) == ("applied", conflict_id, "BOOKED")
    case = Conflict.objects.get()
    assert (case.status, case.resolution, case.winner) == ("SOLVED", "GONE", "HOLDER")
    assert case.deadline_at is not None and case.holder_channel is not None


def test_the_holders_cancellation_gives_the_seat_to_the_reporter(
    stage: Stage, till: Reporter, moviepass: Reporter
) -> None:
    Channel.objects.filter(name="Moviepass").update(pricing="MARKUP", percent=10)
    till.send(till.line("A1", "BOOKED", "R-1", None), till.line("A2", "BOOKED", "R-1", None))
    moviepass.send(moviepass.line("A1", "BOOKED", "MP", None), moviepass.line("B1", "BOOKED", "MP", None))

    freed = till.frees("A1")

    assert (freed["outcome"], freed["status"]) == ("applied", "BOOKED")
    heir = Booking.objects.get(external_reference="MP")
    assert (heir.seat_labels, heir.total, heir.owner) == (["B1", "A1"], 990, f"channel:{heir.channel_id}")
    assert Booking.objects.get(external_reference="R-1").seat_labels == ["A2"]
    assert (Conflict.objects.get().resolution, Conflict.objects.get().winner) == ("GONE", "REPORTER")
    assert moviepass.sells("A1", reference="MP")["outcome"] == "duplicate"
    assert audit.violations() == []


def test_sold_again_after_its_own_cancellation_the_conflict_is_open_again(
    stage: Stage, till: Reporter, moviepass: Reporter
) -> None:
    till.sells()
    first = moviepass.sells(reference="MP", at=-60)
    moviepass.frees(reference="MP", at=-50)

    again = moviepass.sells(reference="MP", at=-40)

    assert (again["outcome"], again["conflictId"]) == ("conflict", first["conflictId"])
    assert Conflict.objects.get().status == "OPEN"


# --- all or nothing


def test_a_refused_report_is_written_down_all_the_same(stage: Stage, till: Reporter, moviepass: Reporter) -> None:
    till.sells()
    lines = [moviepass.line(seat, "BOOKED", "MP", None) for seat in ("A2", "A1")]

    for headers in ({}, {"Idempotency_Key": "k-1"}):
        body = {"showtimeId": stage.path, "seatUpdates": lines, "mode": "all_or_nothing"}
        assert moviepass.api.post(PATH, body, **headers).status_code == 409

    rows = SeatReport.objects.filter(channel__name="Moviepass").order_by("id")
    assert list(rows.values_list("seat_name", "outcome", "code")) == [
        ("A2", "rejected", "NOT_ALL"), ("A1", "conflict", "SEAT_SOLD"),
    ] * 2  # fmt: skip
    assert (Conflict.objects.count(), stage.states()["A2"]) == (0, "AVAILABLE")
    assert moviepass.sells("A2", reference="MP")["outcome"] == "applied"


# --- what it costs


def test_two_hundred_seats_take_as_many_statements_as_one(stage: Stage, till: Reporter) -> None:
    hall = cast.make_hall(stage.cinema, name="Hall 2", rows="ABCDEFGHIJ", seats=20)
    shows = [cast.make_showtime(hall, stage.movie, starts_at=NOW() + timedelta(days=day)) for day in (1, 2, 3, 4)]
    seats = [f"{row}{number}" for row in "ABCDEFGHIJ" for number in range(1, 21)]

    def cost(show: Showtime, seats: list[str], references: int) -> int:
        lines = [till.line(seat, "BOOKED", f"R-{n % references}", -5) for n, seat in enumerate(seats)]
        with CaptureQueriesContext(connection) as asked:
            answer = till.api.post(PATH, {"showtimeId": str(show.pk), "seatUpdates": lines})
        assert answer.json()["data"]["updated"] == len(seats)
        return len(asked)

    cost(shows[0], ["A1"], 1)  # the key is marked as used
    costs = [cost(shows[3], ["A2"], 1), cost(shows[1], seats, 1), cost(shows[2], seats, 200)]

    assert len(set(costs)) == 1 and max(costs) <= 12  # authentication, begin and commit included
    assert len(stage.journal(shows[1])) == 1
    assert len(stage.journal(shows[2])) == 200
