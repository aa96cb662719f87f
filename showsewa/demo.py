"""Logins and channel tokens of the demo. Constants only: `make up` reads them without Django. Live mode has none."""

from typing import Final, TypedDict


class Channel(TypedDict):
    """source: the first of its sources, for callers that need just one."""

    name: str
    kind: str
    token: str
    scopes: list[str]
    source: str
    sources: list[str]


ACCOUNTS: Final[dict[str, dict[str, str]]] = {
    "admin": {"email": "admin@showsewa.example", "password": "demo-admin-sagarmatha"},
    "manager": {"email": "manager@showsewa.example", "password": "demo-manager-annapurna"},
    "counter": {"email": "counter@showsewa.example", "password": "demo-counter-manaslu"},
    "customer": {"email": "customer@showsewa.example", "password": "demo-customer-langtang"},
}

_SALES: Final[list[str]] = [
    "inventory:read",
    "holds:write",
    "bookings:write",
    "bookings:read",
    "seatsync:write",
    "payments:refund",
    "reports:read",
    "webhooks:manage",
]

CHANNELS: Final[dict[str, Channel]] = {
    "theatre": {
        "name": "Theatre POS",
        "kind": "THEATRE",
        "token": "ssk_test_demo_theatre_pos_8a4c1f",
        "scopes": [*_SALES, "seats:block", "catalog:write"],
        "source": "WALK_IN",
        "sources": ["WALK_IN", "POS_SYSTEM"],
    },
    "platform": {
        "name": "Moviepass",
        "kind": "PLATFORM",
        "token": "ssk_test_demo_platform_moviepass_27d9be",
        "scopes": _SALES,
        "source": "OTHER_PLATFORM",
        "sources": ["OTHER_PLATFORM"],
    },
    "rival": {
        "name": "Seatgo",
        "kind": "PLATFORM",
        "token": "ssk_test_demo_rival_seatgo_c35e60",
        "scopes": _SALES,
        "source": "OTHER_PLATFORM",
        "sources": ["OTHER_PLATFORM"],
    },
}
