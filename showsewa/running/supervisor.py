"""Keep the site's processes running: start them, start the dead again, show their warnings, stop them in order.

honcho was to do this, but its Manager ends the whole run when any child ends; ours must outlive a kill -9 of each.
What is left of its work is this loop, in one thread: the kernel's death signal follows the thread that started a child.
"""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .console import Trouble, keep_log, say, tail
from .services import Services
from .watchdog import Watchdog

TICK = 0.2  # seconds
LONGEST_PAUSE = 10.0  # seconds between attempts, hence never much more than ten a minute
CALM_AFTER = 60.0  # seconds alive until a child's earlier deaths are forgotten
WARNING = re.compile(r"(?<![%\w])(WARN|WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
SHOWN_A_MINUTE = 20
JOBS = ("worker", "beat")
JOBS_START_WITHIN = 60.0  # seconds: a busy machine may take that long to load them
MOST_READ = 1 << 20  # bytes of a log in one round


@dataclass
class Backoff:
    """At once after the first death, then 0.4, 0.8, 1.6 ... seconds."""

    deaths: int = 0
    not_before: float = 0.0
    started_at: float = 0.0

    def note_death(self, now: float) -> float:
        """Returns the pause before the next attempt."""
        if now - self.started_at > CALM_AFTER:
            self.deaths = 0
        pause = 0.0 if self.deaths == 0 else min(LONGEST_PAUSE, 0.2 * 2**self.deaths)
        self.deaths += 1
        self.not_before = now + pause
        return pause

    def note_start(self, now: float) -> None:
        self.started_at = now


@dataclass
class Child:
    """One process of the site. Children are stopped in the order they are listed."""

    name: str
    argv: list[str]
    env: Mapping[str, str]
    log: Path
    patience: float = 10.0
    backoff: Backoff = field(default_factory=Backoff)
    process: subprocess.Popen[bytes] | None = None
    shown_up_to: int = 0

    def start(self, cwd: Path, now: float) -> None:
        with self.log.open("ab") as output:
            self.process = processes.start(
                self.argv, death=signal.SIGTERM, output=output, cwd=cwd, env={**self.env, "PYTHONUNBUFFERED": "1"}
            )
        self.backoff.note_start(now)

    def stop(self) -> None:
        if self.process is not None:
            processes.end(self.process, politely=signal.SIGTERM, patience=self.patience)
            self.process = None


@dataclass
class Supervisor:
    """`tick` does one round; `on_change` is called whenever a process id has changed."""

    children: list[Child]
    services: Services
    cwd: Path
    on_change: Callable[[], None]
    watchdog: Watchdog | None = None
    server_backoff: Backoff = field(default_factory=Backoff)
    shown: list[float] = field(default_factory=list)

    def start(self) -> None:
        for child in self.children:
            child.shown_up_to = keep_log(child.log).stat().st_size
            child.start(self.cwd, time.monotonic())
        if self.watchdog is not None:
            self.watchdog.start()
        self.on_change()

    def tick(self) -> None:
        now = time.monotonic()
        changed = self._revive_servers(now)
        self._end_silent_jobs(now)
        for child in self.children:
            changed |= self._revive(child, now)
            self._show_warnings(child, now)
        if changed:
            self.on_change()
        time.sleep(TICK)

    def stop(self) -> None:
        for child in self.children:
            child.stop()

    def pids(self) -> dict[str, int]:
        named = {child.name: child.process.pid for child in self.children if child.process}
        return named | self.services.pids

    def most_broken(self) -> Child:
        return max(self.children, key=lambda child: child.backoff.deaths)

    def _revive(self, child: Child, now: float) -> bool:
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return False
            processes.kill_group(child.process.pid)  # its own children would keep the port
            child.process = None
            pause = child.backoff.note_death(now)
            say(f"! {child.name} ended ({_reason(code)}); starting it again{_hint(child, pause)}")
        if now < child.backoff.not_before:
            return False
        child.start(self.cwd, now)
        return True

    def _revive_servers(self, now: float) -> bool:
        if now < self.server_backoff.not_before or all(server.is_alive() for server in self.services.servers):
            return False
        self.server_backoff.note_death(now)
        self.server_backoff.note_start(now)
        try:
            names = self.services.revive()
        except (Trouble, OSError) as error:
            say(f"! a server could not be started again yet: {error}")
            return False
        say(f"! {' and '.join(names)} had died and {'is' if len(names) == 1 else 'are'} started again")
        return True

    def _end_silent_jobs(self, now: float) -> None:
        """They may be hung, so they are not asked; what they were at is done again by those started in their place."""
        if self.watchdog is None or not self.watchdog.has_lost_patience(now):
            return
        self.watchdog.forgive()
        for child in self.children:
            is_old = now - child.backoff.started_at > JOBS_START_WITHIN
            if child.name in JOBS and child.process is not None and is_old:
                say(f"! {child.name} lives, but its jobs have been silent for too long; ending it")
                processes.kill_group(child.process.pid)

    def _show_warnings(self, child: Child, now: float) -> None:
        with child.log.open("rb") as file:
            file.seek(child.shown_up_to)
            fresh = file.read(MOST_READ)
        whole = fresh[: fresh.rfind(b"\n") + 1] or (fresh if len(fresh) == MOST_READ else b"")
        child.shown_up_to += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            if WARNING.search(line) and self._may_show(now):
                say(f"{child.name:>8} | {line[:300]}")

    def _may_show(self, now: float) -> bool:
        """Some lines a minute: a fault that repeats must not bury the rest. The log files have everything."""
        self.shown = [moment for moment in self.shown if now - moment < 60]
        self.shown.append(now)
        if len(self.shown) == SHOWN_A_MINUTE:
            say("         | (more of these are in the log files only)")
        return len(self.shown) < SHOWN_A_MINUTE


def explain(child: Child) -> str:
    return f"`{child.name}` does not stay up. The end of {child.log}:\n{tail(child.log)}"


def _hint(child: Child, pause: float) -> str:
    """One death is an accident; more of them have a reason, and the log knows it."""
    return f" in {pause:.1f} s; see {child.log}" if pause else ""


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
