"""The live map over real websockets, real Valkey and real PostgreSQL."""

import json
import socket as sockets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import redis
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bookings.services import holds, reports
from seatsync import feed, hub
from showsewa import hints
from tests import cast, live


@pytest.fixture
def server(race_stage: cast.Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(hub, "CHECK_EVERY", 0.3)
    monkeypatch.setattr(hub, "BEAT_EVERY", 0.6)
    with live.serve_sockets() as url:
        yield url


@pytest.fixture
def viewer(server: str) -> Iterator[ClientConnection]:
    with connect(f"{server}/ws/showtimes", origin=live.ORIGIN) as socket:
        yield socket


def say(socket: ClientConnection, action: str, showtime: object) -> None:
    socket.send(json.dumps({"action": action, "showtimeId": str(showtime)}))


def hear(socket: ClientConnection, kind: str, *, within: float = 5) -> dict[str, Any]:
    """The next message of a kind; others in between are let pass."""
    deadline = time.monotonic() + within
    while (left := deadline - time.monotonic()) > 0:
        message = json.loads(socket.recv(timeout=left))
        if message["type"] == kind:
            return message
    raise AssertionError(f"no {kind}")


def hold(stage: cast.Stage, *seats: str, actor: Any = cast.ASHA) -> holds.Held:
    return holds.hold_seats(showtime_id=stage.showtime.pk, seats=seats, actor=actor)


def test_a_watcher_sees_seats_change_within_a_second(race_stage: cast.Stage, viewer: ClientConnection) -> None:
    say(viewer, "watch:showtime", race_stage.path)
    hear(viewer, "watching")
    began = time.monotonic()

    hold(race_stage, "A1", "A2")
    message = hear(viewer, "seats:updated")

    assert time.monotonic() - began < 1
    assert message["showtimeId"] == race_stage.path
    assert (message["previousVersion"], message["version"]) == (0, 1)
    assert [(seat["label"], seat["status"]) for seat in message["seats"]] == [("A1", "HELD"), ("A2", "HELD")]
    assert message["seatIds"] == [seat["id"] for seat in message["seats"]]


def test_who_stopped_watching_hears_nothing_more(race_stage: cast.Stage, viewer: ClientConnection) -> None:
    say(viewer, "watch:showtime", race_stage.path)
    hear(viewer, "watching")
    say(viewer, "unwatch:showtime", race_stage.path)
    time.sleep(0.3)

    hold(race_stage, "A1")

    with pytest.raises((TimeoutError, AssertionError)):
        hear(viewer, "seats:updated", within=1)


def test_changes_in_quick_succession_arrive_without_a_gap(race_stage: cast.Stage, viewer: ClientConnection) -> None:
    say(viewer, "watch:showtime", race_stage.path)
    hear(viewer, "watching")
    known = 0

    for number in range(12):
        hold(race_stage, ["A1", "A2", "A3", "B1", "B2", "B3"][number % 6])
    while known < race_stage.journal()[-1].version:
        message = hear(viewer, "seats:updated")
        assert message["previousVersion"] == known
        known = message["version"]


def test_a_lost_message_is_noticed_by_the_version(
    race_stage: cast.Stage, viewer: ClientConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(viewer, "watch:showtime", race_stage.path)
    hear(viewer, "watching")
    monkeypatch.setattr(hints, "attempt", lambda call, *, otherwise: otherwise)

    hold(race_stage, "A1")

    while (message := hear(viewer, "version"))["version"] < 1:
        pass
    assert message["live"] is True


def test_a_slow_reader_is_told_to_read_anew_and_costs_no_memory() -> None:
    reader = hub.Reader(lambda: None)
    reader.watching.add("show")

    for number in range(1000):
        reader.put("show", str(number))

    assert len(reader._texts) == 1
    assert json.loads(reader._texts[0]) == {"type": "resync", "showtimeId": "show"}


def test_merged_changes_keep_the_last_word_on_each_seat() -> None:
    first = {"previousVersion": 4, "version": 5, "seatIds": ["a"], "seats": [{"id": "a", "status": "HELD"}]}
    second = {"previousVersion": 5, "version": 6, "seatIds": ["a"], "seats": [{"id": "a", "status": "BOOKED"}]}

    merged = hub.merge([first, second])

    assert (merged["previousVersion"], merged["version"]) == (4, 6)
    assert merged["seats"] == [{"id": "a", "status": "BOOKED"}]


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_a_foreign_or_missing_origin_is_refused(server: str, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(f"{server}/ws/showtimes", origin=origin):  # type: ignore[arg-type]
        pass

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "words",
    ["", "[]", "7", "{}", '{"action": "watch:showtime"}', '{"action": "watch:showtime", "showtimeId": 1}', "\x00"],
)
def test_nonsense_is_answered_in_words(viewer: ClientConnection, words: str) -> None:
    viewer.send(words)

    assert "watch:showtime" in hear(viewer, "error")["message"]


def test_a_socket_watches_five_showtimes_at_most(viewer: ClientConnection) -> None:
    for _number in range(6):
        say(viewer, "watch:showtime", uuid.uuid4())

    assert "At most 5" in hear(viewer, "error")["message"]


def test_a_flooder_and_a_giant_are_put_out(server: str) -> None:
    for words in (["{}"] * 400, ["x" * 5000]):
        with connect(f"{server}/ws/showtimes", origin=live.ORIGIN) as socket:

            def shout(socket: ClientConnection = socket, words: list[str] = words) -> None:
                for word in words:
                    socket.send(word)
                while True:
                    socket.recv(timeout=5)

            with pytest.raises(ConnectionClosed):
                shout()


def test_a_sale_with_redis_dead_or_hung_is_neither_lost_nor_late(race_stage: cast.Stage, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    hints.forget()
    began = time.monotonic()

    hold(race_stage, "A1")

    assert time.monotonic() - began < 0.6
    assert race_stage.states()["A1"] == "HELD"


def test_a_hung_redis_costs_one_half_second_then_nothing(race_stage: cast.Stage, settings: Any) -> None:
    with _deaf_server() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        hints.forget()

        first = _timed(lambda: hold(race_stage, "A1"))
        second = _timed(lambda: hold(race_stage, "A2"))

    assert first < 1.5
    assert second < 0.3
    assert race_stage.states()["A2"] == "HELD"


def test_the_wire_format_is_still_the_channel_layers_own(race_stage: cast.Stage, settings: Any) -> None:
    """feed writes channels_redis's private format by hand; a new version of the library must not go unnoticed."""
    listener = redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True)
    listener.subscribe(f"asgi__group__{feed.group(race_stage.path)}")
    listener.get_message(timeout=2)

    hold(race_stage, "A1")

    got = listener.get_message(timeout=2)
    assert got is not None
    envelope = feed.channel_layers["default"].deserialize(got["data"])
    assert (envelope["type"], envelope["showtime"]) == ("changed", race_stage.path)
    assert json.loads(envelope["text"])["version"] == 1


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


class _deaf_server:
    """Accepts connections and never answers: a hung Redis."""

    def __enter__(self) -> int:
        self.listener = sockets.create_server(("127.0.0.1", 0))
        self.open: list[Any] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self.listener.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                self.open.append(self.listener.accept())
            except OSError:
                return

    def __exit__(self, *_error: object) -> None:
        self.listener.close()


def test_the_same_changes_come_as_an_event_stream(race_stage: cast.Stage, server: str) -> None:
    url = server.replace("ws://", "http://") + f"/api/v1/showtimes/{race_stage.path}/stream"
    with urlopen(url, timeout=5) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert json.loads(next_event(stream))["type"] == "watching"

        hold(race_stage, "B4")

        while (message := json.loads(next_event(stream)))["type"] != "seats:updated":
            pass
    assert [seat["label"] for seat in message["seats"]] == ["B4"]


def test_a_foreign_page_gets_no_event_stream(race_stage: cast.Stage, server: str) -> None:
    url = server.replace("ws://", "http://") + f"/api/v1/showtimes/{race_stage.path}/stream"

    with pytest.raises(HTTPError) as refused:
        urlopen(Request(url, headers={"Origin": "https://evil.example"}), timeout=5)

    assert refused.value.code == 403


def next_event(stream: Any) -> str:
    """The data of the next event."""
    while not (line := stream.readline().decode()).startswith("data: "):
        assert line, "the stream ended"
    return line.removeprefix("data: ")


# --- one's own hold


def watch_hold(socket: ClientConnection, hold_id: object) -> None:
    socket.send(json.dumps({"action": "watch:hold", "holdId": str(hold_id)}))
    assert hear(socket, "watching")["holdId"] == str(hold_id)


def sell(stage: cast.Stage, token: str, *seats: str, reference: str = "POS-1") -> None:
    lines = [reports.SeatUpdate(seat, "BOOKED", "WALK_IN", reference) for seat in seats]
    actor = cast.channel_actor(token)
    reports.apply(showtime_id=stage.showtime.pk, updates=lines, actor=actor, now=timezone.now())


def test_the_owner_of_a_hold_is_told_within_two_seconds_what_it_lost(
    race_stage: cast.Stage, viewer: ClientConnection
) -> None:
    held = hold(race_stage, "B2", "B3").booking
    watch_hold(viewer, held.pk)
    token = cast.till(race_stage)
    began = time.monotonic()

    sell(race_stage, token, "B2")
    told = hear(viewer, "hold:changed")

    assert time.monotonic() - began < 2
    assert (told["holdId"], told["lost"], told["seats"]) == (str(held.pk), ["B2"], ["B3"])
    assert [(seat["label"], seat["price"]) for seat in told["offered"]["seats"]] == [("B4", 450)]
    assert told["serverTime"] < told["offered"]["until"] < told["expiresAt"]
    assert race_stage.states()["B4"] == "HELD"


def test_what_became_of_a_hold_is_not_said_in_its_showtimes_room(
    race_stage: cast.Stage, viewer: ClientConnection
) -> None:
    held = hold(race_stage, "B2", "B3").booking
    say(viewer, "watch:showtime", race_stage.path)
    hear(viewer, "watching")

    sell(race_stage, cast.till(race_stage), "B2")

    heard = [json.loads(viewer.recv(timeout=5)) for _message in range(3)]
    assert "seats:updated" in {message["type"] for message in heard}
    assert str(held.pk) not in json.dumps(heard)


def test_who_stopped_watching_a_hold_hears_nothing_of_it(race_stage: cast.Stage, viewer: ClientConnection) -> None:
    held = hold(race_stage, "B2", "B3").booking
    watch_hold(viewer, held.pk)
    viewer.send(json.dumps({"action": "unwatch:hold", "holdId": str(held.pk)}))
    time.sleep(0.3)

    sell(race_stage, cast.till(race_stage), "B2")

    with pytest.raises((TimeoutError, AssertionError)):
        hear(viewer, "hold:changed", within=1)


def test_a_report_is_one_push_however_much_it_changes(race_stage: cast.Stage, settings: Any) -> None:
    """Sales, a hold that keeps its rest for longer, and what is offered instead: one transaction, one message."""
    hold(race_stage, "B2", "B3")
    token = cast.till(race_stage)
    listener = redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True)
    listener.subscribe(f"asgi__group__{feed.group(race_stage.path)}")
    listener.get_message(timeout=2)

    sell(race_stage, token, "B2", "A1", "A2")

    got = [message for _try in range(3) if (message := listener.get_message(timeout=0.5))]
    [told] = [json.loads(feed.channel_layers["default"].deserialize(message["data"])["text"]) for message in got]
    assert (told["previousVersion"], told["version"]) == (1, race_stage.journal()[-1].version)
    assert {seat["label"]: seat["status"] for seat in told["seats"]} == {
        "A1": "BOOKED", "A2": "BOOKED", "B2": "BOOKED", "B4": "HELD",
    }  # fmt: skip
