"""S06: where a webhook may go, asked when it is saved and again when it is called."""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from seatsync import addresses, posting
from seatsync.models import Subscription
from tests import cast
from tests.conftest import Api

PUBLIC, PRIVATE = "93.184.215.14", "10.0.0.1"
Names = dict[str, list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Set what the name servers say: each call of a name takes the next answer, the last one stays."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def teach(**book: Any) -> list[str]:
        answers = {name.replace("_", "."): list(given) for name, given in book.items()}

        def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            if host not in answers:
                return real(host, port, *args, **kwargs)
            asked.append(host)
            given = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
            found = [given] if isinstance(given, str) else given
            if not found:
                raise socket.gaierror("no such name")
            return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, 1, 6, "", (ip, port)) for ip in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return teach


REFUSED = [
    "https://127.0.0.1/",
    "https://127.8.9.10:8443/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:a00:1::]/",
    "https://[2001:0:a00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[ff02::1]/",
    "https://[::]/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://127.0.0.01/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://hooks.localhost/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://db.home.arpa/",
    "https://intranet/",
    "https://ⓛocalhost/",
    "https://１２７.0.0.1/",
    "https://user:secret@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/#here",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:port/",
    "https://example..com/",
    "https://-example.com/",
    "https://exa mple.com/",
    "https:///hook",
    "https://[93.184.215.14]/",
    "https://::1/",
    "http://example.com/",
    "http://127.0.0.1:8000/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "ftp://example.com/",
    "//example.com/",
    "example.com",
    "",
    "https://example.com/\r\nX-Injected: 1",
    "https://example.com/" + "a" * 500,
]


@pytest.mark.parametrize("url", REFUSED)
def test_what_leads_inside_is_refused_by_its_form_or_its_ip(names: Any, url: str) -> None:
    names(example_com=[PUBLIC])

    with pytest.raises(addresses.AddressRefused):
        addresses.check(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?tenant=1",
        "https://example.com:8443/",
        "https://EXAMPLE.com./",
        "https://93.184.215.14/",
        "https://[2606:2800:220:1::1]:9000/x",
    ],
)
def test_what_is_public_is_taken(names: Any, url: str) -> None:
    names(example_com=[PUBLIC])

    assert addresses.check(url).is_tls


@pytest.mark.parametrize("found", [[PRIVATE], [PUBLIC, PRIVATE], [PUBLIC, "::1"], ["::ffff:127.0.0.1"], []])
def test_every_result_of_a_name_must_be_public(names: Any, found: list[str]) -> None:
    names(example_com=[found])

    with pytest.raises(addresses.AddressRefused):
        addresses.check("https://example.com/")


def test_it_is_refused_when_it_is_saved(stage: cast.Stage, names: Any) -> None:
    names(example_com=[PUBLIC], evil_example=[PRIVATE])
    api = Api(cast.moviepass(stage))
    made = api.post("/webhooks", {"url": "https://example.com/hook"})
    assert made.status_code == 201

    refused = api.post("/webhooks", {"url": "https://evil.example/"})
    changed = api.send("PATCH", f"/webhooks/{made.json()['id']}", {"url": "https://169.254.169.254/"})

    for answer in (refused, changed):
        assert (answer.status_code, answer.json()["code"]) == (422, "ADDRESS_REFUSED")
        assert answer.json()["errors"][0]["pointer"] == "/url"
    assert [row.url for row in Subscription.objects.all()] == ["https://example.com/hook"]


def test_a_name_that_turns_inwards_after_it_was_saved_reaches_nobody(names: Any) -> None:
    """DNS rebinding: public when it is checked, private when it is called."""
    asked = names(evil_example=[PUBLIC, "127.0.0.1"])
    assert addresses.check("https://evil.example/").host == "evil.example"

    answer = posting.Line("https://evil.example/").post(b"{}", {})

    assert (answer.status, answer.error) == (None, "This address is not public.")
    assert len(asked) == 2


def test_the_call_goes_to_the_ip_that_was_checked(names: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look-up for one connection, so there is nothing in between that could change."""
    called: list[Any] = []

    def connect(address: Any, *_args: Any, **_kwargs: Any) -> Any:
        called.append(address)
        raise ConnectionRefusedError("far away")

    asked = names(example_com=[PUBLIC, PRIVATE])
    monkeypatch.setattr(socket, "create_connection", connect)

    posting.Line("https://example.com/").post(b"{}", {})

    assert called == [(PUBLIC, 443)]
    assert asked == ["example.com"]


def test_this_machine_is_open_to_those_who_try_things_out_and_no_other(names: Any, settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    names(evil_example=[PRIVATE])

    for url in ("http://127.0.0.1:9000/", "http://localhost:9000/hook", "https://[::1]:9000/"):
        assert addresses.check(url).port == 9000
    for url in ("http://127.0.0.1:22/", "http://10.0.0.1/", "https://evil.example/", "https://169.254.169.254/"):
        with pytest.raises(addresses.AddressRefused):
            addresses.check(url)


def test_over_tls_the_certificate_must_be_the_names(names: Any, settings: Any, trusted: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    names(hooks_example_com=["127.0.0.1"], other_example_com=["127.0.0.1"])
    with trusted("hooks.example.com") as port:
        good = posting.Line(f"https://hooks.example.com:{port}/").post(b"{}", {})
        wrong = posting.Line(f"https://other.example.com:{port}/").post(b"{}", {})

    assert (good.status, good.text) == (200, "ok")
    assert wrong.status is None
    assert "CERTIFICATE_VERIFY_FAILED" in wrong.error


@pytest.mark.parametrize("pieces", [[b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 50, [b""] * 50, [b"H"] * 50])
def test_one_that_drips_has_its_seconds_in_all_and_not_for_each_byte(settings: Any, pieces: list[bytes]) -> None:
    settings.WEBHOOKS_TO_LOOPBACK, settings.WEBHOOK_TIMEOUT_SECONDS = True, 0.4
    with _raw(pieces, every=0.1) as port:
        began = time.monotonic()
        answer = posting.Line(f"http://127.0.0.1:{port}/").post(b"{}", {})

    assert answer.status is None
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
def test_what_is_no_answer_is_a_failure_with_words(settings: Any, said: bytes) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    with _raw([said], every=0) as port:
        answer = posting.Line(f"http://127.0.0.1:{port}/").post(b"{}", {})

    assert answer.status is None
    assert answer.error


@contextmanager
def _raw(pieces: list[bytes], *, every: float) -> Iterator[int]:
    """A socket that says these pieces to whoever calls, one after the other, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _peer = listener.accept()
        with line:
            line.recv(10_000)
            for piece in pieces:
                time.sleep(every)
                try:
                    line.sendall(piece)
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield listener.getsockname()[1]


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A TLS server on this machine whose certificate for one name is trusted here."""

    @contextmanager
    def serve(name: str) -> Iterator[int]:
        chain = _certificate(tmp_path, name)
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        posting.trust.cache_clear()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, tmp_path / "key.pem")
        listener = socket.create_server(("127.0.0.1", 0))

        def answer() -> None:
            for _call in range(2):
                raw, _peer = listener.accept()
                try:
                    with context.wrap_socket(raw, server_side=True) as line:
                        line.recv(10_000)
                        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                except OSError:  # the caller did not like our certificate
                    pass

        threading.Thread(target=answer, daemon=True).start()
        with listener:
            yield listener.getsockname()[1]

    yield serve
    posting.trust.cache_clear()


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(*kinds))
    (folder / "chain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "chain.pem"
