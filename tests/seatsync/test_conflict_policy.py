"""Who gets a seat sold twice: the rule as a table."""

import itertools

import pytest

from seatsync import conflicts
from seatsync.models import Source
from venues.models import ConflictPolicy

HALL, AWAY = {Source.WALK_IN, Source.POS_SYSTEM}, {Source.SHOWSEWA, Source.OTHER_PLATFORM}
HOLDER, REPORTER = conflicts.HOLDER, conflicts.REPORTER

IN_THE_HALL = dict.fromkeys(itertools.product(Source, Source), HOLDER) | {
    (Source.SHOWSEWA, Source.WALK_IN): REPORTER,
    (Source.SHOWSEWA, Source.POS_SYSTEM): REPORTER,
    (Source.OTHER_PLATFORM, Source.WALK_IN): REPORTER,
    (Source.OTHER_PLATFORM, Source.POS_SYSTEM): REPORTER,
}


@pytest.mark.parametrize(("holder", "reporter"), list(itertools.product(Source, Source)))
def test_the_hall_goes_before_the_rest_and_among_equals_who_was_first(holder: Source, reporter: Source) -> None:
    in_the_hall = conflicts.choose(ConflictPolicy.IN_THE_HALL, holder=holder, reporter=reporter)
    first_commit = conflicts.choose(ConflictPolicy.FIRST_COMMIT, holder=holder, reporter=reporter)

    assert in_the_hall == IN_THE_HALL[holder, reporter]
    assert first_commit == HOLDER


def test_the_table_says_what_the_words_say() -> None:
    assert {pair for pair, winner in IN_THE_HALL.items() if winner == REPORTER} == set(itertools.product(AWAY, HALL))
