"""Sandbox and live kept apart: who may know of which cinemas and their showtimes.

A key knows cinemas of its own kind. People may know all of them in a demo, and on a live site none of the sandbox.
"""

import uuid
from functools import lru_cache

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from showsewa.actors import Actor, Kind
from showsewa.refusals import NotFound
from venues.models import Showtime


def known_to(actor: Actor | None = None, *, path: str = "") -> Q:
    """The cinemas an actor (None: any visitor) may know of. path: the lookup from the rows to their cinema."""
    wanted = _wanted(actor)
    lookup = f"{path}__is_sandbox" if path else "is_sandbox"
    return Q() if wanted is None else Q(**{lookup: wanted})


def check_showtime(actor: Actor, showtime_id: uuid.UUID) -> None:
    """No statement where all may know all, else one per process and showtime. Refuses: NotFound."""
    if _wanted(actor) is None:
        return
    found = _place(showtime_id)
    if found is None or is_hidden(actor, *found):
        raise NotFound(_("There is no such showtime."))


def is_hidden(actor: Actor, cinema_id: uuid.UUID, is_sandbox: bool) -> bool:
    """Staff know the cinemas they work at, whatever these are."""
    wanted = _wanted(actor)
    return wanted is not None and is_sandbox != wanted and not (actor.is_staff and actor.reaches(cinema_id))


def is_reached(actor: Actor, showtime_id: uuid.UUID) -> bool:
    """Whether a showtime is at a cinema where this actor may act."""
    found = _place(showtime_id)
    return found is not None and actor.reaches(found[0])


def _wanted(actor: Actor | None) -> bool | None:
    if actor is not None and actor.kind == Kind.CHANNEL:
        return actor.is_test
    return False if settings.IS_LIVE else None


@lru_cache(maxsize=8192)
def _place(showtime_id: uuid.UUID) -> tuple[uuid.UUID, bool] | None:
    """Its cinema, and whether that is a sandbox. Neither changes: a cinema is founded as one or the other."""
    columns = ("cinema_id", "cinema__is_sandbox")
    return Showtime.objects.filter(pk=showtime_id).values_list(*columns).first()
