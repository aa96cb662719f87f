"""A ticket as an Apple Wallet pass: a ZIP of pass.json, pictures, a manifest of SHA-1s and its PKCS#7 signature.

Format: Apple's "Wallet Passes" reference (developer.apple.com/documentation/walletpasses: Pass, Pass.Barcodes,
"Building a Pass") and the PassKit Package Format Reference.
"""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7
from cryptography.x509 import load_pem_x509_certificate
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from bookings.models import Booking
from bookings.passes import Pass, State
from showsewa.tongue import named
from showsewa.wallet_settings import Apple

TYPE = "application/vnd.apple.pkpass"
_UNSET = "pass.example.showsewa"  # where nobody has registered us: a file to look at, which no phone takes
_PICTURES = {"icon": (29, 29), "logo": (50, 50)}


def package(booking: Booking, one: Pass, keys: Apple) -> bytes:
    """Signed where there are keys; without them the same files without a signature."""
    said = json.dumps(told(booking, one, keys), ensure_ascii=False).encode()
    files = {"pass.json": said} | _pictures()
    manifest = json.dumps({name: hashlib.sha1(data).hexdigest() for name, data in files.items()}).encode()  # noqa: S324 - Apple's choice
    files["manifest.json"] = manifest
    if keys.can_sign:
        files["signature"] = _sign(manifest, keys)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def told(booking: Booking, one: Pass, keys: Apple) -> dict[str, Any]:
    """pass.json. Names nobody, for the pass may be handed on with its link."""
    showtime, cinema = booking.showtime, booking.showtime.cinema
    movie = named(showtime.movie, "title")
    code = {"format": "PKBarcodeFormatQR", "message": one.code, "messageEncoding": "iso-8859-1"}
    return {
        "formatVersion": 1,
        "passTypeIdentifier": keys.pass_type or _UNSET,
        "teamIdentifier": keys.team or "EXAMPLE",
        "serialNumber": str(one.ticket.pk),
        "groupingIdentifier": str(showtime.pk),
        "organizationName": "ShowSewa",
        "description": _("%(movie)s, seat %(seat)s") % {"movie": movie, "seat": one.ticket.label},
        "logoText": named(cinema),
        "foregroundColor": "rgb(248, 243, 234)",
        "labelColor": "rgb(195, 184, 204)",
        "backgroundColor": "rgb(29, 20, 37)",
        "relevantDate": _starts(booking),
        "expirationDate": (showtime.ends_at + timedelta(hours=1)).isoformat(timespec="seconds"),
        "voided": one.state != State.VALID,
        "locations": [{"latitude": float(cinema.latitude), "longitude": float(cinema.longitude)}],
        "barcodes": [code | {"altText": one.ticket.label}],
        "barcode": code,
        "eventTicket": _fields(booking, one),
    }


def _fields(booking: Booking, one: Pass) -> dict[str, Any]:
    showtime, cinema, seat = booking.showtime, booking.showtime.cinema, one.ticket.show_seat.seat
    address = ", ".join(part for part in (named(cinema), cinema.street, named(cinema, "city")) if part)
    when = {"dateStyle": "PKDateStyleMedium", "timeStyle": "PKDateStyleShort", "ignoresTimeZone": True}
    return {
        "headerFields": [{"key": "seat", "label": _("Seat"), "value": one.ticket.label}],
        "primaryFields": [{"key": "movie", "label": named(cinema), "value": named(showtime.movie, "title")}],
        "secondaryFields": [{"key": "starts", "label": _("Starts"), "value": _starts(booking)} | when],
        "auxiliaryFields": [
            {"key": "hall", "label": _("Hall"), "value": showtime.hall.name},
            {"key": "kind", "label": _("Kind"), "value": str(seat.get_seat_type_display())},
        ],
        "backFields": [
            {"key": "place", "label": _("Cinema"), "value": address},
            {"key": "number", "label": _("Ticket"), "value": one.number},
        ],
    }


def _starts(booking: Booking) -> str:
    zone = ZoneInfo(booking.showtime.cinema.time_zone)
    return booking.showtime.starts_at.astimezone(zone).isoformat(timespec="seconds")


def _sign(manifest: bytes, keys: Apple) -> bytes:
    """Detached PKCS#7 in DER over the manifest, with Apple's intermediate certificate along."""
    key = load_pem_private_key(keys.key, password=None)
    assert isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey)
    signed = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(load_pem_x509_certificate(keys.certificate), key, SHA256())
        .add_certificate(load_pem_x509_certificate(keys.issuer))
    )
    return signed.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])


@cache
def _pictures() -> dict[str, bytes]:
    """Our mark, rows of seats before a screen, at the densities that phones ask for."""
    files = {}
    for name, (width, _height) in _PICTURES.items():
        for times, suffix in ((1, ""), (2, "@2x"), (3, "@3x")):
            files[f"{name}{suffix}.png"] = _mark(width * times)
    return files


def _mark(side: int) -> bytes:
    big = 320  # drawn ten times as large as the favicon, then made small: that smooths the edges
    drawn = Image.new("RGBA", (big, big))
    pen = ImageDraw.Draw(drawn)
    pen.rounded_rectangle((0, 0, big - 1, big - 1), 80, fill="#c01d35")
    pen.arc((20, 60, 300, 200), 205, 335, fill="#fff", width=26)
    for row, top in enumerate((140, 215)):
        for place, left in enumerate((55, 132, 209)):
            is_taken = (row, place) in ((0, 1), (1, 1), (1, 2))
            pen.rectangle((left, top, left + 56, top + 50), fill="#fff" if is_taken else "#e08e9a")
    packed = io.BytesIO()
    drawn.resize((side, side), Image.Resampling.LANCZOS).save(packed, "PNG")
    return packed.getvalue()
