"""What docs/api.md gives to copy, run as an integrator would. The walks themselves stand in tests/walks."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from showsewa import signatures


def snippet(language: str) -> str:
    """The verification in docs/api.md, as an integrator would copy it."""
    guide = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    return guide.split("### Verifying")[1].split(f"```{language}\n")[1].split("```")[0]


SECRET = "a-secret-shared-by-two-parties-only"
CASES = [
    (b'{"a": 1}', 0, SECRET, True),
    (b'{"a": 1}', 280, SECRET, True),
    (b'{"a": 1}', 302, SECRET, False),
    (b'{"a": 1}', 0, "another secret", False),
    (b'{"a": 2}', 0, SECRET, False),
]


def signed(age: int, secret: str) -> str:
    return signatures.sign(b'{"a": 1}', secrets=[secret], at=int(time.time()) - age)


@pytest.mark.parametrize(("body", "age", "secret", "answer"), CASES)
def test_the_guides_verification_in_python_works(body: bytes, age: int, secret: str, answer: bool) -> None:
    copied: dict[str, Any] = {}
    exec(snippet("python"), copied)

    assert copied["is_genuine"](body, signed(age, secret), SECRET) is answer
    assert copied["is_genuine"](body, "", SECRET) is False


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
@pytest.mark.parametrize(("body", "age", "secret", "answer"), CASES)
def test_the_guides_verification_in_javascript_works(body: bytes, age: int, secret: str, answer: bool) -> None:
    call = f"isGenuine(Buffer.from({body.decode()!r}), {signed(age, secret)!r}, {SECRET!r})"
    script = f'{snippet("js")}\nprocess.stdout.write(String({call}) + String(isGenuine(Buffer.from("x"), "", "s")));'

    said = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=30).stdout

    assert said == f"{str(answer).lower()}false"
