"""One Valkey server over one data folder. Wiping it loses nothing: every promise is a row in PostgreSQL."""

import contextlib
import signal
import subprocess
import time
from dataclasses import dataclass

import redis

from . import processes
from .console import Trouble, tail
from .server import Server

READY_WITHIN = 60  # seconds; it loads its last snapshot first


@dataclass
class Valkey(Server):
    @property
    def port(self) -> int:
        return self.state.valkey_port

    @port.setter
    def port(self, port: int) -> None:
        self.state.valkey_port = port

    @property
    def url(self) -> str:
        return f"redis://:{self.state.valkey_password}@127.0.0.1:{self.port}/0"

    def launch(self) -> None:
        self._end_remains()
        with self.log.open("ab") as output:
            # Its configuration comes by standard input: the password stands in no file and no process list.
            self.process = processes.start(
                [self.programs, "-"],
                death=self.farewell,
                output=output,
                account=self.account,
                stdin=subprocess.PIPE,
            )
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError), self.process.stdin as stdin:
            stdin.write(self._configuration().encode())
        self.state.valkey_pid = self.process.pid

    def wait_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        client = redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2)
        with client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as error:
                    if not self.is_alive() or time.monotonic() > deadline:
                        raise Trouble(f"Valkey did not start: {error}\n{tail(self.log)}") from None
                time.sleep(0.05)

    def _configuration(self) -> str:
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self.port}",
                f"requirepass {self.state.valkey_password}",
                f'dir "{self.folder}"',
                "save 60 1" if self.durable else 'save ""',
                "stop-writes-on-bgsave-error no",  # a full disk must not silence the live maps
                "maxmemory-policy noeviction",
                "",
            ]
        )

    def _end_remains(self) -> None:
        """Where the kernel does not end it with its starter, the last run's server may still hold the port."""
        old = self.state.valkey_pid
        lines = dict(processes.command_lines())
        if old and f"127.0.0.1:{self.port}" in lines.get(old, "") and "server" in lines[old]:
            processes.signal_one(old, signal.SIGTERM)
            deadline = time.monotonic() + 10
            while processes.is_alive(old) and time.monotonic() < deadline:
                time.sleep(0.1)
