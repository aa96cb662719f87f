"""Sums, digits and the two calendars, as people here write them, on the server and in the browser's own words."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from showsewa import money, nepali, numerals
from showsewa.running import messages
from tests import cast, translations


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    messages.compile_all(translations.ROOT)


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        ("450", "NPR", "NPR 450"),
        ("1200.50", "NPR", "NPR 1,200.50"),
        ("99999", "NPR", "NPR 99,999"),
        ("125000", "NPR", "NPR 1,25,000"),
        ("-12345678.90", "NPR", "NPR -1,23,45,678.90"),
        ("125000", "USD", "USD 125,000"),
    ],
)
def test_sums_are_grouped_as_their_currency_is_written(value: str, currency: str, said: str) -> None:
    assert money.text(Decimal(value), currency) == said


@pytest.mark.parametrize(
    ("language", "digits", "said"),
    [
        ("en", "latn", "NPR 1,25,000"),
        ("en", "deva", "NPR 1,25,000"),  # English has none but its own
        ("ne", "latn", "रु. 1,25,000"),
        ("ne", "deva", "रु. १,२५,०००"),
        ("ne", "nonsense", "रु. 1,25,000"),
    ],
)
def test_sums_are_said_in_the_language_and_digits_of_the_reader(language: str, digits: str, said: str) -> None:
    with translation.override(language), numerals.using(digits):
        assert money.text(Decimal(125000), "NPR") == said

    with translation.override("ne"):
        assert numerals.said(7) == "7"  # the choice ended with its page


def test_a_day_is_spelled_in_bikram_sambat_as_far_as_anybody_knows_it() -> None:
    day = date(2026, 11, 21)

    assert nepali.spelled(day) == "5 Mangsir 2083"
    assert nepali.spelled(day, with_year=False) == "5 Mangsir"
    with translation.override("ne"):
        assert nepali.spelled(day) == "5 मंसिर 2083"
    assert nepali.spelled(date(2043, 4, 14)) == nepali.spelled(date(1918, 4, 12)) == ""
    assert nepali.spelled(date(2043, 4, 13)) and nepali.spelled(date(1918, 4, 13)) == "1 Baishakh 1975"


def test_nepali_pages_show_devanagari_digits_to_who_asked_until_they_ask_again(stage: cast.Stage) -> None:
    visitor = Client(headers={"accept-language": "ne"})
    where = f"/showtimes/{stage.showtime.pk}/"
    local = nepali.spelled(nepali.day_of(stage.showtime.starts_at, stage.cinema.time_zone))
    year = local.rsplit(" ", 1)[1]
    in_devanagari = year.translate(str.maketrans("0123456789", "०१२३४५६७८९"))

    plain, asked, later = (visitor.get(f"{where}{query}").content.decode() for query in ("", "?digits=deva", ""))
    again = visitor.get(f"{where}?digits=latn").content.decode()
    english = visitor.get(f"{where}?lang=en&digits=deva").content.decode()

    for page in (plain, again, english):
        assert year in page and in_devanagari not in page
    for page in (asked, later):
        assert in_devanagari in page and 'name="digits" content="deva"' in page
        assert re.search(r'datetime="[^"]*[०-९]|value="[^"]*[०-९]|id="[^"]*[०-९]', page) is None
        assert "A1" in page and "A१" not in page  # seats stay as on the chairs
    assert "digits=" not in re.findall(r'name="next" value="([^"]*)"', asked)[0]
