"""The feed: one order under which nothing slips, who is told, and what it costs."""

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import audit
from seatsync import announcing, blocking, channels, inventory, seatmaps
from seatsync.models import Announcement, Delivery, SeatEvent, Subscription, Topic, Unannounced
from showsewa.actors import SYSTEM
from showsewa.models import User
from tests import cast
from tests.conftest import Api
from venues.models import Showtime


@pytest.fixture
def moviepass(stage: cast.Stage) -> Api:
    return Api(cast.moviepass(stage))


def subscribe(api: Api, *, topics: list[str] | None = None) -> Subscription:
    channel = cast.channel_actor(api.headers["Authorization"].split()[1]).channel_id
    return Subscription.objects.create(channel_id=channel, url="https://pos.example.com/", topics=topics or [])


def hold(api: Api, stage: cast.Stage, *seats: str, who: str = "one") -> Any:
    return api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": list(seats), "sessionToken": who}).json()


def feed(api: Api, after: int = 0, **more: Any) -> Any:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    return api.get(f"/webhook-events?after={after}{asked}").json()


def test_a_seat_change_is_in_the_feed_with_what_a_map_needs(stage: cast.Stage, moviepass: Api) -> None:
    hold(moviepass, stage, "A1", "A2")
    announcing.number()

    [event] = [e for e in feed(moviepass)["items"] if e["type"] == "seat.changed"]

    assert set(event) == {"id", "type", "createdAt", "sequence", "data"}
    data = event["data"]
    assert (data["showtimeId"], data["version"], data["previousVersion"], data["action"]) == (stage.path, 1, 0, "HOLD")
    assert [(seat["label"], seat["status"]) for seat in data["seats"]] == [("A1", "HELD"), ("A2", "HELD")]
    assert data["seats"][0]["id"] in moviepass.get(f"/showtimes/{stage.path}/seats").content.decode()
    assert uuid.UUID(event["id"]).version == 7


def test_each_showtime_is_told_in_the_order_of_its_journal(stage: cast.Stage, moviepass: Api) -> None:
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=1))
    for seat in ("A1", "A2", "A3", "B1", "B2"):
        for showtime in (stage.showtime, later):
            blocking.block(showtime_id=showtime.pk, seats=[seat], reason="x", actor=SYSTEM)
        announcing.number()

    told = [e for e in feed(moviepass, limit=200)["items"] if e["type"] == "seat.changed"]

    for showtime in (stage.showtime, later):
        versions = [e["data"]["version"] for e in told if e["data"]["showtimeId"] == str(showtime.pk)]
        assert versions == [1, 2, 3, 4, 5]
    sequences = [e["sequence"] for e in told]
    assert sequences == sorted(set(sequences))


def test_the_order_holds_over_a_clock_that_was_set_back(stage: cast.Stage, moviepass: Api) -> None:
    """Three journal rows whose times descend, as if the database's clock had been corrected between them."""
    with connection.cursor() as cursor:
        for version in (1, 2, 3):
            cursor.execute(
                "WITH e AS (INSERT INTO seatsync_seatevent (showtime_id, version, action, changes, actor, source,"
                " reference, reason, created_at) VALUES (%s, %s, 'BLOCK', '[]', 'x', '', '', '', now() - %s *"
                " interval '1 minute') RETURNING id) INSERT INTO seatsync_unannounced SELECT id FROM e",
                [stage.showtime.pk, version, version],
            )
    announcing.number()

    told = [e["data"]["version"] for e in feed(moviepass)["items"] if e["type"] == "seat.changed"]

    assert told == [1, 2, 3]


class TestLateCommit:
    """A transaction that begins first and commits last, really, in a thread of its own."""

    @pytest.fixture
    def overtaken(self, race_stage: cast.Stage) -> Iterator[tuple[cast.Stage, Api, threading.Event, threading.Thread]]:
        begun, go = threading.Event(), threading.Event()

        def slow() -> None:
            try:
                with transaction.atomic():
                    announcing.announce(Topic.SHOWTIME_CHANGED, cinema_id=race_stage.cinema.pk, data={"who": "slow"})
                    begun.set()
                    go.wait(10)
            finally:
                connections.close_all()

        announcing.number()
        thread = threading.Thread(target=slow)
        thread.start()
        assert begun.wait(10)
        announcing.announce(Topic.SHOWTIME_CHANGED, cinema_id=race_stage.cinema.pk, data={"who": "quick"})
        announcing.number()
        yield race_stage, Api(cast.moviepass(race_stage)), go, thread
        go.set()
        thread.join(10)

    def test_a_reader_of_the_feed_misses_nothing(self, overtaken: Any) -> None:
        _stage, api, go, thread = overtaken
        first = feed(api)
        go.set()
        thread.join(10)
        announcing.number()

        second = feed(api, first["lastSequence"])

        assert [e["data"].get("who") for e in first["items"]][-1] == "quick"
        assert [e["data"]["who"] for e in second["items"]] == ["slow"]

    def test_a_reader_by_id_would_miss_it(self, overtaken: Any) -> None:
        """The negative control: why there are numbers at all."""
        _stage, _api, go, thread = overtaken
        rows = Announcement.objects.order_by("id")
        last = list(rows)[-1]
        go.set()
        thread.join(10)

        found_later = rows.filter(id__gt=last.pk)

        assert last.data["who"] == "quick"
        assert rows.filter(data__who="slow").exists()
        assert not found_later.exists()


def test_who_numbers_waits_for_nobody_and_nobody_is_numbered_twice(race_stage: cast.Stage) -> None:
    for seat in ("A1", "A2", "A3"):
        blocking.block(showtime_id=race_stage.showtime.pk, seats=[seat], reason="x", actor=SYSTEM)
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(announcing.number())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    announcing.number()

    sequences = list(Announcement.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, 5))  # the opening and three blocks
    assert sum(counts) <= 4


def test_only_those_who_may_see_it_are_told(stage: cast.Stage, moviepass: Api) -> None:
    elsewhere = cast.make_stage(name="Rara Cinema")
    far = Api(cast.make_channel("Far", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(elsewhere.cinema,))[1])
    all_, bookings, far_one = subscribe(moviepass), subscribe(moviepass, topics=["booking.confirmed"]), subscribe(far)
    live = subscribe(moviepass)
    Subscription.objects.filter(pk=live.pk).update(is_test=False)
    off = subscribe(moviepass)
    Subscription.objects.filter(pk=off.pk).update(disabled_at=timezone.now())
    announcing.number()
    Delivery.objects.all().delete()
    channel = all_.channel_id
    hold(moviepass, stage, "A1")
    announcing.announce(Topic.BOOKING_CONFIRMED, cinema_id=stage.cinema.pk, data={}, to=channel)
    announcing.announce(Topic.BOOKING_CONFIRMED, cinema_id=stage.cinema.pk, data={}, to=far_one.channel_id)
    announcing.number()

    told = {
        one.pk: list(Delivery.objects.filter(subscription=one).values_list("announcement__topic", flat=True))
        for one in (all_, bookings, far_one, live, off)
    }

    assert sorted(told[all_.pk]) == ["booking.confirmed", "seat.changed"]
    assert told[bookings.pk] == ["booking.confirmed"]
    assert told[far_one.pk] == told[live.pk] == told[off.pk] == []
    assert feed(far)["items"] == [e for e in feed(far)["items"] if e["data"].get("cinema") == "Rara Cinema"]


def test_a_key_for_the_real_thing_sees_nothing_of_the_sandbox(stage: cast.Stage) -> None:

    channel, test_token = cast.make_channel(
        "Both", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,)
    )
    _key, live_token = channels.issue_key(channel, scopes=["webhooks:manage"], is_test=False, now=timezone.now())
    announcing.number()

    assert len(feed(Api(test_token))["items"]) == 1
    assert feed(Api(live_token))["items"] == []


def test_seats_kept_for_a_channel_are_told_as_blocked(stage: cast.Stage, moviepass: Api) -> None:

    channel = cast.channel_actor(moviepass.headers["Authorization"].split()[1]).channel_id
    assert channel is not None
    keys = inventory.find(stage.showtime.pk, ["C1"])
    cause = inventory.Cause(SYSTEM)
    with transaction.atomic():
        inventory.allot(stage.showtime.pk, keys, to=channel, cause=cause)
    announcing.number()
    with transaction.atomic():
        inventory.take_back(stage.showtime.pk, keys, to=channel, cause=cause)
    announcing.number()

    told = [e["data"] for e in feed(moviepass)["items"] if e["type"] == "seat.changed"]

    assert [(d["action"], d["seats"][0]["status"]) for d in told] == [("ALLOT", "BLOCKED"), ("RETURN", "AVAILABLE")]


@pytest.mark.parametrize("changes", [1, 300])
def test_numbering_takes_the_same_few_statements_for_any_number(
    stage: cast.Stage, moviepass: Api, changes: int, django_assert_max_num_queries: Any
) -> None:
    subscribe(moviepass)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH e AS (INSERT INTO seatsync_seatevent (showtime_id, version, action, changes, actor, source,"
            " reference, reason, created_at) SELECT %s, n, 'HOLD', '[[\"A1\", \"AVAILABLE\", \"HELD\"]]', 'x', '', '',"
            " '', now() FROM generate_series(1, %s) n RETURNING id) INSERT INTO seatsync_unannounced SELECT id FROM e",
            [stage.showtime.pk, changes],
        )

    with django_assert_max_num_queries(6):  # look, begin, turn, number, end, look again
        numbered = announcing.number()

    assert numbered == changes + 1
    assert Delivery.objects.count() == changes + 1
    assert not Unannounced.objects.exists()


def test_a_channels_own_booking_is_announced_to_it_alone(stage: cast.Stage, moviepass: Api) -> None:
    rival = Api(cast.make_channel("Seatgo", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))[1])
    held = hold(moviepass, stage, "A1")
    details = {"email": "asha@example.com", "name": "Asha", "phone": "9800000001"}
    opened = moviepass.post(
        "/bookings/confirm", {"holdId": held["holdId"], "paymentMethod": "CARD", "userDetails": details}
    ).json()
    moviepass.post(
        "/payments/process",
        {
            "bookingId": opened["bookingId"],
            "paymentIntentId": opened["paymentIntentId"],
            "paymentMethod": {"type": "card", "token": "tok_ok"},
        },
    )
    moviepass.post(f"/bookings/{opened['bookingId']}/cancel", {"reason": "ill"})
    announcing.number()

    own = [e for e in feed(moviepass)["items"] if e["type"].startswith("booking.")]

    assert [e["type"] for e in own] == ["booking.confirmed", "booking.cancelled"]
    assert own[0]["data"]["bookingId"] == opened["bookingId"]
    assert (own[0]["data"]["seats"], own[0]["data"]["totalAmount"]) == (["A1"], 450)
    assert own[1]["data"]["status"] == "CANCELLED"
    assert [e for e in feed(rival)["items"] if e["type"].startswith("booking.")] == []


def test_the_website_announces_no_bookings_and_a_report_not_to_its_reporter(stage: cast.Stage, moviepass: Api) -> None:
    line = {
        "seatNumber": "B1",
        "status": "BOOKED",
        "bookingSource": "OTHER_PLATFORM",
        "bookingReference": "MP-1",
    }
    for status in ("BOOKED", "AVAILABLE"):
        assert moviepass.post(
            "/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line | {"status": status}]}
        ).json()["success"]
    hold(Api(), stage, "A1")

    assert not Announcement.objects.filter(topic__startswith="booking.").exists()


def test_showtimes_are_announced_when_they_open_change_and_end(stage: cast.Stage, moviepass: Api) -> None:
    boss = User.objects.create_superuser("boss@example.com", cast.PASSWORD)

    client = Client()
    client.force_login(boss)
    sent = {"format": "3D", "language": "Nepali", "subtitles": "", "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0}
    client.post(reverse("admin:venues_showtime_change", args=[stage.showtime.pk]), sent)
    client.post(reverse("admin:venues_showtime_change_prices", args=[stage.showtime.pk]), {"price_0": "512"})
    client.post(reverse("admin:venues_showtime_cancel", args=[stage.showtime.pk]), {})
    announcing.number()

    told = feed(moviepass)["items"]

    assert [e["type"] for e in told] == [
        "showtime.opened", "showtime.changed", "showtime.changed", "showtime.cancelled",
    ]  # fmt: skip
    assert told[0]["data"]["totalSeats"] == 15
    assert told[1]["data"]["format"] == "3D"
    assert Showtime.objects.get(pk=stage.showtime.pk).cancelled_at is not None


def test_the_feed_is_read_page_by_page(stage: cast.Stage, moviepass: Api) -> None:
    for seat in ("A1", "A2", "A3"):
        blocking.block(showtime_id=stage.showtime.pk, seats=[seat], reason="x", actor=SYSTEM)
    announcing.number()

    first = feed(moviepass, limit=3)
    second = moviepass.get(f"/webhook-events?cursor={first['nextCursor']}&limit=3").json()

    assert [e["sequence"] for e in first["items"] + second["items"]] == [1, 2, 3, 4]
    assert (second["nextCursor"], second["lastSequence"]) == (None, 4)
    assert feed(moviepass, 4)["lastSequence"] == 4


def test_what_is_older_than_a_month_is_gone_and_said_to_be(stage: cast.Stage, moviepass: Api) -> None:
    for seat in ("A1", "A2", "A3"):
        blocking.block(showtime_id=stage.showtime.pk, seats=[seat], reason="x", actor=SYSTEM)
    subscribe(moviepass)
    announcing.number()
    Announcement.objects.filter(sequence__lte=3).update(created_at=timezone.now() - timedelta(days=31))

    assert announcing.purge(now=timezone.now()) == 3

    answer = moviepass.get("/webhook-events?after=1")
    assert (answer.status_code, answer.json()["code"], answer.json()["oldestSequence"]) == (410, "EVENTS_GONE", 4)
    assert [e["sequence"] for e in feed(moviepass, 3)["items"]] == [4]
    assert [e["sequence"] for e in feed(moviepass)["items"]] == [4]


def test_numbers_go_on_after_everything_has_grown_old(stage: cast.Stage, moviepass: Api) -> None:
    announcing.number()
    Announcement.objects.update(created_at=timezone.now() - timedelta(days=40))
    announcing.purge(now=timezone.now())
    blocking.block(showtime_id=stage.showtime.pk, seats=["A1"], reason="x", actor=SYSTEM)
    announcing.number()

    assert feed(moviepass)["lastSequence"] == 2


def test_one_showtimes_events_are_also_read_by_version(stage: cast.Stage, moviepass: Api) -> None:
    for seat in ("A1", "A2"):
        blocking.block(showtime_id=stage.showtime.pk, seats=[seat], reason="x", actor=SYSTEM)

    found = moviepass.get(f"/showtimes/{stage.path}/events?since=1").json()["items"]

    assert [e["version"] for e in found] == [2]
    assert SeatEvent.objects.count() == 2


def test_the_oracle_sees_what_nobody_numbered(stage: cast.Stage) -> None:
    blocking.block(showtime_id=stage.showtime.pk, seats=["A1"], reason="x", actor=SYSTEM)
    assert not [v for v in audit.violations() if v.rule.startswith("I9")]

    Announcement.objects.filter(sequence=None).update(created_at=timezone.now() - timedelta(minutes=3))

    assert [v.rule for v in audit.violations()] == ["I9 an announcement has no number"]


def test_seat_maps_are_one_with_the_last_event(stage: cast.Stage, moviepass: Api) -> None:
    """Playing the feed onto an empty map gives the map: what a channel that lost every webhook does."""
    held = hold(moviepass, stage, "A1", "A2")
    hold(moviepass, stage, "B1", who="two")
    moviepass.send("DELETE", f"/bookings/hold/{held['holdId']}")
    blocking.block(showtime_id=stage.showtime.pk, seats=["C1"], reason="x", actor=SYSTEM)
    announcing.number()

    played = dict.fromkeys(stage.states(), "AVAILABLE")
    for event in feed(moviepass, limit=200)["items"]:
        played |= {seat["label"]: seat["status"] for seat in event["data"].get("seats", [])}

    assert played == stage.states()
    assert len(played) == len(seatmaps.keys_by_label(stage.showtime.pk))
