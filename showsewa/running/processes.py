"""Start, find and end processes so that none outlives its starter. Knows nothing of what they do."""

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from .accounts import Account
from .console import say

PR_SET_PDEATHSIG = 1
# The kernel hands out ports for outgoing connections above this range. A client that keeps trying a dead server's
# port there can be given that very port as its own and connect to itself, which would block the restart for ever.
SERVICE_PORTS = range(20000, 32000)
MARK = "SHOWSEWA_CHILD_OF"


def die_with_parent(death: signal.Signals) -> Callable[[], None] | None:
    """A preexec_fn: the kernel sends `death` to the child when its starter ends, even by kill -9. Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death))
        if os.getppid() != parent:  # it died before the request reached the kernel
            os._exit(1)

    return prepare


def start(
    argv: Sequence[str | Path],
    *,
    death: signal.Signals,
    output: IO[bytes] | int,
    cwd: Path = Path("/"),
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a direct child in a session of its own. Call from the main thread: the death signal follows the thread."""
    switch: dict[str, Any] = {} if account is None else account.switch
    return subprocess.Popen(
        [str(part) for part in argv],
        cwd=cwd,
        env=env,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(death),
        **switch,
    )


def end(process: subprocess.Popen[bytes], *, politely: signal.Signals, patience: float) -> None:
    """Ask, wait, then kill the whole group: a child's own children (web workers, job processes) go with it."""
    if process.poll() is None:
        process.send_signal(politely)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    kill_group(process.pid)


def kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def signal_one(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def command_lines() -> Iterator[tuple[int, str]]:
    """Every living process: pid and command line (zombies have none and are left out)."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if line:
                yield int(folder.name), line


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def strays(mark: Path) -> list[int]:
    """Processes that an earlier run over this folder left behind: each child carries the folder in its environment."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0") and int(folder.name) != os.getpid():
                found.append(int(folder.name))
    return found


def end_strays(mark: Path) -> None:
    """Give the remains of a killed run a moment to finish by themselves, then end them. The caller holds the lock."""
    patience = time.monotonic() + 5
    if strays(mark):
        say("- Ending what an earlier run left behind ...")
    while found := strays(mark):
        for pid in found if time.monotonic() > patience else []:
            signal_one(pid, signal.SIGKILL)
        time.sleep(0.1)


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now; connections of a dead server still winding down do not count."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    for port in random.sample(SERVICE_PORTS, 200):
        if port_is_free(port):
            return port
    raise OSError("no free port between 20000 and 32000 on 127.0.0.1")
