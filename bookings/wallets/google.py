"""A ticket for Google Wallet: class and object of an event ticket inside a "save" link, signed with RS256.

Format: developers.google.com/wallet/reference/rest/v1 (EventTicketClass, EventTicketObject, Jwt). The class comes along
in the link, so nothing has to be created at Google before; and it says no more than it must, for Google calls 1,800
characters safe.
"""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bookings.models import Booking
from bookings.passes import Pass, State
from showsewa import codes, tongue
from showsewa.wallet_settings import Google

_SAVE = "https://pay.google.com/gp/v/save/"
_STATES = {State.VALID: "ACTIVE", State.USED: "COMPLETED", State.OVER: "EXPIRED"}


def link(booking: Booking, one: Pass, keys: Google, *, now: datetime) -> str:
    """Where a browser goes to save it. Needs keys that can sign."""
    claims = {
        "iss": keys.account,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "payload": {
            "eventTicketClasses": [of_show(booking, keys)],
            "eventTicketObjects": [of_seat(booking, one, keys)],
        },
    }
    head = {"alg": "RS256", "typ": "JWT"} | ({"kid": keys.key_id} if keys.key_id else {})
    said = f"{_encode(head)}.{_encode(claims)}"
    key = load_pem_private_key(keys.key.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return f"{_SAVE}{said}.{codes.text(key.sign(said.encode(), PKCS1v15(), SHA256()))}"


def of_show(booking: Booking, keys: Google) -> dict[str, Any]:
    """EventTicketClass. required: id, issuerName, eventName, reviewStatus; of a venue, name and address."""
    showtime, cinema = booking.showtime, booking.showtime.cinema
    zone = ZoneInfo(cinema.time_zone)
    address = ", ".join(part for part in (cinema.street, tongue.named(cinema, "city")) if part)
    return {
        "id": _class_id(booking, keys),
        "issuerName": "ShowSewa",
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _words(tongue.named(showtime.movie, "title")),
        "venue": {"name": _words(tongue.named(cinema)), "address": _words(address)},
        "dateTime": {"start": showtime.starts_at.astimezone(zone).isoformat(timespec="minutes")},
    }


def of_seat(booking: Booking, one: Pass, keys: Google) -> dict[str, Any]:
    """EventTicketObject. required: id, classId, state. Names nobody, for it may be handed on."""
    return {
        "id": f"{keys.issuer}.{one.ticket.pk.hex}",
        "classId": _class_id(booking, keys),
        "state": _STATES.get(one.state, "INACTIVE"),
        "barcode": {"type": "QR_CODE", "value": one.code},
        "seatInfo": {"seat": _words(one.ticket.label), "section": _words(booking.showtime.hall.name)},
    }


def _class_id(booking: Booking, keys: Google) -> str:
    """Its language too: a class says its words in one."""
    return f"{keys.issuer}.{booking.showtime_id.hex}.{tongue.language()}"


def _words(text: str) -> dict[str, Any]:
    return {"defaultValue": {"language": tongue.language(), "value": text}}


def _encode(said: dict[str, Any]) -> str:
    return codes.text(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode())
