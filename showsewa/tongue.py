"""Which of its two languages the page or message being made speaks, and how things with two names are called in it."""

from typing import Any

from django.utils.translation import get_language


def language() -> str:
    """Two letters: en or ne."""
    return (get_language() or "en")[:2]


def own(name: str, name_ne: str) -> str:
    """The Nepali name for those who read Nepali, where there is one."""
    return (name_ne if language() == "ne" else "") or name


def named(thing: Any, field: str = "name") -> str:
    """The same of a row's two columns, `name` and `name_ne` and their like."""
    return own(str(getattr(thing, field)), str(getattr(thing, f"{field}_ne", "")))
