"""A real HTTP receiver of webhooks in a thread: it can be down, answer anything, or hang."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """answer: the status it gives; 0 hangs until the end. got: what came while it was well, in order."""

    answer: int = 200
    got: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    calls: int = 0
    text: bytes = b"thanks"
    moved_to: str = ""
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def sequences(self) -> list[int]:
        return [event["sequence"] for event in self.got]

    def up(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # it writes head and body apart

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls += 1
            if receiver._server is None:  # "down", but the connection was kept
                self.close_connection = True
                return
            if receiver.answer == 0:
                receiver.over.wait(30)
                self.close_connection = True
                return
            if 200 <= receiver.answer < 300:
                receiver.bodies.append(body)
                receiver.headers.append(dict(self.headers.items()))
                receiver.got.append(json.loads(body))
            self.send_response(receiver.answer)
            if receiver.moved_to:
                self.send_header("Location", receiver.moved_to)
            self.send_header("Content-Length", str(len(receiver.text)))
            self.end_headers()
            self.wfile.write(receiver.text)

        def log_message(self, *_what: object) -> None:
            pass

    return Handler


@contextmanager
def receiving(**facts: Any) -> Iterator[Receiver]:
    receiver = Receiver(**facts)
    receiver.up()
    try:
        yield receiver
    finally:
        receiver.over.set()
        receiver.down()
