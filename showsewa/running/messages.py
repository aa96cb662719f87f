"""Compile translations (.po to .mo) with Babel: no gettext programs are needed on the machine."""

import itertools
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from .console import Trouble, say
from .environment import ROOT


def main() -> int:
    if count := compile_all(ROOT):
        say(f"- Compiled {count} translation files.")
    return 0


def compile_all(root: Path) -> int:
    """Compile what changed under locale/ here and in each app; returns how many. Refuses: Trouble naming the line."""
    found = itertools.chain(root.glob("locale/*/LC_MESSAGES/*.po"), root.glob("*/locale/*/LC_MESSAGES/*.po"))
    return sum(_compile(source) for source in found)


def _compile(source: Path) -> bool:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        return False
    try:
        with source.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise Trouble(f"{source} is not a valid translation file: {error}") from None
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        write_mo(file, catalog)
    part.replace(target)
    return True
