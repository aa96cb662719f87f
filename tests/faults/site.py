"""The site as `make up` runs it, over a folder and ports of its own, and the ways to hurt it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from showsewa.running import processes, services

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "test-faults"
PORTS = range(18700, 18800, 10)
UP_WITHIN = 240  # seconds
# A day in minutes: holds and unpaid bookings end, and promises of a killed keeper fall due again, while we watch.
SHORT = {
    "RATE_LIMIT_PER_MINUTE": "0",
    "RATE_LIMIT_CHANNEL_PER_MINUTE": "0",
    "WAITING_ROOM_LIMIT": "0",
    "SEAT_HOLD_MINUTES": "0.2",
    "BOOKING_EXPIRY_MINUTES": "1",
    "PAYMENT_GRACE_MINUTES": "0.1",
    "PAYMENT_FIRST_LOOK_SECONDS": "10",
    "PROMISE_LEASE_SECONDS": "10",
    "LOG_LEVEL": "WARNING",
}
_OUTSIDE = (
    *("DATABASE_URL", "REDIS_URL", "SHOWSEWA_MODE", "SECRET_KEY", "PAYMENT_WEBHOOK_SECRET", "BASE_URL", "WS_URL"),
    *("UNSAFE", "HOST", "DJANGO_SETTINGS_MODULE"),
)


class Site:
    """One `make up`. `facts` are those of its first start; process ids are read anew each time."""

    def __init__(self) -> None:
        self.port = next(port for port in PORTS if processes.port_is_free(port) and processes.port_is_free(port + 1))
        self.folder = FOLDER if self.port == PORTS[0] else FOLDER.with_name(f"{FOLDER.name}-{self.port}")
        services.remove_data(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.env = {name: value for name, value in os.environ.items() if name not in _OUTSIDE}
        self.env |= {"PORT": str(self.port), "SHOWSEWA_VAR": str(self.folder)} | SHORT
        self.log = self.folder / "up.out"
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.facts: dict[str, Any] = {}

    def start(self) -> float:
        """Start it over what its folder has, and return the seconds until it called itself on sale."""
        began = time.monotonic()
        with self.log.open("wb") as output:
            argv = [sys.executable, "-m", "showsewa.running", "up"]
            self.process = subprocess.Popen(argv, cwd=ROOT, env=self.env, stdout=output, stderr=subprocess.STDOUT)
        until(lambda: "on sale at" in self.log.read_text() or not self.is_up(), UP_WITHIN)
        assert self.is_up(), self.log.read_text()[-4000:]
        self.facts = self._run_file()
        return time.monotonic() - began

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(90)

    def kill(self, *names: str) -> dict[str, int]:
        """kill -9 these processes ("up" for the supervisor itself); returns the ids they had."""
        found = {name: self.pid(name) for name in names}
        for pid in found.values():
            os.kill(pid, signal.SIGKILL)
        if self.process is not None and "up" in names:
            self.process.wait(30)
        return found

    def pid(self, name: str) -> int:
        return int(self._run_file()["pids"][name])

    def workers_of(self, name: str) -> list[int]:
        """The processes that this one has started."""
        parent = self.pid(name)
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(words[1]) == parent and words[0] != "Z":
                found.append(int(stat.parent.name))
        return found

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/api/v1/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def sql(self, statement: str, *given: object) -> list[tuple[Any, ...]]:
        """Ask the site's database. A server that is away is an error."""
        with psycopg.connect(self.facts["databaseUrl"], autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement.encode(), given)
            return cursor.fetchall() if cursor.description else []

    def python(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a program of ours against the site's database, in the site's own settings."""
        env = self.env | {
            "DATABASE_URL": self.facts["databaseUrl"],
            "REDIS_URL": self.facts["redisUrl"],
            "PAYMENT_WEBHOOK_SECRET": self.facts["webhookSecret"],
            "SHOWSEWA_MODE": "demo",
            "DJANGO_SETTINGS_MODULE": "showsewa.settings",
        }
        return subprocess.run([sys.executable, *argv], cwd=ROOT, env=env, capture_output=True, text=True, timeout=180)

    def audit(self) -> str:
        """What `manage.py audit` complains of; nothing if all is well."""
        done = self.python("manage.py", "audit")
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def put_on_sale(self, *, shows: int, rows: int = 15, per_row: int = 20) -> list[str]:
        done = self.python("-m", "tests.faults.stage", str(shows), str(rows), str(per_row))
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout.splitlines()[-1]))

    def _run_file(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "run.json").read_text()))


def until(condition: Callable[[], bool], within: float, *, every: float = 0.1) -> float:
    """Wait for it and return the seconds that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"it did not happen within {within} s"
        time.sleep(every)
    return time.monotonic() - began
