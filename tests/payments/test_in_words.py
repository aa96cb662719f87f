"""Sums in words, read back by a parser of the test's own, and against words written down by hand."""

import random
from decimal import Decimal

import pytest

from payments import in_words

# Written down by hand, apart from the list in the module.
NEPALI = dict(
    enumerate(
        [
            "शून्य", "एक", "दुई", "तीन", "चार", "पाँच", "छ", "सात", "आठ", "नौ", "दश", "एघार", "बाह्र", "तेह्र", "चौध",
            "पन्ध्र", "सोह्र", "सत्र", "अठार", "उन्नाइस", "बीस", "एक्काइस", "बाइस", "तेइस", "चौबीस", "पच्चीस", "छब्बीस",
            "सत्ताइस", "अट्ठाइस", "उनन्तीस", "तीस", "एकतीस", "बत्तीस", "तेत्तीस", "चौँतीस", "पैँतीस", "छत्तीस", "सैँतीस",
            "अठतीस", "उनन्चालीस", "चालीस", "एकचालीस", "बयालीस", "त्रिचालीस", "चवालीस", "पैँतालीस", "छयालीस", "सतचालीस",
            "अठचालीस", "उनन्चास", "पचास", "एकाउन्न", "बाउन्न", "त्रिपन्न", "चउन्न", "पचपन्न", "छपन्न", "सन्ताउन्न",
            "अन्ठाउन्न", "उनन्साठी", "साठी", "एकसट्ठी", "बयसट्ठी", "त्रिसट्ठी", "चौंसट्ठी", "पैंसट्ठी", "छयसट्ठी",
            "सतसट्ठी", "अठसट्ठी", "उनन्सत्तरी", "सत्तरी", "एकहत्तर", "बहत्तर", "त्रिहत्तर", "चौहत्तर", "पचहत्तर",
            "छयहत्तर", "सतहत्तर", "अठहत्तर", "उनासी", "असी", "एकासी", "बयासी", "त्रियासी", "चौरासी", "पचासी", "छयासी",
            "सतासी", "अठासी", "उनान्नब्बे", "नब्बे", "एकान्नब्बे", "बयान्नब्बे", "त्रियान्नब्बे", "चौरान्नब्बे",
            "पन्चान्नब्बे", "छयान्नब्बे", "सन्तान्नब्बे", "अन्ठान्नब्बे", "उनान्सय",
        ]
    )
)  # fmt: skip
SIZES = {
    "hundred": 100, "thousand": 1000, "lakh": 10**5, "crore": 10**7, "arba": 10**9, "kharba": 10**11,
    "सय": 100, "हजार": 1000, "लाख": 10**5, "करोड": 10**7, "अर्ब": 10**9, "खर्ब": 10**11,
}  # fmt: skip
ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip


def read(words: str) -> int:
    """The number they say, word by word from the left."""
    names = {word: value for value, word in NEPALI.items()} | ONES
    total = last = 0
    for word in words.replace("-", " ").split():
        if word in SIZES:
            total, last = total + last * SIZES[word], 0
        else:
            last += names[word]
    return total + last


@pytest.mark.parametrize("language", ["en", "ne"])
def test_every_number_says_itself(language: str) -> None:
    dice = random.Random(7)
    numbers = [*range(10_000), *(dice.randrange(10 ** dice.randint(4, 13)) for _ in range(10_000)), in_words.MOST]

    wrong = [one for one in numbers if read(in_words.number(one, language=language)) != one]

    assert wrong == []


def test_each_nepali_number_below_a_hundred_has_its_own_name() -> None:
    assert [in_words.number(one, language="ne") for one in range(100)] == list(NEPALI.values())
    assert len(set(NEPALI.values())) == 100


@pytest.mark.parametrize(
    ("value", "english", "nepali"),
    [
        ("0", "Rupees zero only", "रुपैयाँ शून्य मात्र"),
        ("0.05", "Rupees zero and paisa five only", "रुपैयाँ शून्य पैसा पाँच मात्र"),
        ("100", "Rupees one hundred only", "रुपैयाँ एक सय मात्र"),
        ("450", "Rupees four hundred fifty only", "रुपैयाँ चार सय पचास मात्र"),
        (
            "102300.50",
            "Rupees one lakh two thousand three hundred and paisa fifty only",
            "रुपैयाँ एक लाख दुई हजार तीन सय पैसा पचास मात्र",
        ),
        (
            "123456789.99",
            "Rupees twelve crore thirty-four lakh fifty-six thousand seven hundred eighty-nine and paisa ninety-nine"
            " only",
            "रुपैयाँ बाह्र करोड चौँतीस लाख छपन्न हजार सात सय उनान्नब्बे पैसा उनान्सय मात्र",
        ),
    ],
)
def test_sums_are_said_as_invoices_say_them(value: str, english: str, nepali: str) -> None:
    assert in_words.amount(Decimal(value), "NPR", language="en") == english
    assert in_words.amount(Decimal(value), "NPR", language="ne") == nepali


def test_another_currency_is_named_by_its_code() -> None:
    assert in_words.amount(Decimal("12.50"), "USD", language="en") == "USD twelve 50/100 only"


@pytest.mark.parametrize("value", ["-1", "0.001", "10000000000000"])
def test_what_is_no_sum_is_not_guessed(value: str) -> None:
    with pytest.raises(ValueError, match=value):
        in_words.amount(Decimal(value), "NPR", language="en")
