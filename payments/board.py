"""The live board of a websocket process: it hears seats change through the hub, counts those shows again, and tells
every viewer whose cinema it is. A show is counted at most once a second however fast it sells.
"""

import asyncio
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from channels.db import database_sync_to_async
from django.db import Error as DatabaseAway
from django.utils import timezone

from payments.figures import board as figures
from seatsync.hub import PATIENCE, Reader, hub

logger = logging.getLogger(__name__)

COUNT_EVERY = 1.0  # seconds between two counts
BEAT_EVERY = 5.0  # seconds between two words to the viewers when nothing happens
LIST_EVERY = 4  # beats between two looks at which shows there are
NAME = "board"  # what its viewers watch


class Viewer(Reader):
    """One socket. cinema_ids: whose shows it may see; None for all."""

    def __init__(self, cinema_ids: frozenset[uuid.UUID] | None, give_up: Callable[[], None]) -> None:
        super().__init__(give_up)
        self.cinema_ids = cinema_ids
        self.watching.add(NAME)


class _Ear(Reader):
    """The board as the hub sees it: it keeps no texts, so that it is never behind."""

    def __init__(self, hear: Callable[[str, dict[str, Any]], None]) -> None:
        super().__init__(lambda: None)
        self._hear = hear

    def put(self, showtime: str, text: str) -> None:
        self._hear(showtime, orjson.loads(text))


class Board:
    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()
        self._shows: dict[str, figures.Show] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._versions: dict[str, int] = {}
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        self._listing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._ear = _Ear(self._heard)
        self._is_pushed = self._is_counted = True

    async def join(self, viewer: Viewer) -> None:
        """The viewer gets the whole board, and from then on what changes."""
        self._viewers.add(viewer)
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._count()), asyncio.create_task(self._beat())]
        await self._list()
        viewer.put(NAME, self._snapshot(viewer))

    async def leave(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        if not self._viewers:
            for task in self._tasks:
                task.cancel()
            self._tasks = []
            await self._drop(list(self._shows))

    def _heard(self, showtime: str, message: dict[str, Any]) -> None:
        """Everything the hub says of a show. `live`: whether its changes are pushed or found by looking."""
        known, version = self._versions.get(showtime, 0), message.get("version", 0)
        self._versions[showtime] = max(known, version)
        if message["type"] != "watching" and (version > known or message["type"] == "resync"):
            self._changed.add(showtime)
            self._wake.set()
        if message.get("live", self._is_pushed) != self._is_pushed:
            self._is_pushed = message["live"]
            self._tell_all()

    async def _count(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            changed, self._changed = self._changed, set()
            try:
                await self._count_again([self._shows[key] for key in changed if key in self._shows])
                self._is_counted = True
            except DatabaseAway as error:
                logger.warning("the live board could not count: %s", error)
                self._changed |= changed
                self._wake.set()
                self._is_counted = False
            await asyncio.sleep(COUNT_EVERY)

    async def _count_again(self, shows: list[figures.Show]) -> None:
        counted = await database_sync_to_async(figures.rows)(shows)
        rows = [row for row in counted if row != self._rows.get(row["showtimeId"])]
        self._rows |= {row["showtimeId"]: row for row in rows}
        for viewers in self._by_cinemas().values():
            seen = [row for row in rows if _may_see(viewers[0], row)]
            if seen:
                _put(viewers, self._text("rows", rows=seen))

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(BEAT_EVERY)
            beats += 1
            try:
                if beats % LIST_EVERY == 0 and await self._list():
                    for viewer in self._viewers:
                        viewer.put(NAME, self._snapshot(viewer))
            except DatabaseAway as error:
                logger.warning("the live board could not list its shows: %s", error)
            self._tell_all()
            now = time.monotonic()
            for viewer in list(self._viewers):
                if viewer.sending_since is not None and now - viewer.sending_since > PATIENCE:
                    viewer.give_up()

    async def _list(self) -> bool:
        """Look which shows the viewers' cinemas have; whether they are others than before."""
        async with self._listing:
            shows = await database_sync_to_async(figures.shows)(self._cinemas(), now=timezone.now())
            found = {str(show.showtime_id): show for show in shows}
            new, gone = found.keys() - self._shows.keys(), self._shows.keys() - found.keys()
            # Watched before they are counted, so that no change falls between.
            await asyncio.gather(*(hub().watch(self._ear, key) for key in new))
            if new:
                rows = await database_sync_to_async(figures.rows)([found[key] for key in new])
                self._rows |= {row["showtimeId"]: row for row in rows}
            await self._drop(gone)
            is_other = bool(new or gone) or found != self._shows
            self._shows = found
            return is_other

    async def _drop(self, showtimes: Iterable[str]) -> None:
        for key in list(showtimes):
            await hub().unwatch(self._ear, key)
            for kept in (self._shows, self._rows, self._versions):
                kept.pop(key, None)

    def _cinemas(self) -> frozenset[uuid.UUID] | None:
        chosen = [viewer.cinema_ids for viewer in self._viewers]
        bound = [ids for ids in chosen if ids is not None]
        return None if len(bound) < len(chosen) else frozenset().union(*bound)

    def _by_cinemas(self) -> dict[frozenset[uuid.UUID] | None, list[Viewer]]:
        """Viewers who may see the same, so that each text is made once."""
        groups = defaultdict(list)
        for viewer in self._viewers:
            groups[viewer.cinema_ids].append(viewer)
        return groups

    def _snapshot(self, viewer: Viewer) -> str:
        rows = [self._rows[key] for key in self._shows if key in self._rows]
        return self._text("board", rows=[row for row in rows if _may_see(viewer, row)])

    def _tell_all(self) -> None:
        _put(self._viewers, self._text("beat"))

    def _text(self, kind: str, **facts: Any) -> str:
        state = {"live": self._is_pushed and self._is_counted, "serverTime": timezone.now().isoformat()}
        return orjson.dumps({"type": kind} | state | facts).decode()


_boards: dict[asyncio.AbstractEventLoop, Board] = defaultdict(Board)


def board() -> Board:
    """The board of this process (of this event loop, as the hub)."""
    return _boards[asyncio.get_running_loop()]


def _may_see(viewer: Viewer, row: dict[str, Any]) -> bool:
    return viewer.cinema_ids is None or uuid.UUID(row["cinemaId"]) in viewer.cinema_ids


def _put(viewers: Iterable[Viewer], text: str) -> None:
    for viewer in viewers:
        viewer.put(NAME, text)
