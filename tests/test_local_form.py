"""Sums, digits and the two calendars, as people here write them, on the server and in the browser's own words."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from showsewa import money, nepali, numerals
from showsewa.running import messages
from tests import cast, translations
from tests.visitor import Visitor
from venues.models import Cinema


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


def test_figures_of_a_column_are_grouped_and_keep_their_cents() -> None:
    assert [money.figure(Decimal(125000), one) for one in ("NPR", "USD")] == ["1,25,000.00", "125,000.00"]


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


def test_the_city_at_the_head_of_a_page_has_the_name_its_readers_use(stage: cast.Stage) -> None:
    Cinema.objects.update(city_ne="काठमाडौँ")
    visitor = Client()
    visitor.cookies["city"] = "Kathmandu"

    def head(language: str) -> str:
        page = visitor.get("/find/", headers={"accept-language": language}).content.decode()
        return re.findall(r'class="site-city".*?<span>(.*?)</span>', page)[0]

    assert (head("en"), head("ne")) == ("Kathmandu", "काठमाडौँ")
    visitor.cookies["city"] = "%00<b>"
    assert head("ne") == "&lt;b&gt;"


def test_what_only_screen_readers_hear_counts_in_the_readers_digits(stage: cast.Stage) -> None:
    visitor = Visitor()
    visitor.cookies["digits"], nepali_please = "deva", {"accept-language": "ne"}
    booking = visitor.hold(stage, "A1", "A2")
    page = visitor.get(f"/bookings/{booking.pk}/details/", headers=nepali_please).content.decode()
    spoken = re.findall(r'data-(?:two-minutes|half)="([^"]*)"', page)

    assert len(spoken) == 2 and not re.search("[0-9]", "".join(spoken)) and "२" in spoken[0]


# A line in a list of mails, and a day among the days of a week, have room for one calendar: beside both stand both.
_ONE_CALENDAR = ("subject.txt", "week.html", "_days.html")
_FOR_STAFF = ("admin/", "docs/", "drf_spectacular/", "emails/conflict_open", "emails/webhook")
_DAY = re.compile(r"""([\w.]+)(?:\|timezone:[\w.]+)?\|date:["'][^"']*j[^"']*["']""")


def templates() -> Iterator[tuple[str, str]]:
    root = translations.ROOT / "templates"
    for file in sorted(file for file in root.rglob("*") if file.suffix in (".html", ".txt")):
        name = str(file.relative_to(root))
        if not name.startswith(_FOR_STAFF):
            yield name, file.read_text()


def test_wherever_a_day_is_told_it_stands_in_both_calendars() -> None:
    for name, text in templates():
        for line in () if name.endswith(_ONE_CALENDAR) else text.splitlines():
            for told in () if "block preview" in line else _DAY.finditer(line):
                assert f"{told[1]}" in line[told.end() :] and "|bs" in line[told.end() :], (name, told[0])


def test_sentences_of_templates_count_in_the_readers_digits() -> None:
    for name, text in templates():
        if "{% blocktranslate" in text:
            loaded = " ".join(re.findall(r"{% load ([^%]+) %}", text)).split()
            assert "words" in loaded and loaded.index("words") > loaded.index("i18n"), name


# What only staff and channels read is in Latin digits, as are the figures on invoices.
_LATIN = (
    "seatsync/", "showsewa/second_factor.py", "venues/refund_rules.py", "bookings/salesfile.py",
    "bookings/services/batches.py", "bookings/services/importing.py", "bookings/services/reconciling.py",
    "payments/books/", "payments/figures/", "payments/timeline.py", "payments/invoice_words.py",
)  # fmt: skip


def _counts(node: ast.AST) -> bool:
    """A translated sentence with a whole number in it."""
    texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    is_translated = isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "gettext", "ngettext")
    return is_translated and any(re.search(r"%(\(\w+\))?d", text) for text in texts)


def test_sentences_of_the_code_count_in_the_readers_digits() -> None:
    for path in translations.sources():
        name = str(path.relative_to(translations.ROOT))
        if path.suffix != ".py" or name.startswith(_LATIN):
            continue
        nodes = list(ast.walk(ast.parse(path.read_text())))
        kept = {ast.unparse(node.targets[0]) for node in nodes if isinstance(node, ast.Assign) and _counts(node.value)}
        for node in nodes:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                assert not _counts(node.left) and ast.unparse(node.left) not in kept, (name, node.lineno)
