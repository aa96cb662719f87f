"""The site under measurement: what `make up` starts, on ports and data of its own, and the showtimes to sell in it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
PORT = 18600
SHOWTIMES = 500


@dataclass(frozen=True)
class Site:
    base_url: str
    ws_url: str
    database_url: str
    redis_url: str
    pids: dict[str, Any]
    showtimes: list[str]
    listing: Path


@contextmanager
def running() -> Iterator[Site]:
    """Start the site, make the bench's own cinema if it is not there yet, and stop it all afterwards."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    given = {
        "PORT": str(PORT),
        "SHOWSEWA_VAR": str(FOLDER),
        "RATE_LIMIT_PER_MINUTE": os.environ.get("RATE_LIMIT_PER_MINUTE", "0"),
        "RATE_LIMIT_CHANNEL_PER_MINUTE": "0",
        "SEAT_HOLD_MINUTES": "60",
        "WAITING_ROOM_LIMIT": os.environ.get("WAITING_ROOM_LIMIT", "0"),
        "WS_ORIGINS": "http://bench.example",
    }
    with (FOLDER / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "showsewa.running", "up"], cwd=ROOT, env=os.environ | given, stdout=log, stderr=log
        )
        try:
            run = _wait_for_run_file(process)
            yield _prepared(run)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_for_run_file(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    path, deadline = FOLDER / "run.json", time.monotonic() + 180
    path.unlink(missing_ok=True)
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and b"is on sale at" in (FOLDER / "up.log").read_bytes():
            return dict(json.loads(path.read_text()))
        time.sleep(0.2)
    raise SystemExit(f"The site did not start:\n{(FOLDER / 'up.log').read_text()[-3000:]}")


def _prepared(run: dict[str, Any]) -> Site:
    os.environ |= {
        "DATABASE_URL": run["databaseUrl"],
        "REDIS_URL": run["redisUrl"],
        "SHOWSEWA_MODE": "demo",
        "SHOWSEWA_VAR": str(FOLDER),
        "STATEMENT_TIMEOUT_MS": "0",
        "LOCK_TIMEOUT_MS": "0",
        "DJANGO_SETTINGS_MODULE": "showsewa.settings",
        "SEAT_HOLD_MINUTES": "60",
    }
    import django

    django.setup()
    from benchmarks import stage

    showtimes = stage.fresh(SHOWTIMES)
    listing = FOLDER / "showtimes.txt"
    listing.write_text("\n".join(showtimes) + "\n")
    return Site(run["baseUrl"], run["wsUrl"], run["databaseUrl"], run["redisUrl"], run["pids"], showtimes, listing)
