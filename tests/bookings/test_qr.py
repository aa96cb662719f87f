"""The ticket's QR: readable by a camera, checkable without us, and by nobody else's hand."""

import base64
import io
import uuid

import pytest
import segno
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bookings import qr
from bookings.models import Booking, Ticket

TICKET = Ticket(id=uuid.UUID(int=7), label="A12", booking=Booking(showtime_id=uuid.UUID(int=2**100 + 9)))


def test_a_signed_ticket_says_who_sits_where() -> None:
    payload = qr.verify(qr.sign(TICKET), qr.public_key())

    assert payload.ticket_id == TICKET.pk
    assert payload.seat == "A12"
    assert payload.is_for(TICKET.booking.showtime_id)
    assert not payload.is_for(uuid.UUID(int=2**100 + 10))


def test_a_camera_reads_the_printed_code() -> None:
    text = qr.sign(TICKET)
    png = io.BytesIO()
    segno.make(text, error="m", micro=False).save(png, kind="png", scale=4)

    seen = zxingcpp.read_barcodes(Image.open(png))

    assert [code.text for code in seen] == [text]


def test_the_drawn_code_is_black_on_white_and_scales() -> None:
    drawn = qr.svg(qr.sign(TICKET))

    assert 'viewBox="0 0 ' in drawn
    assert "#fff" in drawn
    assert "width=" not in drawn.partition(">")[0]


@given(place=st.integers(0, 10_000), letter=st.sampled_from("ABCDEFabcdef0189-_=. \n"))
def test_any_altered_letter_is_refused(place: int, letter: str) -> None:
    text = qr.sign(TICKET)
    place %= len(text)
    altered = text[:place] + letter + text[place + 1 :]

    if altered != text:
        with pytest.raises(qr.BadTicket):
            qr.verify(altered, qr.public_key())


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_altered_byte_is_refused(place: int, flip: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(qr.sign(TICKET) + "=="))
    raw[place % len(raw)] ^= flip

    with pytest.raises(qr.BadTicket):
        qr.verify(base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode(), qr.public_key())


@given(text=st.text(max_size=200))
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(qr.BadTicket):
        qr.verify(text, qr.public_key())


@pytest.mark.parametrize("cut", [slice(1, None), slice(None, -1), slice(None, 60), slice(0, 0)])
def test_a_cut_ticket_is_refused(cut: slice) -> None:
    with pytest.raises(qr.BadTicket):
        qr.verify(qr.sign(TICKET)[cut], qr.public_key())


def test_anothers_signature_is_refused() -> None:
    text = qr.sign(TICKET)
    body = base64.urlsafe_b64decode(text + "==")[:-64]
    forged = base64.urlsafe_b64encode(body + Ed25519PrivateKey.generate().sign(body)).rstrip(b"=").decode()

    assert qr.verify(text, qr.public_key())
    with pytest.raises(qr.BadTicket):
        qr.verify(forged, qr.public_key())


def test_the_key_may_be_given_or_comes_from_the_secret_key(settings) -> None:
    derived = qr.sign(TICKET)
    settings.TICKET_SIGNING_KEY = base64.b64encode(bytes(range(32))).decode()

    given_key = qr.sign(TICKET)

    assert given_key != derived
    assert qr.verify(given_key, qr.public_key())
    with pytest.raises(qr.BadTicket):
        qr.verify(derived, qr.public_key())


def test_a_door_device_checks_with_the_published_key(client: Client) -> None:
    answer = client.get("/tickets/public-key")
    published = base64.urlsafe_b64decode(answer.json()["keys"][0]["x"] + "=")

    payload = qr.verify(qr.sign(TICKET), Ed25519PublicKey.from_public_bytes(published))

    assert answer["Content-Type"] == "application/json"
    assert payload.seat == "A12"
