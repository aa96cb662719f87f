"""What a person sees while the site starts: one line a step with its time, and trouble with its remedy."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOG_LIMIT = 5 << 20


class Trouble(Exception):
    """Something the person at the keyboard can mend; the message says how. Printed without a traceback."""


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print a title, and its seconds once done. Output in between starts on a line of its own."""
    started = time.monotonic()
    say(f"- {title} ...")
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")


def live_line(text: str) -> None:
    """Show the last line of a long step, overwritten by the next one; silent when nobody watches."""
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[2K  " + text.rstrip()[:100])
        sys.stdout.flush()


def clear_live_line() -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[2K")
        sys.stdout.flush()


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, indented, for an error message."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join("    " + line for line in text.splitlines()[-lines:])


def keep_log(path: Path) -> Path:
    """Appended to from run to run, and begun anew once it has grown long."""
    path.touch()
    if path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
        path.touch()
    return path
