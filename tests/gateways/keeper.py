"""Work about money done in a process of its own, which is killed (SIGKILL) at any of its fault points.

Fault points are where a process can die and leave half of something behind: before and after every call of a gateway,
every COMMIT, and every statement outside a transaction. They are counted as they are met; `die_at` names one.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import django
import requests
from django.apps import apps
from django.conf import settings
from django.db import connection

if not apps.ready:  # nobody has, where this is the first thing a process reads
    django.setup()

from django.utils import timezone

from payments import gateways
from payments.models import Case, Payment, Refund
from payments.services import deciding, inbox, polling, refunding, starting
from showsewa import promises
from showsewa.actors import SYSTEM
from showsewa.refusals import Refusal

CALLS = ("start", "look_up", "refund", "find_refund")


def polls(now: datetime) -> None:
    polling.poll_due(now=now)


def refunds(now: datetime) -> None:
    promises.keep(Refund, refunding.send_refund, now=now)


def heal(now: datetime) -> None:
    """Ring until nothing is left to do, each time a little later."""
    for _ring in range(12):
        inbox.process_waiting(now=now)
        polls(now)
        refunds(now)
        deciding.care(now=now)
        open_refunds = Refund.objects.filter(promises.OPEN).order_by("due_at").values_list("due_at", flat=True)
        unasked = Payment.objects.filter(status="INITIATED", poll_at__isnull=False).order_by("poll_at")
        due = [*open_refunds[:1], *unasked.values_list("poll_at", flat=True)[:1]]
        if not due:
            return
        now = max(now + timedelta(seconds=31), min(due))


def start(booking: str) -> None:
    """An opener that died leaves the session to the next one, a while later."""
    later = timezone.now() if not Payment.objects.filter(booking=booking).exists() else _after_the_opener()
    with suppress(Refusal):
        starting.start(booking_id=booking, return_path="/", actor=SYSTEM, now=later)  # type: ignore[arg-type]


def _after_the_opener() -> datetime:
    return timezone.now() + starting.OPENS_WITHIN + timedelta(seconds=1)


def decide(case: str, reference: str) -> None:
    way = Case.Resolution.BY_HAND
    with suppress(Refusal):
        deciding.decide(case_id=case, resolution=way, actor=SYSTEM, now=timezone.now(), reference=reference)  # type: ignore[arg-type]


def tell(gateway: str, body: bytes, headers: dict[str, str]) -> None:
    inbox.receive(gateway=gateway, body=body, headers=headers, now=timezone.now())


JOBS: dict[str, Callable[..., None]] = {
    "polls": polls, "refunds": refunds, "heal": heal, "start": start, "tell": tell, "decide": decide,
}  # fmt: skip


@dataclass
class Faults:
    """die_at: the number of the point to die at, 0 for none. log: a line for each point met, also for the last."""

    die_at: int
    log: Path
    met: int = 0
    is_asking: bool = False  # a gateway's own commits, where it lives in our database, are none of ours

    def cross(self, what: str) -> None:
        if self.is_asking:
            return
        self.met += 1
        with self.log.open("a") as log:
            log.write(f"{what}\n")
        if self.met == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, what: str) -> None:
        call = getattr(owner, name)

        @wraps(call)
        def crossed(*given: Any, **named: Any) -> Any:
            self.cross(f"before {what}")
            is_gateway, was_asking = what in CALLS, self.is_asking
            self.is_asking = was_asking or is_gateway
            try:
                return call(*given, **named)
            finally:
                self.is_asking = was_asking
                self.cross(f"after {what}")

        setattr(owner, name, crossed)

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """One that commits itself."""
        if connection.in_atomic_block or not sql.startswith(("INSERT", "UPDATE", "DELETE")):
            return execute(sql, params, many, context)
        self.cross("before a write")
        done = execute(sql, params, many, context)
        self.cross("after a write")
        return done


def _work(job: str, given: dict[str, Any], faults: Faults, site: dict[str, Any]) -> None:
    """What the process does. site: its settings, as far as they are the test's."""
    connection.settings_dict["NAME"] = site.pop("DATABASE")
    for name, value in site.items():
        setattr(settings, name, value)
    for code in ("fake", "esewa", "khalti", "stripe"):
        gateway = gateways.get(code)
        for call in CALLS:
            if hasattr(gateway, call):
                faults.around(gateway, call, call)
    faults.around(connection, "commit", "COMMIT")
    connection.execute_wrappers.append(faults.statement)
    _note_keys(faults.log.with_suffix(".keys"))
    JOBS[job](**given)


def _note_keys(file: Path) -> None:
    """Under which keys Stripe is asked to change something."""
    ask = requests.Session.request

    def noted(self: requests.Session, method: str, url: str, **named: Any) -> requests.Response:
        if method.upper() == "POST":
            with file.open("a") as keys:
                keys.write(f"{url.partition('/v1/')[2]} {named['headers']['Idempotency-Key']}\n")
        return ask(self, method, url, **named)

    requests.Session.request = noted  # type: ignore[method-assign]


class Keeper:
    """Processes of a fresh interpreter that has done nothing but read our code."""

    def __init__(self, folder: Path, **site: Any) -> None:
        self.log, self.site = folder / "points", site
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload([__name__])

    def run(self, job: str, *, die_at: int = 0, **given: Any) -> list[str]:
        """Do it in a process of its own. Returns the points it met; the last is where it was killed, if it was."""
        self.log.unlink(missing_ok=True)
        self.log.touch()
        process = self.context.Process(target=_work, args=(job, given, Faults(die_at, self.log), dict(self.site)))
        process.start()
        process.join(60)
        met = self.log.read_text().splitlines()
        is_killed = 0 < die_at <= len(met)
        assert process.exitcode == (-signal.SIGKILL if is_killed else 0), (process.exitcode, met)
        return met

    def stripe_keys(self) -> list[str]:
        file = self.log.with_suffix(".keys")
        return file.read_text().splitlines() if file.exists() else []
