"""Proving that both sides agree: a channel's list against ours, and a checksum that both compute, through HTTP."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from bookings import tally
from bookings.services import holds
from seatsync.models import Reconciliation
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

pytestmark = pytest.mark.django_db

PATH = "/seat-sync/reconcile"
EMPTY = hashlib.sha256(b"").hexdigest()


@pytest.fixture
def moviepass(stage: Stage) -> Api:
    return Api(cast.moviepass(stage))


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


def sell(
    api: Api, stage: Stage, reference: str, *seats: str, source: str = "OTHER_PLATFORM", to: str = "BOOKED"
) -> Any:
    lines = [
        {"seatNumber": seat, "status": to, "bookingSource": source, "bookingReference": reference} for seat in seats
    ]
    answer = api.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": lines})
    assert answer.status_code in (200, 207), answer.content
    return answer.json()


def reconcile(api: Api, stage: Stage, sales: list[Any], **headers: str) -> Any:
    return api.post(PATH, {"showtimeId": stage.path, "sales": sales}, **headers)


def sold(reference: str, *seats: str) -> dict[str, Any]:
    return {"bookingReference": reference, "seats": list(seats)}


def checksum_of(*lines: str) -> str:
    return hashlib.sha256("".join(sorted(f"{line}\n" for line in lines)).encode()).hexdigest()


def test_lists_that_agree_say_so_and_are_kept(stage: Stage, moviepass: Api) -> None:
    sell(moviepass, stage, "MP-1", "A1", "A2")

    answer = reconcile(moviepass, stage, [sold("MP-1", "A2", "A1")])

    body = answer.json()
    assert answer.status_code == 200
    assert (body["theirs"], body["ours"], body["agreed"], body["version"]) == (2, 2, 2, 1)
    assert body["missingHere"] == body["missingThere"] == body["differs"] == []
    row = Reconciliation.objects.get(pk=body["reconciliationId"])
    assert (row.is_clean, row.origin, row.channel.name, str(row.showtime_id)) == (True, "API", "Moviepass", stage.path)


def test_each_kind_of_difference_is_named_and_nothing_is_changed(stage: Stage, moviepass: Api) -> None:
    sell(moviepass, stage, "MP-1", "A1")
    sell(moviepass, stage, "MP-2", "A3", "B1")
    before = (stage.states(), len(stage.journal()))

    body = reconcile(moviepass, stage, [sold("MP-1", "A1", "A2"), sold("MP-3", "B1")]).json()

    assert body["missingHere"] == [{"seatNumber": "A2", "bookingReference": "MP-1", "seatNow": "AVAILABLE"}]
    assert body["missingThere"] == [{"seatNumber": "A3", "bookingReference": "MP-2"}]
    assert body["differs"] == [{"seatNumber": "B1", "theirs": "MP-3", "ours": "MP-2"}]
    assert (body["theirs"], body["ours"], body["agreed"]) == (3, 3, 1)
    assert (stage.states(), len(stage.journal())) == before


def test_a_flat_list_and_seats_by_id_say_the_same(stage: Stage, moviepass: Api, api: Api) -> None:
    sell(moviepass, stage, "MP-1", "A1", "A2")
    seat = api.get(f"/showtimes/{stage.path}/seats").json()["layout"]["rows"][0]["seats"][0]["id"]

    flat = [{"seatNumber": name, "bookingReference": "MP-1"} for name in (seat, "A2")]

    assert reconcile(moviepass, stage, flat).json()["agreed"] == 2


def test_an_empty_list_means_that_nothing_was_sold(stage: Stage, moviepass: Api) -> None:
    assert reconcile(moviepass, stage, []).json()["agreed"] == 0
    sell(moviepass, stage, "MP-1", "A1")

    assert [one["seatNumber"] for one in reconcile(moviepass, stage, []).json()["missingThere"]] == ["A1"]
    assert moviepass.post(PATH, {"showtimeId": stage.path}).status_code == 422


def test_a_booking_made_through_our_api_goes_by_its_own_reference_or_id(stage: Stage, moviepass: Api) -> None:
    held = moviepass.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["C1"], "sessionToken": "x"}).json()
    user = {"email": "asha@example.com", "name": "Asha", "phone": "9800000001"}
    paying = moviepass.post(
        "/bookings/confirm", {"holdId": held["holdId"], "paymentMethod": "CARD", "userDetails": user}
    ).json()
    assert reconcile(moviepass, stage, []).json()["ours"] == 0  # not paid, not sold
    method = {"type": "card", "token": "tok_ok"}
    paid = {"bookingId": held["holdId"], "paymentIntentId": paying["paymentIntentId"], "paymentMethod": method}
    assert moviepass.post("/payments/process", paid).status_code == 200

    for name in (paying["bookingReference"], held["holdId"]):
        assert reconcile(moviepass, stage, [sold(name, "C1")]).json()["agreed"] == 1
    own = moviepass.get(f"/seat-sync/checksum/{stage.path}").json()["own"]
    assert own == {"seats": 1, "checksum": checksum_of(f"C1\t{paying['bookingReference']}")}


def test_another_holders_sale_is_only_a_seat_that_is_taken(stage: Stage, moviepass: Api, till: Api) -> None:
    sell(till, stage, "POS-SECRET", "A1", source="WALK_IN")
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A2"], actor=cast.ASHA)
    case = sell(moviepass, stage, "MP-1", "A1")["data"]["results"][0]["conflictId"]

    answer = reconcile(moviepass, stage, [sold("MP-1", "A1"), sold("MP-2", "A2"), sold("MP-3", "Z9")])

    assert answer.json()["missingHere"] == [
        {"seatNumber": "A1", "bookingReference": "MP-1", "seatNow": "BOOKED", "conflictId": case},
        {"seatNumber": "A2", "bookingReference": "MP-2", "seatNow": "HELD"},
        {"seatNumber": "Z9", "bookingReference": "MP-3", "seatNow": None},
    ]
    assert "POS-SECRET" not in answer.content.decode()
    assert answer.json()["missingThere"] == []
    assert reconcile(till, stage, [sold("POS-SECRET", "A1")]).json()["agreed"] == 1


def test_a_seat_listed_twice_is_refused_with_its_place(stage: Stage, moviepass: Api, api: Api) -> None:
    seat = api.get(f"/showtimes/{stage.path}/seats").json()["layout"]["rows"][0]["seats"][0]["id"]

    answer = reconcile(moviepass, stage, [sold("MP-1", "A1", "A2"), sold("MP-2", "A2", seat)])

    assert answer.status_code == 422
    places = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert places == [("/sales/1/seats/0", "DUPLICATE"), ("/sales/1/seats/1", "DUPLICATE")]
    assert not Reconciliation.objects.exists()


@pytest.mark.parametrize(
    ("sales", "pointer"),
    [
        ("all of them", "/sales"),
        (["A1"], "/sales/0"),
        ([{"bookingReference": "MP-1"}], "/sales/0"),
        ([{"bookingReference": "MP-1", "seats": ["A1"], "seatNumber": "A1"}], "/sales/0"),
        ([{"bookingReference": "MP-1", "seats": "A1"}], "/sales/0"),
        ([{"bookingReference": "", "seats": ["A1"]}], "/sales/0/bookingReference"),
        ([{"seats": ["A1"]}], "/sales/0/bookingReference"),
        ([{"bookingReference": "a\tb", "seats": ["A1"]}], "/sales/0/bookingReference"),
        ([{"bookingReference": "MP-1", "seats": ["A1", 2]}], "/sales/0/seats/1"),
        ([{"bookingReference": "MP-1", "seatNumber": None}], "/sales/0/seatNumber"),
    ],
)
def test_a_list_that_is_none_is_refused_with_its_place(stage: Stage, moviepass: Api, sales: Any, pointer: str) -> None:
    answer = reconcile(moviepass, stage, sales)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_more_than_5000_seats_are_refused(stage: Stage, moviepass: Api) -> None:
    answer = reconcile(moviepass, stage, [sold("MP-1", *(f"X{number}" for number in range(5001)))])

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/sales")


def test_the_same_request_again_is_the_same_comparison(stage: Stage, moviepass: Api) -> None:
    first = reconcile(moviepass, stage, [sold("MP-1", "A1")], Idempotency_Key="r1")

    again = reconcile(moviepass, stage, [sold("MP-1", "A1")], Idempotency_Key="r1")

    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert Reconciliation.objects.count() == 1


def test_several_showtimes_are_compared_at_once(stage: Stage, moviepass: Api) -> None:
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.busy_until)
    sell(moviepass, stage, "MP-1", "A1")
    lists = [
        {"showtimeId": stage.path, "sales": [sold("MP-1", "A1")]},
        {"showtimeId": str(later.pk), "sales": [sold("MP-2", "A1")]},
    ]

    body = moviepass.post(f"{PATH}/batch", {"showtimes": lists}).json()

    assert [(one["agreed"], len(one["missingHere"])) for one in body["items"]] == [(1, 0), (0, 1)]
    assert moviepass.post(f"{PATH}/batch", {"showtimes": [lists[0], lists[0]]}).status_code == 422


def test_who_may_not_compare(stage: Stage, api: Api, moviepass: Api) -> None:
    reader = cast.make_channel(
        "Reader", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=["inventory:read"]
    )[1]
    other = cast.make_stage(name="Rara Cinema")

    assert reconcile(api, stage, []).status_code == 401
    assert reconcile(Api(reader), stage, []).status_code == 403
    assert reconcile(moviepass, other, []).status_code == 404
    assert moviepass.get(f"/seat-sync/checksum/{other.path}").status_code == 404
    assert api.get(f"/seat-sync/checksum/{stage.path}").status_code == 401
    assert Api(reader).get(f"/seat-sync/checksum/{stage.path}").status_code == 200


def test_a_channel_lists_its_own_comparisons_page_by_page(stage: Stage, moviepass: Api, till: Api) -> None:
    made = [reconcile(moviepass, stage, [sold("MP-1", "A1")]).json()["reconciliationId"] for _n in range(3)]
    foreign = reconcile(till, stage, []).json()["reconciliationId"]

    first = moviepass.get("/seat-sync/reconciliations?limit=2").json()
    rest = moviepass.get(f"/seat-sync/reconciliations?limit=2&cursor={first['nextCursor']}").json()

    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["nextCursor"] is None
    assert (first["items"][0]["missingHere"], first["items"][0]["unfixed"]) == (1, 1)
    detail = moviepass.get(f"/seat-sync/reconciliations/{made[0]}").json()
    assert [(one["seatNumber"], one["kind"], one["theirs"]) for one in detail["differences"]] == [
        ("A1", "missing_here", "MP-1")
    ]
    assert moviepass.get(f"/seat-sync/reconciliations/{foreign}").status_code == 404


def test_the_checksum_is_of_the_written_form_and_follows_the_version(stage: Stage, moviepass: Api) -> None:
    first = moviepass.get(f"/seat-sync/checksum/{stage.path}").json()
    assert (first["version"], first["algorithm"]) == (0, "sha256")
    assert first["own"] == {"seats": 0, "checksum": EMPTY}

    sell(moviepass, stage, "MP-2", "B1")
    sell(moviepass, stage, "MP-1", "A1")
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["C5"], actor=cast.ASHA)

    now = moviepass.get(f"/seat-sync/checksum/{stage.path}").json()
    assert now["version"] == 3
    assert now["own"] == {"seats": 2, "checksum": checksum_of("A1\tMP-1", "B1\tMP-2")}
    lines = [f"{label}\t{status}" for label, status in stage.states().items()]
    assert now["all"] == {"seats": 15, "checksum": checksum_of(*lines), "lapsedHolds": 0}
    assert reconcile(moviepass, stage, []).json()["checksum"] == now["own"]["checksum"]


def test_a_lost_message_shows_in_the_checksum_and_the_feed_mends_it(stage: Stage, moviepass: Api, till: Api) -> None:
    """The channel keeps a copy by messages; one is lost. Its checksum differs, and what it missed makes it agree."""
    seen = moviepass.get(f"/showtimes/{stage.path}/seats").json()
    copy = {seat["label"]: "AVAILABLE" for row in seen["layout"]["rows"] for seat in row["seats"]}
    version = seen["version"]
    sell(till, stage, "POS-1", "A1", source="WALK_IN")  # this message never arrives
    sell(till, stage, "POS-2", "A2", source="WALK_IN")
    copy["A2"] = "BOOKED"

    def mine() -> str:
        return checksum_of(*(f"{label}\t{status}" for label, status in copy.items()))

    asked = f"/seat-sync/checksum/{stage.path}"
    assert moviepass.get(asked).json()["all"]["checksum"] != mine()
    for event in moviepass.get(f"/seat-sync/events/{stage.path}?after={version}").json()["items"]:
        copy |= {change["seatNumber"]: change["to"] for change in event["changes"]}
    assert moviepass.get(asked).json()["all"]["checksum"] == mine()


def test_the_printed_vectors_and_snippets_compute_what_we_compute() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    section = text.partition("## Proving that both sides agree")[2].partition("\n## ")[0]
    vectors = json.loads(re.findall(r"Vectors.*?```json\n(.*?)```", section, re.DOTALL)[0])
    in_python: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0], in_python)
    in_javascript = re.findall(r"```javascript\n(.*?)```", section, re.DOTALL)[0]

    for vector in vectors:
        assert tally.checksum(map(tuple, vector["lines"])) == vector["checksum"]
        assert in_python["checksum"](vector["lines"]) == vector["checksum"]
    if node := shutil.which("node"):
        script = f"{in_javascript}\nconsole.log(JSON.stringify({json.dumps(vectors)}.map(v => checksum(v.lines))))"
        told = subprocess.run([node, "-e", script], capture_output=True, check=True)
        assert json.loads(told.stdout) == [vector["checksum"] for vector in vectors]
    assert len(vectors) == 3
