"""One hub per websocket process: it hears each change once and hands one ready text to every watching socket.

Channels' usual consumer subscribes to Redis per socket and hops threads per message; it ends near 500 viewers x 20
changes a second. Here a socket costs a bounded queue and a writer, and nothing a slow reader does reaches the others.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import orjson
import redis.exceptions
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from seatsync import feed

logger = logging.getLogger(__name__)

QUEUE = 32  # texts a socket may be behind before it is told to read the map anew
CHECK_EVERY = 5.0  # seconds between two looks at the versions: a lost message is noticed by then
BEAT_EVERY = 10.0  # seconds between two "version" messages when nothing happens
TICK_PER_VIEWER = 40e-6  # seconds of coalescing per viewer: what writing to one costs
SHORTEST_TICK = 0.05
PATIENCE = 50.0


class Reader:
    """A socket as the hub sees it: the newest texts it has not been sent, at most QUEUE of them.

    give_up: called when the socket has not accepted a text for PATIENCE seconds.
    """

    def __init__(self, give_up: Callable[[], None]) -> None:
        self.watching: set[str] = set()
        self.holds: set[str] = set()
        self.give_up = give_up
        self.sending_since: float | None = None
        self._texts: list[str] = []
        self._ready = asyncio.Event()
        self._lost: set[str] = set()

    def put(self, showtime: str, text: str) -> None:
        if showtime in self._lost:
            return
        if len(self._texts) >= QUEUE:
            # Too slow: all it has not read is replaced by one word per showtime, "read the map anew".
            self._lost = set(self.watching)
            self._texts = [_text("resync", showtimeId=name) for name in sorted(self._lost)]
        else:
            self._texts.append(text)
        self._ready.set()

    async def take(self) -> list[str]:
        """Everything waiting, at least one text."""
        await self._ready.wait()
        texts, self._texts = self._texts, []
        self._lost.clear()
        self._ready.clear()
        return texts


class Room:
    """One showtime's viewers, and the changes that wait for the next tick."""

    def __init__(self, subscribed: asyncio.Task[None]) -> None:
        self.subscribed = subscribed
        self.readers: set[Reader] = set()
        self.version = 0
        self.spoke_at = 0.0
        self.waiting: list[dict[str, Any]] = []
        self.timer: asyncio.TimerHandle | None = None


class Hub:
    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._holds: dict[str, set[Reader]] = {}
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._is_live = True

    async def watch(self, reader: Reader, showtime: str) -> None:
        """From now on the reader gets this showtime's changes; it then reads the map, so that none falls between."""
        self._start()
        room = self._rooms.get(showtime)
        if room is None:
            room = self._rooms[showtime] = Room(asyncio.create_task(self._subscribe(showtime)))
        room.readers.add(reader)
        reader.watching.add(showtime)
        await asyncio.shield(room.subscribed)
        reader.put(showtime, _text("watching", showtimeId=showtime, version=room.version, live=self._is_live))

    async def unwatch(self, reader: Reader, showtime: str) -> None:
        reader.watching.discard(showtime)
        room = self._rooms.get(showtime)
        if room is None:
            return
        room.readers.discard(reader)
        if not room.readers:
            del self._rooms[showtime]
            if room.timer is not None:
                room.timer.cancel()
            await self._leave(feed.group(showtime))

    async def watch_hold(self, reader: Reader, hold: str) -> None:
        """From now on the reader is told what becomes of this hold. Its id is all it takes: nobody else knows it, and
        it is never said in a showtime's room.
        """
        self._start()
        is_first = hold not in self._holds
        self._holds.setdefault(hold, set()).add(reader)
        reader.holds.add(hold)
        if is_first:
            await self._join(feed.group_of_hold(hold))
        reader.put("", _text("watching", holdId=hold))

    async def unwatch_hold(self, reader: Reader, hold: str) -> None:
        reader.holds.discard(hold)
        readers = self._holds.get(hold, set())
        readers.discard(reader)
        if not readers and self._holds.pop(hold, None) is not None:
            await self._leave(feed.group_of_hold(hold))

    def heard_of_hold(self, hold: str, text: str) -> None:
        for reader in self._holds.get(hold, ()):
            reader.put("", text)

    def heard(self, showtime: str, text: str) -> None:
        """A change came in: the first goes out at once, what follows within a tick goes out together."""
        room = self._rooms.get(showtime)
        if room is None:
            return
        if room.timer is None:
            self._send(room, showtime, text)
            tick = max(SHORTEST_TICK, len(room.readers) * TICK_PER_VIEWER)
            room.timer = asyncio.get_running_loop().call_later(tick, self._flush, room, showtime)
        else:
            room.waiting.append(orjson.loads(text))

    def _flush(self, room: Room, showtime: str) -> None:
        room.timer = None
        if room.waiting:
            changes, room.waiting = room.waiting, []
            self.heard(showtime, orjson.dumps(merge(changes)).decode())

    def _send(self, room: Room, showtime: str, text: str) -> None:
        room.version = max(room.version, orjson.loads(text)["version"])
        self._tell(room, showtime, text)

    def _tell(self, room: Room, showtime: str, text: str) -> None:
        room.spoke_at = time.monotonic()
        for reader in room.readers:
            reader.put(showtime, text)

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._check())]

    async def _subscribe(self, showtime: str) -> None:
        await self._join(feed.group(showtime))

    async def _join(self, group: str) -> None:
        if self._channel:
            with contextlib.suppress(redis.exceptions.RedisError, OSError):
                await get_channel_layer().group_add(group, self._channel)

    async def _leave(self, group: str) -> None:
        with contextlib.suppress(redis.exceptions.RedisError, OSError):
            await get_channel_layer().group_discard(group, self._channel)

    async def _listen(self) -> None:
        """Hear all groups through one channel. Without Redis: try again; the checks keep the viewers informed."""
        while True:
            try:
                layer = get_channel_layer()
                self._channel = await layer.new_channel("hub.")
                groups = [feed.group(showtime) for showtime in self._rooms]
                for group in [*groups, *map(feed.group_of_hold, self._holds)]:
                    await layer.group_add(group, self._channel)
                while True:
                    message = await layer.receive(self._channel)
                    if "hold" in message:
                        self.heard_of_hold(message["hold"], message["text"])
                    else:
                        self.heard(message["showtime"], message["text"])
            except (redis.exceptions.RedisError, OSError) as error:
                logger.warning("the seat feed lost redis: %s", error)
                self._channel = ""
                await asyncio.sleep(1)

    async def _check(self) -> None:
        """Ask the database for the versions: whoever missed a message is told, and all are told whether push works."""
        while True:
            await asyncio.sleep(CHECK_EVERY)
            try:
                await self._check_once()
            except Exception:  # the hub must outlive a database that is away; the next round asks again
                logger.exception("the seat feed could not check its versions")

    async def _check_once(self) -> None:
        was_live, self._is_live = self._is_live, await self._ping()
        versions = await database_sync_to_async(feed.versions)(list(self._rooms))
        now = time.monotonic()
        for showtime, room in list(self._rooms.items()):
            version = versions.get(showtime, room.version)
            is_due = now - room.spoke_at >= BEAT_EVERY
            if version > room.version or is_due or self._is_live != was_live:
                room.version = max(version, room.version)
                self._tell(room, showtime, _text("version", showtimeId=showtime, version=version, live=self._is_live))
            for reader in [r for r in room.readers if r.sending_since is not None and now - r.sending_since > PATIENCE]:
                reader.give_up()

    async def _ping(self) -> bool:
        """Whether a change published now would reach us: a message to ourselves, through Redis and back."""
        if not self._channel:
            return False
        try:
            await asyncio.wait_for(get_channel_layer().send(self._channel, _PING), 1)
        except (redis.exceptions.RedisError, OSError, TimeoutError):
            return False
        return True


_PING = {"type": "changed", "showtime": "", "text": ""}

_hubs: dict[asyncio.AbstractEventLoop, Hub] = defaultdict(Hub)


def hub() -> Hub:
    """The hub of this process (of this event loop, to be exact: tests have several)."""
    return _hubs[asyncio.get_running_loop()]


def merge(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Several changes as one: the last word on each seat, from before the first to after the last."""
    seats = {seat["id"]: seat for change in changes for seat in change["seats"]}
    return changes[-1] | {
        "previousVersion": min(change["previousVersion"] for change in changes),
        "version": max(change["version"] for change in changes),
        "seatIds": list(seats),
        "seats": list(seats.values()),
    }


def _text(kind: str, **facts: Any) -> str:
    return orjson.dumps({"type": kind} | facts).decode()
