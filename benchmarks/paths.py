"""The HTTP paths: each beside its yardstick, in one run against the processes of `make up`."""

import asyncio
import json
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from statistics import median

import aiohttp
from django.db import connection
from django.utils import timezone

from benchmarks import load
from benchmarks.site import Site
from bookings.models import Booking
from seatsync import channels
from seatsync.models import Channel
from venues.models import Showtime


@dataclass(frozen=True)
class Row:
    path: str
    figure: str
    ratio: float | None
    must: str
    goal: str


def measure(site: Site) -> list[Row]:
    """All of the table's HTTP rows, in its order."""
    floor, noop = _floor(site), load.wrk(f"{site.base_url}/api/v1/_noop").per_second
    rows = [
        Row("floor: the hold's statements by pgbench", f"{floor:,.0f}/s", None, "", ""),
        Row("no-op DRF view", f"{noop:,.0f}/s", None, "", ""),
        report(site),
        _hold(site, floor),
        _sale(site, floor),
    ]
    one = f"{site.base_url}/api/v1/showtimes/{site.showtimes[0]}"
    rows.append(_read("seat state, 300 seats", f"{one}/state", noop, "0.45", "0.6"))
    rows.append(_read("seat map JSON, 300 seats", f"{one}/seats", noop, "0.2", "0.4"))
    tag = urllib.request.urlopen(f"{one}/seats").headers["ETag"]
    rows.append(_read("the same, 304 by ETag", f"{one}/seats", noop, "0.4", "0.6", tag=tag))
    rows.append(_read("seat map page", f"{site.base_url}/showtimes/{site.showtimes[0]}/", noop, "0.2", "0.4"))
    rows.append(_crowd(site))
    return rows


def _floor(site: Site) -> float:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_show")
        cursor.execute(
            "CREATE TABLE bench_show AS SELECT row_number() OVER ()::int AS n, showtime_id, min(id) AS first_id"
            " FROM seatsync_showseat WHERE showtime_id = ANY(%s::uuid[]) GROUP BY showtime_id",
            [site.showtimes],
        )
        cursor.execute("ALTER TABLE bench_show ADD PRIMARY KEY (n)")
        cursor.execute("ANALYZE bench_show")
    rate = load.pgbench(site.database_url, shows=len(site.showtimes))
    with connection.cursor() as cursor:  # what the floor held is free again, and nothing of it waits for the sweep
        floors = "(SELECT id FROM bookings_booking WHERE owner LIKE 'floor:%')"
        # While the rows are there: a planner that believes these tables empty reads them whole for every hold.
        cursor.execute("ANALYZE bookings_booking, bookings_ticket, seatsync_seatevent, seatsync_showinventory")
        cursor.execute(f"DELETE FROM bookings_ticket WHERE booking_id IN {floors}")
        cursor.execute("DELETE FROM bookings_booking WHERE owner LIKE 'floor:%'")
        cursor.execute(
            "UPDATE seatsync_showseat SET status = 'AVAILABLE', claim = NULL, held_until = NULL"
            " WHERE showtime_id = ANY(%s::uuid[])",
            [site.showtimes],
        )
        cursor.execute("VACUUM ANALYZE seatsync_showseat")
    return rate


def report(site: Site) -> Row:
    """A channel's report of two hundred seats beside one of one: what each seat more costs. One caller, in turn."""
    token = _channel(Showtime.objects.get(pk=site.showtimes[0]).cinema_id)
    seats = [f"{row}{number}" for row in "ABCDEFGHIJ" for number in range(1, 21)]
    took: dict[int, list[float]] = {1: [], 200: []}
    for number, showtime in enumerate(site.showtimes[:24]):
        count = 200 if number % 2 else 1
        began = time.perf_counter()
        _send(site, token, showtime, seats[:count], "BOOKED")
        took[count].append(time.perf_counter() - began)
        _send(site, token, showtime, seats[:count], "AVAILABLE")
    one, many = median(took[1][2:]), median(took[200][2:])
    told = f"{many * 1000:.0f} ms, one seat {one * 1000:.0f} ms"
    return Row("report of 200 seats against one of 1", told, many / one, "at most 15", "10")


def _channel(cinema: object) -> str:
    name = f"Bench {time.time():.0f}"
    channel = Channel.objects.create(name=name, kind=Channel.Kind.THEATRE, sources=["WALK_IN"])
    channel.cinemas.add(cinema)
    return channels.issue_key(channel, scopes=["seatsync:write"], is_test=False, now=timezone.now())[1]


def _send(site: Site, token: str, showtime: str, seats: list[str], status: str) -> None:
    sale = {"status": status, "bookingSource": "WALK_IN", "bookingReference": "bench"}
    body = json.dumps({"showtimeId": showtime, "seatUpdates": [{"seatNumber": seat} | sale for seat in seats]})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    url = f"{site.base_url}/api/v1/seat-sync/bulk-update"
    answer = urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers))
    assert answer.status == 200, answer.read()


def _hold(site: Site, floor: float) -> Row:
    rate = load.wrk(site.base_url, script="hold.lua", arguments=[str(site.listing), "{run}0000"])
    told = f"{rate.per_second:,.0f}/s, p99 {rate.p99_ms:.0f} ms, {rate.refused} refused"
    return Row("hold of 2 seats", told, rate.per_second / floor, "0.12", "0.20")


def _sale(site: Site, floor: float) -> Row:
    before, began = Booking.objects.filter(status="CONFIRMED").count(), time.monotonic()
    rate = load.wrk(
        site.base_url, script="sale.lua", arguments=[str(site.listing), "5{run}000"], threads=load.CLIENTS, runs=2
    )
    sold = Booking.objects.filter(status="CONFIRMED").count() - before
    per_second = sold / (3 * load.SECONDS)
    told = f"{per_second:,.0f} sales/s ({sold} confirmed in {time.monotonic() - began:.0f} s), {rate.refused} refused"
    return Row("whole sale: hold, confirm, pay", told, per_second / floor, "0.03", "0.05")


def _read(name: str, url: str, noop: float, must: str, goal: str, *, tag: str = "") -> Row:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    size = len(urllib.request.urlopen(request).read())
    rate = load.wrk(url, script="get.lua", arguments=[tag] if tag else [])
    told = f"{rate.per_second:,.0f}/s, p99 {rate.p99_ms:.0f} ms" + ("" if tag else f", {size:,} bytes gzip")
    return Row(name, told, rate.per_second / noop, must, goal)


def _crowd(site: Site) -> Row:
    worst, answers = 0.0, Counter[int]()
    for number in range(3):
        seconds, statuses = asyncio.run(_rush(site, site.showtimes[-1 - number]))
        worst, answers = max(worst, seconds), answers + statuses
    told = f"{worst:.2f} s for the last of 500, answers {dict(answers)} in 3 rushes"
    return Row("500 at once for the same 2 seats", told, None, "1.5 s", "0.7 s")


async def _rush(site: Site, showtime: str) -> tuple[float, Counter[int]]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def knock(number: int) -> int:
            body = {"showtimeId": showtime, "seatIds": ["O19", "O20"], "sessionToken": f"rush-{showtime}-{number}"}
            async with session.post(f"{site.base_url}/api/v1/bookings/hold", json=body) as answer:
                await answer.read()
                return answer.status

        began = time.monotonic()
        statuses = await asyncio.gather(*(knock(number) for number in range(500)))
        return time.monotonic() - began, Counter(statuses)
