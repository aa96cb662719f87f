"""Asking a gateway over HTTP: bounded in time and size, and every way it can fail is a GatewayError."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import httpx

from payments.gateways import GatewayError

# Together less than `starting.OPENS_WITHIN`: somebody waits at a page.
CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 10.0
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """said: its JSON object, floats as Decimal."""

    status: int
    said: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Answer:
    """What the gateway answers, also if that is a no.

    Raises: GatewayError, to be tried again, when no sense comes back; whether it did what it was asked is not known.
    """
    until = time.monotonic() + TOTAL_SECONDS
    try:
        with _client().stream(method, url, headers=headers, params=params, json=body) as response:
            text = _read(response, until)
    except httpx.HTTPError as error:
        raise GatewayError(f"no answer: {type(error).__name__}") from error
    try:
        said = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise GatewayError(f"answered {response.status_code} without JSON") from error
    if not isinstance(said, dict) or response.status_code >= 500:
        raise GatewayError(f"answered {response.status_code}, not understood")
    return Answer(response.status_code, said)


def _read(response: httpx.Response, until: float) -> bytes:
    text = b""
    for piece in response.iter_bytes():
        text += piece
        if len(text) > MOST_BYTES or time.monotonic() > until:
            raise GatewayError("its answer is too long or too slow")
    return text


@cache
def _client() -> httpx.Client:
    """One for all threads, without kept connections: one that was closed meanwhile would lose a refund's answer."""
    waits = httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
    return httpx.Client(timeout=waits, limits=httpx.Limits(max_keepalive_connections=0), follow_redirects=False)
