"""What buyers at other showtimes feel: so many a second, whatever happens elsewhere, in a process of their own."""

import asyncio
import json
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Iterator, MutableSequence, Sequence
from contextlib import contextmanager
from itertools import count
from multiprocessing.synchronize import Event
from typing import Any

import aiohttp

PER_SECOND, PAYS = 4, 3  # of whom one in three buys
WARMING = 15.0  # seconds nobody measures
BUYER = {"email": "rush@example.com", "name": "Rush"}
KINDS = ("map", "hold", "sale")

# (kind, when it was asked, seconds it took, seconds it was asked late)
Felt = tuple[str, float, float, float]
Tell = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


async def pay(tell: Tell, hold: str) -> str:
    status, told = await tell("POST", "/bookings/confirm", {"holdId": hold, "userDetails": BUYER})
    if status != 201:
        return f"not confirmed: {told.get('code')}"
    paying = {"bookingId": told["bookingId"], "paymentIntentId": told["paymentIntentId"]}
    status, told = await tell("POST", "/payments/process", paying | {"paymentMethod": {"token": "tok_ok"}})
    return "bought" if status == 200 else f"not paid: {told.get('code')}"


@contextmanager
def selling(base_url: str, shows: Sequence[str]) -> Iterator[list[Felt]]:
    """The list is filled when it ends."""
    spawn = multiprocessing.get_context("spawn")
    felt: list[Felt] = []
    with multiprocessing.Manager() as shared:
        gathered, over = shared.list(), spawn.Event()
        process = spawn.Process(target=_run, args=(base_url, list(shows), gathered, over), daemon=True)
        process.start()
        try:
            yield felt
        finally:
            over.set()
            process.join(60)
            felt += list(gathered)


def told(felt: Sequence[Felt], start: float, end: float) -> str:
    rows = [row for row in felt if start <= row[1] < end]
    kinds = [spread([took for kind, _at, took, _late in rows if kind == wanted]) for wanted in KINDS]
    return f"{' | '.join(kinds)}; asked {spread([late for _kind, _at, _took, late in rows])} late"


def grown(felt: Sequence[Felt], *phases: tuple[float, float]) -> str:
    """How much longer the slowest twentieth of each kind took in the second phase than in the first."""
    said = []
    for wanted in KINDS:
        before, during = ([took for kind, at, took, _late in felt if kind == wanted and a <= at < b] for a, b in phases)
        said.append(f"{_ranked(during, 0.95) / _ranked(before, 0.95):.1f}")
    return " | ".join(said)


def spread(seconds: Sequence[float]) -> str:
    """p50 and p95 in milliseconds."""
    if not seconds:
        return "-"
    return f"p50 {_ranked(seconds, 0.5) * 1000:.0f} p95 {_ranked(seconds, 0.95) * 1000:.0f} ms ({len(seconds)})"


def _ranked(seconds: Sequence[float], part: float) -> float:
    return sorted(seconds)[int(len(seconds) * part)]


def _run(base_url: str, shows: list[str], gathered: MutableSequence[Felt], over: Event) -> None:
    felt: list[Felt] = []
    asyncio.run(_sell(base_url, shows, felt, over))
    gathered += felt


async def _sell(base_url: str, shows: list[str], felt: list[Felt], over: Event) -> None:
    """By the clock, not one after the other: a slow answer puts off no other question."""
    began, buyers = time.monotonic(), set()
    async with aiohttp.ClientSession(base_url, timeout=aiohttp.ClientTimeout(60)) as http:
        for number in count():
            due = began + number / PER_SECOND
            await asyncio.sleep(max(due - time.monotonic(), 0))
            if over.is_set():
                break
            buyer = asyncio.create_task(_buy(http, shows[number % len(shows)], number, due, felt))
            buyers.add(buyer)
            buyer.add_done_callback(buyers.discard)
        await asyncio.gather(*buyers)


async def _buy(http: aiohttp.ClientSession, show: str, number: int, due: float, felt: list[Felt]) -> None:
    headers = {
        "X-Session-Token": f"other-{time.time_ns()}-{number}",
        "X-Forwarded-For": f"10.2.{number >> 8 & 255}.{number & 255}",
    }

    async def tell(method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        async with http.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
            return answer.status, json.loads(await answer.read())

    late = time.monotonic() - due
    async with _timed("map", felt, late):
        _status, told = await tell("GET", f"/showtimes/{show}/state")
    seat = told["firstId"] + (number // 40) % len(told["state"])
    async with _timed("hold", felt, late):
        status, told = await tell("POST", "/bookings/hold", {"showtimeId": show, "seatIds": [f"seat_{seat}"]})
    if status == 201 and number % PAYS == 0:
        async with _timed("sale", felt, late):
            await pay(tell, told["holdId"])


class _timed:
    def __init__(self, kind: str, felt: list[Felt], late: float) -> None:
        self.kind, self.felt, self.late = kind, felt, late

    async def __aenter__(self) -> None:
        self.at = time.monotonic()

    async def __aexit__(self, *_error: object) -> None:
        self.felt.append((self.kind, self.at, time.monotonic() - self.at, self.late))
