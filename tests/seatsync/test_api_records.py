"""The journal and the conflicts: who reads them, page by page."""

from typing import Any

import pytest

from bookings.services import holds
from seatsync.models import Conflict
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


@pytest.fixture
def moviepass(stage: Stage) -> Api:
    return Api(cast.moviepass(stage))


def sell(api: Api, stage: Stage, *seats: str, reference: str, source: str) -> Any:
    lines = [
        {"seatNumber": seat, "status": "BOOKED", "bookingSource": source, "bookingReference": reference}
        for seat in seats
    ]
    return api.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": lines})


def clash(stage: Stage, till: Api, moviepass: Api, *seats: str) -> None:
    sell(till, stage, *seats, reference="POS-1", source="WALK_IN")
    sell(moviepass, stage, *seats, reference="MP-1", source="OTHER_PLATFORM")


def test_a_channel_reads_its_own_conflicts_without_the_holders_reference(
    stage: Stage, till: Api, moviepass: Api
) -> None:
    clash(stage, till, moviepass, "A1")

    body = moviepass.get("/seat-sync/conflicts").json()

    assert body["nextCursor"] is None
    [row] = body["items"]
    assert row["id"] == str(Conflict.objects.get().pk)
    assert (row["seatNumber"], row["status"], row["bookingReference"], row["holderSource"]) == (
        "A1", "OPEN", "MP-1", "WALK_IN",
    )  # fmt: skip
    assert not {"holderReference", "channel", "note"} & set(row)
    assert "POS-1" not in str(row)


def test_staff_read_both_sides_at_their_own_cinemas(
    stage: Stage, api: Api, till: Api, moviepass: Api, chandra: User
) -> None:
    clash(stage, till, moviepass, "A1")
    elsewhere = cast.make_stage(name="Other")
    stranger = cast.make_user("eve@example.com", role="manager", cinemas=(elsewhere.cinema,))

    api.client.force_login(chandra)
    [row] = api.get("/seat-sync/conflicts").json()["items"]
    api.client.force_login(stranger)

    assert (row["holderReference"], row["channel"]) == ("POS-1", "Moviepass")
    assert api.get("/seat-sync/conflicts").json()["items"] == []


def test_conflicts_come_page_by_page_newest_first(stage: Stage, till: Api, moviepass: Api) -> None:
    clash(stage, till, moviepass, "A1", "A2", "A3")

    first = moviepass.get("/seat-sync/conflicts?limit=2").json()
    second = moviepass.get(f"/seat-sync/conflicts?limit=2&cursor={first['nextCursor']}").json()

    assert len(first["items"]) == 2
    assert second["nextCursor"] is None
    created = [row["id"] for row in first["items"] + second["items"]]
    assert created == sorted(created, reverse=True)
    assert len(set(created)) == 3
    assert moviepass.get("/seat-sync/conflicts?status=SOLVED").json()["items"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=x", "status=NEVER", "limit=" + "9" * 5000]
)
def test_a_senseless_page_is_refused(moviepass: Api, query: str) -> None:
    assert moviepass.get(f"/seat-sync/conflicts?{query}").status_code == 422


def test_the_journal_is_read_from_a_version_on(stage: Stage, till: Api) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["C1"], actor=cast.ASHA)
    sell(till, stage, "A1", "A2", reference="POS-1", source="WALK_IN")
    sell(till, stage, "A3", reference="POS-2", source="WALK_IN")

    first = till.get(f"/seat-sync/events/{stage.path}?limit=2").json()
    rest = till.get(f"/seat-sync/events/{stage.path}?after={first['nextCursor']}").json()

    assert [row["version"] for row in first["items"] + rest["items"]] == [1, 2, 3]
    assert rest["nextCursor"] is None
    assert first["items"][1]["changes"] == [
        {"seatNumber": "A1", "from": "AVAILABLE", "to": "BOOKED"},
        {"seatNumber": "A2", "from": "AVAILABLE", "to": "BOOKED"},
    ]


def test_only_staff_and_its_author_learn_whose_doing_an_entry_was(
    stage: Stage, api: Api, till: Api, moviepass: Api, chandra: User
) -> None:
    sell(till, stage, "A1", reference="POS-1", source="WALK_IN")
    path = f"/seat-sync/events/{stage.path}"
    api.client.force_login(chandra)

    [own], [foreign], [staff] = (reader.get(path).json()["items"] for reader in (till, moviepass, api))

    assert (own["bookingSource"], own["bookingReference"]) == ("WALK_IN", "POS-1")
    assert "actor" not in own
    assert not {"bookingSource", "bookingReference", "reason", "actor"} & set(foreign)
    assert staff["actor"].startswith("channel:")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=99999999999", "limit=1000"])
def test_a_senseless_place_in_the_journal_is_refused(stage: Stage, till: Api, query: str) -> None:
    assert till.get(f"/seat-sync/events/{stage.path}?{query}").status_code == 422


@pytest.mark.parametrize("path", ["/seat-sync/conflicts", "/seat-sync/events/{}"])
def test_records_are_for_channels_and_staff(stage: Stage, api: Api, asha: User, path: str) -> None:
    path = path.format(stage.path)
    _channel, unscoped = cast.make_channel(
        "Holder", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=["holds:write"]
    )

    assert api.get(path).status_code == 401
    assert api.get(path, X_Session_Token="made-up").status_code == 401
    assert Api("ssk_test_x").get(path).status_code == 401
    assert Api(unscoped).get(path).status_code == 403
    api.client.force_login(asha)
    assert api.get(path).status_code == 403


def test_the_journal_of_another_cinema_is_not_found(stage: Stage, till: Api) -> None:
    elsewhere = cast.make_stage(name="Other")

    assert till.get(f"/seat-sync/events/{stage.path}").status_code == 200
    assert till.get(f"/seat-sync/events/{elsewhere.path}").status_code == 404
