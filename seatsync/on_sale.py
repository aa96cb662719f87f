"""Showtimes whose sales are open: what a statement finds of one, or the word that there is nothing to be had."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from seatsync.models import ShowInventory
from showsewa.actors import Actor
from showsewa.refusals import NotFound

TOLD = _("This showtime is not on sale.")


class NotOpen(NotFound):
    """Sales are not open, or there is no such showtime: who asks for its seats need not know which."""

    def __init__(self) -> None:
        super().__init__(TOLD)


def read(question: str, given: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, ...]:
    """The one row by which a statement answers for a showtime on sale. Refuses: NotOpen."""
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        found: tuple[Any, ...] | None = cursor.fetchone()
    if found is None:
        raise NotOpen
    return found


def check(showtime_id: uuid.UUID, actor: Actor) -> None:
    """Refuses: NotOpen, also at a cinema that is not the actor's."""
    cinema_id = ShowInventory.objects.filter(pk=showtime_id).values_list("showtime__cinema_id", flat=True).first()
    if cinema_id is None or not actor.reaches(cinema_id):
        raise NotOpen
