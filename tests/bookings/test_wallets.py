"""Wallet passes against what their makers document; what only their keys would prove stays unproved."""

import base64
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7
from cryptography.x509.oid import NameOID
from django.test import Client
from PIL import Image

from bookings import passes, qr
from bookings.models import Booking, Ticket
from showsewa.wallet_settings import Apple, Google
from tests.cast import Stage
from tests.visitor import Visitor, path

pytestmark = pytest.mark.django_db

# developer.apple.com/documentation/walletpasses/pass: required of every pass.
REQUIRED = {
    "description": str, "formatVersion": int, "organizationName": str, "passTypeIdentifier": str,
    "serialNumber": str, "teamIdentifier": str,
}  # fmt: skip
# Google: required of a class and an object.
OF_CLASS, OF_OBJECT = {"id", "issuerName", "eventName", "reviewStatus"}, {"id", "classId", "state"}


@pytest.fixture
def sold(stage: Stage) -> Booking:
    return Visitor().buy(stage, "A1")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pass.np.showsewa.test")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=3650))
    return made.sign(key, SHA256()).public_bytes(Encoding.PEM)


def page(booking: Booking, name: str) -> str:
    return f"/bookings/seat/{passes.code(Ticket.objects.get(booking=booking))}/{name}"


def opened(answer: Any) -> dict[str, bytes]:
    assert answer["Content-Type"] == "application/vnd.apple.pkpass"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestApple:
    def test_the_pass_has_what_apple_requires(self, sold: Booking, stage: Stage) -> None:
        told = json.loads(opened(Client().get(page(sold, "ticket.pkpass")))["pass.json"])

        assert {name: type(told[name]) for name in REQUIRED} == REQUIRED
        assert told["formatVersion"] == 1
        ticket = Ticket.objects.get()
        assert told["barcodes"][0] == {
            "format": "PKBarcodeFormatQR", "message": qr.sign(ticket), "messageEncoding": "iso-8859-1", "altText": "A1"
        }  # fmt: skip
        assert datetime.fromisoformat(told["relevantDate"]) == stage.showtime.starts_at.replace(microsecond=0)
        assert told["voided"] is False
        fields = [one for part in told["eventTicket"].values() for one in part]
        assert all({"key", "label", "value"} <= set(one) for one in fields)
        assert len({one["key"] for one in fields}) == len(fields)
        assert "Asha" not in json.dumps(told) and sold.reference not in json.dumps(told)

    def test_the_manifest_has_the_sha1_of_every_other_file(self, sold: Booking) -> None:
        files = opened(Client().get(page(sold, "ticket.pkpass")))

        manifest = json.loads(files.pop("manifest.json"))
        assert manifest == {name: hashlib.sha1(data).hexdigest() for name, data in files.items()}
        sizes = {name: Image.open(io.BytesIO(files[f"icon{name}.png"])).size for name in ("", "@2x", "@3x")}
        assert sizes == {"": (29, 29), "@2x": (58, 58), "@3x": (87, 87)}

    def test_with_keys_it_is_signed(self, sold: Booking, key: rsa.RSAPrivateKey, settings: Any) -> None:
        cert = certificate(key)
        settings.APPLE_WALLET = Apple("pass.np.showsewa.test", "TEAM123456", cert, pem(key), cert)
        settings.IS_LIVE = True

        files = opened(Client().get(page(sold, "ticket.pkpass")))

        assert json.loads(files["pass.json"])["teamIdentifier"] == "TEAM123456"
        signers = pkcs7.load_der_pkcs7_certificates(files["signature"])
        assert x509.load_pem_x509_certificate(cert) in signers
        assert files["manifest.json"] not in files["signature"]  # detached
        assert hashlib.sha256(files["manifest.json"]).digest() in files["signature"]  # its digest is what is signed

    def test_without_keys_nobody_is_offered_it_and_a_live_site_has_none(self, stage: Stage, settings: Any) -> None:
        browser = Visitor()
        booking = browser.buy(stage, "A1")
        assert "signature" not in opened(Client().get(page(booking, "ticket.pkpass")))
        settings.IS_LIVE = True

        assert Client().get(page(booking, "ticket.pkpass")).status_code == 404
        assert "Wallet" not in browser.get(path(booking)).content.decode()


class TestGoogle:
    def test_without_keys_there_is_no_way_there(self, sold: Booking) -> None:
        assert Client().get(page(sold, "google/")).status_code == 404

    def test_the_link_carries_class_and_object_signed(
        self, sold: Booking, stage: Stage, key: rsa.RSAPrivateKey, settings: Any
    ) -> None:
        settings.GOOGLE_WALLET = Google("3388000000022", "wallet@showsewa.iam", "kid-1", pem(key).decode())

        answer = Client().get(page(sold, "google/"))

        save, _slash, token = answer["Location"].rpartition("/")
        assert (answer.status_code, save) == (302, "https://pay.google.com/gp/v/save")
        head, said, signature = token.split(".")
        key.public_key().verify(raw(signature), f"{head}.{said}".encode(), PKCS1v15(), SHA256())
        assert json.loads(raw(head)) == {"alg": "RS256", "typ": "JWT", "kid": "kid-1"}
        claims = json.loads(raw(said))
        assert (claims["aud"], claims["typ"], claims["iss"]) == ("google", "savetowallet", "wallet@showsewa.iam")
        [show], [seat] = claims["payload"]["eventTicketClasses"], claims["payload"]["eventTicketObjects"]
        assert set(show) >= OF_CLASS and set(seat) >= OF_OBJECT
        assert seat["classId"] == show["id"]
        assert seat["barcode"]["value"] == qr.sign(Ticket.objects.get())
        assert seat["state"] == "ACTIVE"
        assert "Asha" not in json.dumps(claims)
        assert len(token) < 1800

    def test_the_page_offers_what_we_have_keys_for(self, stage: Stage, key: rsa.RSAPrivateKey, settings: Any) -> None:
        settings.GOOGLE_WALLET = Google("3388", "wallet@showsewa.iam", "", pem(key).decode())
        browser = Visitor()

        shown = browser.get(path(browser.buy(stage, "A1"))).content.decode()

        assert "Add to Google Wallet" in shown and "Apple" not in shown


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
