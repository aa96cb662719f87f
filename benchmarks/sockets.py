"""The fan-out: many sockets on one showtime, twenty changes a second; from before the commit to the frame in hand."""

import multiprocessing
import re
import selectors
import socket
import time
from collections.abc import MutableSequence
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connections

from benchmarks import stage
from benchmarks.paths import Row
from benchmarks.site import Site
from bookings.services import holds
from showsewa.actors import Actor, Kind

VIEWERS, CHANGES_A_SECOND, SECONDS = 2000, 20, 8
_VERSIONS = re.compile(rb'"version":(\d+),"previousVersion":(\d+)')


def measure(site: Site) -> list[Row]:
    rehearsal, showtime = stage.fresh(2)
    before = _memory(site)
    viewers = [_viewer(site, showtime) for _number in range(VIEWERS)]
    time.sleep(1)
    per_socket = (_memory(site) - before) / VIEWERS / 1024
    late = _watch(viewers, rehearsal, showtime)
    for viewer in viewers:
        viewer.close()
    late.sort()
    p50, p99 = (late[int(len(late) * share)] * 1000 for share in (0.5, 0.99)) if late else (0.0, 0.0)
    told = f"p50 {p50:.0f} ms, p99 {p99:.0f} ms over {len(late):,} frames; {per_socket:.0f} kB a socket"
    return [Row(f"{VIEWERS:,} sockets, {CHANGES_A_SECOND} changes/s, one process", told, None, "p99 300 ms, 40 kB", "")]


def _watch(viewers: list[socket.socket], rehearsal: str, showtime: str) -> list[float]:
    """Change seats in a process of its own: a thread beside the listener would wait for it, and we would time that."""
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    began = forked.Array("d", SECONDS * CHANGES_A_SECOND + 2, lock=False)
    is_rehearsed = forked.Event()
    publisher = forked.Process(target=_publish, args=(rehearsal, showtime, began, is_rehearsed))
    publisher.start()
    is_rehearsed.wait()
    late = _listen(viewers, began, until=time.monotonic() + SECONDS + 2)
    publisher.join()
    return late


def _publish(rehearsal: str, showtime: str, began: MutableSequence[float], is_rehearsed: Event) -> None:
    # The first sale of a process connects and imports for a third of a second; it is not a sale anybody watches.
    _change_seats(rehearsal, [0.0] * len(began), seconds=1)
    is_rehearsed.set()
    _change_seats(showtime, began)


def _viewer(site: Site, showtime: str) -> socket.socket:
    address = urlsplit(site.ws_url)
    viewer = socket.create_connection((address.hostname or "", address.port or 80))
    viewer.sendall(
        b"GET /ws/showtimes HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Origin: http://bench.example\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n\r\n"
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += viewer.recv(4096)
    assert answer.startswith(b"HTTP/1.1 101"), answer
    word = b'{"action":"watch:showtime","showtimeId":"' + showtime.encode() + b'"}'
    # A masked text frame (RFC 6455, 5.2); a mask of zeros is a mask.
    viewer.sendall(bytes([0x81, 0x80 | len(word)]) + b"\0\0\0\0" + word)
    return viewer


def _change_seats(showtime: str, began: MutableSequence[float], *, seconds: int = SECONDS) -> None:
    for number in range(seconds * CHANGES_A_SECOND):
        target = time.monotonic() + 1 / CHANGES_A_SECOND
        began[number + 1] = time.monotonic()
        seat = f"{chr(65 + number // 20)}{number % 20 + 1}"
        holds.hold_seats(showtime_id=showtime, seats=[seat], actor=Actor(Kind.SESSION, f"{showtime}-{number}"))  # type: ignore[arg-type]
        time.sleep(max(0.0, target - time.monotonic()))


def _listen(viewers: list[socket.socket], began: MutableSequence[float], *, until: float) -> list[float]:
    """The age, at each frame, of the oldest change in it."""
    late: list[float] = []
    with selectors.DefaultSelector() as selector:
        for viewer in viewers:
            viewer.setblocking(False)
            selector.register(viewer, selectors.EVENT_READ)
        while time.monotonic() < until:
            for key, _events in selector.select(0.2):
                data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                now = time.monotonic()
                for match in _VERSIONS.finditer(data):
                    first = int(match[2]) + 1
                    if began[first]:
                        late.append(now - began[first])
    return late


def _memory(site: Site) -> int:
    """Bytes resident in the process that holds the sockets, and its children."""
    pid = site.pids["sockets"]
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _family(int(pid)))
    return pages * 4096


def _family(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in listed)]
