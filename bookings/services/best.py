"""Holding the best seats: look, choose and hold in one go, and again when somebody else was quicker."""

import hashlib
import uuid
from dataclasses import dataclass

from django.db import OperationalError
from django.utils.translation import gettext as _

from bookings import best
from bookings.best import Party, Proposal
from bookings.services import holds
from bookings.services.holds import Held
from seatsync.inventory import SeatsUnavailable
from showsewa import numerals
from showsewa.actors import Actor
from showsewa.transactions import is_contention

# How many of the best blocks a party looks at in each try. All want the very best first; those who lost it spread, each
# by its own name, so that a hundred who come at once do not meet at the same seats a hundred times.
_SPREAD = (1, 8, 32, *[128] * 21)


@dataclass(frozen=True, slots=True)
class HeldBest:
    held: Held
    proposal: Proposal


def hold_best(
    *, showtime_id: uuid.UUID, party: Party, actor: Actor, seconds: float | None = None, language: str = "en"
) -> HeldBest:
    """Hold the best seats side by side. Each try is a use case of its own: a lost race leaves nothing locked.

    Refuses: SeatsUnavailable when there are none together (facts: bestLeft, what there is apart) or others were always
    quicker; else as `hold_seats` does.
    """
    for number, width in enumerate(_SPREAD):
        proposal = best.propose(actor, showtime_id, party, turn=_turn(actor, showtime_id, number) % width)
        if proposal.choice is None or not proposal.choice.is_together:
            raise _none_together(proposal)
        try:
            held = holds.hold_seats(
                showtime_id=showtime_id,
                seats=[seat.public_id for seat in proposal.seats],
                actor=actor,
                seconds=seconds,
                language=language,
                is_ours=True,
            )
        except SeatsUnavailable:
            continue
        except OperationalError as error:
            if not is_contention(error):
                raise
            continue
        return HeldBest(held, proposal)
    raise SeatsUnavailable(_("Others were quicker each time. Please try again."), conflicts=[])


def _turn(actor: Actor, showtime_id: uuid.UUID, number: int) -> int:
    said = f"{actor.key}/{showtime_id}/{number}"
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8])


def _none_together(proposal: Proposal) -> SeatsUnavailable:
    count, labels = proposal.party.count, [seat.label for seat in proposal.seats]
    if not labels:
        told = numerals.filled(_("There are no %(count)d such seats left."), count=count)
        return SeatsUnavailable(told, conflicts=[])
    told = _("No %(count)d seats are left side by side. The best that are left: %(seats)s.")
    return SeatsUnavailable(
        numerals.filled(told, count=count, seats=", ".join(labels)),
        conflicts=[],
        bestLeft={"seatIds": [seat.public_id for seat in proposal.seats], "seats": labels},
    )
