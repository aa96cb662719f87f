"""`make up` as a person meets it: the whole site, its run file, what it survives, and its end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from showsewa.running import processes
from tests.running.conftest import ROOT, gone, make_ground, remove_ground

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
UP_WITHIN = 240
BACK_WITHIN = 60


@dataclass
class Site:
    process: subprocess.Popen[bytes]
    folder: Path
    log: Path
    env: dict[str, str]

    @property
    def facts(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "run.json").read_text()))

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.env['PORT']}/api/v1/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def command(self, name: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "showsewa.running", name]
        return subprocess.run(argv, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    ground = make_ground()
    port = next(p for p in range(8600, 8900, 2) if processes.port_is_free(p) and processes.port_is_free(p + 1))
    outside = ("DATABASE_URL", "REDIS_URL", "SHOWSEWA_MODE", "SECRET_KEY", "PAYMENT_WEBHOOK_SECRET", "BASE_URL")
    env = {name: value for name, value in os.environ.items() if name not in outside}
    env |= {"PORT": str(port), "SHOWSEWA_VAR": str(ground / "var")}
    log = ground / "up.out"
    with log.open("wb") as output:
        argv = [sys.executable, "-m", "showsewa.running", "up"]
        process = subprocess.Popen(argv, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
    run = Site(process, ground / "var", log, env)
    try:
        until(lambda: "on sale at" in log.read_text() or process.poll() is not None, UP_WITHIN)
        assert process.poll() is None, log.read_text()
        yield run
    finally:
        process.terminate()
        process.wait(60)
        remove_ground(ground)


def test_the_run_file_says_where_everything_is(site: Site) -> None:
    facts = site.facts

    assert facts["baseUrl"] == f"http://127.0.0.1:{site.env['PORT']}"
    assert facts["wsUrl"] == f"ws://127.0.0.1:{int(site.env['PORT']) + 1}"
    assert facts["databaseUrl"].startswith("postgres://") and facts["redisUrl"].startswith("redis://")
    assert set(facts["accounts"]) >= {"admin", "manager", "counter", "customer"}
    assert set(facts["channels"]) >= {"theatre", "platform", "rival"}
    assert set(facts["pids"]) == {"up", "web", "sockets", "worker", "beat", "postgres", "valkey"}
    assert (site.folder / "run.json").stat().st_mode & 0o077 == 0


def test_a_second_up_over_the_same_folder_is_refused(site: Site) -> None:
    second = site.command("up")

    assert second.returncode == 1
    assert str(site.process.pid) in second.stdout
    assert site.is_healthy()


@pytest.mark.parametrize("name", ["web", "sockets", "worker", "beat", "valkey", "postgres"])
def test_kill_9_of_any_process_is_mended_without_a_person(site: Site, name: str) -> None:
    before = site.facts["pids"][name]

    os.kill(before, signal.SIGKILL)

    until(lambda: site.facts["pids"][name] != before, BACK_WITHIN)
    until(site.is_healthy, BACK_WITHIN)
    assert site.process.poll() is None


def test_down_ends_everything_in_good_order(site: Site) -> None:
    pids = list(site.facts["pids"].values())

    down = site.command("down")

    assert down.returncode == 0, down.stdout
    assert site.process.wait(30) == 0
    assert gone(pids)
    assert not (site.folder / "run.json").exists()
    assert processes.strays(site.folder) == []


def until(condition: Callable[[], bool], within: float) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {within} s"
        time.sleep(0.2)
