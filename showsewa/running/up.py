"""`make up`: servers, migrations, demo data, the site's processes; then watch over them until told to stop."""

import http.client
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, ModuleType
from typing import NoReturn

from . import messages, processes, state
from .console import Trouble, clear_live_line, live_line, say, step, tail
from .environment import ROOT, Options, children, for_children, raise_file_limit
from .services import Services
from .supervisor import Supervisor, explain
from .watchdog import Watchdog

ANSWER_WITHIN = 120  # seconds from starting the processes to the first healthy answer
HEALTH = "/api/v1/health"
DEATHS_TO_GIVE_UP = 4  # of one process before the site ever answered


class Stop(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: not an error, so no `except Exception` may swallow it."""


def main() -> int:
    _listen_for_stop()
    started = time.monotonic()
    try:
        options = Options.read(os.environ)
        folder = state.prepare(options.folder)
        with state.lock(folder):
            _run(options, started)
    except Stop:
        say("Stopped.")
    except Trouble as trouble:
        clear_live_line()
        say(f"\nShowSewa could not start. {trouble}")
        return 1
    return 0


def _run(options: Options, started: float) -> None:
    folder = options.folder
    (folder / "run.json").unlink(missing_ok=True)
    processes.end_strays(folder)
    options.require_free_ports()
    raise_file_limit()
    messages.compile_all(ROOT)
    kept = state.State.load(folder)
    services = Services(folder, kept)
    try:
        with step("Starting PostgreSQL and Valkey" if len(services.given) < 2 else "Using your PostgreSQL and Redis"):
            services.start()
        env = for_children(options, kept, services)
        _manage("Preparing the database", ["migrate", "--noinput"], env, folder)
        _manage("Filling the demo", ["seed", "--if-empty"], env, folder)
        _serve(options, services, env, started)
    finally:
        _ignore_signals()
        (folder / "run.json").unlink(missing_ok=True)
        services.stop()


def _manage(title: str, arguments: list[str], env: Mapping[str, str], folder: Path) -> None:
    """Run a management command to its end, its last line shown live. Refuses: Trouble with the end of its output."""
    log = folder / "log" / f"{arguments[0]}.log"
    log.write_bytes(b"")
    argv = [sys.executable, "manage.py", *arguments]
    quiet = {**env, "STATEMENT_TIMEOUT_MS": "0", "PYTHONUNBUFFERED": "1"}
    with step(title), log.open("ab") as file:
        process = processes.start(argv, death=signal.SIGTERM, output=subprocess.PIPE, cwd=ROOT, env=quiet)
        try:
            for line in process.stdout or ():
                file.write(line)
                live_line(line.decode(errors="replace"))
            code = process.wait()
        finally:
            processes.end(process, politely=signal.SIGTERM, patience=5)
            clear_live_line()
    if code != 0:
        raise Trouble(f"`manage.py {' '.join(arguments)}` failed. The end of {log}:\n{tail(log, 30)}")


def _serve(options: Options, services: Services, env: Mapping[str, str], started: float) -> NoReturn:
    supervisor = Supervisor(
        children=children(options, env),
        services=services,
        cwd=ROOT,
        on_change=lambda: _write_run_file(options, env, supervisor),
        watchdog=Watchdog(f"{options.base_url}{HEALTH}"),
    )
    try:
        with step("Starting web, sockets, worker and beat"):
            supervisor.start()
            _wait_until_healthy(options, supervisor)
        _greet(options, env, time.monotonic() - started)
        while True:
            supervisor.tick()
    finally:
        _ignore_signals()
        say("\nStopping ...")
        supervisor.stop()


def _wait_until_healthy(options: Options, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN
    while not (_is_healthy(f"{options.base_url}{HEALTH}") and _accepts(options.host, options.port + 1)):
        supervisor.tick()
        worst = supervisor.most_broken()
        if worst.backoff.deaths >= DEATHS_TO_GIVE_UP:
            raise Trouble(explain(worst))
        if time.monotonic() > deadline:
            raise Trouble(
                f"{options.base_url}{HEALTH} did not answer 200 within {ANSWER_WITHIN} s. "
                f"{explain(supervisor.children[0])}"
            )


def _is_healthy(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot see this machine's loopback
    try:
        with direct.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False


def _accepts(host: str, port: int) -> bool:
    """Whether the sockets are there too: without them the first page would not see the first sale."""
    try:
        socket.create_connection((host or "127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def _demo(env: Mapping[str, str]) -> ModuleType | None:
    """The demo's logins; they exist in demo mode only. Late, because whoever runs `down` needs none of it."""
    return importlib.import_module("showsewa.demo") if env["SHOWSEWA_MODE"] == "demo" else None


def _greet(options: Options, env: Mapping[str, str], seconds: float) -> None:
    say(f"\nShowSewa is on sale at {options.base_url}  (up in {seconds:.0f} s; Ctrl-C or `make down` stops it)\n")
    say(f"  staff      {options.base_url}/admin/")
    say(f"  counter    {options.base_url}/counter/")
    say(f"  API        {options.base_url}/docs")
    if demo := _demo(env):
        for role, account in demo.ACCOUNTS.items():
            say(f"  {role:<10} {account['email']}   {account['password']}")
    say(f"  tokens and addresses for programs: {options.folder / 'run.json'}")
    say(f"  mails sent: {options.folder / 'mailbox'}      logs: {options.folder / 'log'}\n")


def _write_run_file(options: Options, env: Mapping[str, str], supervisor: Supervisor) -> None:
    demo = _demo(env)
    facts = {
        "baseUrl": env["BASE_URL"],
        "wsUrl": env["WS_URL"],
        "databaseUrl": env["DATABASE_URL"],
        "redisUrl": env["REDIS_URL"],
        "mailbox": str(options.folder / "mailbox"),
        "webhookSecret": env["PAYMENT_WEBHOOK_SECRET"],
        "accounts": demo.ACCOUNTS if demo else {},
        "channels": demo.CHANNELS if demo else {},
        "pids": {"up": os.getpid()} | supervisor.pids(),
    }
    state.write_private(options.folder / "run.json", json.dumps(facts, indent=2, default=list))


def _listen_for_stop() -> None:
    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise Stop

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means: stay
        signal.signal(signal.SIGHUP, stop)


def _ignore_signals() -> None:
    """Stopping must not be stopped half way: a second Ctrl-C would leave servers to the kernel's care."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
