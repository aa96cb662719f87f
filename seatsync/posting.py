"""One connection to a webhook's address. Everything has an end here: time, size, and where it may lead.

h11 instead of an HTTP client, because the three things asked for are the ones clients leave open: the connection goes
to the very IP that was checked, the ten seconds count for all of it together, and no redirect is followed.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import h11
from django.conf import settings

from seatsync import addresses
from showsewa.refusals import Refusal

MOST_READ = 64 * 1024
_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. status: None when nothing did, and then why in `error`."""

    status: int | None
    text: str
    took_ms: int
    error: str = ""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class _Closed(OSError):
    """The receiver hung up before it answered."""


class Line:
    """To one address, kept open from one message to the next. For one thread at a time; it touches no database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._address: addresses.Address | None = None
        self._socket: socket.socket | None = None
        self._talk = h11.Connection(our_role=h11.CLIENT)

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one message and read the answer; never raises for what the other side does or is."""
        began = time.monotonic()
        until = began + settings.WEBHOOK_TIMEOUT_SECONDS
        try:
            status, text = self._ask(body, headers, until)
            error = "" if 200 <= status < 300 else f"answered {status}"
        except Refusal as refusal:
            status, text, error = None, "", str(refusal.message)
        except TimeoutError:
            status, text, error = None, "", f"no answer within {settings.WEBHOOK_TIMEOUT_SECONDS:g} s"
        except (OSError, h11.RemoteProtocolError) as fault:
            status, text, error = None, "", f"{type(fault).__name__.strip('_')}: {fault}"
        if error:
            self.close()
        return Answer(status, text, round((time.monotonic() - began) * 1000), error[:500])

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, body: bytes, headers: Mapping[str, str], until: float) -> tuple[int, str]:
        was_open = self._socket is not None
        try:
            return self._exchange(body, headers, until)
        except (_Closed, ConnectionError):
            if not was_open:
                raise
        # Hung up between two messages, which is anybody's right; it may get this one twice, and knows it by its id.
        self.close()
        return self._exchange(body, headers, until)

    def _exchange(self, body: bytes, headers: Mapping[str, str], until: float) -> tuple[int, str]:
        line = self._open(until)
        assert self._address is not None
        named = [("host", self._address.authority), ("content-length", str(len(body))), *headers.items()]
        request = h11.Request(method="POST", target=self._address.target, headers=named)
        sent = [self._talk.send(request), self._talk.send(h11.Data(body)), self._talk.send(h11.EndOfMessage())]
        message = b"".join(part for part in sent if part)
        for start in range(0, len(message), _CHUNK):
            line.settimeout(_left(until))
            line.sendall(message[start : start + _CHUNK])
        status, text = self._read(line, until)
        if self._talk.our_state is h11.DONE and self._talk.their_state is h11.DONE:
            self._talk.start_next_cycle()
        else:
            self.close()
        return status, text

    def _open(self, until: float) -> socket.socket:
        if self._socket is None:
            self._address, ip = addresses.pin(self._url)
            self._talk = h11.Connection(our_role=h11.CLIENT)
            with ExitStack() as until_it_stands:
                raw = socket.create_connection((ip, self._address.port), timeout=_left(until))
                until_it_stands.enter_context(raw)
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                raw.settimeout(_left(until))
                # The certificate must be the name's, whatever it resolved to.
                is_tls, host = self._address.is_tls, self._address.host
                self._socket = trust().wrap_socket(raw, server_hostname=host) if is_tls else raw
                until_it_stands.pop_all()
        return self._socket

    def _read(self, line: socket.socket, until: float) -> tuple[int, str]:
        status, text = 0, b""
        while True:
            event = self._talk.next_event()
            if event is h11.NEED_DATA:
                line.settimeout(_left(until))
                received = line.recv(_CHUNK)
                if not received and not status:
                    raise _Closed("closed without an answer")
                self._talk.receive_data(received)
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                text += bytes(event.data)
                if len(text) >= MOST_READ:  # enough to be shown to somebody; the rest stays where it is
                    return status, text[:MOST_READ].decode(errors="replace")
            elif isinstance(event, h11.EndOfMessage):
                return status, text.decode(errors="replace")
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                raise _Closed("closed within its answer")


@cache
def trust() -> ssl.SSLContext:
    """Reading the machine's certificates takes longer than a message; they are read once."""
    return ssl.create_default_context()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
