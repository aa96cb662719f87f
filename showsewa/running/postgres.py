"""One PostgreSQL server over one data folder: made, started, found again after any death, stopped."""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from . import processes
from .console import Trouble, tail
from .server import Server

DATABASE = "showsewa"
READY_WITHIN = 600  # seconds; only crash recovery of a big write-ahead log takes more than a few
BUILTIN_LOCALE_SINCE = 17


@dataclass
class Postgres(Server):
    farewell = signal.SIGINT  # fast shutdown: sessions are ended, committed work is written
    patience = 20.0

    @property
    def port(self) -> int:
        return self.state.postgres_port

    @port.setter
    def port(self, port: int) -> None:
        self.state.postgres_port = port

    @property
    def url(self) -> str:
        return f"postgres://postgres:{self.state.postgres_password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def label(self) -> str:
        """Shown in the title of each of the server's processes: so we know ours from another's."""
        return "showsewa_" + hashlib.sha256(str(self.data).encode()).hexdigest()[:12]

    def launch(self) -> None:
        self._end_remains()
        if not (self.data / "PG_VERSION").exists():
            self._make_data()
        with self.log.open("ab") as output:
            self.process = processes.start(
                [self.programs / "postgres", "-D", self.data, *self._settings()],
                death=self.farewell,
                output=output,
                account=self.account,
            )

    def wait_ready(self) -> None:
        """Also makes our database on the first start."""
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                with psycopg.connect(self._admin_url(), connect_timeout=5, autocommit=True) as connection:
                    _make_database(connection)
                return
            except psycopg.OperationalError as error:
                if not self.is_alive() or time.monotonic() > deadline or "authentication failed" in str(error):
                    raise Trouble(f"PostgreSQL did not start: {error}\n{tail(self.log)}") from None
            time.sleep(0.05)

    def _admin_url(self) -> str:
        return self.url.removesuffix(DATABASE) + "postgres"

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",  # hence no limit of 107 bytes on the path
            "cluster_name": self.label,
            "max_connections": 200,
            "shared_buffers": "512MB" if self.durable and memory_bytes() >= 4 << 30 else "128MB",
            "max_wal_size": "2GB",
            "jit": "off",  # compiling costs more than our short statements take
            "random_page_cost": 1.1,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _make_data(self) -> None:
        """initdb next door, then rename: an interrupted one leaves nothing that looks whole."""
        part = self.folder / f"data.part-{secrets.token_hex(4)}"  # the last one's initdb may still be dying in its own
        for leftover in (*self.folder.glob("data.part*"), self.data):
            shutil.rmtree(leftover, ignore_errors=True)
        password = self.folder / "password.part"
        password.touch(mode=0o600)
        password.write_text(self.state.postgres_password)
        if self.account:  # /dev/fd would not survive the change of user
            os.chown(password, self.account.uid, self.account.gid)
        options = ["-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions"]
        if self._major() >= BUILTIN_LOCALE_SINCE:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            options.append("--no-sync")
        try:
            self._run(self.programs / "initdb", "-D", part, *options, f"--pwfile={password}")
        finally:
            password.unlink()
        part.rename(self.data)

    def _major(self) -> int:
        version = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        found = re.search(r"\d+", version.stdout)
        return int(found.group()) if found else 0

    def _run(self, *argv: str | Path) -> None:
        """Run to its end as the servers' user, into the log."""
        with self.log.open("ab") as output:
            process = processes.start(argv, death=signal.SIGTERM, output=output, account=self.account)
            try:
                code = process.wait()
            finally:
                processes.end(process, politely=signal.SIGTERM, patience=5)
        if code != 0:
            raise Trouble(f"PostgreSQL could not be set up ({Path(argv[0]).name} ended with {code}):\n{tail(self.log)}")

    def _end_remains(self) -> None:
        """Make sure that no process of an earlier server touches the data, then drop its stale pid file.

        PostgreSQL itself refuses to start when the pid in the file lives, be it a zombie or a stranger that got the
        same number; and without the file it would not notice old sessions still at work. So we look at the processes.
        """
        deadline = time.monotonic() + 20
        postmaster, session = f"-D {self.data} -c ", f"postgres: {self.label}:"
        while remains := [
            (pid, line) for pid, line in processes.command_lines() if postmaster in line or session in line
        ]:
            overdue = time.monotonic() > deadline
            for pid, line in remains:  # sessions leave by themselves once their postmaster is gone
                if overdue or postmaster in line:
                    processes.signal_one(pid, signal.SIGKILL if overdue else signal.SIGINT)
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink(missing_ok=True)


def _make_database(connection: psycopg.Connection) -> None:
    with contextlib.suppress(psycopg.errors.DuplicateDatabase):
        connection.execute(f"CREATE DATABASE {DATABASE}")


def memory_bytes() -> int:
    """What this machine, or the container we are in, may use."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return total
