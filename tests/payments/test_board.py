"""The live board over real websockets, real Valkey and real PostgreSQL."""

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bookings.services import holds
from payments import board, consumers
from payments.figures import board as figures
from showsewa import hints
from showsewa.models import User
from tests import cast, live
from tests.payments.figures_stage import sell, stay_up

ORIGIN: Any = live.ORIGIN


@pytest.fixture
def night(race_stage: cast.Stage, monkeypatch: pytest.MonkeyPatch) -> cast.Stage:
    """The stage with its show in ten minutes."""
    monkeypatch.setattr(board, "BEAT_EVERY", 0.3)
    stay_up(monkeypatch)
    cast.Showtime.objects.filter(pk=race_stage.showtime.pk).update(
        starts_at=timezone.now() + timedelta(minutes=10), ends_at=timezone.now() + timedelta(hours=2)
    )
    return race_stage


@pytest.fixture
def server(night: cast.Stage) -> Iterator[str]:
    with live.serve_sockets() as url:
        # The thread that asks the database is the last test's, whose sessions were ended: it finds out by one question.
        stranger = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=unknown-session"}
        with contextlib.suppress(InvalidStatus), connect(f"{url}/ws/board", origin=ORIGIN, additional_headers=stranger):
            pass
        yield url


@pytest.fixture
def clerk(night: cast.Stage) -> User:
    return cast.make_user("chandra@example.com", role="counter", cinemas=(night.cinema,))


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def watch(server: str, user: User | None, *, origin: str | None = ORIGIN) -> ClientConnection:
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie_of(user)}"} if user else {}
    return connect(f"{server}/ws/board", origin=origin, additional_headers=headers)  # type: ignore[arg-type]


def hear(socket: ClientConnection, kind: str, *, within: float = 5) -> dict[str, Any]:
    deadline = time.monotonic() + within
    while (left := deadline - time.monotonic()) > 0:
        message: dict[str, Any] = json.loads(socket.recv(timeout=left))
        if message["type"] == kind:
            return message
    raise AssertionError(f"no {kind}")


def test_a_sale_is_on_the_board_within_two_seconds(night: cast.Stage, server: str, clerk: User) -> None:
    with watch(server, clerk) as socket:
        (row,) = hear(socket, "board")["rows"]
        assert (row["free"], row["sold"], row["soldBySource"]) == (15, 0, {})
        began = time.monotonic()

        sell(night, clerk, "A1", "A2")
        (row,) = hear(socket, "rows")["rows"]

    assert time.monotonic() - began < 2
    assert (row["movie"], row["free"], row["total"], row["sold"]) == ("Dal Bhat Power", 13, 15, 2)
    assert (row["soldBySource"], row["percent"]) == ({"WALK_IN": 2}, 13.33)


def test_changes_within_a_second_are_counted_once(
    night: cast.Stage, server: str, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    rows = figures.rows
    monkeypatch.setattr(figures, "rows", lambda shows: (counted.append(len(shows)), rows(shows))[1])
    with watch(server, clerk) as socket:
        hear(socket, "board")
        counted.clear()

        for seat in ("A1", "A2", "A3", "A4", "A5", "B1"):
            holds.hold_seats(showtime_id=night.showtime.pk, seats=[seat], actor=cast.ASHA)
            holds.hold_seats(showtime_id=night.showtime.pk, seats=[seat], actor=cast.ASHA)
        began = time.monotonic()
        while hear(socket, "rows")["rows"][0]["held"] != 1:
            pass
        time.sleep(max(0.0, 2 - (time.monotonic() - began)))

    # One at once, one for all that came within the second after it, and one for what fell into the count itself.
    assert 1 <= len(counted) <= 3


def test_staff_see_the_shows_of_their_own_cinemas(night: cast.Stage, server: str, clerk: User) -> None:
    other = cast.make_stage(name="Rara Cinema", starts_in=timedelta(minutes=10))
    theirs = cast.make_user("else@example.com", role="counter", cinemas=(other.cinema,))
    boss = User.objects.create_superuser("boss@example.com", "x")
    with watch(server, clerk) as mine, watch(server, theirs) as foreign, watch(server, boss) as everything:
        assert [row["cinema"] for row in hear(mine, "board")["rows"]] == ["Himal Cinema"]
        assert [row["cinema"] for row in hear(foreign, "board")["rows"]] == ["Rara Cinema"]
        assert {row["cinema"] for row in hear(everything, "board")["rows"]} == {"Himal Cinema", "Rara Cinema"}

        sell(other, theirs, "A1")

        assert hear(foreign, "rows")["rows"][0]["sold"] == 1
        assert hear(everything, "rows")["rows"][0]["cinema"] == "Rara Cinema"
        with pytest.raises((AssertionError, TimeoutError)):
            hear(mine, "rows", within=1)


@pytest.mark.parametrize("who", ["nobody", "customer", "staff without the permission"])
def test_the_board_is_for_staff(night: cast.Stage, server: str, clerk: User, who: str) -> None:
    with watch(server, clerk) as socket:
        hear(socket, "board")
    user = None
    if who == "customer":
        user = cast.make_user("asha@example.com")
    elif who != "nobody":
        user = User.objects.create_user("new@example.com", cast.PASSWORD, is_staff=True)

    with pytest.raises(InvalidStatus) as refused:
        watch(server, user)

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_a_foreign_page_cannot_use_the_cookie(server: str, clerk: User, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        watch(server, clerk, origin=origin)

    assert refused.value.response.status_code == 403


def test_who_signs_out_sees_no_more(
    night: cast.Stage, server: str, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "LOOK_EVERY", 0.2)
    with watch(server, clerk) as socket:
        hear(socket, "board")
        User.objects.filter(pk=clerk.pk).update(is_active=False)

        with pytest.raises(ConnectionClosed) as closed:
            hear(socket, "never")

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == consumers.NO_LONGER


def test_who_comes_back_gets_the_whole_board(night: cast.Stage, server: str, clerk: User) -> None:
    with watch(server, clerk) as socket:
        hear(socket, "board")
    sell(night, clerk, "A1")

    with watch(server, clerk) as socket:
        (row,) = hear(socket, "board")["rows"]

    assert row["sold"] == 1


def test_the_board_beats_and_says_that_it_is_live(server: str, clerk: User) -> None:
    with watch(server, clerk) as socket:
        first, second = hear(socket, "beat"), hear(socket, "beat")

    assert first["live"] is second["live"] is True
    assert first["serverTime"] < second["serverTime"]


def test_a_new_show_appears_and_one_that_is_over_goes(
    night: cast.Stage, server: str, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "LIST_EVERY", 1)
    with watch(server, clerk) as socket:
        assert len(hear(socket, "board")["rows"]) == 1
        hall = cast.make_hall(night.cinema, name="Hall 2")
        cast.make_showtime(hall, night.movie, starts_at=timezone.now() + timedelta(minutes=5))
        assert [row["hall"] for row in hear(socket, "board")["rows"]] == ["Hall 2", "Hall 1"]

        cast.Showtime.objects.filter(pk=night.showtime.pk).update(cancelled_at=timezone.now())

        assert [row["hall"] for row in hear(socket, "board")["rows"]] == ["Hall 2"]


def test_a_change_that_redis_lost_is_found_by_looking(
    night: cast.Stage, server: str, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seatsync.hub.CHECK_EVERY", 0.3)
    with watch(server, clerk) as socket:
        hear(socket, "board")
        monkeypatch.setattr(hints, "attempt", lambda call, *, otherwise: otherwise)

        sell(night, clerk, "A1")

        assert hear(socket, "rows")["rows"][0]["sold"] == 1


def test_a_night_goes_on_after_midnight(stage: cast.Stage) -> None:
    """At 23:00 the show at 01:00 is tonight's and the one at 09:00 is not; at 02:00 it is the same night."""
    day = datetime(2027, 1, 15, tzinfo=ZoneInfo(stage.cinema.time_zone))
    halls = [cast.make_hall(stage.cinema, name=f"Hall {number}") for number in (2, 3, 4)]
    for hall, hour in zip(halls, (20, 25, 33), strict=True):
        cast.make_showtime(hall, stage.movie, starts_at=(day + timedelta(hours=hour)).astimezone(UTC))

    def on(hour: int) -> list[str]:
        found = figures.shows(frozenset({stage.cinema.pk}), now=day + timedelta(hours=hour))
        return [f"{show.local_start:%H:%M}" for show in found]

    assert on(12) == ["20:00", "01:00"]
    assert on(23) == ["01:00"]
    assert on(26) == ["01:00"]
    assert on(28) == ["09:00"]


def test_a_reader_that_is_too_slow_is_told_to_come_again() -> None:
    viewer = board.Viewer(None, lambda: None)

    for number in range(100):
        viewer.put(board.NAME, str(number))

    assert [json.loads(text)["type"] for text in asyncio.run(viewer.take())] == ["resync"]
