"""One site for all fault tests, its ack log, and the seed that makes a run again: FAULT_SEED=... from its output."""

import os
import random
from collections.abc import Callable, Iterator

import pytest

from tests.faults.sale import Sale
from tests.faults.shoppers import Acks, Hall
from tests.faults.site import Site


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Its folder stays after the run, for whoever has to find out what went wrong."""
    made = Site()
    try:
        print(f"up in {made.start():.0f} s, {made.folder}")
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def acks(site: Site) -> Acks:
    return Acks(site.folder / "acks.jsonl")


@pytest.fixture
def seed() -> int:
    number = int(os.environ.get("FAULT_SEED") or random.randrange(10**6))
    print(f"FAULT_SEED={number}")
    return number


@pytest.fixture
def open_sale(site: Site, acks: Acks, seed: int) -> Callable[..., Sale]:
    """Put showtimes on sale; returns the sale of them, not begun yet."""

    def make(*, shows: int, rows: int = 15, per_row: int = 20) -> Sale:
        hall = Hall(site.put_on_sale(shows=shows, rows=rows, per_row=per_row), rows, per_row)
        return Sale(site, hall, acks, seed=seed)

    return make
