"""An early pytest plugin: real PostgreSQL and Valkey for the tests, up before pytest-django reads the settings.

With DATABASE_URL and REDIS_URL set, those are used. Otherwise the servers run over var/test, without waiting for the
disk; a second pytest in the same folder takes var/test-2, and so on. Their data are kept for a faster next run.
Under pytest-xdist the first worker has its parent's servers and every other worker its own: a message in Valkey reaches
all its databases, so two workers on one would hear each other.
"""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from showsewa.running import state
from showsewa.running.console import Trouble
from showsewa.running.services import Services

VAR = Path(__file__).resolve().parent.parent / "var"
SLOTS = 8
_running: list[Services] = []
_locks: list[object] = []  # an open file is the lock: it must not be collected


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    known = early_config.known_args_namespace
    if not (known.help or known.version):
        _prepare_environment()
    try:
        return (yield)
    except BaseException:  # broken settings: pytest ends here, without pytest_unconfigure
        pytest_unconfigure()
        raise


def pytest_unconfigure() -> None:
    for services in _running:
        services.stop()
    _running.clear()


def _prepare_environment() -> None:
    os.environ.setdefault("SHOWSEWA_MODE", "test")
    os.environ.setdefault("STATEMENT_TIMEOUT_MS", "60000")  # a busy machine is no failed test
    os.environ.setdefault("SECRET_KEY", "a-key-for-tests-only-that-opens-nothing-anywhere")
    os.environ.setdefault("PAYMENT_WEBHOOK_SECRET", "a-webhook-secret-for-tests-only-that-opens-nothing")
    is_given = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    if is_given and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        return
    for name in ("DATABASE_URL", "REDIS_URL"):  # another worker's: with them set, no server of our own would start
        os.environ.pop(name, None)
    folder = _free_folder()
    try:
        services = _start(folder)
    except Trouble:
        shutil.rmtree(folder / "services", ignore_errors=True)  # a power cut may have spoilt data that skip the disk
        try:
            services = _start(folder)
        except Trouble as trouble:
            raise pytest.UsageError(str(trouble)) from None
    _running.append(services)
    os.environ.update(services.environment(), SHOWSEWA_VAR=str(folder))


def _start(folder: Path) -> Services:
    services = Services(folder, state.State.load(folder), durable=False)
    services.start()
    return services


def _free_folder() -> Path:
    for slot in range(1, SLOTS + 1):
        folder = state.prepare(VAR / ("test" if slot == 1 else f"test-{slot}"))
        try:
            _locks.append(state.lock(folder))
        except state.Busy:
            continue
        return folder
    raise pytest.UsageError(f"{SLOTS} test runs are going on in {VAR} already; wait for one to end.")
