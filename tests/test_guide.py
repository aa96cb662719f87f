"""The guide's programs run as they stand there, but for host and key."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from bookings.models import Booking
from tests import cast

GUIDE = Path(settings.BASE_DIR) / "docs" / "api.md"


def programs(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)


@pytest.fixture
def quick_start(race_stage: cast.Stage, live_server: LiveServer, tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    cast.bring_to_today(race_stage.showtime)
    yield live_server.url, cast.moviepass(race_stage), tmp_path


def run(command: str, program: str, given: tuple[str, str, Path]) -> str:
    url, token, folder = given
    program = program.replace("http://127.0.0.1:8000", url)
    program = re.sub(r"ssk_test_\w+", token, program)
    file = folder / "program"
    file.write_text(program)
    quiet = {"PATH": os.environ["PATH"], "NODE_NO_WARNINGS": "1"}
    done = subprocess.run([command, str(file)], capture_output=True, text=True, timeout=30, env=quiet)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_quick_start_in_python_sells_two_seats(quick_start: tuple[str, str, Path]) -> None:
    assert run(sys.executable, programs("python")[0], quick_start) == "2 seats updated.\n"
    assert Booking.objects.get(external_reference="MP-1001").seat_labels == ["A1", "A2"]


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not here")
def test_the_quick_start_in_javascript_sells_two_seats(quick_start: tuple[str, str, Path]) -> None:
    assert run("node", programs("javascript")[0], quick_start) == "2 seats updated.\n"
    assert Booking.objects.get(external_reference="MP-1002").seat_labels == ["A1", "A2"]
