"""Keeping seats back from sale (broken chair, house seats) and giving them free again, by staff or a theatre's key."""

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from seatsync import inventory
from seatsync.models import ShowInventory
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from showsewa.transactions import use_case

MOST_SEATS = 500
LONGEST_REASON = 255


@use_case
def block(*, showtime_id: uuid.UUID, seats: Sequence[str], reason: str, actor: Actor) -> inventory.Change:
    """Keep seats (public ids or labels) back, all or none. Never over a hold or a sale.

    Refuses: NotFound (also a cinema not the actor's), Invalid, SeatsUnavailable with the seats in the way.
    Locks: seats by id.
    """
    _check(showtime_id, seats, reason, actor)
    return inventory.block(showtime_id, seats, cause=inventory.Cause(actor, reason=reason.strip()))


@use_case
def unblock(*, showtime_id: uuid.UUID, seats: Sequence[str], reason: str, actor: Actor) -> inventory.Change:
    """Put blocked seats back on sale, all or none. Refuses as `block`: SeatsUnavailable names those not blocked."""
    _check(showtime_id, seats, reason, actor)
    return inventory.unblock(showtime_id, seats, cause=inventory.Cause(actor, reason=reason.strip()))


def _check(showtime_id: uuid.UUID, seats: Sequence[str], reason: str, actor: Actor) -> None:
    found = ShowInventory.objects.filter(pk=showtime_id).values_list("showtime__cinema_id", flat=True).first()
    if found is None or not actor.reaches(found):
        raise NotFound(_("This showtime is not on sale."))
    if not 1 <= len(seats) <= MOST_SEATS or len(set(seats)) != len(seats):
        raise Invalid(_("Choose between 1 and %(most)d different seats.") % {"most": MOST_SEATS})
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(_("The reason is longer than %(most)d characters.") % {"most": LONGEST_REASON})
