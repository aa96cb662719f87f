"""Searching a million showtimes: what a search of twenty hits costs the database, by p50 and p95."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks import catalogue
from benchmarks.catalogue import GENRES, METROPOLIS, Country
from benchmarks.paths import Row
from venues import search, suggestions

ROUNDS, HITS, REACH = 150, 20, 10_000

Ask = Callable[[random.Random], search.Asked]


def measure() -> Iterator[Row]:
    country = catalogue.country()
    cities = country.cities
    crowded: dict[str, Ask] = {
        "one word": lambda chance: _asked(chance, METROPOLIS, _word(chance, country)),
        "no word": lambda chance: _asked(chance, METROPOLIS),
        "two words": lambda chance: _asked(chance, METROPOLIS, f"{_word(chance, country)} {_word(chance, country)}"),
        "a genre": lambda chance: _asked(chance, METROPOLIS, genre=chance.choice(GENRES)),
        "its name": lambda chance: _asked(chance, METROPOLIS, "metropolis"),
        "a misspelt word": lambda chance: _asked(chance, METROPOLIS, _misspelt(chance, country)),
    }
    even = _row(
        "search, 33 cinemas around", lambda chance: _asked(chance, chance.choice(cities), _word(chance, country))
    )
    yield Row(*even, None, "p95 20 ms", "")
    for name, ask in crowded.items():
        yield Row(*_row(f"search, 400 cinemas within 10 km, {name}", ask), None, "p95 150 ms", "")
    yield _suggesting(country)


def _row(name: str, ask: Ask) -> tuple[str, str]:
    chance, now = random.Random(5), timezone.now()
    terms = [ask(chance) for _n in range(ROUNDS)]
    search.shows(terms[0], now=now, limit=HITS)
    return name, _told([_best(lambda asked=asked: search.shows(asked, now=now, limit=HITS)) for asked in terms])


def _suggesting(country: Country) -> Row:
    chance, now = random.Random(5), timezone.now()
    texts = [_word(chance, country)[: chance.randint(2, 6)] for _n in range(ROUNDS)]
    spent = [_best(lambda text=text: suggestions.of(text, city="Metropolis", cities=[], now=now)) for text in texts]
    return Row("suggestions for 2 to 6 letters", _told(spent), None, "", "p95 20 ms")


def _best(work: Callable[[], Any]) -> tuple[float, float]:
    """The quickest of three tries: seconds the site waits for the database's answers, and those of the processor.

    Others use this machine too; what one try waits for them is nothing the search can help.
    """
    waited, used = [], []
    for _try in range(3):
        with _clock() as clock:
            work()
        waited.append(clock["waited"])
        used.append(clock["used"])
    return min(waited), min(used)


@contextmanager
def _clock() -> Iterator[dict[str, float]]:
    clock = {"waited": 0.0, "used": 0.0}

    def wait(execute: Any, *given: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*given)
        finally:
            clock["waited"] += time.perf_counter() - began

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    before = _on_processor(backend)
    with connection.execute_wrapper(wait):
        yield clock
    clock["used"] = _on_processor(backend) - before


def _on_processor(backend: Path) -> float:
    """Zero where the database is on another machine."""
    return int(backend.read_text().split()[0]) / 1e9 if backend.exists() else 0.0


def _asked(chance: random.Random, middle: tuple[float, float], query: str = "", *, genre: str = "") -> search.Asked:
    """Within 10 km of somewhere near the middle, for one to seven days of the coming week."""
    first = timezone.localdate() + timedelta(days=chance.randint(1, 6))
    return search.Asked(
        point=(middle[0] + chance.uniform(-0.01, 0.01), middle[1] + chance.uniform(-0.01, 0.01)),
        metres=REACH,
        query=query,
        first=first,
        last=first + timedelta(days=chance.randint(0, 6)),
        genre=genre,
    )


def _word(chance: random.Random, country: Country) -> str:
    """Mostly of a title, sometimes somebody's name or a genre."""
    among = chance.choices((country.words, country.people, GENRES), weights=(60, 25, 15))[0]
    return chance.choice(among).lower()


def _misspelt(chance: random.Random, country: Country) -> str:
    word = chance.choice(country.words)
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + "x" + word[at + 1 :]


def _told(spent: list[tuple[float, float]]) -> str:
    waited, used = (quantiles([seconds * 1000 for seconds in column], n=20) for column in zip(*spent, strict=True))
    return f"p50 {waited[9]:.1f} ms, p95 {waited[18]:.1f} ms (on its processor {used[9]:.1f} and {used[18]:.1f} ms)"
