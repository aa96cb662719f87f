"""`make down`: ask the run over a folder to stop, and wait until it has. `clean` also forgets its data."""

import os
import signal
import time
from pathlib import Path

from . import processes, services, state
from .console import Trouble, say
from .environment import Options

PATIENCE = 60  # seconds


def main() -> int:
    folder = Options.read(os.environ).folder
    return stop(folder) if folder.exists() else _say_nothing_runs()


def clean() -> int:
    """Remove a folder that `up` made, and only such a one."""
    folder = Options.read(os.environ).folder
    if not (folder / state.STATE_FILE).exists() and not (folder / "test").exists():
        return 0
    for tests in folder.glob("test*"):
        if pid := state.holder(tests):
            raise Trouble(f"Tests are running over {tests} (process {pid}); wait for them to end.")
    stop(folder)
    services.remove_data(folder)
    say(f"Removed {folder}.")
    return 0


def stop(folder: Path) -> int:
    pid = state.holder(folder)
    if pid is None:
        processes.end_strays(folder)
        return _say_nothing_runs()
    say(f"Stopping ShowSewa (process {pid}) ...")
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError:
        raise Trouble(f"Process {pid} belongs to another user: stop it as that user.") from None
    deadline = time.monotonic() + PATIENCE
    while state.holder(folder) == pid:
        if time.monotonic() > deadline:
            raise Trouble(f"It is still there after {PATIENCE} s. `kill -9 {pid}` ends it; the next start cleans up.")
        time.sleep(0.2)
    say("Stopped.")
    return 0


def _say_nothing_runs() -> int:
    say("Nothing is running.")
    return 0
