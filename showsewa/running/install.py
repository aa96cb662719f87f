"""Make .venv with the pinned libraries, and Chromium for the browser tests: `python3 install.py run|dev|browser`.

Run as a file by whatever Python the machine has, before any library exists: standard library only, and nothing that
an older Python cannot at least parse, so that it can say what it needs.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FILES = {"run": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> None:
    if arguments not in (["run"], ["dev"], ["browser"]):
        sys.exit("usage: install.py run|dev|browser")
    if arguments == ["browser"]:
        install_browser()
        return
    if sys.version_info < (3, 11):  # noqa: UP036 - here is where an older one is told so
        sys.exit(
            f"ShowSewa needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.\nInstall one"
            " (Debian: apt-get install python3 python3-venv) or name it, for example: make up PYTHON=python3.12"
        )
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second waits, then finds it done
        if not is_ready(arguments[0]):
            make_venv()
            install(arguments[0])


def is_ready(wanted: str) -> bool:
    """Whether a finished installation carries today's requirements. `dev` includes `run`."""
    return succeeds(PYTHON, "-c", "") and any(read(stamp(kind)) == fingerprint(kind) for kind in {"dev", wanted})


def make_venv() -> None:
    if succeeds(PYTHON, "-m", "pip", "--version"):
        return
    if not succeeds(sys.executable, "-c", "import ensurepip, venv") and not apt_get("python3-venv"):
        sys.exit(
            f"{sys.executable} cannot make virtual environments (its `venv` is missing).\n"
            "Debian and Ubuntu: apt-get install python3-venv. Then run the same command again."
        )
    say(f"- Making .venv with {sys.executable} ...")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        sys.exit(f"The virtual environment could not be made; see above. Is the disk full, or {ROOT} read-only?")


def install(wanted: str) -> None:
    say("- Installing libraries (about a minute the first time) ...")
    started = time.time()
    for kind in FILES:
        if stamp(kind).exists():
            stamp(kind).unlink()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-input", "-r"]
    done = run([*pip, str(ROOT / FILES[wanted][-1])])
    if done.returncode != 0:
        sys.exit(
            done.stdout[-4000:]
            + "\nThe libraries could not be installed; pip's words are above. Usual causes: no way to"
            " a package index\n(set PIP_INDEX_URL or HTTPS_PROXY), or a full disk. Then run the same command again."
        )
    stamp(wanted).write_text(fingerprint(wanted))
    say(f"  done in {time.time() - started:.0f} s")


def install_browser() -> None:
    """Chromium drives the browser tests. Without it they are skipped, and say so."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    say("- Installing Chromium for the browser tests ...")
    if not apt_get("chromium"):
        say("  Chromium is not here and cannot be installed by this user: the browser tests will be skipped.")


def apt_get(package: str) -> bool:
    """Install one of Debian's packages if we may. Returns whether it worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    get = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    run([*get, "update"])  # without it a fresh machine knows no packages; if it fails, the old lists may still do
    done = run([*get, "install", "-y", "--no-install-recommends", package])
    if done.returncode != 0:
        say(f"  apt-get install {package} failed:\n{done.stdout[-1000:]}")
    return done.returncode == 0


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    return subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def succeeds(*command: str | Path) -> bool:
    try:
        return run([str(part) for part in command]).returncode == 0
    except OSError:
        return False


def fingerprint(kind: str) -> str:
    return hashlib.sha256("".join(read(ROOT / name) for name in FILES[kind]).encode()).hexdigest()


def stamp(kind: str) -> Path:
    return VENV / f".installed-{kind}"


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
