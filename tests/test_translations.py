"""The site speaks Nepali throughout: the catalogue against the words in the sources."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from django.test import Client

from showsewa.running import messages
from tests import cast, translations

CATALOG = translations.ROOT / "locale/ne/LC_MESSAGES/django.po"

# %(name)s, %s, %%, {name} and tags: what code puts in or a browser reads.
_SIGNS = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}|<[^>]+>")


@pytest.fixture(scope="module")
def nepali() -> Catalog:
    with CATALOG.open("rb") as file:
        return read_po(file, abort_invalid=True)


@pytest.fixture(scope="module")
def said() -> dict[translations.Word, list[str]]:
    return translations.words()


def test_every_word_a_buyer_or_clerk_reads_is_translated(
    nepali: Catalog, said: dict[translations.Word, list[str]]
) -> None:
    missing = [f"{files[0]}: {word.text}" for word, files in said.items() if not _is_said(nepali, word)]

    assert missing == []


def test_nothing_is_translated_that_nobody_says(nepali: Catalog, said: dict[translations.Word, list[str]]) -> None:
    known = {(word.context, word.text) for word in said}

    left = [_forms(message.id)[0] for message in _messages(nepali) if _key(message) not in known]

    assert left == []


def test_what_code_fills_in_is_the_same_in_both_languages(nepali: Catalog) -> None:
    wrong = [
        said
        for message in _messages(nepali)
        for one, said in zip(_forms(message.id), _forms(message.string), strict=True)
        if Counter(_SIGNS.findall(one)) != Counter(_SIGNS.findall(said))
    ]

    assert wrong == []


def test_the_catalogue_is_sorted_and_sure(nepali: Catalog) -> None:
    order = [(_forms(message.id)[0], message.context or "") for message in _messages(nepali)]

    assert order == sorted(order)
    assert [message.id for message in nepali if message.fuzzy and message.id] == []
    assert nepali.obsolete == {}


def test_the_sources_are_read_even_inside_formatted_strings(said: dict[translations.Word, list[str]]) -> None:
    """The negative control: each of these is found by another road."""
    assert "venues/drawing.py" in said[translations.Word("Seat map")]
    assert "templates/base.html" in said[translations.Word("Choose a city")]
    assert "templates/bookings/details.html" in said[translations.Word("Your seat", "Your %(seats)s seats")]
    assert translations.Word("Change", context="money") in said
    assert "bookings/models/bookings.py" in said[translations.Word("Waiting for payment")]
    assert translations.Word("Can cancel bookings") not in said


def test_no_page_says_a_word_that_nobody_could_translate() -> None:
    pages = [path for path in translations.sources() if path.suffix == ".html" and "emails" not in path.parts]
    scripts = sorted((translations.ROOT / "static/js").rglob("*.js"))
    of_desk = {"board.js", "conflict-alarm.js", "desk-conflict.js", "desk-seats.js"}

    said = {path.name: translations.bare(path.read_text()) for path in pages}
    said |= {path.name: translations.bare_in_script(path.read_text()) for path in scripts if path.name not in of_desk}

    assert len(pages) > 50 and len(scripts) > 20
    assert {name: words for name, words in said.items() if words} == {}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>Seats <b>{{ n }}</b></p>", ["Seats "]),
        ('<a aria-label="Close this">×</a>', ["Close this"]),
        ('<input placeholder="Name" value="{{ name }}">', ["Name"]),
        ("{% if free %}free{% endif %}", [" free "]),
        ('{% translate "Seats" %} <kbd>Esc</kbd> · ShowSewa <svg><text>Seats</text></svg>', []),
        ("{% blocktranslate %}Seats{% endblocktranslate %}{# Seats #}", []),
    ],
)
def test_a_bare_word_is_found_in_a_page(page: str, words: list[str]) -> None:
    """The negative control."""
    assert translations.bare(page) == words


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ('tell("Somebody was quicker."); // Not this one', ["Somebody was quicker."]),
        ("tell(`${n} seats are gone`)", ["${n} seats are gone"]),
        ('say("soldMany"); /* Nor this one */ x.className = "alert alert--bad";', []),
    ],
)
def test_a_bare_sentence_is_found_in_a_script(script: str, words: list[str]) -> None:
    assert translations.bare_in_script(script) == words


@pytest.mark.parametrize(("language", "said", "unsaid"), [("ne", "हास्य", "Comedy"), ("en", "Comedy", "हास्य")])
def test_words_from_rows_are_said_in_the_language_of_the_reader(
    stage: cast.Stage, language: str, said: str, unsaid: str
) -> None:
    messages.compile_all(translations.ROOT)
    visitor = Client()
    visitor.cookies["django_language"] = language

    page = visitor.get(f"/movies/{stage.showtime.movie_id}/").content.decode()

    assert f'<html lang="{language}">' in page
    assert said in page and unsaid not in page


def _is_said(nepali: Catalog, word: translations.Word) -> bool:
    message = nepali.get(word.text, word.context or None)
    if message is None:
        return False
    forms = [word.text, word.plural] if word.plural else [_forms(message.id)[0]]
    return forms == _forms(message.id)[: len(forms)] and all(_forms(message.string))


def _messages(nepali: Catalog) -> Iterator[Message]:
    return (message for message in nepali if message.id)


def _key(message: Message) -> tuple[str, str]:
    return message.context or "", _forms(message.id)[0]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())
