"""What one folder remembers between runs (secrets and ports), and the lock that allows one run a folder."""

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO

from .console import Trouble

STATE_FILE = "state.json"


def new_secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class State:
    """Kept 0600 in the folder. The ports stay the same from run to run unless somebody else took them."""

    postgres_password: str = field(default_factory=new_secret)
    valkey_password: str = field(default_factory=new_secret)
    secret_key: str = field(default_factory=new_secret)
    webhook_secret: str = field(default_factory=new_secret)
    postgres_port: int = 0
    valkey_port: int = 0
    valkey_pid: int = 0

    @classmethod
    def load(cls, folder: Path) -> "State":
        """Read it, or make it with fresh secrets."""
        try:
            known = json.loads((folder / STATE_FILE).read_text())
        except FileNotFoundError:
            known = {}
        except ValueError:
            raise Trouble(
                f"{folder / STATE_FILE} is damaged. `make clean` starts afresh (the demo's data go)."
            ) from None
        return cls(**{each.name: known[each.name] for each in fields(cls) if each.name in known})

    def save(self, folder: Path) -> None:
        write_private(folder / STATE_FILE, json.dumps(asdict(self), indent=2))


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only: a reader sees the old or the new, never half."""
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
    part.replace(path)


class Busy(Trouble):
    """Another run holds the folder. `pid` is its process, 0 when it has not said yet."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.pid = pid
        super().__init__(
            f"ShowSewa is already running over {folder} (process {pid}). Stop it with `make down`,\n"
            "or start a second one beside it: make up PORT=8100 SHOWSEWA_VAR=var-2"
        )


def prepare(folder: Path) -> Path:
    """Make the folder and return its absolute path."""
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "log").mkdir(exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"Cannot write to {folder}: {error.strerror}. Name another folder with SHOWSEWA_VAR=..."
        ) from None
    kept = folder / STATE_FILE
    if not os.access(folder, os.W_OK) or (kept.exists() and not os.access(kept, os.R_OK | os.W_OK)):
        raise Trouble(f"{folder} belongs to another user. Name another folder with SHOWSEWA_VAR=...")
    return folder


def lock(folder: Path) -> IO[str]:
    """Hold the folder until the returned file is closed or this process ends, however it ends. Refuses: Busy."""
    file = (folder / ".lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = _pid_in(file)
        file.close()
        raise Busy(folder, pid) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def holder(folder: Path) -> int | None:
    """The process that runs over this folder, if any."""
    try:
        file = (folder / ".lock").open()
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _pid_in(file)
    return None


def _pid_in(file: IO[str]) -> int:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else 0
