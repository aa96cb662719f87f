"""localstripe: a stand-in for Stripe in a process of its own (GPL-3, so it is started, never imported).

It keeps intents, charges, refunds and events, signs webhooks and brings a stand-in for Stripe's browser script. It
knows no idempotency keys, and that script hands no card to an intent: `give_card` does so in its place.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import stripe

SECRET_KEY, PUBLISHABLE_KEY = "sk_test_of_nobody_at_all", "pk_test_of_nobody_at_all"
WEBHOOK_SECRET, OLD_WEBHOOK_SECRET = "whsec_for_tests_only", "whsec_for_tests_only_and_old"
GOOD, DECLINED, ASKS_ITS_HOLDER, REFUSED_AFTER_ALL = (
    "4242424242424242",
    "4000000000000341",
    "4000002500003155",
    "4000008400001629",
)
_STORE = Path("/tmp/localstripe.pickle")  # its own choice; written by every change, read by none of ours


@dataclass
class StandIn:
    """Stripe, as somebody on its side of the network sees it."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def js_url(self) -> str:
        return f"{self.url}/js.stripe.com/v3/"

    def call(self, method: str, path: str, *, may_refuse: bool = False, **fields: Any) -> dict[str, Any]:
        answer = requests.request(
            method, f"{self.url}/v1/{path}", json=fields or None, auth=(SECRET_KEY, ""), timeout=10
        )
        assert answer.ok or may_refuse, answer.text
        return answer.json()

    def give_card(self, intent: str, number: str) -> None:
        """What the browser sends when the buyer has typed a card, up to the question of the card's bank."""
        card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        method = self.call("POST", "payment_methods", type="card", card=card)
        self.call("POST", f"payment_intents/{intent}", payment_method=method["id"])
        self.call("POST", f"payment_intents/{intent}/confirm", may_refuse=True)

    def pay(self, intent: str, number: str = GOOD) -> dict[str, Any]:
        self.give_card(intent, number)
        return self.intent(intent)

    def intent(self, intent: str) -> dict[str, Any]:
        return self.call("GET", f"payment_intents/{intent}")

    def refunds(self, intent: str) -> list[dict[str, Any]]:
        return list(self.call("GET", f"refunds?payment_intent={intent}&limit=100")["data"])

    def events(self, intent: str) -> list[dict[str, Any]]:
        """Oldest first."""
        listed = self.call("GET", "events?limit=100")["data"]
        return [event for event in listed if event["data"]["object"].get("id") == intent]

    def send_webhooks_to(self, url: str, secret: str = WEBHOOK_SECRET) -> None:
        """By its own signature, a second after each event; once only, and never again."""
        hook = {"url": url, "secret": secret}
        assert requests.post(f"{self.url}/_config/webhooks/site", json=hook, timeout=10).ok


def settings_for(made: StandIn | None, *, old_secret: str = "") -> dict[str, Any]:
    """Stripe, as the site is told of it; the only way to pay. None: nobody answers there."""
    keys = {"merchant": PUBLISHABLE_KEY, "secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET}
    urls = {"stripe": made.url, "stripe_js": made.js_url} if made else {"stripe": "http://127.0.0.1:9", "stripe_js": ""}
    return {
        "GATEWAYS": ["stripe"],
        "GATEWAY_KEYS": {"stripe": keys | {"webhook_secret_old": old_secret}},
        "GATEWAY_URLS": urls,
    }


def sign(body: bytes, *, secret: str = WEBHOOK_SECRET, age: int = 0) -> str:
    """The header of a message. age: how many seconds ago it was sent."""
    at = int(time.time()) - age
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)


def watch_keys(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """From now on: the path and idempotency key of everything we ask Stripe to change."""
    seen: list[tuple[str, str]] = []
    ask = requests.Session.request

    def watched(self: requests.Session, method: str, url: str, **given: Any) -> requests.Response:
        if method.upper() == "POST":
            seen.append((urlsplit(url).path, given["headers"]["Idempotency-Key"]))
        return ask(self, method, url, **given)

    monkeypatch.setattr(requests.Session, "request", watched)
    return seen


def lose_answers(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """From the first time anything is posted there, everything is done and nothing is heard."""
    ask, lost = requests.Session.request, []

    def losing(self: requests.Session, method: str, url: str, **given: Any) -> requests.Response:
        answer = ask(self, method, url, **given)
        if lost or (method.upper() == "POST" and urlsplit(url).path == path):
            lost.append(url)
            raise requests.ConnectionError("the answer was lost")
        return answer

    monkeypatch.setattr(requests.Session, "request", losing)


def message(event: dict[str, Any], *, secret: str = WEBHOOK_SECRET, age: int = 0) -> tuple[bytes, dict[str, str]]:
    """An event as Stripe would post it: its body and the header with its signature."""
    body = json.dumps(event, indent=2).encode()
    return body, {"Stripe_Signature": sign(body, secret=secret, age=age)}


@contextmanager
def running(folder: Path) -> Iterator[StandIn]:
    """Its output goes to a file in the folder."""
    command = shutil.which("localstripe", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("localstripe is not installed (requirements-dev.txt)")
    if not _drop_store():
        pytest.skip(f"{_STORE} belongs to another user, and localstripe must write it")
    try:
        port = _free_port()
    except OSError:
        pytest.skip("this machine has no IPv6, where localstripe listens")
    with (folder / "localstripe.log").open("wb") as log:
        process = subprocess.Popen(
            [command, "--from-scratch", "--port", str(port)], stdout=log, stderr=subprocess.STDOUT, cwd=folder
        )
        try:
            made = StandIn(f"http://127.0.0.1:{port}", process)
            _wait_for(made)
            yield made
        finally:
            process.terminate()
            process.wait(10)
            _drop_store()


def _drop_store() -> bool:
    try:
        _STORE.unlink(missing_ok=True)
    except PermissionError:
        return False
    return True


def _wait_for(made: StandIn) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            requests.get(made.js_url, timeout=5).raise_for_status()
        except requests.RequestException:
            assert made.process.poll() is None and time.monotonic() < deadline, "localstripe did not start"
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
        return int(listener.getsockname()[1])
