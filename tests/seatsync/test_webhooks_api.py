"""OP46 through the API: a channel's webhooks, their secrets, their log, replays; and whose they are."""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from seatsync import announcing, blocking, channels, delivering, signing
from seatsync.models import Delivery, Subscription
from showsewa.actors import SYSTEM
from showsewa.models import StoredAnswer
from tests import cast
from tests.conftest import Api
from tests.receiver import Receiver, receiving


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True


@pytest.fixture
def moviepass(stage: cast.Stage) -> Api:
    return Api(cast.moviepass(stage))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def subscribe(api: Api, receiver: Receiver, **headers: str) -> dict[str, Any]:
    answer = api.post("/webhooks", {"url": receiver.url, "topics": ["seat.changed"]}, **headers)
    assert answer.status_code == 201, answer.json()
    made: dict[str, Any] = answer.json()
    return made


def change(stage: cast.Stage, *seats: str) -> None:
    for seat in seats:
        blocking.block(showtime_id=stage.showtime.pk, seats=[seat], reason="x", actor=SYSTEM)
    announcing.number()
    delivering.deliver_due()


def by_hand(body: bytes, header: str, secret: str) -> bool:
    """As docs/api.md says, without any library."""
    at, *macs = [part.split("=", 1)[1] for part in header.split(",")]
    good = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return good in macs


def test_a_webhook_is_made_read_changed_and_deleted(moviepass: Api, receiver: Receiver) -> None:
    made = subscribe(moviepass, receiver)
    path = f"/webhooks/{made['id']}"
    assert (made["status"], made["topics"], made["isTest"], made["waiting"]) == ("live", ["seat.changed"], True, 0)

    assert moviepass.get("/webhooks").json()["items"] == [moviepass.get(path).json()]
    changed = moviepass.send("PATCH", path, {"topics": ["booking.confirmed"], "enabled": False}).json()
    assert (changed["topics"], changed["status"]) == (["booking.confirmed"], "disabled")
    assert moviepass.post(f"{path}/test").json()["code"] == "WEBHOOK_DISABLED"
    assert moviepass.send("PATCH", path, {"enabled": True}).json()["status"] == "live"
    assert moviepass.send("DELETE", path).json() == {"deleted": True}
    assert moviepass.get(path).status_code == 404


def test_its_secret_is_shown_once_and_stored_nowhere(moviepass: Api, receiver: Receiver) -> None:
    made = subscribe(moviepass, receiver, Idempotency_Key="make-1")
    again = subscribe(moviepass, receiver, Idempotency_Key="make-1")

    assert made == again
    assert Subscription.objects.count() == 1
    assert made["secret"].startswith("whsec_")
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    assert "secret" not in moviepass.get(f"/webhooks/{made['id']}").json()
    assert not [row for row in StoredAnswer.objects.all() if made["secret"].encode() in bytes(row.body or b"")]


def test_what_arrives_verifies_by_the_standard_library_and_by_hand(
    stage: cast.Stage, moviepass: Api, receiver: Receiver
) -> None:
    made = subscribe(moviepass, receiver)
    change(stage, "A1")
    [body], [headers] = receiver.bodies, receiver.headers

    told = Webhook(made["secret"]).verify(body, headers)

    assert told["data"]["version"] == 1
    assert headers["webhook-id"] == told["id"]
    assert by_hand(body, headers["ShowSewa-Signature"], made["secret"])
    assert not by_hand(body + b" ", headers["ShowSewa-Signature"], made["secret"])
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.secret(Subscription.objects.get().pk, 2)).verify(body, headers)


def test_while_a_secret_is_changed_both_sign(stage: cast.Stage, moviepass: Api, receiver: Receiver) -> None:
    old = subscribe(moviepass, receiver)
    new = moviepass.post(f"/webhooks/{old['id']}/rotate").json()
    change(stage, "A1")

    assert new["secret"] != old["secret"]
    for secret in (old["secret"], new["secret"]):
        Webhook(secret).verify(receiver.bodies[0], receiver.headers[0])
        assert by_hand(receiver.bodies[0], receiver.headers[0]["ShowSewa-Signature"], secret)

    Subscription.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
    change(stage, "A2")
    Webhook(new["secret"]).verify(receiver.bodies[1], receiver.headers[1])
    with pytest.raises(WebhookVerificationError):
        Webhook(old["secret"]).verify(receiver.bodies[1], receiver.headers[1])


def test_a_test_comes_whatever_the_types(moviepass: Api, receiver: Receiver) -> None:
    with receiving() as other:
        made, _second = subscribe(moviepass, receiver), subscribe(moviepass, other)
        assert moviepass.post(f"/webhooks/{made['id']}/test").status_code == 202
        announcing.number()
        delivering.deliver_due()

        assert [event["type"] for event in receiver.got] == ["webhook.test"]
        assert receiver.got[0]["data"]["webhookId"] == made["id"]
        assert other.got == []


def test_the_log_has_what_was_sent_and_what_was_answered(stage: cast.Stage, moviepass: Api, receiver: Receiver) -> None:
    made = subscribe(moviepass, receiver)
    change(stage, "A1", "A2", "A3")
    receiver.answer, receiver.text = 503, b"closed for cleaning"
    change(stage, "A4")
    path = f"/webhooks/{made['id']}/deliveries"

    page = moviepass.get(f"{path}?limit=2").json()
    rest = moviepass.get(f"{path}?limit=2&cursor={page['nextCursor']}").json()

    newest, third = page["items"]
    assert (newest["status"], newest["answerStatus"], newest["answerBody"]) == ("failed", 503, "closed for cleaning")
    assert (newest["error"], newest["attempts"]) == ("answered 503", 1)
    assert (third["status"], third["answerStatus"], third["tookMs"] >= 0) == ("delivered", 200, True)
    assert third["body"] == receiver.got[2]
    assert [one["body"]["data"]["version"] for one in page["items"] + rest["items"]] == [4, 3, 2, 1]
    assert rest["nextCursor"] is None


def test_one_delivery_is_replayed_with_the_same_bytes(stage: cast.Stage, moviepass: Api, receiver: Receiver) -> None:
    made = subscribe(moviepass, receiver)
    change(stage, "A1", "A2")
    log = moviepass.get(f"/webhooks/{made['id']}/deliveries").json()["items"]
    path = f"/webhooks/{made['id']}/deliveries/{log[1]['id']}/replay"

    first, same = moviepass.post(path), moviepass.post(path)
    delivering.deliver_due()

    assert (first.status_code, first.json()["isReplay"], first.json()["status"]) == (202, True, "waiting")
    assert same.json()["id"] == first.json()["id"]
    assert receiver.sequences == [log[1]["sequence"], log[0]["sequence"], log[1]["sequence"]]
    assert receiver.bodies[0] == receiver.bodies[2]
    assert Delivery.objects.count() == 3


def test_everything_since_a_sequence_is_replayed_in_order(
    stage: cast.Stage, moviepass: Api, receiver: Receiver
) -> None:
    made = subscribe(moviepass, receiver)
    change(stage, "A1", "A2", "A3")
    first = receiver.sequences[0]

    answer = moviepass.post(f"/webhooks/{made['id']}/replay", {"after": first}).json()
    delivering.deliver_due()

    assert answer == {"replayed": 2, "lastSequence": first + 2}
    assert receiver.sequences[3:] == [first + 1, first + 2]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/rotate"),
        ("POST", "/test"),
        ("POST", "/replay"),
        ("GET", "/deliveries"),
        ("POST", "/deliveries/{delivery}/replay"),
    ],
)
def test_anothers_webhook_is_not_there(
    stage: cast.Stage, moviepass: Api, receiver: Receiver, method: str, path: str
) -> None:
    made = subscribe(moviepass, receiver)
    change(stage, "A1")
    path = f"/webhooks/{made['id']}{path.format(delivery=Delivery.objects.get().pk)}"
    body = {"after": 0} if path.endswith(f"{made['id']}/replay") else None
    rival, rivals_token = cast.make_channel(
        "Seatgo", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,)
    )
    channel = Subscription.objects.get().channel
    _key, live_token = channels.issue_key(channel, scopes=["webhooks:manage"], is_test=False, now=timezone.now())

    for token in (rivals_token, live_token):
        assert Api(token).send(method, path, body).status_code == 404, rival
    assert moviepass.send(method, path, body).status_code in (200, 202)


def test_it_takes_the_scope(stage: cast.Stage) -> None:
    _channel, token = cast.make_channel(
        "Till", kind="THEATRE", sources=["WALK_IN"], cinemas=(stage.cinema,), scopes=["inventory:read"]
    )

    for path in ("/webhooks", "/webhook-events"):
        assert Api(token).get(path).status_code == 403
        assert Api().get(path).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": 7},
        {"url": "http://127.0.0.1:9/", "topics": ["seat.sold"]},
        {"url": "http://127.0.0.1:9/", "topics": "seat.changed"},
    ],
)
def test_what_is_no_webhook_is_refused(moviepass: Api, body: Any) -> None:
    assert moviepass.post("/webhooks", body).status_code == 422
    assert not Subscription.objects.exists()


def test_a_channel_has_ten_at_most(moviepass: Api, receiver: Receiver) -> None:
    for _number in range(10):
        subscribe(moviepass, receiver)

    assert moviepass.post("/webhooks", {"url": receiver.url}).json()["code"] == "TOO_MANY_WEBHOOKS"


@pytest.mark.parametrize("language", ["python", "js"])
def test_the_guide_verifies_what_we_send(
    stage: cast.Stage, moviepass: Api, receiver: Receiver, tmp_path: Path, language: str
) -> None:
    """The code of docs/api.md itself, on a real message and on one with a changed byte."""
    made = subscribe(moviepass, receiver)
    change(stage, "A1")
    guide = (site.BASE_DIR / "docs" / "api.md").read_text().split("### Verifying", 1)[1]
    code = guide.split(f"```{language}\n", 1)[1].split("```", 1)[0]
    given = [receiver.bodies[0].decode(), receiver.headers[0]["ShowSewa-Signature"], made["secret"]]

    if language == "python":
        space: dict[str, Any] = {}
        exec(code, space)
        good, bad = (space["is_genuine"](body.encode(), *given[1:]) for body in (given[0], given[0] + " "))
    else:
        node = shutil.which("node")
        if node is None:
            pytest.skip("no node here")
        (tmp_path / "verify.js").write_text(
            code + f"const [body, header, secret] = {json.dumps(given)};\n"
            "console.log(JSON.stringify([body, body + ' '].map((b) => isGenuine(Buffer.from(b), header, secret))));\n"
        )
        said = subprocess.run([node, str(tmp_path / "verify.js")], check=True, capture_output=True, text=True)
        good, bad = json.loads(said.stdout)

    assert (good, bad) == (True, False)
