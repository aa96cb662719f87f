"""A rush through the waiting room: python -m benchmarks.rush [VISITORS] [LIMIT] [SECONDS].

So many people want one showtime of 300 seats, and come so many seconds late on average; half by the site's pages, half
by the API. Whoever is let in takes some seconds to choose and some to pay; one in ten gives the seats back. Beside it
other showtimes sell as ever, and what their buyers feel is measured before, during and after. The crowd's processor
time is the visitors' own in truth: its process gives way to the site's, and says how late that made it.
Says what came of it, and ends with 1 when a promise was broken.
"""

import asyncio
import itertools
import json
import os
import random
import re
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import aiohttp

from benchmarks import others, site
from benchmarks.site import Site

ARRIVING, MOST = 15.0, 900.0  # seconds: how late one comes on average, and of all
BEFORE, AFTER = 40.0, 20.0
CHOOSING, PAYING = (3.0, 8.0), (6.0, 15.0)
GIVES_BACK = 0.1
TOLD = "told: sold out"
ENDS = ("bought", "gave the seats back", TOLD)
ASIDE = 10  # how nice the crowd's process is


@dataclass
class Tally:
    statuses: Counter[int] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    waited: int = 0
    looks: int = 0
    lags: list[float] = field(default_factory=list)  # how late visitors came and looked, for want of processor


class Visitor:
    """By the API: tries to hold, waits when told to, looks as often as told, chooses when let in, and pays."""

    def __init__(self, http: aiohttp.ClientSession, show: str, number: int, tally: Tally) -> None:
        self.http, self.show, self.tally = http, show, tally
        self.dice = random.Random(number)
        self.headers = {"X-Forwarded-For": f"10.1.{number >> 8}.{number & 255}"}
        self.is_new = True

    async def come(self) -> None:
        self.headers["X-Session-Token"] = f"rush-{os.getpid()}-{self.headers['X-Forwarded-For']}"
        await self.visit()

    async def visit(self) -> None:
        self.tally.ends[await self._try()] += 1

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        try:
            async with self.http.request(
                method, path, json=body, headers=self.headers, allow_redirects=False
            ) as answer:
                self.tally.statuses[answer.status] += 1
                self.keep(answer.cookies)
                return answer.status, await answer.text()
        except aiohttp.ServerDisconnectedError:  # a kept connection that the server closed meanwhile: ask again
            return await self.ask(method, path, body)

    async def tell(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        status, text = await self.ask(method, f"/api/v1{path}", body)
        return status, json.loads(text)

    def keep(self, cookies: SimpleCookie) -> None:
        """Those of a browser."""

    async def _try(self) -> str:
        for _time in range(60):
            free = await self.seats()
            if free is None:
                return TOLD
            if not free:
                await self.nap(5)
                continue
            if not self.is_new:
                await self.nap(self.dice.uniform(*CHOOSING))
            chosen = self.dice.sample(free, min(len(free), self.dice.choice((1, 2, 2))))
            status, told = await self.tell("POST", "/bookings/hold", {"showtimeId": self.show, "seatIds": chosen})
            if status == 201:
                return await self._pay(told["holdId"])
            if told.get("code") == "WAITING_ROOM" and not await self.wait():
                return TOLD
            self.is_new = False
        return "gave up"

    async def seats(self) -> list[str] | None:
        """The free ones; none when all are sold: those that somebody holds may come back."""
        _status, told = await self.tell("GET", f"/showtimes/{self.show}/state")
        return _free(told["firstId"], told["state"])

    async def wait(self) -> bool:
        """Until it is our turn; False when it will never be."""
        path = f"/showtimes/{self.show}/waiting-room"
        status, told = await self.tell("POST", path, {})
        self.tally.waited += 1
        while status == 200 and told["status"] == "WAITING":
            await self.nap(told["pollAfterSeconds"])
            status, told = await self.tell("GET", path)
            self.tally.looks += 1
        return told.get("status") != "SOLD_OUT"

    async def nap(self, seconds: float) -> None:
        due = time.monotonic() + seconds
        await asyncio.sleep(seconds)
        self.tally.lags.append(time.monotonic() - due)

    async def _pay(self, hold: str) -> str:
        await self.nap(self.dice.uniform(*PAYING))
        if self.dice.random() < GIVES_BACK:
            status, _told = await self.tell("DELETE", f"/bookings/hold/{hold}")
            return "gave the seats back" if status == 200 else f"not given back: {status}"
        return await others.pay(self.tell, hold)


class Reader(Visitor):
    """By the pages, with a browser's cookies and what their script asks for."""

    async def come(self) -> None:
        self.cookies: dict[str, str] = {}
        await self.visit()

    def keep(self, cookies: SimpleCookie) -> None:
        self.cookies |= {name: morsel.value for name, morsel in cookies.items()}
        self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")

    async def seats(self) -> list[str] | None:
        status, page = await self.ask("GET", f"/showtimes/{self.show}/")
        while status == 302:
            if not await self.wait():
                return None
            status, page = await self.ask("GET", f"/showtimes/{self.show}/")
        self.is_new = False
        first, state = re.search(r'"firstId":(\d+)', page), re.search(r'"state":"(\w+)"', page)
        assert first and state, page[:500]
        return _free(int(first[1]), state[1])

    async def wait(self) -> bool:
        path = f"/showtimes/{self.show}/waiting/"
        status, page = await self.ask("GET", path)
        if status == 302:
            return True
        found = re.search(r'data-wait="([\d.]+)"', page)
        if found is None:
            return False  # the page says that it is sold out
        self.tally.waited += 1
        place, seconds = 1, float(found[1])
        while place is not None:
            await self.nap(seconds)
            status, text = await self.ask("GET", f"{path}state")
            self.tally.looks += 1
            if status != 200:
                break  # the page loads itself again
            told = json.loads(text)
            place, seconds = told["place"], told["wait"]
        return await self.wait()


def _free(first: int, state: str) -> list[str] | None:
    free = [f"seat_{first + n}" for n, letter in enumerate(state) if letter == "A"]
    return free if free or "H" in state else None


async def rush(base_url: str, show: str, visitors: int, arriving: float) -> Tally:
    tally, dice = Tally(), random.Random(visitors)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        base_url,
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_read=60),
    ) as http:

        async def one(number: int) -> None:
            visitor = (Reader if number % 2 else Visitor)(http, show, number, tally)
            await visitor.nap(min(dice.expovariate(1 / arriving), 4 * arriving))
            await visitor.come()

        async with asyncio.timeout(MOST):
            await asyncio.gather(*(one(number) for number in range(visitors)))
    return tally


def broken(show: str) -> tuple[list[str], str]:
    """What the database says was not kept, and its figures."""
    from django.db import connection

    from bookings.models import Ticket, WaitingRoom
    from bookings.models import Visitor as Place
    from payments import audit

    room = WaitingRoom.objects.get(pk=show)
    rows = Place.objects.filter(room=show, admitted_at__isnull=False).order_by("number")
    admitted = list(rows.values_list("admitted_at", flat=True))
    wrong = sum(1 for before, after in itertools.pairwise(admitted) if after < before)
    sold = Ticket.objects.filter(booking__showtime=show, booking__status="CONFIRMED", released_at=None)
    faults = [f"{one.rule}: {one.subject} {one.detail}" for one in audit.violations() if show in one.subject]
    if wrong:
        faults.append(f"{wrong} were let in out of turn")
    if sold.count() != 300:
        faults.append(f"{sold.count()} of 300 seats sold")
    connection.close()
    return faults, f"{room.last_number} numbers, {len(admitted)} let in, {wrong} out of turn, {sold.count()} seats sold"


def measure(house: Site, visitors: int, arriving: float) -> list[str]:
    show = house.showtimes[0]
    with others.selling(house.base_url, house.showtimes[1:41]) as felt:
        time.sleep(others.WARMING + BEFORE)
        began = time.monotonic()
        os.nice(ASIDE)
        tally = asyncio.run(rush(house.base_url, show, visitors, arriving))
        ended = time.monotonic()
        time.sleep(AFTER)
    faults, figures = broken(show)
    faults += [f"{count} answers {status}" for status, count in tally.statuses.items() if status >= 500]
    faults += [f"{count}: {end}" for end, count in tally.ends.items() if end not in ENDS]
    used = resource.getrusage(resource.RUSAGE_SELF)
    share = (used.ru_utime + used.ru_stime) / (ended - began)
    print(
        f"{visitors} visitors in {ended - began:.0f} s: {dict(tally.ends)}; {tally.waited} waited, {tally.looks} looks"
    )
    print(f"answers {dict(sorted(tally.statuses.items()))}; {figures}")
    print(f"the crowd's process: {share:.2f} of a core, {others.spread(tally.lags)} late")
    print(f"other showtimes ({others.PER_SECOND} buyers a second), map | hold | confirm and pay:")
    busiest = began + 2 * arriving
    phases = {
        "before": (began - BEFORE, began),
        "during": (began, ended),
        f"its first {2 * arriving:.0f} s": (began, busiest),
        "after": (ended, ended + AFTER),
    }
    for name, (start, end) in phases.items():
        print(f"  {name}: {others.told(felt, start, end)}")
    print(f"their p95 during the rush: {others.grown(felt, phases['before'], phases['during'])} times that before")
    return faults


def main() -> int:
    visitors = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    os.environ["WAITING_ROOM_LIMIT"] = sys.argv[2] if len(sys.argv) > 2 else "40"
    os.environ |= {"RATE_LIMIT_PER_MINUTE": "100", "TRUSTED_PROXIES": "1"}  # each visitor has an address
    site.PORT, site.FOLDER, site.SHOWTIMES = 18650, site.ROOT / "var" / "rush", 50
    with site.running() as house:
        faults = measure(house, visitors, float(sys.argv[3]) if len(sys.argv) > 3 else ARRIVING)
    for fault in faults:
        print(f"BROKEN: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
