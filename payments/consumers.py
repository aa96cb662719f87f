"""The websocket of the live board: for signed-in staff, who have nothing to say on it and see their own cinemas."""

import asyncio
import contextlib
import time
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib import auth
from django.db import Error as DatabaseAway
from django.http import HttpRequest

from payments.board import Viewer, board
from showsewa.actors import Actor
from showsewa.authentication import of_user

PERMISSION = "seatsync.view_showseat"
LOOK_EVERY = 30.0  # seconds between two looks whether the person may still see it

LATER, TOO_MUCH, NO_LONGER, ELSEWHERE = 1013, 4008, 4403, 4409

_sessions = import_module(settings.SESSION_ENGINE)


class LiveBoard(AsyncWebsocketConsumer):
    # No layer of this name is configured: the hub, not the socket, listens to Redis.
    channel_layer_alias = "none, see seatsync.hub"
    viewer: Viewer | None = None

    async def connect(self) -> None:
        actor = await self._actor()
        if actor is None:
            await self.close()  # before it was accepted: the browser is answered 403
            return
        self.viewer = Viewer(actor.cinema_ids, self._give_up)
        await self.accept()
        self._tasks = [asyncio.create_task(self._write(self.viewer)), asyncio.create_task(self._guard(self.viewer))]
        try:
            await board().join(self.viewer)
        except DatabaseAway:
            await self.disconnect(LATER)
            await self.close(LATER)

    async def disconnect(self, code: int) -> None:
        if self.viewer is not None:
            for task in self._tasks:
                task.cancel()
            await board().leave(self.viewer)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.close(TOO_MUCH)

    async def _write(self, viewer: Viewer) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                for text in await viewer.take():
                    viewer.sending_since = time.monotonic()
                    await self.base_send({"type": "websocket.send", "text": text})
                    viewer.sending_since = None

    async def _guard(self, viewer: Viewer) -> None:
        """Whoever signed out, or is staff no longer, sees no more; with other cinemas they come in again."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                actor = await self._actor()
            except DatabaseAway:
                continue
            if actor is None or actor.cinema_ids != viewer.cinema_ids:
                await self.close(NO_LONGER if actor is None else ELSEWHERE)
                return

    def _give_up(self) -> None:
        self._closing = asyncio.create_task(self.close(TOO_MUCH))

    async def _actor(self) -> Actor | None:
        key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        return await database_sync_to_async(_staff)(key) if key else None


def _staff(session_key: str) -> Actor | None:
    """Who is signed in under this session now, if they are staff who may see seats."""
    request = HttpRequest()
    request.session = _sessions.SessionStore(session_key)
    user: Any = auth.get_user(request)
    if not user.is_authenticated or not user.is_staff:
        return None
    actor = of_user(user)
    return actor if PERMISSION in actor.permissions else None
