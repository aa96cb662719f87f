"""People and machines that buy over HTTP as good integrators do: every POST has an Idempotency-Key, and what got no
certain answer is sent again under the same key. What was acknowledged goes, fsynced, into the ack log.
"""

import http.client
import json
import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.stage import row_label

TIMEOUT = 20.0  # seconds; no request may hang longer (RELIABILITY R17)
WATCHER = "watch"  # the sessionToken of who only looks whether the site sells, again and again
PATIENCE = 75.0  # seconds a request is repeated: longer than a key whose first request died stays in flight


class Acks:
    """The ack log: what the site said yes to, on disk before anybody goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")
        self._turn = threading.Lock()

    def note(self, kind: str, **facts: Any) -> None:
        with self._turn:
            self._file.write(json.dumps({"kind": kind, "at": time.time()} | facts) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def count(self, *kinds: str, since: float = 0.0) -> int:
        return sum(ack["kind"] in kinds and ack["at"] >= since for ack in self.read())


@dataclass
class Tally:
    """What all callers of a run saw. faults: answers that no client should ever get."""

    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def note(self, status: int, headers: http.client.HTTPMessage, what: str, seconds: float) -> None:
        self.answers[status] += 1
        self.slowest = max(self.slowest, seconds)
        if status >= 500 and not (status == 503 and "Retry-After" in headers):
            self.faults.append(what)


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]


class Caller:
    """A keep-alive connection. `call` returns the final answer; None when there was none before the sale was over."""

    def __init__(self, port: int, tally: Tally, over: threading.Event, **headers: str) -> None:
        self.port, self.tally, self.over, self.headers = port, tally, over, headers
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)

    def call(self, method: str, path: str, body: object = None, key: str = "") -> Answer | None:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex} if method != "GET" else {}
        until = time.monotonic() + PATIENCE
        while True:
            try:
                status, found, told = self.send(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                self.tally.broken += 1
                self._connection.close()
                pause = 0.2
            else:
                answer = Answer(status, json.loads(told) if told.startswith(b"{") else {})
                if status not in (429, 503) and answer.body.get("code") != "IDEMPOTENCY_IN_FLIGHT":
                    return answer
                pause = min(float(found.get("Retry-After", "1")), 1.0)
            if self.over.wait(pause) or time.monotonic() > until:
                return None

    def connect(self) -> None:
        self._connection.connect()

    def send(
        self, method: str, path: str, body: object, headers: Mapping[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        began = time.monotonic()
        data = json.dumps(body).encode() if body is not None else b""
        given = {"Content-Type": "application/json"} | self.headers | dict(headers)
        self._connection.request(method, path, data, given)
        answer = self._connection.getresponse()
        told = answer.read()
        what = f"{method} {path} {answer.status} {told[:300]!r}"
        self.tally.note(answer.status, answer.headers, what, time.monotonic() - began)
        return answer.status, answer.headers, told

    def close(self) -> None:
        self._connection.close()


@dataclass
class Hall:
    """Where a sale goes on."""

    showtimes: Sequence[str]
    rows: int = 15
    per_row: int = 20

    def choose(self, dice: random.Random, most: int) -> tuple[str, list[str]]:
        """A showtime, and some seats side by side."""
        count = dice.randint(1, most)
        row, first = row_label(dice.randrange(self.rows)), dice.randint(1, self.per_row - count + 1)
        return dice.choice(self.showtimes), [f"{row}{number}" for number in range(first, first + count)]


class Shopper:
    """Deals again and again until the sale is over, with a rest in between."""

    rest = (0.02, 0.2)  # seconds, from and to

    def __init__(self, caller: Caller, hall: Hall, acks: Acks, dice: random.Random) -> None:
        self.caller, self.hall, self.acks, self.dice = caller, hall, acks, dice
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.caller.over.is_set():
                self.deal()
                self.caller.over.wait(self.dice.uniform(*self.rest))
        except BaseException as error:  # shown by the test: a thread's own traceback is lost
            self.failure = error
        finally:
            self.caller.close()

    def deal(self) -> None:
        raise NotImplementedError

    def post(self, path: str, body: Mapping[str, Any]) -> Answer | None:
        return self.caller.call("POST", f"/api/v1{path}", body)


class Visitor(Shopper):
    """Buys on the website's API: some pay at once, some on the gateway's page, some twice, some never."""

    def deal(self) -> None:
        token = uuid.uuid4().hex
        showtime, seats = self.hall.choose(self.dice, 3)
        held = self.post("/bookings/hold", {"showtimeId": showtime, "seatIds": seats, "sessionToken": token})
        if held is None or held.status != 201:
            return
        hold = held.body["holdId"]
        self.acks.note("held", id=hold, showtime=showtime, seats=seats, token=token)
        if self.dice.random() < 0.1:  # walks away
            return
        if self.dice.random() < 0.2:
            self.post("/pricing/calculate", {"holdId": hold, "promoCode": "SAVE20", "sessionToken": token})
        self._confirm(hold, seats, token)

    def _confirm(self, hold: str, seats: list[str], token: str) -> None:
        email = f"v-{token[:16]}@faults.example"
        details = {"email": email, "name": "Asha Gurung"}
        opened = self.post(
            "/bookings/confirm",
            {"holdId": hold, "sessionToken": token, "userDetails": details, "paymentMethod": "CARD"},
        )
        if opened is None or opened.status not in (200, 201):
            return
        facts = opened.body
        self.acks.note(
            "opened",
            id=hold,
            reference=facts["bookingReference"],
            amount=facts["amount"],
            intent=facts["paymentIntentId"],
            email=email,
        )
        if self._pay(hold, facts, seats) and self.dice.random() < 0.15:
            self._cancel(hold, token)

    def _pay(self, hold: str, facts: Mapping[str, Any], seats: list[str]) -> bool:
        """Whether the booking was confirmed to us on the spot."""
        way = self.dice.random()
        if way < 0.2:
            self._pay_at_page(hold, facts["paymentUrl"].rpartition("/")[2], "twice" if way < 0.05 else "success")
            return False
        if way < 0.3:  # declined first
            self._charge(hold, facts, "tok_declined")
        elif way < 0.35:  # never pays
            return False
        paid = self._charge(hold, facts, "tok_ok")
        if paid is None or paid.status != 200:
            return False
        self.acks.note("paid", id=hold, reference=paid.body["bookingReference"], seats=seats)
        return True

    def _charge(self, hold: str, facts: Mapping[str, Any], token: str) -> Answer | None:
        method = {"type": "card", "token": token}
        body = {"bookingId": hold, "paymentIntentId": facts["paymentIntentId"], "paymentMethod": method}
        return self.post("/payments/process", body)

    def _pay_at_page(self, hold: str, session: str, result: str) -> None:
        body = {"result": result, "delaySeconds": self.dice.choice([0, 0, 2])}
        done = self.post(f"/payments/simulate/{session}", body)
        if done is not None and done.status == 200:
            self.acks.note("charged", id=hold, session=session, times=2 if result == "twice" else 1)

    def _cancel(self, hold: str, token: str) -> None:
        self.acks.note("cancelling", id=hold)
        done = self.post(f"/bookings/{hold}/cancel", {"reason": "changed my mind", "sessionToken": token})
        if done is not None and done.status == 200:
            self.acks.note("cancelled", id=hold, refund=done.body["refund"]["amount"])


class Reporter(Shopper):
    """A theatre's till or a platform: tells what it has sold, and now and then takes a sale back."""

    rest = (0.2, 0.8)

    def __init__(self, caller: Caller, hall: Hall, acks: Acks, dice: random.Random, source: str) -> None:
        super().__init__(caller, hall, acks, dice)
        self.source = source

    def deal(self) -> None:
        showtime, seats = self.hall.choose(self.dice, 3)
        reference = f"{self.source[:3]}-{uuid.uuid4().hex[:12]}"
        sold = self._report(showtime, seats, "BOOKED", reference)
        if sold is None:
            return
        self.acks.note("reported", showtime=showtime, reference=reference, results=sold)
        if self.dice.random() < 0.25:
            own = [result["seatNumber"] for result in sold if result["outcome"].startswith("applied")]
            self.acks.note("freeing", showtime=showtime, reference=reference)
            freed = self._report(showtime, own, "AVAILABLE", reference) if own else None
            if freed is not None:
                self.acks.note("freed", showtime=showtime, reference=reference, results=freed)

    def _report(self, showtime: str, seats: list[str], status: str, reference: str) -> list[dict[str, Any]] | None:
        lines = [
            {"seatNumber": seat, "status": status, "bookingSource": self.source, "bookingReference": reference}
            for seat in seats
        ]
        done = self.post("/seat-sync/bulk-update", {"showtimeId": showtime, "seatUpdates": lines})
        return done.body["data"]["results"] if done is not None and done.status in (200, 207) else None


class Keeper(Shopper):
    """The theatre keeps a seat back for a moment."""

    rest = (0.5, 1.0)

    def deal(self) -> None:
        showtime, seats = self.hall.choose(self.dice, 1)
        for verb in ("block", "unblock"):
            body = {"showtimeId": showtime, "seatIds": seats, "reason": "maintenance"}
            done = self.post(f"/seat-sync/{verb}", body)
            if done is None or done.status != 200:
                return
            version = done.body["data"]["showtimes"][0]["version"]
            self.acks.note(f"{verb}ed", showtime=showtime, seats=seats, version=version)


class Clerk(Shopper):
    """Sells at the counter page, signed in by cookie."""

    def deal(self) -> None:
        showtime, seats = self.hall.choose(self.dice, 2)
        phone = f"98{self.dice.randrange(10**12):012d}"
        body = {"showtimeId": showtime, "seats": seats, "tender": "CASH", "phone": phone}
        sold = self.caller.call("POST", "/counter/sell", body)
        if sold is not None and sold.status == 201:
            facts = sold.body
            self.acks.note(
                "counter",
                id=facts["bookingId"],
                reference=facts["bookingReference"],
                seats=facts["seats"],
                total=facts["total"],
                phone=phone,
            )


def sign_in(caller: Caller, account: Mapping[str, str]) -> None:
    """Take a clerk's cookies, and the CSRF token that goes with them."""
    _status, found, _page = caller.send("GET", "/login/", None, {})
    token = _cookies(found)["csrftoken"]
    form = f"csrfmiddlewaretoken={token}&username={account['email']}&password={account['password']}"
    connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=TIMEOUT)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}"}
    connection.request("POST", "/login/", form, headers)
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()[:500]
    jar = {"csrftoken": token} | _cookies(answer.headers)
    connection.close()
    caller.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
    caller.headers["X-CSRFToken"] = jar["csrftoken"]


def _cookies(headers: http.client.HTTPMessage) -> dict[str, str]:
    pairs = [line.partition(";")[0].partition("=") for line in headers.get_all("Set-Cookie", [])]
    return {name: value for name, _sign, value in pairs}


def at_once(count: int, work: Callable[[int, threading.Barrier], None]) -> None:
    """Run `work` in that many threads; it waits at the barrier when it is ready to go."""
    barrier = threading.Barrier(count)
    threads = [threading.Thread(target=work, args=(number, barrier)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
