"""HMAC-SHA256 over "time.body", as in Stripe's scheme: header `t=<unix seconds>,v1=<hex>[,v1=<hex>]`.

The time is inside the MAC, so a message cannot be replayed later; it must be within five minutes of ours.
Several v1 may stand in the header, and two secrets may be valid while one is being changed.
"""

import hashlib
import hmac
from collections.abc import Sequence

TOLERANCE_SECONDS = 300


def sign(body: bytes, *, secrets: Sequence[str], at: int) -> str:
    return ",".join([f"t={at}", *(f"v1={_mac(body, secret, at)}" for secret in secrets)])


def is_valid(body: bytes, header: str, *, secrets: Sequence[str], now: int) -> bool:
    """Constant-time, over the raw bytes; False for anything malformed."""
    pairs = [part.partition("=") for part in header.split(",")]
    times = [value for name, _eq, value in pairs if name.strip() == "t"]
    macs = [value.strip() for name, _eq, value in pairs if name.strip() == "v1"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit() or len(times[0]) > 12:
        return False
    at = int(times[0])
    if abs(now - at) > TOLERANCE_SECONDS:
        return False
    wanted = [_mac(body, secret, at) for secret in secrets if secret]
    return any(hmac.compare_digest(mac.encode(), good.encode()) for mac in macs for good in wanted)


def _mac(body: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
