"""A sale going on in the background: visitors, a till, two platforms, a clerk and a keeper, each in a thread."""

import random
import threading
import time
from types import TracebackType

from tests.faults.shoppers import Acks, Caller, Clerk, Hall, Keeper, Reporter, Shopper, Tally, Visitor, sign_in
from tests.faults.site import Site

VISITORS = 5


class Sale:
    """`with Sale(...)`: it goes on until the block ends; whoever waits for an answer then gets none."""

    def __init__(self, site: Site, hall: Hall, acks: Acks, *, seed: int) -> None:
        self.tally = Tally()
        self.acks = acks
        self.began = time.time()
        self._over = threading.Event()
        self._shoppers = list(self._make(site, hall, random.Random(seed)))
        self._threads = [threading.Thread(target=shopper.run, daemon=True) for shopper in self._shoppers]

    def _make(self, site: Site, hall: Hall, dice: random.Random) -> list[Shopper]:
        channels = site.facts["channels"]

        def caller(channel: str = "") -> Caller:
            headers = {"Authorization": f"Bearer {channels[channel]['token']}"} if channel else {}
            return Caller(site.port, self.tally, self._over, **headers)

        def fate() -> random.Random:
            return random.Random(dice.random())

        clerk = caller()
        sign_in(clerk, site.facts["accounts"]["counter"])
        return [
            *(Visitor(caller(), hall, self.acks, fate()) for _number in range(VISITORS)),
            Reporter(caller("theatre"), hall, self.acks, fate(), "WALK_IN"),
            Reporter(caller("platform"), hall, self.acks, fate(), "OTHER_PLATFORM"),
            Reporter(caller("rival"), hall, self.acks, fate(), "OTHER_PLATFORM"),
            Keeper(caller("theatre"), hall, self.acks, fate()),
            Clerk(clerk, hall, self.acks, fate()),
        ]

    def sold(self, since: float = 0.0) -> int:
        """How many sales have been acknowledged, on all channels, since then (by time.time)."""
        return self.acks.count("paid", "charged", "reported", "counter", since=max(since, self.began))

    def __enter__(self) -> "Sale":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)
        if error is None:
            for shopper in self._shoppers:
                if shopper.failure is not None:
                    raise shopper.failure
