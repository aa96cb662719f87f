"""The websocket: `watch:showtime`, `watch:hold` and their `unwatch` in, changes out. It reads no map; pages do."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from seatsync.hub import Reader, hub

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_WATCHED = 5  # of each kind
MOST_WORDS = 20  # a second, over ten seconds; a page says two in its life
LONGEST_WORD = 1024

TOO_MUCH = 4008


class SeatMap(AsyncWebsocketConsumer):
    # No layer of this name is configured: the hub, not the socket, listens to Redis.
    channel_layer_alias = "none, see seatsync.hub"

    async def connect(self) -> None:
        self.reader = Reader(self._give_up)
        self._is_closing = False
        self._words = 0
        self._since = time.monotonic()
        await self.accept()
        self._writer = asyncio.create_task(self._write())

    async def disconnect(self, code: int) -> None:
        for showtime in list(self.reader.watching):
            await hub().unwatch(self.reader, showtime)
        for hold in list(self.reader.holds):
            await hub().unwatch_hold(self.reader, hold)
        self._writer.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._is_closing:
            return
        if self._is_flood() or text_data is None or len(text_data) > LONGEST_WORD:
            self._is_closing = True
            await self.close(TOO_MUCH)
            return
        action, name = _read(text_data)
        kind = action.rpartition(":")[2]
        watched = self.reader.holds if kind == "hold" else self.reader.watching
        if name is None:
            self.reader.put("", _error("Send {action: watch:showtime, showtimeId: ...} or {action: watch:hold, ...}."))
        elif action.startswith("unwatch"):
            await (hub().unwatch_hold if kind == "hold" else hub().unwatch)(self.reader, name)
        elif len(watched) >= MOST_WATCHED and name not in watched:
            self.reader.put("", _error(f"At most {MOST_WATCHED} {kind}s per socket."))
        else:
            await (hub().watch_hold if kind == "hold" else hub().watch)(self.reader, name)

    def _is_flood(self) -> bool:
        now = time.monotonic()
        if now - self._since > 10:
            self._words, self._since = 0, now
        self._words += 1
        return self._words > 10 * MOST_WORDS

    async def _write(self) -> None:
        """Send what the hub has put by, one after the other."""
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                for text in await self.reader.take():
                    self.reader.sending_since = time.monotonic()
                    # Past Channels' own layers of send: this line runs once per viewer and change.
                    await self.base_send({"type": "websocket.send", "text": text})
                    self.reader.sending_since = None

    def _give_up(self) -> None:
        """A socket that accepts nothing is closed, not waited for; its page will come back and read the map."""
        self.reader.sending_since = None
        self._writer.cancel()
        self._closing = asyncio.create_task(self.close(TOO_MUCH))


async def seat_stream(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The same changes as server-sent events, for callers who would rather not speak websocket. One showtime each.

    A plain ASGI application: Channels' HTTP consumer does not hear that its caller has gone while it answers.
    """
    headers = {name.decode().lower(): value.decode(errors="replace") for name, value in scope["headers"]}
    origin = headers.get("origin", "")
    is_allowed = scope["method"] == "GET" and (not origin or origin in settings.WS_ORIGINS)
    fields = [(b"Content-Type", b"text/event-stream"), (b"Cache-Control", b"no-store"), (b"Vary", b"Origin")]
    fields += [(b"Access-Control-Allow-Origin", origin.encode())] if origin else []
    start = {"type": "http.response.start", "status": 200, "headers": fields}
    await send(start if is_allowed else {"type": "http.response.start", "status": 403, "headers": []})
    if not is_allowed:
        await send({"type": "http.response.body"})
        return
    showtime = str(scope["url_route"]["kwargs"]["showtime_id"])
    gone = asyncio.Event()
    reader = Reader(gone.set)
    tasks = [asyncio.create_task(_stream(reader, send)), asyncio.create_task(_wait_until_gone(receive, gone))]
    try:
        await hub().watch(reader, showtime)
        await gone.wait()
    finally:
        await hub().unwatch(reader, showtime)
        for task in tasks:
            task.cancel()


async def _stream(reader: Reader, send: Send) -> None:
    while True:
        for text in await reader.take():
            reader.sending_since = time.monotonic()
            await send({"type": "http.response.body", "body": f"data: {text}\n\n".encode(), "more_body": True})
            reader.sending_since = None


async def _wait_until_gone(receive: Receive, gone: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


_NAMED = {
    "watch:showtime": "showtimeId",
    "unwatch:showtime": "showtimeId",
    "watch:hold": "holdId",
    "unwatch:hold": "holdId",
}


def _read(text: str) -> tuple[str, str | None]:
    """The action and the id it names, or None for anything we do not understand."""
    try:
        message: Any = orjson.loads(text)
        action = message.get("action") or message.get("type")
        return action, str(uuid.UUID(message[_NAMED[action]]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", None


def _error(message: str) -> str:
    return orjson.dumps({"type": "error", "message": message}).decode()
