"""Reading the journal as people do: who it was by name, and what changed in a line."""

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _

from seatsync.models import Channel, SeatEvent, Source
from showsewa.actors import Kind
from showsewa.models import User


def changes(event: SeatEvent) -> str:
    """ "A1, A2 AVAILABLE → HELD; A3 HELD → HELD": seats that changed alike are told together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for label, before, after in event.changes:
        alike.setdefault((before, after), []).append(label)
    return "; ".join(f"{', '.join(labels)} {before} → {after}" for (before, after), labels in alike.items())


def source(code: str) -> str:
    """What a sale said it is: "Box office"."""
    return str(Source(code).label) if code in Source else code


def names(keys: Iterable[str]) -> dict[str, str]:
    """Actor key -> what to call them, in two queries for any number."""
    parted = {key: key.partition(":")[::2] for key in set(keys)}
    users = User.objects.filter(pk__in=_ids(parted.values(), Kind.USER)).values_list("pk", "email")
    channels = Channel.objects.filter(pk__in=_ids(parted.values(), Kind.CHANNEL)).values_list("pk", "name")
    known = {f"{Kind.USER}:{pk}": email for pk, email in users} | {
        f"{Kind.CHANNEL}:{pk}": name for pk, name in channels
    }
    return {key: known.get(key) or _stranger(kind, rest) for key, (kind, rest) in parted.items()}


def name(key: str) -> str:
    return names([key])[key]


def _ids(parted: Iterable[tuple[str, str]], wanted: Kind) -> list[uuid.UUID]:
    found = []
    for kind, rest in parted:
        if kind == wanted:
            try:
                found.append(uuid.UUID(rest))
            except ValueError:  # a key of another time: it stands for itself
                continue
    return found


def _stranger(kind: str, rest: str) -> str:
    if kind == Kind.SYSTEM:
        return _("timer")
    if kind == Kind.GUEST:
        return _("guest …%(end)s") % {"end": rest[-6:]}
    if kind == Kind.SESSION:
        return _("API caller …%(end)s") % {"end": rest[-6:]}
    return f"{kind} {rest}".strip()
