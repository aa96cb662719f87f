"""A hundred parties want the best seats at once: each gets a block of its own, together, and nobody an error."""

from functools import partial
from itertools import pairwise

import pytest

from bookings.best import Party
from bookings.services import best as holding
from payments import audit
from showsewa.actors import Actor, Kind
from tests import cast
from tests.races.threads import at_once, winners

ROWS, SEATS, PARTIES = "ABCDEFGHIJKLMNO", 20, 100


@pytest.mark.slow
def test_a_hundred_parties_at_once_get_a_hundred_different_blocks(race_stage: cast.Stage) -> None:
    hall = cast.make_hall(race_stage.cinema, name="Big", rows=ROWS, seats=SEATS)
    show = cast.make_showtime(hall, race_stage.movie, starts_at=race_stage.showtime.starts_at)

    def ask(number: int) -> holding.HeldBest:
        actor = Actor(Kind.SESSION, f"party-{number}")
        return holding.hold_best(showtime_id=show.pk, party=Party(2), actor=actor)

    results = at_once([partial(ask, number) for number in range(PARTIES)])

    won = winners(results)
    assert len(won) == PARTIES, [result for result in results if isinstance(result, Exception)][:3]
    blocks = [tuple(seat.label for seat in one.held.seats) for one in won]
    assert len({label for block in blocks for label in block}) == 2 * PARTIES
    for block in blocks:
        places = [(label[0], int(label[1:])) for label in block]
        assert all(a[0] == b[0] and b[1] - a[1] == 1 for a, b in pairwise(places))
    assert sum(one.proposal.choice.view for one in won if one.proposal.choice) / PARTIES > 50
    assert audit.violations() == []
