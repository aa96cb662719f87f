import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from showsewa.running import processes, services, state

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _no_servers_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests start servers of their own, whatever the run as a whole uses."""
    for name in ("DATABASE_URL", "REDIS_URL", "SHOWSEWA_VAR"):
        monkeypatch.delenv(name, raising=False)


def make_ground() -> Path:
    """An empty folder that the servers' user can reach: pytest's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="showsewa-"))
    folder.chmod(0o755)
    return folder


def remove_ground(folder: Path) -> None:
    """With all it led to elsewhere."""
    for made in list(folder.rglob(state.STATE_FILE)):
        services.remove_data(made.parent)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ground() -> Iterator[Path]:
    folder = make_ground()
    yield folder
    remove_ground(folder)


@dataclass
class Run:
    """Servers held by a process of their own."""

    starter: subprocess.Popen[str]
    url: str
    redis_url: str
    pids: dict[str, int]

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        self.starter.terminate()
        self.starter.wait(30)

    def kill(self) -> None:
        self.starter.kill()
        self.starter.wait(30)


@pytest.fixture
def hold() -> Iterator[Callable[[Path], Run]]:
    """Start servers over a folder in another process; all are stopped at the end of the test."""
    starters: list[subprocess.Popen[str]] = []

    def start(folder: Path) -> Run:
        starters.append(spawn(folder))
        line = starters[-1].stdout.readline() if starters[-1].stdout else ""
        facts = json.loads(line)
        return Run(starters[-1], facts["env"]["DATABASE_URL"], facts["env"]["REDIS_URL"], facts["pids"])

    yield start
    for starter in starters:
        starter.terminate()
        starter.communicate(timeout=30)


def spawn(folder: Path) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "tests.running.hold_services", str(folder)]
    return subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def gone(pids: list[int], within: float = 10) -> bool:
    """Whether all of these processes end in time (one that nobody has buried yet has ended)."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not {pid for pid, _ in processes.command_lines()} & set(pids):
            return True
        time.sleep(0.05)
    return False


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another user")
