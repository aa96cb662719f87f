"""What the stand-ins of eSewa and Khalti share: real HTTP in threads, and misbehaviour on demand."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

SLOW = "slow"  # the work is done, the answer comes too late for anybody
LOST = "lost"  # the work is done, the connection breaks before the answer
BROKEN = "broken"  # 500, and nothing was done
GARBAGE = "garbage"  # a page of HTML where JSON was expected, and nothing was done


class Refused(Exception):
    """status, and what is said: a dictionary as JSON, else text."""

    def __init__(self, status: int, said: Any) -> None:
        super().__init__(said)
        self.status, self.said = status, said


class Company:
    """trouble[call]: how the next calls of that name go wrong. calls: what was asked, by name."""

    slow_seconds = 1.0

    def __init__(self) -> None:
        self.trouble: dict[str, list[str]] = defaultdict(list)
        self.calls: list[str] = []
        self.lock = threading.Lock()
        self.url = ""

    @contextmanager
    def open(self) -> Iterator[Self]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield self
        server.shutdown()
        server.server_close()

    def answer(self, method: str, path: str, query: dict[str, str], request: "Request") -> "Answer":
        raise NotImplementedError

    def take_trouble(self, call: str) -> str:
        with self.lock:
            self.calls.append(call)
            return self.trouble[call].pop(0) if self.trouble[call] else ""


class Request:
    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self.headers, self.body = headers, body

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=bool(self.body)))

    @property
    def json(self) -> dict[str, Any]:
        if self.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refused(415, {"detail": "Unsupported media type."})
        said = json.loads(self.body)
        assert isinstance(said, dict)
        return said


class Answer:
    """said: a dictionary as JSON, text as a page, or a place to go on to."""

    def __init__(self, call: str, said: Any = None, *, status: int = 200, location: str = "") -> None:
        self.call, self.said, self.location = call, said, location
        self.status = 302 if location else status


def page(title: str, *forms: str) -> str:
    return (
        f"<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>{escape(title)}</title>"
        f"<link rel=icon href='data:,'><h1>{escape(title)}</h1>{''.join(forms)}</html>"
    )


def button(action: str, press: str, text: str, **fields: str) -> str:
    hidden = "".join(f"<input type=hidden name={name} value='{escape(value)}'>" for name, value in fields.items())
    return (
        f"<form method=post action='{escape(action)}'>{hidden}<button name=press value={press}>{text}</button></form>"
    )


def _handler(company: Company) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request({name.lower(): value for name, value in self.headers.items()}, body)
            try:
                answer = company.answer(method, parts.path, dict(parse_qsl(parts.query)), request)
            except Refused as refused:
                answer = Answer("refused", refused.said, status=refused.status)
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            if answer.call == SLOW:
                time.sleep(company.slow_seconds)
            if answer.call == LOST:
                self.close_connection = True
                self.connection.close()
                return
            is_json = isinstance(answer.said, dict)
            text = json.dumps(answer.said) if is_json else str(answer.said or "")
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json" if is_json else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            try:
                self.wfile.write(text.encode())
            except OSError:
                pass  # whoever asked has gone

        def log_message(self, *_said: Any) -> None:
            pass

    return Handler
