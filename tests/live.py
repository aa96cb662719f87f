"""A real uvicorn in a thread, with its own event loop and the test database: websockets as a browser sees them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from django.conf import settings
from django.db import connection

from showsewa.asgi import application


@contextmanager
def serve_sockets() -> Iterator[str]:
    """Yields ws://127.0.0.1:port."""
    try:
        with run_sockets() as url:
            yield url
    finally:
        end_sessions()


@contextmanager
def run_sockets(port: int = 0) -> Iterator[str]:
    """The same for who may stop it before the test ends, and then calls end_sessions. port: 0 for any that is free."""
    listener = socket.create_server(("127.0.0.1", port))
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        application, log_level="warning", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    try:
        yield f"ws://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def end_sessions() -> None:
    """Servers' threads keep their connections for ever; the test database could not be dropped under them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


ORIGIN = settings.WS_ORIGINS[0]
