"""Taxes inside a price add up to it whatever the prices and rules; which rules are in force on a day."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings import taxes
from bookings.models import TaxRule
from showsewa import nepali

PERCENT = st.decimals(0, 100, places=2)
TOTAL = st.decimals(0, 10_000_000, places=2)


@settings(max_examples=300, deadline=None)
@given(total=TOTAL, percents=st.lists(PERCENT, min_size=1, max_size=6))
def test_base_and_taxes_are_the_total_to_the_paisa(total: Decimal, percents: list[Decimal]) -> None:
    parts = taxes.inside(total, [taxes.Rate(f"T{number}", percent) for number, percent in enumerate(percents)])

    assert parts[0].base + sum(part.amount for part in parts) == total
    assert {part.base for part in parts} == {parts[0].base}
    for part in parts:  # each is its rate of the base, to within a paisa
        assert abs(part.amount - part.base * part.percent / 100) <= Decimal("0.02")
        assert part.amount >= 0
        assert part.amount == part.amount.quantize(Decimal("0.01"))


def test_a_price_of_113_has_13_of_vat_in_it() -> None:
    (part,) = taxes.inside(Decimal(113), [taxes.Rate("VAT", Decimal(13))])

    assert (part.base, part.amount) == (Decimal(100), Decimal(13))


def test_several_taxes_lie_side_by_side_on_one_base() -> None:
    parts = taxes.inside(
        Decimal(133), [taxes.Rate(n, Decimal(p)) for n, p in (("VAT", 13), ("Local", 5), ("Film", 15))]
    )

    assert [(part.base, part.amount) for part in parts] == [(Decimal(100), Decimal(p)) for p in (13, 5, 15)]


def test_without_rules_there_is_no_tax() -> None:
    assert taxes.inside(Decimal(450), []) == []


def rule(name: str, percent: int, starts_on: date, **more: object) -> TaxRule:
    return TaxRule(name=name, percent=Decimal(percent), starts_on=starts_on, **more)


OLD, NEW = date(2020, 1, 1), date(2026, 7, 17)


@pytest.mark.parametrize(("day", "percent"), [(date(2026, 7, 16), 10), (NEW, 13), (date(2030, 1, 1), 13)])
def test_a_new_rate_takes_the_place_of_the_old_on_its_day(day: date, percent: int) -> None:
    rules = [rule("VAT", 10, OLD), rule("VAT", 13, NEW)]

    assert [rate.percent for rate in taxes.of_the_day(rules, day=day, is_foreign=False)] == [percent]


def test_a_rate_counts_on_its_last_day_and_not_after_and_wakes_no_older_one() -> None:
    rules = [rule("VAT", 10, OLD), rule("VAT", 13, NEW, ends_on=date(2026, 12, 31))]

    assert len(taxes.of_the_day(rules, day=date(2026, 12, 31), is_foreign=False)) == 1
    assert taxes.of_the_day(rules, day=date(2027, 1, 1), is_foreign=False) == []


def test_nothing_counts_before_it_begins() -> None:
    assert taxes.of_the_day([rule("VAT", 13, NEW)], day=OLD, is_foreign=False) == []


def test_a_tax_on_foreign_films_is_on_no_other() -> None:
    rules = [rule("VAT", 13, OLD), rule("Film", 15, OLD, applies_to=TaxRule.Applies.FOREIGN)]

    named = {is_foreign: taxes.of_the_day(rules, day=NEW, is_foreign=is_foreign) for is_foreign in (True, False)}

    assert [rate.name for rate in named[True]] == ["Film", "VAT"]
    assert [rate.name for rate in named[False]] == ["VAT"]


@pytest.mark.parametrize(
    ("gregorian", "bikram_sambat", "fiscal_year"),
    [
        (date(2023, 4, 14), "2080-01-01", "2079/80"),
        (date(2024, 7, 15), "2081-03-31", "2080/81"),
        (date(2024, 7, 16), "2081-04-01", "2081/82"),
        (date(2026, 7, 16), "2083-03-32", "2082/83"),
        (date(2026, 7, 17), "2083-04-01", "2083/84"),
        (date(2026, 11, 21), "2083-08-05", "2083/84"),
    ],
)
def test_days_of_bikram_sambat_and_their_fiscal_year(gregorian: date, bikram_sambat: str, fiscal_year: str) -> None:
    assert (nepali.bikram_sambat(gregorian), nepali.fiscal_year(gregorian)) == (bikram_sambat, fiscal_year)
