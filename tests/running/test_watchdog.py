"""Jobs that live and do nothing are ended and started again; a site that is away, or slow to start, is left alone."""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from showsewa.running import state
from showsewa.running.services import Services
from showsewa.running.supervisor import JOBS_START_WITHIN, Child, Supervisor
from showsewa.running.watchdog import PATIENCE, Watchdog


class Health(HTTPServer):
    says = '{"queue": "ok"}'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.says.encode())  # type: ignore[attr-defined]

    def log_message(self, *told: object) -> None:
        pass


@pytest.fixture
def health() -> Iterator[Health]:
    with Health(("127.0.0.1", 0), _Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("queue", ["late", "silent"])
def test_it_loses_patience_only_after_a_while_of_bad_news(health: Health, queue: str) -> None:
    dog = Watchdog(health.url)
    health.says = json.dumps({"queue": queue})

    dog.look(now=100)
    dog.look(now=110)

    assert not dog.has_lost_patience(now=100 + PATIENCE)
    assert dog.has_lost_patience(now=101 + PATIENCE)


@pytest.mark.parametrize("says", ['{"queue": "ok"}', '{"queue": "unknown"}', "<html>"])
def test_any_other_news_calms_it(health: Health, says: str) -> None:
    dog = Watchdog(health.url, late_since=0)
    health.says = says

    dog.look(now=1000)

    assert not dog.has_lost_patience(now=1000)


def test_a_site_that_is_away_says_nothing_about_the_jobs() -> None:
    dog = Watchdog("http://127.0.0.1:1/", late_since=0)

    dog.look(now=1000)

    assert not dog.has_lost_patience(now=1000)


def test_silent_jobs_are_started_again_and_nothing_else_is(ground: Path) -> None:
    supervisor = _supervisor(ground)
    try:
        first, started = supervisor.pids(), time.monotonic()
        for child in supervisor.children:
            child.backoff.started_at = started - JOBS_START_WITHIN - 1
        supervisor.watchdog = Watchdog("", late_since=started - PATIENCE - 1)

        while len(set(supervisor.pids().items()) & set(first.items())) > 1:
            assert time.monotonic() < started + 10
            supervisor.tick()

        assert supervisor.pids()["web"] == first["web"]
        assert not supervisor.watchdog.has_lost_patience(time.monotonic())
    finally:
        supervisor.stop()


def test_jobs_that_have_just_been_started_are_given_time(ground: Path) -> None:
    supervisor = _supervisor(ground)
    try:
        first = supervisor.pids()
        supervisor.watchdog = Watchdog("", late_since=time.monotonic() - PATIENCE - 1)

        supervisor.tick()
        supervisor.tick()

        assert supervisor.pids() == first
    finally:
        supervisor.stop()


def _supervisor(ground: Path) -> Supervisor:
    folder = state.prepare(ground)
    outside = {"DATABASE_URL": "postgres://db.example/x", "REDIS_URL": "redis://cache.example/0"}
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    children = [Child(name, sleep, os.environ, folder / "log" / f"{name}.log") for name in ("web", "worker", "beat")]
    services = Services(folder, state.State(), outside=outside)
    supervisor = Supervisor(children, services, folder, on_change=lambda: None)
    supervisor.start()
    return supervisor
