"""kill -9 in mid-sale: what was acknowledged stays, what was due gets done, and nobody has to lend a hand
(RELIABILITY R06-R10, P4, P5).
"""

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.faults.ledger import Ledger, quiet, unmailed
from tests.faults.sale import Sale
from tests.faults.shoppers import WATCHER, Acks, Caller, Tally
from tests.faults.site import Site, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
BACK_WITHIN = 20  # seconds until it sells again
DUE_WITHIN = 120  # seconds until what was due is done
BETWEEN = float(os.environ.get("FAULT_PAUSE", "1"))  # seconds of calm sale between two faults


class Watch:
    """Whether the site sells, pushes and works, as seen from outside."""

    def __init__(self, site: Site, showtime: str) -> None:
        self.site, self.showtime = site, showtime

    def sells(self, times: int = 6) -> bool:
        """A hold, from first to last; more than one, as each of the web's threads may have a connection to lose."""
        caller = Caller(self.site.port, Tally(), threading.Event())
        body = {"showtimeId": self.showtime, "seatIds": ["A1"], "sessionToken": WATCHER}
        try:
            return all(caller.send("POST", "/api/v1/bookings/hold", body, {})[0] == 201 for _try in range(times))
        except (OSError, http.client.HTTPException):
            return False
        finally:
            caller.close()

    def pushes(self) -> bool:
        """A viewer is told of a change made after it came."""
        try:
            with self.viewer() as viewer:
                return self.sells(1) and "seats:updated" in str(viewer.recv(3))
        except (OSError, WebSocketException):
            return False

    @contextmanager
    def viewer(self) -> Iterator[ClientConnection]:
        """Somebody who looks at the seat map."""
        url, origin = f"{self.site.facts['wsUrl']}/ws/showtimes", Origin(self.site.base_url)
        with connect(url, origin=origin, open_timeout=3) as socket:
            socket.send(f'{{"action": "watch:showtime", "showtimeId": "{self.showtime}"}}')
            assert "watching" in str(socket.recv(3))
            yield socket

    def works(self, since: float) -> bool:
        """The jobs that ring every few seconds have all run to their end since then (by time.time)."""
        rows = self.site.sql(
            "SELECT count(*) FROM showsewa_heartbeat WHERE last_error = '' AND beaten_at > to_timestamp(%s)"
            " AND job IN ('expire_bookings', 'send_notices', 'send_refunds', 'send_fake_messages')",
            since,
        )
        return bool(rows[0][0] == 4)


@pytest.fixture(scope="module")
def watch(site: Site) -> Watch:
    [showtime] = site.put_on_sale(shows=1, rows=1, per_row=5)
    return Watch(site, showtime)


def settled(site: Site, acks: Acks) -> None:
    """After any fault: all acknowledged is there, all due is done, all mails are written, the oracle is silent."""
    waited = quiet(site, within=DUE_WITHIN)
    missing, longest = unmailed(site)
    sold = acks.count("paid", "charged", "reported", "counter")
    print(f"quiet after {waited:.1f} s; {sold} sales acknowledged; longest from sale to mail {longest:.1f} s")
    assert Ledger(site, acks).differences() == []
    assert missing == [] and longest < DUE_WITHIN
    assert site.audit() == ""


def test_kill_9_of_each_process_in_turn_loses_nothing(
    site: Site, acks: Acks, watch: Watch, open_sale: Callable[..., Sale]
) -> None:
    with open_sale(shows=8) as sale:
        time.sleep(BETWEEN)
        for name in ("web worker", "web", "sockets", "worker", "beat", "postgres"):
            hurt = time.time()
            old = _kill(site, name)
            sells = until(watch.sells, BACK_WITHIN)
            pushes = until(watch.pushes, BACK_WITHIN)
            works = until(lambda: watch.works(hurt + 1), DUE_WITHIN)  # noqa: B023 - asked at once
            print(f"{name} ({old}): sells after {sells:.1f} s, pushes +{pushes:.1f} s, jobs +{works:.1f} s")
            time.sleep(BETWEEN)
            assert sale.sold(since=hurt) > 0
    print(f"answers {dict(sale.tally.answers)}, broken {sale.tally.broken}, slowest {sale.tally.slowest:.1f} s")
    assert sale.tally.broken and sale.tally.answers[503], "no request was cut off: this proves nothing"
    assert sale.tally.faults == []
    settled(site, acks)


def _kill(site: Site, name: str) -> int:
    if name == "web worker":
        victim = site.workers_of("web")[-1]
        os.kill(victim, signal.SIGKILL)
        return victim
    return site.kill(name)[name]


@pytest.mark.long
def test_with_valkey_hung_then_dead_the_sale_goes_on(
    site: Site, acks: Acks, watch: Watch, open_sale: Callable[..., Sale]
) -> None:
    with watch.viewer() as viewer, open_sale(shows=4) as sale:
        time.sleep(BETWEEN)
        hurt = time.time()
        valkey = site.pid("valkey")
        os.kill(valkey, signal.SIGSTOP)
        time.sleep(5)
        hung = sale.sold(since=hurt)
        dead_at = time.time()
        os.kill(valkey, signal.SIGKILL)
        _keep_dead(site, seconds=5)
        dead, back = sale.sold(since=dead_at), time.time()
        assert _is_told_of_slower_news(viewer), "a page would not know that it has to ask by itself"
        sells = until(watch.sells, BACK_WITHIN)
        works = until(lambda: watch.works(back), DUE_WITHIN)
        pushes = until(watch.pushes, BACK_WITHIN)
        print(f"valkey: {hung} sales while hung, {dead} while dead; sells after {sells:.1f} s, jobs {works:.1f} s,")
        print(f"pushes +{pushes:.1f} s; slowest answer {sale.tally.slowest:.1f} s")
    assert hung > 0 and dead > 0
    assert sale.tally.faults == []
    settled(site, acks)


def _keep_dead(site: Site, *, seconds: float) -> None:
    """The supervisor starts it again and again; so it is killed again and again."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        try:
            site.kill("valkey")
        except ProcessLookupError:
            pass
        time.sleep(0.2)


def _is_told_of_slower_news(viewer: ClientConnection) -> bool:
    try:
        while '"live":false' not in str(viewer.recv(1)):
            pass
    except TimeoutError:
        return False
    return True


def test_wiping_valkey_loses_no_promise(site: Site, acks: Acks, open_sale: Callable[..., Sale]) -> None:
    with open_sale(shows=2) as sale:
        time.sleep(1)
        worker = site.pid("worker")
        os.kill(worker, signal.SIGSTOP)  # so that what falls due waits
        time.sleep(5)
        waiting = site.sql("SELECT count(*) FROM bookings_notice WHERE done_at IS NULL AND due_at <= now()")[0][0]
        with redis.Redis.from_url(site.facts["redisUrl"]) as client:
            client.flushall()
            os.kill(worker, signal.SIGCONT)
            time.sleep(1)
            client.flushall()
        wiped = time.monotonic()
    assert waiting > 0 and sale.tally.faults == []
    quiet(site, within=DUE_WITHIN)
    print(f"{waiting} due while wiped, all done {time.monotonic() - wiped:.1f} s later")
    settled(site, acks)


@pytest.mark.long
def test_kill_9_of_up_itself_and_a_new_start_lose_nothing(
    site: Site, acks: Acks, open_sale: Callable[..., Sale]
) -> None:
    with open_sale(shows=4) as sale:
        time.sleep(BETWEEN)
        hurt = time.time()
        site.kill("up")
        seconds = site.start()
        time.sleep(BETWEEN)
        after = sale.sold(since=hurt + seconds)
        print(f"killed and up again in {seconds:.1f} s, {after} sales since; broken {sale.tally.broken}")
    assert after > 0
    assert sale.tally.faults == []
    settled(site, acks)
