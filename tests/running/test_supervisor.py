"""A child that dies comes back, takes no orphans along, and does not flood the terminal."""

import os
import sys
import time
from pathlib import Path

import pytest

from showsewa.running import state
from showsewa.running.services import Services
from showsewa.running.supervisor import Backoff, Child, Supervisor
from tests.running.conftest import gone

PARENT_OF_ONE = (
    "import subprocess, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"
)


@pytest.fixture
def make(ground: Path):
    """A supervisor over one child that runs some Python."""
    folder = state.prepare(ground)
    outside = {"DATABASE_URL": "postgres://db.example/x", "REDIS_URL": "redis://cache.example/0"}
    made: list[Supervisor] = []

    def build(code: str) -> Supervisor:
        child = Child("web", [sys.executable, "-c", code], os.environ, folder / "log" / "web.log", patience=2)
        services = Services(folder, state.State(), outside=outside)
        made.append(Supervisor([child], services, folder, on_change=lambda: None))
        made[-1].start()
        return made[-1]

    yield build
    for supervisor in made:
        supervisor.stop()


def test_a_killed_child_is_started_again_and_its_orphans_end(make) -> None:
    supervisor = make(PARENT_OF_ONE)
    child = supervisor.children[0]
    until(supervisor, lambda: child.log.read_text().strip() != "")
    orphan, first = int(child.log.read_text()), supervisor.pids()["web"]

    child.process.kill()
    until(supervisor, lambda: supervisor.pids().get("web") not in (None, first))

    assert gone([first, orphan])


def test_a_child_that_keeps_dying_is_given_longer_and_longer_pauses() -> None:
    backoff = Backoff()
    backoff.note_start(now=0)

    pauses = [backoff.note_death(now=1) for _ in range(9)]

    assert pauses == [0, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10]
    assert backoff.note_death(now=100) == 0, "a minute of calm is forgiven"


def test_warnings_reach_the_terminal_with_the_name_of_their_process(make, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = make(
        "print('INFO all is well'); print('WARNING seat map slow', flush=True); import time; time.sleep(60)"
    )

    until(supervisor, lambda: supervisor.children[0].shown_up_to > 0)

    printed = capsys.readouterr().out
    assert "web | WARNING seat map slow" in printed
    assert "all is well" not in printed


def test_a_flood_of_warnings_is_cut_short(make, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = make("print('ERROR again\\n' * 500, flush=True); import time; time.sleep(60)")

    until(supervisor, lambda: supervisor.children[0].shown_up_to > 5000)

    printed = capsys.readouterr().out
    assert 0 < printed.count("ERROR again") < 30
    assert "log files only" in printed


def until(supervisor: Supervisor, condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen within 10 s"
        supervisor.tick()
