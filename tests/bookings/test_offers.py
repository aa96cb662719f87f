"""A hold that loses seats to a reported sale: what it keeps, what is held for its owner instead, and how that ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from bookings.services import endings, holds
from payments import audit
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

pytestmark = pytest.mark.django_db

HOLD = "/bookings/hold"


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


def hold(api: Api, stage: Stage, *seats: str, token: str = cast.ASHA_TOKEN) -> Any:
    return api.post(HOLD, {"showtimeId": stage.path, "seatIds": list(seats), "sessionToken": token})


def sell(till: Api, stage: Stage, *seats: str, reference: str = "POS-1") -> Any:
    lines = [
        {"seatNumber": seat, "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": reference}
        for seat in seats
    ]
    return till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": lines})


def seen(api: Api, hold_id: str) -> Any:
    return api.get(f"/bookings/{hold_id}", X_Session_Token=cast.ASHA_TOKEN).json()


def test_the_seat_beside_the_rest_is_held_for_two_minutes(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "B2", "B3").json()["holdId"]

    sell(till, stage, "B2")

    told = seen(api, hold_id)
    assert (told["status"], told["bookedSeats"], told["lostSeats"]) == ("HELD", ["B3"], ["B2"])
    assert told["soldAtCounter"] is True
    assert [(seat["label"], seat["price"]) for seat in told["offer"]["seats"]] == [("B4", 450)]
    assert stage.states()["B4"] == "HELD"
    offer = Booking.objects.get(offered_to=hold_id)
    assert (offer.owner, offer.status) == (f"offer:{hold_id}", "HELD")
    assert timedelta(seconds=110) < offer.expires_at - timezone.now() <= timedelta(seconds=120)
    assert hold(api, stage, "B4", token=cast.BIKASH_TOKEN).status_code == 409
    assert audit.violations() == []


def test_as_many_as_were_lost_are_offered_together(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "A2", "A3", "A4").json()["holdId"]

    sell(till, stage, "A2", "A3")

    assert [seat["label"] for seat in seen(api, hold_id)["offer"]["seats"]] == ["B2", "B3"]


def test_a_hold_that_lost_all_is_over_and_offered_others(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "C2").json()["holdId"]

    sell(till, stage, "C2")
    told = seen(api, hold_id)
    taken = hold(api, stage, "C1")

    assert (told["status"], told["lostSeats"], told["offer"]["seats"][0]["label"]) == ("CANCELLED", ["C2"], "C1")
    assert (taken.status_code, taken.json()["holdId"] == hold_id) == (201, False)
    assert audit.violations() == []


def test_taking_the_offer_takes_its_seats_and_ends_it(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "B2", "B3").json()["holdId"]
    sell(till, stage, "B2")

    taken = hold(api, stage, "B3", "B4")

    assert (taken.status_code, taken.json()["holdId"]) == (201, hold_id)
    assert Booking.objects.get(offered_to=hold_id).status == "CANCELLED"
    told = seen(api, hold_id)
    assert (told["bookedSeats"], told["lostSeats"], told["offer"]) == (["B3", "B4"], [], None)
    assert audit.violations() == []


def test_choosing_others_gives_the_offered_seats_back(stage: Stage, api: Api, till: Api) -> None:
    hold(api, stage, "B2", "B3")
    sell(till, stage, "B2")

    assert hold(api, stage, "A1").status_code == 201

    assert (stage.states()["B4"], stage.states()["B3"], stage.states()["A1"]) == ("AVAILABLE", "AVAILABLE", "HELD")


def test_letting_the_hold_go_ends_the_offer(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "B2", "B3").json()["holdId"]
    sell(till, stage, "B2")

    api.send("DELETE", f"{HOLD}/{hold_id}", {"sessionToken": cast.ASHA_TOKEN})

    assert set(stage.states().values()) == {"AVAILABLE", "BOOKED"}
    assert audit.violations() == []


def test_an_offer_nobody_answers_lapses_and_is_purged(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "B2", "B3").json()["holdId"]
    sell(till, stage, "B2")
    later = timezone.now() + timedelta(seconds=121)

    endings.expire_due(now=later)
    Booking.objects.filter(offered_to=hold_id).update(created_at=later - timedelta(days=2))
    endings.purge_holds(now=later)

    assert (stage.states()["B4"], stage.states()["B3"]) == ("AVAILABLE", "HELD")
    assert not Booking.objects.filter(offered_to=hold_id).exists()


def test_an_offered_seat_that_is_sold_too_is_replaced(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "B2", "B3").json()["holdId"]
    sell(till, stage, "B2")

    sold = sell(till, stage, "B4", reference="POS-2")

    assert sold.json()["data"]["results"][0]["outcome"] == "applied_over_hold"
    assert [seat["label"] for seat in seen(api, hold_id)["offer"]["seats"]] == ["B5"]
    assert audit.violations() == []


def test_in_a_full_hall_there_is_nothing_to_offer(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "A1", "A2").json()["holdId"]
    sell(till, stage, *(label for label in stage.states() if label not in ("A1", "A2")))

    sell(till, stage, "A1", reference="POS-2")

    told = seen(api, hold_id)
    assert (told["lostSeats"], told["offer"], told["bookedSeats"]) == (["A1"], None, ["A2"])


def test_an_offer_does_not_count_against_its_owner_and_is_nobodys_to_take(stage: Stage, api: Api, till: Api) -> None:
    hold_id = hold(api, stage, "B2", "B3").json()["holdId"]
    sell(till, stage, "B2")
    offer = Booking.objects.get(offered_to=hold_id)

    assert seen(api, str(offer.pk))["status"] == 404
    assert till.get(f"/bookings/{offer.pk}").status_code == 404
    assert (
        api.post("/bookings/confirm", {"holdId": str(offer.pk), "userDetails": {"phone": "9800000001"}}).status_code
        == 404
    )
    assert [row.pk for row in Booking.objects.filter(owner=cast.ASHA.key)] == [offer.offered_to_id]


def test_a_hold_near_its_end_gets_three_minutes_and_keeps_them_when_it_takes_the_offer(
    stage: Stage, api: Api, till: Api
) -> None:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["B2", "B3"], actor=cast.ASHA).booking
    soon = timezone.now() + timedelta(seconds=20)
    Booking.objects.filter(pk=held.pk).update(expires_at=soon, created_at=timezone.now() - timedelta(minutes=19.8))

    sell(till, stage, "B2")
    taken = hold(api, stage, "B3", "B4")

    held.refresh_from_db()
    assert held.expires_at - timezone.now() > timedelta(minutes=2, seconds=50)
    assert taken.status_code == 201


# --- the pages


@pytest.fixture
def browser(stage: Stage) -> Client:
    client = Client()
    client.get(f"/showtimes/{stage.path}/")
    client.post(f"/showtimes/{stage.path}/hold/", {"seat": ["B2", "B3"]})
    return client


def test_the_pages_say_what_was_lost_and_what_is_kept(stage: Stage, browser: Client, till: Api) -> None:
    sell(till, stage, "B2")
    held = Booking.objects.get(offered_to=None, channel=None)

    for path in (f"/showtimes/{stage.path}/", f"/showtimes/{stage.path}/?list=1", f"/bookings/{held.pk}/details/"):
        page = " ".join(browser.get(path).content.decode().split())
        assert "B2 was just sold at the counter. We keep B4 for you until" in page
        assert 'value="take"' in page and 'value="decline"' in page


@pytest.mark.parametrize(
    ("answer", "seats", "offered"), [("take", ["B3", "B4"], "HELD"), ("decline", ["B3"], "AVAILABLE")]
)
def test_a_button_takes_the_offer_or_leaves_it(
    stage: Stage, browser: Client, till: Api, answer: str, seats: list[str], offered: str
) -> None:
    sell(till, stage, "B2")
    held = Booking.objects.get(offered_to=None, channel=None)

    done = browser.post(f"/bookings/{held.pk}/offer/", {"answer": answer})

    held.refresh_from_db()
    assert (done.status_code, held.seat_labels, stage.states()["B4"]) == (302, seats, offered)


def test_a_stranger_can_neither_take_nor_decline(stage: Stage, browser: Client, till: Api) -> None:
    sell(till, stage, "B2")
    held = Booking.objects.get(offered_to=None, channel=None)

    assert Client().post(f"/bookings/{held.pk}/offer/", {"answer": "decline"}).status_code == 404
    assert stage.states()["B4"] == "HELD"


def test_a_hold_that_lost_all_is_told_on_its_page_and_on_the_map(stage: Stage, browser: Client, till: Api) -> None:
    sell(till, stage, "B2", "B3")
    held = Booking.objects.get(offered_to=None, channel=None)

    for path in (f"/bookings/{held.pk}/", f"/showtimes/{stage.path}/"):
        assert "B2, B3 were just sold at the counter." in " ".join(browser.get(path).content.decode().split())
    browser.post(f"/bookings/{held.pk}/offer/", {"answer": "take"})

    assert Booking.objects.get(status="HELD").owner == held.owner
