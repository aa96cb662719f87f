"""The example halls of this folder, and what the tests of every format ask of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from venues import formats
from venues.layout import Layout, LayoutInvalid, Place

HALLS = Path(__file__).parent / "halls"
FILES = {"seed": "seed.json", "vista": "vista.json", "pretix": "pretix.json", "text": "plan.txt"}


def raw(fmt: str) -> str:
    return (HALLS / FILES[fmt]).read_text()


def by_label(hall: Layout) -> dict[str, Place]:
    return {place.seat.label: place for place in hall.seats()}


def faults_of(plan: str | bytes, fmt: str | None = None) -> list[tuple[str, str]]:
    with pytest.raises(LayoutInvalid) as refused:
        formats.load(plan, fmt)
    return [(error["pointer"], error["code"]) for error in refused.value.facts["errors"]]


def changed(fmt: str, path: tuple[str | int, ...], value: Any) -> Any:
    data = part = json.loads(raw(fmt))
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return data
