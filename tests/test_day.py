"""A day in which everything goes wrong, at every gateway: no rupee without a place, and all lists agree."""

import pytest
from django.utils import timezone

from payments import audit
from payments.models import Case, Refund
from tests.day import TROUBLE, Day, differences
from tests.day_gateways import compare, open_all


@pytest.mark.slow
@pytest.mark.parametrize(
    ("purchases", "trouble", "seed"),
    [(20, 1.0, 1), pytest.param(300, 0.5, 2, marks=pytest.mark.long)],
)
def test_a_day_of_trouble_ends_with_every_sum_in_its_place(db: None, purchases: int, trouble: float, seed: int) -> None:
    with open_all(with_stripe=purchases > 100) as at:
        day = Day(purchases, trouble=trouble, seed=seed, at=at)
        day.run()
        wrong = [found for way in at for found in compare(way, now=timezone.now())]

    assert audit.violations() == []
    assert set(differences()) == {0}
    assert wrong == []
    assert set(TROUBLE) - set(day.did) == set()
    # Whatever is still open waits for a person: what they left to decide tomorrow, and money nobody can place.
    assert not Refund.objects.filter(done_at=None).exclude(cases__status="OPEN").exists()
    assert Case.objects.filter(kind="UNPLACED").count() == day.did["unplaced"]
