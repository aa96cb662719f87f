"""Hall plans in the formats of the trade: told apart by their content, read to a Layout, written from one."""

import json
from collections.abc import Callable
from typing import Any

from venues import layout as layouts
from venues.formats import pretix, text, text_export, vista, vista_export
from venues.layout.faults import Faults

MOST_BYTES = 50_000_000

_READERS: dict[str, Callable[[Any], layouts.Layout]] = {
    "seed": layouts.parse,
    "vista": vista.read,
    "pretix": pretix.read,
    "text": text.read,
}
_WRITERS: dict[str, Callable[[layouts.Layout], Any]] = {
    "seed": layouts.dump,
    "vista": vista_export.write,
    "pretix": pretix.write,
    "text": text_export.write,
}
NAMES = tuple(_READERS)


def detect(raw: bytes | str) -> str:
    """One of NAMES. Refuses: LayoutInvalid, when the file is neither JSON nor a text."""
    plan = _text(raw)
    return _format_of(_json(plan)) if _is_json(plan) else "text"


def load(raw: bytes | str, fmt: str | None = None) -> layouts.Layout:
    """Read a hall plan; without fmt, as what it looks like.

    Refuses: LayoutInvalid, with JSON pointers or lines and columns of that very file.
    """
    plan = _text(raw)
    if fmt == "text" or (fmt is None and not _is_json(plan)):
        return text.read(plan)
    data = _json(plan)
    return _READERS[fmt or _format_of(data)](data)


def export(layout: layouts.Layout, fmt: str) -> str:
    """The layout as a file of that format. No seat is lost; what the format cannot say is (see its module)."""
    written = _WRITERS[fmt](layout)
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def _text(raw: bytes | str) -> str:
    faults = Faults()
    if len(raw) > MOST_BYTES:
        faults.add("", "TOO_LARGE", f"A plan has at most {MOST_BYTES:,} bytes.")
        faults.settle()
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        faults.add("", "NOT_TEXT", f"Not a text in UTF-8: byte {error.start + 1} cannot be read.")
        faults.settle()
        raise


def _is_json(plan: str) -> bool:
    return plan.lstrip()[:1] in ("{", "[")


def _json(plan: str) -> Any:
    faults = Faults()
    try:
        return json.loads(plan)
    except json.JSONDecodeError as error:
        faults.add(f"line {error.lineno}, column {error.colno}", "NOT_JSON", f"{error.msg}.")
    except (ValueError, RecursionError):
        faults.add("", "NOT_JSON", "A number is too long, or lists and objects lie too deep in each other.")
    faults.settle()
    return None


def _format_of(data: object) -> str:
    keys = data.keys() if isinstance(data, dict) else set()
    if keys & {"SeatLayoutData", "seatLayoutData", "Areas", "areas"}:
        return "vista"
    return "pretix" if "zones" in keys else "seed"
