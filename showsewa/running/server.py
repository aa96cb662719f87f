"""What the two embedded servers have in common: a folder, a user, a log, one process and one port."""

import signal
import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .accounts import Account
from .console import tail
from .state import State


@dataclass
class Server(ABC):
    """`durable=False` is for tests: nothing waits for the disk, and a killed server may lose its last commits."""

    folder: Path
    programs: Path
    account: Account | None
    state: State
    log: Path
    durable: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    farewell = signal.SIGTERM  # asks it to stop in good order
    patience = 10.0  # seconds that takes at most

    @property
    @abstractmethod
    def port(self) -> int: ...

    @port.setter
    @abstractmethod
    def port(self, port: int) -> None: ...

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def launch(self) -> None:
        """Start it, after ending what an earlier run left of it. It may still be recovering when this returns."""

    @abstractmethod
    def wait_ready(self) -> None:
        """Wait until it answers. Refuses: Trouble with the end of its log."""

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def lost_port(self) -> bool:
        """Whether the last start failed because somebody else took the port in the meantime."""
        return not self.is_alive() and "Address already in use" in tail(self.log, 8)

    def stop(self) -> None:
        if self.process is not None:
            processes.end(self.process, politely=self.farewell, patience=self.patience)
            self.process = None
