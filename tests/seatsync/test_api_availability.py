"""OP1: the seats as a list for channels; where a seat was sold is told to few."""

from datetime import timedelta

import pytest

from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

pytestmark = pytest.mark.django_db


def test_availability_has_the_shape_of_seed_000_and_the_cinemas_own_time(stage: Stage, api: Api) -> None:
    starts_at = stage.showtime.starts_at + timedelta(hours=5, minutes=45)

    body = api.get(f"/seat-sync/availability/{stage.path}").json()

    assert body["success"] is True
    assert body["data"]["showtime"] == {
        "id": stage.path, "movie": "Dal Bhat Power", "theater": "Himal Cinema", "city": "Kathmandu",
        "showDate": f"{starts_at:%Y-%m-%d}", "showTime": f"{starts_at:%H:%M}", "totalSeats": 15, "availableSeats": 15,
    }  # fmt: skip
    assert body["data"]["version"] == 0
    row = body["data"]["seats"][7]
    assert (row["seatNumber"], row["row"], row["column"], row["price"]) == ("B3", "B", 3, 450)
    assert "bookingSource" not in row


def test_sources_are_told_to_staff_and_to_the_channel_that_sold(stage: Stage, api: Api, chandra: User) -> None:
    till, moviepass = Api(cast.till(stage)), Api(cast.moviepass(stage))
    sale = {"seatNumber": "A1", "status": "BOOKED", "bookingSource": "POS_SYSTEM", "bookingReference": "POS-1"}
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [sale]})
    staff = Api()
    staff.client.force_login(chandra)

    def source(reader: Api) -> object:
        return reader.get(f"/seat-sync/availability/{stage.path}").json()["data"]["seats"][0].get("bookingSource", "-")

    assert (source(till), source(staff), source(moviepass), source(api)) == ("POS_SYSTEM", "POS_SYSTEM", None, "-")


def test_staff_of_another_cinema_see_what_everybody_sees(stage: Stage) -> None:
    elsewhere = cast.make_stage(name="Other")
    stranger = cast.make_user("eve@example.com", role="counter", cinemas=(elsewhere.cinema,))
    reader = Api()
    reader.client.force_login(stranger)

    assert "bookingSource" not in reader.get(f"/seat-sync/availability/{stage.path}").json()["data"]["seats"][0]


def test_a_token_in_the_address_is_no_token(stage: Stage, api: Api) -> None:
    token = cast.till(stage)

    row = api.get(f"/seat-sync/availability/{stage.path}?token={token}&access_token={token}").json()["data"]["seats"][0]

    assert "bookingSource" not in row
