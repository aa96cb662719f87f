"""Sums of money in words, as invoices in Nepal carry them: by lakh, crore, arba and kharba. Pure; English and Nepali.

No library kept up to date knows Nepali: num2words 0.5.14 has Indian English, and neither Nepali nor Hindi.
"""

from decimal import Decimal

# Beyond a hundred, numbers are counted in these, from the right: hundreds, thousands, and then by two digits each.
_STEPS = (
    (10**11, "kharba", "खर्ब"),
    (10**9, "arba", "अर्ब"),
    (10**7, "crore", "करोड"),
    (10**5, "lakh", "लाख"),
    (10**3, "thousand", "हजार"),
    (10**2, "hundred", "सय"),
)
MOST = 10**13 - 1

_ENGLISH_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

# In Nepali each number below a hundred has a name of its own. Ten a line.
_NEPALI_BELOW_HUNDRED = (
    "शून्य एक दुई तीन चार पाँच छ सात आठ नौ"
    " दश एघार बाह्र तेह्र चौध पन्ध्र सोह्र सत्र अठार उन्नाइस"
    " बीस एक्काइस बाइस तेइस चौबीस पच्चीस छब्बीस सत्ताइस अट्ठाइस उनन्तीस"
    " तीस एकतीस बत्तीस तेत्तीस चौँतीस पैँतीस छत्तीस सैँतीस अठतीस उनन्चालीस"
    " चालीस एकचालीस बयालीस त्रिचालीस चवालीस पैँतालीस छयालीस सतचालीस अठचालीस उनन्चास"
    " पचास एकाउन्न बाउन्न त्रिपन्न चउन्न पचपन्न छपन्न सन्ताउन्न अन्ठाउन्न उनन्साठी"
    " साठी एकसट्ठी बयसट्ठी त्रिसट्ठी चौंसट्ठी पैंसट्ठी छयसट्ठी सतसट्ठी अठसट्ठी उनन्सत्तरी"
    " सत्तरी एकहत्तर बहत्तर त्रिहत्तर चौहत्तर पचहत्तर छयहत्तर सतहत्तर अठहत्तर उनासी"
    " असी एकासी बयासी त्रियासी चौरासी पचासी छयासी सतासी अठासी उनान्नब्बे"
    " नब्बे एकान्नब्बे बयान्नब्बे त्रियान्नब्बे चौरान्नब्बे पन्चान्नब्बे छयान्नब्बे सन्तान्नब्बे अन्ठान्नब्बे उनान्सय"
)
_ENGLISH, _TENS, _NEPALI = (words.split() for words in (_ENGLISH_BELOW_TWENTY, _ENGLISH_TENS, _NEPALI_BELOW_HUNDRED))


def amount(value: Decimal, currency: str, *, language: str) -> str:
    """ "Rupees one lakh two thousand three hundred and paisa fifty only"; other currencies by their code.

    language: "ne" for Nepali, anything else is English. Raises: ValueError for less than nothing or MOST and more.
    """
    whole, part = divmod(int(value * 100), 100)
    if value < 0 or value * 100 != int(value * 100) or whole > MOST:
        raise ValueError(value)
    if language.startswith("ne"):
        name, small, end = ("रुपैयाँ", "पैसा", "मात्र") if currency == "NPR" else (currency, "", "मात्र")
    else:
        name, small, end = ("Rupees", "paisa", "only") if currency == "NPR" else (currency, "", "only")
    said = [name, number(whole, language=language)]
    if part and small:
        joint = [] if language.startswith("ne") else ["and"]
        said += [*joint, small, number(part, language=language)]
    elif part:
        said.append(f"{part:02d}/100")
    return " ".join([*said, end])


def number(value: int, *, language: str) -> str:
    """ "one lakh two thousand three hundred five". Raises: ValueError below zero and above MOST."""
    if not 0 <= value <= MOST:
        raise ValueError(value)
    is_nepali = language.startswith("ne")
    said, left = [], value
    for size, english, nepali in _STEPS:
        count, left = divmod(left, size)
        if count:
            said.append(f"{_below_hundred(count, is_nepali)} {nepali if is_nepali else english}")
    if left or not said:
        said.append(_below_hundred(left, is_nepali))
    return " ".join(said)


def _below_hundred(value: int, is_nepali: bool) -> str:
    if is_nepali:
        return _NEPALI[value]
    if value < len(_ENGLISH):
        return _ENGLISH[value]
    tens, ones = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_ENGLISH[ones]}" if ones else "")
