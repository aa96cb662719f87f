"""Seats given to a channel: its alone on every map and in every sale, back with everybody in time."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import audit
from seatsync import allotting, channels
from seatsync.inventory import SeatsUnavailable
from seatsync.models import OWN_COUNTER, Allotment, Announcement, Channel, ShowSeat
from seatsync.tasks import return_allotments
from showsewa.actors import Actor
from showsewa.models import User
from showsewa.refusals import Invalid
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from venues.models import Price, Showtime


@pytest.fixture
def manager(devi: User) -> Actor:
    return cast.staff_actor(devi)


@pytest.fixture
def platform(stage: cast.Stage) -> tuple[Channel, Api]:
    channel, token = cast.make_channel(
        "Moviepass", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,)
    )
    return channel, Api(token)


@pytest.fixture
def rival(stage: cast.Stage) -> Api:
    return Api(cast.make_channel("Seatgo", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))[1])


def give(stage: cast.Stage, to: Channel, *seats: str, by: Actor, **given: Any) -> Allotment:
    return allotting.give(showtime_id=stage.showtime.pk, channel=to, seats=seats, actor=by, now=timezone.now(), **given)


def state(api: Api, stage: cast.Stage) -> str:
    return str(api.get(f"/showtimes/{stage.path}/state").json()["state"])


def hold(api: Api, stage: cast.Stage, *seats: str) -> Any:
    return api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": seats, "sessionToken": "t"})


def test_an_allotted_seat_is_free_to_its_channel_and_blocked_to_all_others(
    stage: cast.Stage, platform: tuple[Channel, Api], rival: Api, api: Api, manager: Actor
) -> None:
    channel, own = platform
    give(stage, channel, "A1", "A2", by=manager)

    assert [state(each, stage)[:3] for each in (own, rival, api)] == ["AAA", "XXA", "XXA"]
    for each in (rival, api):
        refused = hold(each, stage, "A1", "A3")
        assert code(refused) == (409, "SEAT_UNAVAILABLE")
        assert [(c["label"], c["status"]) for c in refused.json()["conflicts"]] == [("A1", "BLOCKED")]
    assert hold(own, stage, "A1", "A3").status_code == 201
    assert audit.violations() == []


@pytest.mark.parametrize("path", ["state", "seats", "inventory"])
def test_every_map_and_its_etag_are_the_viewers_own(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, manager: Actor, path: str
) -> None:
    channel, own = platform
    give(stage, channel, "A1", by=manager)
    mine, public = (each.get(f"/showtimes/{stage.path}/{path}") for each in (own, api))

    assert mine["ETag"] != public["ETag"]
    assert own.get(f"/showtimes/{stage.path}/{path}", If_None_Match=mine["ETag"]).status_code == 304
    assert api.get(f"/showtimes/{stage.path}/{path}", If_None_Match=mine["ETag"]).status_code == 200
    assert "Authorization" in mine["Vary"]


def test_lists_of_what_changed_say_it_as_the_reader_sees_it(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, manager: Actor
) -> None:
    channel, own = platform
    give(stage, channel, "A1", by=manager)
    held = hold(own, stage, "A1").json()
    own.send("DELETE", f"/bookings/hold/{held['holdId']}")

    told = [each.get(f"/showtimes/{stage.path}/seats?since=0").json()["seats"][0]["status"] for each in (own, api)]

    assert told == ["AVAILABLE", "BLOCKED"]


def test_a_seat_that_is_taken_blocked_or_allotted_is_not_given_and_is_named(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, manager: Actor
) -> None:
    channel, _own = platform
    hold(api, stage, "A1")
    give(stage, channel, "A2", by=manager)

    with pytest.raises(SeatsUnavailable) as refused:
        give(stage, channel, "A1", "A2", "A3", by=manager)

    assert [conflict["label"] for conflict in refused.value.facts["conflicts"]] == ["A1", "A2"]
    assert not ShowSeat.objects.filter(label="A3").exclude(allotted_to=None).exists()


def test_a_percentage_takes_the_cheapest_seats_from_the_back_and_leaves_no_gap(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, manager: Actor
) -> None:
    channel, _own = platform
    hold(api, stage, "C2")

    given = give(stage, channel, by=manager, percent=40)

    assert given.seat_labels == ["B1", "B2", "C1", "C3", "C4", "C5"]
    assert give(stage, channel, by=manager, percent=1).seat_labels == ["B3"]
    with pytest.raises(Invalid, match="only 7 are free"):
        give(stage, channel, by=manager, percent=60)


def test_what_cannot_be_allotted_is_refused_in_words(
    stage: cast.Stage, platform: tuple[Channel, Api], manager: Actor
) -> None:
    channel, _own = platform
    elsewhere = cast.make_stage(name="Rara Cinema")
    far, _token = cast.make_channel("Far", kind="THEATRE", sources=["WALK_IN"], cinemas=(elsewhere.cinema,))

    for given, words in (
        ({"to": far, "percent": 10}, "does not sell for this cinema"),
        ({"to": channel}, "give a percentage"),
        ({"to": channel, "percent": 101}, "between 1 and 100"),
        ({"to": channel, "percent": 10, "release_minutes": 24 * 60}, "too near the start"),
        ({"to": channel, "percent": 10, "release_minutes": -1}, "go back between"),
    ):
        with pytest.raises(Invalid, match=words):
            give(stage, by=manager, **given)


def test_seats_go_back_by_themselves_and_the_channel_is_told(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, manager: Actor
) -> None:
    channel, own = platform
    given = give(stage, channel, "A1", "A2", "A3", by=manager, release_minutes=200)
    assert hold(own, stage, "A1").status_code == 201
    assert return_allotments() == 0
    assert state(api, stage)[:3] == "HXX"

    Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=timezone.now() + timedelta(minutes=199))

    assert return_allotments() == 1
    assert state(api, stage)[:3] == "HAA"
    told = Announcement.objects.get(topic="allotment.returned")
    assert (told.channel_id, told.data["allotmentId"]) == (channel.pk, str(given.pk))
    assert (told.data["seats"], told.data["unsoldSeats"]) == (["A1", "A2", "A3"], ["A2", "A3"])
    assert return_allotments() == 0
    assert audit.violations() == []


def test_a_held_seat_that_went_back_comes_free_for_everybody(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, manager: Actor
) -> None:
    channel, own = platform
    given = give(stage, channel, "A1", by=manager)
    held = hold(own, stage, "A1").json()
    allotting.take_back(allotment_id=given.pk, actor=manager, now=timezone.now())

    own.send("DELETE", f"/bookings/hold/{held['holdId']}")

    assert hold(api, stage, "A1").status_code == 201
    assert audit.violations() == []
    with pytest.raises(allotting.AllotmentReturned):
        allotting.take_back(allotment_id=given.pk, actor=manager, now=timezone.now())


def test_a_lapsed_hold_on_an_allotted_seat_is_free_to_its_channel_only(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, manager: Actor
) -> None:
    channel, own = platform
    give(stage, channel, "A1", by=manager)
    hold(own, stage, "A1")
    purchase.expire(stage)

    assert code(hold(api, stage, "A1")) == (409, "SEAT_UNAVAILABLE")
    assert hold(own, stage, "A1").status_code == 201


def test_a_report_of_another_channel_takes_an_allotted_seat_because_it_has_happened(
    stage: cast.Stage, platform: tuple[Channel, Api], rival: Api, manager: Actor
) -> None:
    channel, own = platform
    give(stage, channel, "A1", by=manager)
    line = {"seatNumber": "A1", "status": "BOOKED", "bookingSource": "OTHER_PLATFORM", "bookingReference": "S-1"}

    answer = rival.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line]})

    assert answer.status_code == 200
    assert state(own, stage)[0] == "B"
    assert audit.violations() == []


def test_a_channel_reads_its_own_allotments_and_no_one_elses(
    stage: cast.Stage, platform: tuple[Channel, Api], rival: Api, manager: Actor, api: Api, devi: User
) -> None:
    channel, own = platform
    given = give(stage, channel, "A1", "A2", by=manager)

    listed = own.get(f"/allotments?showtimeId={stage.path}").json()

    assert [(row["id"], row["seats"], row["releasedAt"]) for row in listed["items"]] == [
        (str(given.pk), ["A1", "A2"], None)
    ]
    assert rival.get("/allotments").json() == {"items": [], "nextCursor": None}
    assert api.get("/allotments").status_code == 401
    api.client.force_login(devi)
    assert api.get("/allotments").json()["items"][0]["channel"] == "Moviepass"


def test_the_counter_sells_from_what_is_kept_for_it(stage: cast.Stage, manager: Actor, chandra: User, api: Api) -> None:
    give(stage, Channel.objects.get(pk=OWN_COUNTER), "A1", "A2", by=manager)
    api.client.force_login(chandra)

    shown = api.client.get(f"/counter/shows/{stage.path}").json()
    followed = api.client.get(shown["stateUrl"]).json()
    sold = api.client.post(
        "/counter/sell", {"showtimeId": stage.path, "seats": ["A1"], "tender": "CASH"},
        content_type="application/json", headers={"X-CSRFToken": "x"},
    )  # fmt: skip

    assert (shown["state"][:3], followed["state"][:3]) == ("AAA", "AAA")
    assert sold.status_code == 201
    assert Api().get(f"/showtimes/{stage.path}/state").json()["state"][:3] == "BXA"
    assert audit.violations() == []


def test_a_channels_prices_are_its_own_on_every_map(stage: cast.Stage, platform: tuple[Channel, Api], api: Api) -> None:
    channel, own = platform
    Price.objects.update(amount=450)
    Channel.objects.filter(pk=channel.pk).update(pricing="MARKUP", percent=10)

    mapped = own.get(f"/showtimes/{stage.path}/seats").json()["layout"]["rows"][0]["seats"][0]["price"]
    listed = own.get(f"/seat-sync/availability/{stage.path}").json()["data"]["seats"][0]["price"]
    priced = own.get(f"/showtimes/{stage.path}/prices")
    held = hold(own, stage, "A1").json()

    assert (mapped, listed, priced.json()["seats"][0]["price"], held["totalAmount"]) == (495, 495, 495, 495)
    public = api.get(f"/showtimes/{stage.path}/prices")
    assert (public.json()["seats"][0]["price"], public["ETag"] == priced["ETag"]) == (450, False)


def test_staff_give_seats_by_name_or_share_and_take_them_back_at_the_desk(
    stage: cast.Stage, platform: tuple[Channel, Api], api: Api, devi: User
) -> None:
    channel, _own = platform
    desk = Client()
    desk.force_login(devi)
    page = reverse("admin:venues_showtime_allot", args=[stage.showtime.pk])
    assert desk.get(page).status_code == 200

    sent = {"channel": str(channel.pk), "seats": ["A1"], "percent": "", "release_minutes": "60"}
    assert desk.post(page, sent).status_code == 302
    both = desk.post(page, sent | {"percent": "10"})
    assert "one or the other" in both.content.decode()
    assert "No longer available: A1." in desk.post(page, sent).content.decode()

    given = Allotment.objects.get()
    assert given.actor == f"user:{devi.pk}"
    assert desk.get(reverse("admin:seatsync_allotment_changelist")).status_code == 200
    assert desk.post(reverse("admin:seatsync_allotment_take_back", args=[given.pk])).status_code == 302
    assert state(api, stage) == 15 * "A"


def test_the_box_office_may_look_at_allotments_and_not_make_them(
    stage: cast.Stage, platform: tuple[Channel, Api], manager: Actor, chandra: User
) -> None:
    given = give(stage, platform[0], "A1", by=manager)
    desk = Client()
    desk.force_login(chandra)

    assert desk.get(reverse("admin:seatsync_allotment_changelist")).status_code == 200
    assert desk.get(reverse("admin:venues_showtime_allot", args=[stage.showtime.pk])).status_code == 403
    assert desk.post(reverse("admin:seatsync_allotment_take_back", args=[given.pk])).status_code == 403


def test_keys_of_a_channel_off_duty_see_nothing(stage: cast.Stage, platform: tuple[Channel, Api]) -> None:
    Channel.objects.filter(pk=platform[0].pk).update(is_active=False)

    assert platform[1].get("/allotments").status_code == 401
    assert channels.actor_for("ssk_test_unknown", now=timezone.now()) is None
