"""Openings at once: the n-th seat of a showtime has the key first_id + n, whoever else is being opened."""

from functools import partial

import pytest

from seatsync import opening, seatmaps
from tests import cast
from tests.cast import Stage
from tests.races.threads import at_once, winners

pytestmark = pytest.mark.django_db(transaction=True)


def test_showtimes_opened_at_once_have_unbroken_keys(race_stage: Stage) -> None:
    starts_at = race_stage.showtime.starts_at
    halls = [cast.make_hall(race_stage.cinema, name=f"Side {n}", rows="ABCDEFGHIJ", seats=40) for n in range(4)]
    shows = [cast.make_showtime(hall, race_stage.movie, starts_at=starts_at, is_open=False).pk for hall in halls]

    results = at_once([partial(opening.open_sales, [show]) for show in shows])

    assert winners(results) == [400] * 4
    for show in shows:
        keys = sorted(seatmaps.keys_by_label(show).values())
        assert keys == list(range(keys[0], keys[0] + 400))
