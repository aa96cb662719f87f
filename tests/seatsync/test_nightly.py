"""The nightly comparison: what a channel has last said of each seat against what we have."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import tasks
from bookings.models import Booking
from bookings.services import endings, importing, steps
from seatsync.models import Channel, Conflict, Outcome, Reconciliation, SalesFile, SeatReport, ShowSeat
from showsewa.actors import SYSTEM
from showsewa.models import Heartbeat, User
from showsewa.transactions import joining
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

pytestmark = pytest.mark.django_db

Found = list[tuple[str, str, str]]


@pytest.fixture
def moviepass(stage: Stage) -> Api:
    return Api(cast.moviepass(stage))


def report(api: Api, stage: Stage, reference: str, seat: str, status: str = "BOOKED") -> None:
    line = {
        "seatNumber": seat, "status": status, "bookingSource": "OTHER_PLATFORM", "bookingReference": reference,
    }  # fmt: skip
    answer = api.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line]})
    assert answer.status_code in (200, 207), answer.content


def noted(stage: Stage, reference: str, seat: str, outcome: Outcome, status: str = "BOOKED") -> None:
    """A report that came to nothing, as it is kept."""
    SeatReport.objects.create(
        channel=_channel(), showtime=stage.showtime, seat=ShowSeat.objects.get(showtime=stage.showtime.pk, label=seat),
        seat_name=seat, status=status, source="OTHER_PLATFORM", reference=reference, outcome=outcome,
    )  # fmt: skip


def listed(api: Api, stage: Stage, **sales: list[str]) -> None:
    sent = [{"bookingReference": name.replace("_", "-"), "seats": seats} for name, seats in sales.items()]
    assert api.post("/seat-sync/reconcile", {"showtimeId": stage.path, "sales": sent}).status_code == 200


def night() -> Reconciliation:
    tasks.reconcile()
    return Reconciliation.objects.filter(origin="NIGHT").latest("created_at")


def found(row: Reconciliation) -> Found:
    return [(one["seatNumber"], one["kind"], one["code"]) for one in row.differences]


def test_a_channel_whose_reports_were_all_applied_agrees(stage: Stage, moviepass: Api) -> None:
    report(moviepass, stage, "MP-1", "A1")
    report(moviepass, stage, "MP-2", "A2")
    report(moviepass, stage, "MP-2", "A2", "AVAILABLE")

    row = night()

    assert (row.is_clean, row.theirs, row.ours, row.listed, row.actor) == (True, 1, 1, None, "system")
    assert Heartbeat.objects.get(job="reconcile").did == 1


@pytest.mark.parametrize("outcome", [Outcome.BUSY, Outcome.REJECTED])
def test_a_report_that_came_to_nothing_and_was_not_repeated_is_found(
    stage: Stage, moviepass: Api, outcome: Outcome
) -> None:
    noted(stage, "MP-1", "A1", outcome)

    assert found(night()) == [("A1", "missing_here", outcome)]


def test_one_that_was_repeated_with_success_is_not(stage: Stage, moviepass: Api) -> None:
    noted(stage, "MP-1", "A1", Outcome.BUSY)
    listed(moviepass, stage)
    report(moviepass, stage, "MP-1", "A1")

    assert night().is_clean


def test_a_cancellation_that_came_to_nothing_is_missing_there(stage: Stage, moviepass: Api) -> None:
    report(moviepass, stage, "MP-1", "A1")
    noted(stage, "MP-1", "A1", Outcome.BUSY, "AVAILABLE")

    assert found(night()) == [("A1", "missing_there", "busy")]


def test_what_was_older_than_what_we_knew_is_no_word(stage: Stage, moviepass: Api) -> None:
    noted(stage, "MP-1", "A1", Outcome.STALE)

    assert night().is_clean


def test_a_suspect_has_another_reference_there(stage: Stage, moviepass: Api) -> None:
    report(moviepass, stage, "MP-1", "A1")
    noted(stage, "MP-2", "A1", Outcome.SUSPECT)

    row = night()

    assert found(row) == [("A1", "differs", "duplicate_suspect")]
    assert (row.differences[0]["theirs"], row.differences[0]["ours"]) == ("MP-2", "MP-1")


def test_an_open_conflict_is_named_and_a_lost_one_is_settled(stage: Stage, moviepass: Api) -> None:
    till = Api(cast.till(stage))
    line = {"seatNumber": "A1", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line]})
    report(moviepass, stage, "MP-1", "A1")
    listed(moviepass, stage, MP_1=["A1"])
    tasks.reconcile()

    row = Reconciliation.objects.get(origin="NIGHT", channel=_channel())
    assert [(kind, one["conflictId"]) for one in row.differences if (kind := one["kind"])] == [
        ("missing_here", str(Conflict.objects.get().pk))
    ]


def test_the_last_list_counts_until_something_newer_is_said(stage: Stage, moviepass: Api) -> None:
    report(moviepass, stage, "MP-1", "A1")
    report(moviepass, stage, "MP-2", "A2")
    listed(moviepass, stage, MP_1=["A1"], MP_3=["A3"])
    report(moviepass, stage, "MP-4", "A4")

    assert found(night()) == [("A2", "missing_there", ""), ("A3", "missing_here", "")]


def test_only_the_last_list_is_kept(stage: Stage, moviepass: Api) -> None:
    listed(moviepass, stage, MP_1=["A1"])
    listed(moviepass, stage, MP_2=["A2"])

    assert [row.listed for row in Reconciliation.objects.order_by("created_at")] == [None, {"MP-2": ["A2"]}]


def test_what_the_channel_booked_and_gave_back_by_its_key_agrees(stage: Stage, moviepass: Api) -> None:
    listed(moviepass, stage)
    kept, returned = _buy(moviepass, stage, "C1"), _buy(moviepass, stage, "C2")
    assert moviepass.post(f"/bookings/{returned}/cancel", {"reason": "changed mind"}).status_code == 200

    row = night()

    assert (row.is_clean, row.theirs, row.ours) == (True, 1, 1)
    assert kept != returned


def test_part_of_a_reported_sale_given_back_by_its_key_agrees(stage: Stage, moviepass: Api) -> None:
    report(moviepass, stage, "MP-1", "A1")
    report(moviepass, stage, "MP-1", "A2")
    listed(moviepass, stage, MP_1=["A1", "A2"])
    sale = Booking.objects.get().pk
    assert moviepass.post(f"/bookings/{sale}/cancel", {"seatIds": ["A2"]}).status_code == 200

    row = night()

    assert (found(row), row.theirs, row.ours) == ([], 1, 1)


def test_what_was_cancelled_here_and_not_by_the_channel_is_missing_here(stage: Stage, moviepass: Api) -> None:
    report(moviepass, stage, "MP-1", "A1")
    listed(moviepass, stage, MP_1=["A1"])
    with joining():
        booking = steps.lock_booking(Booking.objects.get().pk)
        endings.cancel(booking, ending=Booking.Ending.STAFF, actor=SYSTEM, reason="error", now=timezone.now())

    assert found(night()) == [("A1", "missing_here", "")]


def test_a_night_compares_once_and_only_the_days_around(stage: Stage, moviepass: Api) -> None:
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=5))
    report(moviepass, stage, "MP-1", "A1")
    listed(moviepass, stage, MP_1=["A1"])
    sent = {"showtimeId": str(later.pk), "sales": []}
    assert moviepass.post("/seat-sync/reconcile", sent).status_code == 200

    assert (tasks.reconcile(), tasks.reconcile()) == (1, 0)
    assert Reconciliation.objects.get(origin="NIGHT").showtime == stage.showtime


def test_the_channel_reads_its_night_and_staff_see_totals(stage: Stage, moviepass: Api, devi: User) -> None:
    report(moviepass, stage, "MP-1", "A1")
    noted(stage, "MP-2", "A2", Outcome.BUSY)
    tasks.reconcile()

    items = moviepass.get("/seat-sync/reconciliations?origin=NIGHT").json()["items"]
    desk = Client()
    desk.force_login(devi)
    page = desk.get(reverse("admin:seatsync_reconciliation_changelist"))

    assert [(one["agrees"], one["missingHere"], one["theirs"]) for one in items] == [(False, 1, 2)]
    totals = [(one.channel, one.showtimes, one.agreed, one.seats, one.differences) for one in page.context["nights"]]
    assert totals == [("Moviepass", 1, 0, 2, 1)]


def test_old_comparisons_and_imports_given_up_are_forgotten(stage: Stage, moviepass: Api, settings: Any) -> None:
    listed(moviepass, stage)
    SalesFile.objects.create(channel=_channel(), name="x.csv", header=[], lines=[], actor="user:1")
    settings.KEEP_RECONCILIATIONS_DAYS = settings.KEEP_SALES_FILES_HOURS = 0
    settings.RECONCILE_DAYS = 0

    tasks.reconcile()

    assert importing.purge(now=timezone.now()) == 1
    assert not Reconciliation.objects.exists()


def _channel() -> Channel:
    return Channel.objects.get(name="Moviepass")


def _buy(api: Api, stage: Stage, seat: str) -> str:
    asked = {"showtimeId": stage.path, "seatIds": [seat], "sessionToken": f"buyer-of-{seat}"}
    hold: str = api.post("/bookings/hold", asked).json()["holdId"]
    user = {"email": "asha@example.com", "name": "Asha", "phone": "9800000001"}
    intent = api.post("/bookings/confirm", {"holdId": hold, "paymentMethod": "CARD", "userDetails": user}).json()
    method = {"type": "card", "token": "tok_ok"}
    paid = {"bookingId": hold, "paymentIntentId": intent["paymentIntentId"], "paymentMethod": method}
    assert api.post("/payments/process", paid).status_code == 200
    return hold
