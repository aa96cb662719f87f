"""docs/mission.md cannot rot: it has every row of the seeds once, and every test it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "mission.md").read_text()
ROWS = re.findall(r"^\| (\d-\d+) \| (.+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


@cache
def names_in(file: str) -> set[str]:
    """What pytest would collect: functions of a module, or of a class in it, that begin with test_."""
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_row_of_the_seeds_is_there_once_in_its_order() -> None:
    said = re.search(r"^Rows: (.+)\.$", PAGE, re.MULTILINE)
    assert said is not None
    ranges = [re.fullmatch(r"(\d)-1 to \1-(\d+)", part) for part in said[1].split(", ")]
    wanted = [f"{part[1]}-{number}" for part in ranges if part for number in range(1, int(part[2]) + 1)]

    assert len(wanted) == 168
    assert [row for row, _said, _shown in ROWS] == wanted


@pytest.mark.parametrize(("row", "shown"), [(row, shown) for row, _said, shown in ROWS], ids=[row[0] for row in ROWS])
def test_a_row_names_tests_that_exist(row: str, shown: str) -> None:
    for name in shown.split("<br>"):
        if re.fullmatch(r"\(pending: .+\)", name):
            continue
        found = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", name)
        assert found is not None, f"{row}: {name}"
        assert found[2] in names_in(found[1]), f"{row}: {name}"


def test_every_test_the_page_names_exists() -> None:
    """Also those of its other tables."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)

    assert len(named) > 168
    assert [f"{file}::{name}" for file, name in named if name not in names_in(file)] == []
