"""A rush through the waiting room: python -m benchmarks.rush [VISITORS] [LIMIT].

So many people want one showtime of 300 seats within ten seconds. Each tries to hold, waits when told to, looks as often
as told, chooses when let in, pays, and goes when it is sold out. Beside it a process of its own measures what other
showtimes feel, before and during. Says what came of it, and ends with 1 when a promise was broken.
"""

import asyncio
import itertools
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import MutableSequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from typing import Any

import aiohttp

from benchmarks import site
from benchmarks.site import Site

ARRIVING, QUIET, MOST = 10.0, 15.0, 600.0  # seconds
BUYER = {"email": "rush@example.com", "name": "Rush"}
OVER = ("SOLD_OUT", "SHOW_STARTED", "NOT_ON_SALE")


@dataclass
class Tally:
    statuses: Counter[int] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    waited: int = 0
    looks: int = 0


class Visitor:
    def __init__(self, http: aiohttp.ClientSession, show: str, number: int, tally: Tally) -> None:
        self.http, self.show, self.tally = http, show, tally
        self.token = f"rush-{os.getpid()}-{number}"
        self.dice = random.Random(number)

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"X-Session-Token": self.token}
        try:
            async with self.http.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
                self.tally.statuses[answer.status] += 1
                return answer.status, await answer.json(content_type=None)
        except aiohttp.ServerDisconnectedError:  # a kept connection that the server closed meanwhile: ask again
            return await self.ask(method, path, body)

    async def come(self) -> None:
        self.tally.ends[await self._try()] += 1

    async def _try(self) -> str:
        for _try in range(60):
            seats = await self._free()
            if not seats:
                return "told: sold out"
            chosen = self.dice.sample(seats, min(len(seats), self.dice.choice((1, 2, 2))))
            status, told = await self.ask("POST", "/bookings/hold", {"showtimeId": self.show, "seatIds": chosen})
            if status == 201:
                return await self._pay(told["holdId"])
            if told.get("code") == "WAITING_ROOM" and (end := await self._wait()):
                return end
        return "gave up"

    async def _free(self) -> list[str]:
        """Seats that are free, or that somebody holds and may not pay for; none when all are sold."""
        for _look in range(40):
            _status, told = await self.ask("GET", f"/showtimes/{self.show}/state")
            first, state = told["firstId"], told["state"]
            free = [f"seat_{first + n}" for n, letter in enumerate(state) if letter == "A"]
            if free or "H" not in state:
                return free
            await asyncio.sleep(5)
        return []

    async def _wait(self) -> str:
        """Until it is our turn: "". Otherwise why it will never be."""
        path = f"/showtimes/{self.show}/waiting-room"
        status, told = await self.ask("POST", path, {})
        self.tally.waited += 1
        while status == 200 and told["status"] == "WAITING":
            await asyncio.sleep(told["pollAfterSeconds"])
            status, told = await self.ask("GET", path)
            self.tally.looks += 1
        return "told: sold out" if told.get("status") == "SOLD_OUT" else ""

    async def _pay(self, hold: str) -> str:
        status, told = await self.ask("POST", "/bookings/confirm", {"holdId": hold, "userDetails": BUYER})
        if status != 201:
            return f"not confirmed: {told.get('code')}"
        paying = {"bookingId": told["bookingId"], "paymentIntentId": told["paymentIntentId"]}
        status, told = await self.ask("POST", "/payments/process", paying | {"paymentMethod": {"token": "tok_ok"}})
        return "bought" if status == 200 else f"not paid: {told.get('code')}"


async def rush(base_url: str, show: str, visitors: int) -> Tally:
    tally = Tally()
    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(
        base_url, connector=connector, timeout=aiohttp.ClientTimeout(total=None, sock_read=60)
    ) as http:

        async def one(number: int) -> None:
            await asyncio.sleep(ARRIVING * number / visitors)
            await Visitor(http, show, number, tally).come()

        async with asyncio.timeout(MOST):
            await asyncio.gather(*(one(number) for number in range(visitors)))
    return tally


def feel(base_url: str, shows: list[str], times: MutableSequence[tuple[float, float]], over: Event) -> None:
    """What somebody at another showtime feels: a map, then two seats held. Appends (when, seconds)."""
    asyncio.run(_feel(base_url, shows, times, over))


async def _feel(base_url: str, shows: list[str], times: MutableSequence[tuple[float, float]], over: Event) -> None:
    async with aiohttp.ClientSession(base_url, timeout=aiohttp.ClientTimeout(60)) as http:
        number = 0
        while not over.is_set():
            show, number = shows[number % len(shows)], number + 1
            body = {"showtimeId": show, "seatIds": [f"A{number % 20 + 1}"], "sessionToken": f"other-{number}"}
            began = time.monotonic()
            async with http.get(f"/api/v1/showtimes/{show}/state") as answer:
                await answer.read()
            async with http.post("/api/v1/bookings/hold", json=body) as answer:
                await answer.read()
            times.append((began, time.monotonic() - began))
            await asyncio.sleep(0.1)


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


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)] * 1000 if times else 0.0


def measure(house: Site, visitors: int) -> list[str]:
    show, others = house.showtimes[0], house.showtimes[1:200]
    with multiprocessing.Manager() as shared:
        times, over = shared.list(), multiprocessing.get_context("spawn").Event()
        process = multiprocessing.get_context("spawn").Process(
            target=feel, args=(house.base_url, others, times, over), daemon=True
        )
        process.start()
        time.sleep(QUIET)
        began = time.monotonic()
        tally = asyncio.run(rush(house.base_url, show, visitors))
        lasted = time.monotonic() - began
        over.set()
        process.join(30)
        felt = list(times)
    before = [took for at, took in felt[10:] if at < began]
    during = [took for at, took in felt if began <= at < began + lasted]
    faults, figures = broken(show)
    if any(status >= 500 for status in tally.statuses):
        faults.append("an answer was a fault of ours")
    print(f"{visitors} visitors in {lasted:.0f} s: {dict(tally.ends)}; {tally.waited} waited, {tally.looks} looks")
    print(f"answers {dict(sorted(tally.statuses.items()))}; {figures}")
    print(
        f"other showtimes, map and hold: p95 {p95(before):.0f} ms before ({len(before)}), {p95(during):.0f} ms during"
    )
    return faults


def main() -> int:
    visitors = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    os.environ["WAITING_ROOM_LIMIT"] = sys.argv[2] if len(sys.argv) > 2 else "40"
    site.PORT, site.FOLDER, site.SHOWTIMES = 18650, site.ROOT / "var" / "rush", 200
    with site.running() as house:
        faults = measure(house, visitors)
    for fault in faults:
        print(f"BROKEN: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
