"""PostgreSQL and Valkey for one folder: those that no URL names are started here, together, and kept alive."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
import redis

from . import accounts, binaries, processes
from .console import Trouble, keep_log
from .postgres import Postgres
from .server import Server
from .state import State
from .valkey import Valkey

# Where root puts data and programs that the servers' own user cannot reach inside the project (root's home is 0700).
ROOT_STATE = Path("/var/lib/showsewa")
PORT_ATTEMPTS = 5
S = TypeVar("S", bound=Server)


@dataclass(frozen=True)
class Site:
    """Which programs run over which folder as whom."""

    folder: Path
    programs: binaries.Binaries
    account: accounts.Account | None


class Services:
    """The caller holds the folder's lock (`state.lock`) from `start` to `stop`, and calls from its main thread."""

    def __init__(
        self, folder: Path, state: State, *, durable: bool = True, outside: Mapping[str, str] | None = None
    ) -> None:
        """outside: an environment; a server that DATABASE_URL or REDIS_URL names there is used and not started."""
        given = os.environ if outside is None else outside
        self.folder = folder
        self.state = state
        self.durable = durable
        self.given = {name: given[name] for name in ("DATABASE_URL", "REDIS_URL") if given.get(name)}
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None

    @property
    def servers(self) -> list[Server]:
        return [server for server in (self.postgres, self.valkey) if server]

    @property
    def pids(self) -> dict[str, int]:
        named = {"postgres": self.postgres, "valkey": self.valkey}
        return {name: server.process.pid for name, server in named.items() if server and server.process}

    def environment(self) -> dict[str, str]:
        urls = dict(self.given)
        if self.postgres:
            urls["DATABASE_URL"] = self.postgres.url
        if self.valkey:
            urls["REDIS_URL"] = self.valkey.url
        return urls

    def start(self) -> None:
        """Start what is missing and wait until both answer. On any failure nothing stays behind."""
        self.state.save(self.folder)  # the passwords before the data they lock, should we be killed in between
        try:
            self._choose()
            for server in self.servers:
                self._start(server)
            self._greet_given()
        except BaseException:
            self.stop()
            raise
        self.state.save(self.folder)

    def revive(self) -> list[str]:
        """Start again, on the same port, whatever died; does not wait for it. Returns what it was."""
        dead = [server for server in self.servers if not server.is_alive()]
        for server in dead:
            server.launch()
        if dead:
            self.state.save(self.folder)
        return [type(server).__name__ for server in dead]

    def stop(self) -> None:
        """Valkey first: PostgreSQL is the one that must have the last word."""
        for server in reversed(self.servers):
            server.stop()

    def _choose(self) -> None:
        if len(self.given) == 2:
            return
        site = settle(self.folder)
        if "DATABASE_URL" not in self.given:
            self.postgres = self._make(Postgres, "postgres", site.programs.postgres, site)
        if "REDIS_URL" not in self.given:
            self.valkey = self._make(Valkey, "valkey", site.programs.valkey, site)

    def _greet_given(self) -> None:
        """Servers that are not ours must answer too, or migrations would fail with a page of traceback."""
        try:
            if self.given.get("DATABASE_URL", "").startswith(("postgres://", "postgresql://")):
                psycopg.connect(self.given["DATABASE_URL"], connect_timeout=10).close()
            if "REDIS_URL" in self.given:
                with redis.Redis.from_url(
                    self.given["REDIS_URL"], socket_connect_timeout=10, socket_timeout=10
                ) as client:
                    client.ping()
        except (psycopg.Error, redis.RedisError, ValueError) as error:
            name = "DATABASE_URL" if isinstance(error, psycopg.Error) else "REDIS_URL"
            raise Trouble(f"The server that {name} names does not answer: {error}") from None

    def _make(self, kind: type[S], name: str, programs: Path, site: Site) -> S:
        log = keep_log(self.folder / "log" / f"{name}.log")
        return kind(_subfolder(site, name), programs, site.account, self.state, log, self.durable)

    def _start(self, server: Server) -> None:
        """Launch on the kept port, or on another when somebody else has it now."""
        for attempt in range(PORT_ATTEMPTS):
            if not server.port or attempt or not processes.port_is_free(server.port):
                server.port = processes.free_port()
            server.launch()
            try:
                server.wait_ready()
                return
            except Trouble:
                if not server.lost_port():
                    raise
        raise Trouble(f"No free port for {type(server).__name__} in {PORT_ATTEMPTS} attempts.")


def settle(folder: Path) -> Site:
    """Choose user and place. Root opens no folder of yours to others: what they cannot reach is put elsewhere."""
    programs = binaries.find()
    home = folder / "services"
    account = accounts.for_servers(home / "postgres" / "data")
    if account is None:
        return Site(home, programs, None)
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    if account.can(programs.postgres / "postgres", "--version") and account.can("test", "-x", home):
        return Site(home, programs, account)
    elsewhere, programs_there = ROOT_STATE / root_name(folder), ROOT_STATE / f"programs-{programs.version}"
    for place in (ROOT_STATE, elsewhere, programs_there):
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o755)
    account = accounts.for_servers(elsewhere / "postgres" / "data") or account
    return Site(elsewhere, programs.copied_to(programs_there), account)


def root_name(folder: Path) -> str:
    """A folder's own name under ROOT_STATE: legible, short, and unlike any other folder's."""
    digest = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12]
    return f"{folder.absolute().parent.name[:40]}-{digest}"


def remove_data(folder: Path) -> None:
    """Forget everything kept for this folder. The caller has made sure that nothing runs over it."""
    shutil.rmtree(ROOT_STATE / root_name(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _subfolder(site: Site, name: str) -> Path:
    folder = site.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    if site.account and folder.stat().st_uid != site.account.uid:
        os.chown(folder, site.account.uid, site.account.gid)
    folder.chmod(0o700)
    return folder
