"""What must hold while everybody buys at once and nothing else goes wrong (RELIABILITY R01, R03, R04)."""

import json
import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.ledger import Ledger, quiet, unmailed
from tests.faults.sale import Sale
from tests.faults.shoppers import Acks, Caller, Tally, at_once
from tests.faults.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
SECONDS = float(os.environ.get("FAULT_SECONDS", "10"))
CROWD = 500


def test_of_500_at_once_for_one_seat_one_gets_it(site: Site) -> None:
    [showtime] = site.put_on_sale(shows=1, rows=1, per_row=5)
    tally, codes = Tally(), Counter[str]()

    def knock(number: int, barrier: threading.Barrier) -> None:
        caller = Caller(site.port, tally, threading.Event())
        body = {"showtimeId": showtime, "seatIds": ["A1"], "sessionToken": f"crowd-{number}"}
        caller.connect()
        barrier.wait()
        status, headers, told = caller.send("POST", "/api/v1/bookings/hold", body, {})
        codes[f"{status} {json.loads(told).get('code', '')}"] += 1
        if status in (429, 503):
            assert headers["Retry-After"]
        caller.close()

    began = time.monotonic()
    at_once(CROWD, knock)

    print(f"{CROWD} answered in {time.monotonic() - began:.2f} s: {dict(codes)}")
    assert tally.answers[201] == 1
    assert sum(tally.answers.values()) == CROWD, "everybody got an answer"
    assert set(tally.answers) <= {201, 409, 429, 503} and tally.faults == []
    held = site.sql(
        "SELECT label, status FROM seatsync_showseat WHERE showtime_id = %s AND status <> 'AVAILABLE'", showtime
    )
    assert held == [("A1", "HELD")]


@pytest.mark.long
def test_all_channels_at_once_leave_nothing_wrong(site: Site, acks: Acks, open_sale: Callable[..., Sale]) -> None:
    with open_sale(shows=2, rows=8, per_row=12) as sale:
        time.sleep(SECONDS)

    waited = quiet(site)
    told = Counter(ack["kind"] for ack in acks.read())
    print(f"{SECONDS:.0f} s: {dict(told)}, answers {dict(sale.tally.answers)}, slowest {sale.tally.slowest:.2f} s")
    assert sale.tally.faults == [] and sale.tally.broken == 0
    assert {"held", "opened", "paid", "charged", "cancelled", "reported", "freed", "counter", "blocked"} <= set(told)
    assert sale.tally.answers[409] and sale.tally.answers[207], (
        "they never got into each other's way: this proves nothing"
    )
    assert Ledger(site, acks).differences() == []
    missing, longest = unmailed(site)
    print(f"quiet after {waited:.1f} s, longest from sale to mail {longest:.1f} s")
    assert missing == [] and longest < 120
    assert site.audit() == ""


def test_the_ledger_notices_what_is_lost(site: Site, acks: Acks) -> None:
    """The control: acknowledgements of what never was."""
    first = {ack["kind"]: ack for ack in reversed(acks.read())}
    forged = Acks(site.folder / "forged.jsonl")
    nobody, nothing = str(uuid.uuid4()), "never-sold"
    for kind in ("held", "opened", "paid", "charged", "cancelled", "counter"):
        forged.note(**first[kind] | {"id": nobody})
    forged.note(**first["reported"] | {"reference": nothing, "results": [{"seatNumber": "A1", "outcome": "applied"}]})
    forged.note(**first["blocked"] | {"version": 10**6})
    forged.note(**first["opened"] | {"amount": 1})
    forged.note(**first["paid"] | {"reference": nothing})
    forged.note(**first["counter"] | {"seats": ["A99"]})

    found = Ledger(site, forged).differences()

    assert len({told.rpartition("}: ")[0] for told in found}) == 11, found
