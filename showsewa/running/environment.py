"""What `up` is told by the environment, and what it tells its children by theirs."""

import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .console import Trouble
from .services import Services
from .state import State
from .supervisor import Child

ROOT = Path(__file__).resolve().parent.parent.parent
WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound
BACKLOG = 4096  # connections waiting in the kernel; past it they are dropped and retried after whole seconds
# granian counts open connections, not requests: an idle browser keeps its place for 30 s, and past this number new
# ones wait just as long. Requests themselves queue for the threads of each process.
BACKPRESSURE = 8192
THREADS = 4  # of each web process; as many connections to the database
OPEN_FILES = 20_000  # each connection is one; the usual limit of 1,024 would refuse visitors


@dataclass(frozen=True)
class Options:
    """PORT, HOST, SHOWSEWA_VAR, WEB_CONCURRENCY."""

    host: str
    port: int
    folder: Path
    workers: int

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Options":
        return cls(
            host=given.get("HOST") or "127.0.0.1",
            port=_number(given, "PORT", 8000, most=65534),
            folder=Path(given.get("SHOWSEWA_VAR") or ROOT / "var").absolute(),
            workers=_number(given, "WEB_CONCURRENCY", 2, most=64),
        )

    @property
    def address(self) -> str:
        """Where this machine reaches the site: a wildcard is no address to call."""
        name = "127.0.0.1" if self.host in WILDCARDS else self.host
        return f"[{name}]" if ":" in name else name

    @property
    def base_url(self) -> str:
        return f"http://{self.address}:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{self.address}:{self.port + 1}"

    def require_free_ports(self) -> None:
        for port in (self.port, self.port + 1):
            if not processes.port_is_free(port, self.host):
                raise Trouble(
                    f"Port {port} on {self.host} is taken by another program (the site needs {self.port} and "
                    f"{self.port + 1}).\nChoose another: make up PORT={self.port + 100}"
                )


def for_children(options: Options, state: State, services: Services) -> dict[str, str]:
    """Everything given passes through; what the site needs and nobody gave is filled in."""
    defaults = {
        "SHOWSEWA_MODE": "demo",
        "SECRET_KEY": state.secret_key,
        "PAYMENT_WEBHOOK_SECRET": state.webhook_secret,
        "BASE_URL": options.base_url,
        "WS_URL": options.ws_url,
        "DJANGO_SETTINGS_MODULE": "showsewa.settings",
    }
    decided = {
        "SHOWSEWA_VAR": str(options.folder),
        "PORT": str(options.port),
        "HOST": options.host,
        processes.MARK: str(options.folder),
    }
    given = {name: value for name, value in os.environ.items() if value or name not in defaults}
    return defaults | given | decided | services.environment()


def raise_file_limit() -> None:
    """For this process and all it starts, as far as the machine allows an ordinary user."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def children(options: Options, env: Mapping[str, str]) -> list[Child]:
    """The site's processes, in the order they are stopped: first those that take requests, then those that work."""
    python, log = sys.executable, options.folder / "log"
    pooled = {"DATABASE_POOL": str(THREADS)} | dict(env)
    patient = {"STATEMENT_TIMEOUT_MS": "60000"} | dict(env)
    (options.folder / "beat").mkdir(exist_ok=True)
    web = [
        *(python, "-m", "granian", "--interface", "wsgi", "--host", options.host, "--port", str(options.port)),
        *("--workers", str(options.workers), "--blocking-threads", str(THREADS), "--no-ws", "--http", "1"),
        *("--backlog", str(BACKLOG), "--backpressure", str(BACKPRESSURE), "--log-level", "warning"),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "5"),
        "showsewa.wsgi:application",
    ]
    sockets = [
        *(python, "-m", "uvicorn", "--host", options.host, "--port", str(options.port + 1), "--workers", "1"),
        *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--lifespan", "off"),
        *("--timeout-graceful-shutdown", "3", "--no-access-log", "--log-level", "warning"),
        "showsewa.asgi:application",
    ]
    celery = [python, "-m", "celery", "-A", "showsewa"]
    # Mails may wait a second; a buyer on the same two cores may not.
    worker = ["nice", "-n", "10", *celery, "worker", "-c", "2", "--without-gossip", "--without-mingle", "-l", "warning"]
    beat = [*celery, "beat", "--pidfile=", "-s", str(options.folder / "beat" / "schedule"), "-l", "warning"]
    return [
        Child("web", web, pooled, log / "web.log"),
        Child("sockets", sockets, env, log / "sockets.log"),
        Child("beat", beat, patient, log / "beat.log"),
        Child("worker", worker, patient, log / "worker.log", patience=15.0),
    ]


def _number(given: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    text = given.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise Trouble(f"{name}={text} is not a number from 1 to {most}.")
    return int(text)
