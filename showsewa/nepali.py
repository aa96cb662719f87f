"""Bikram Sambat dates and the fiscal year, which begins on 1 Shrawan. From the tables of a library.

The months of coming years are fixed by a committee year by year, so raise the pin of `nepali-datetime` every spring:
two libraries agree up to Jestha 2084 (June 2027) and guess differently from there.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import nepali_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from showsewa import numerals

MONTHS = (
    _("Baishakh"), _("Jestha"), _("Ashadh"), _("Shrawan"), _("Bhadra"), _("Ashwin"),
    _("Kartik"), _("Mangsir"), _("Poush"), _("Magh"), _("Falgun"), _("Chaitra"),
)  # fmt: skip
FIRST_MONTH = 4  # Shrawan
_FIRST, _LAST = date(1918, 4, 13), date(2043, 4, 13)  # what the tables know, of 1975 to 2099


def day_of(at: datetime, time_zone: str) -> date:
    """The day it is at a cinema. What happens at 00:05 in Kathmandu happened the day before by UTC."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def bikram_sambat(day: date) -> str:
    """ "2083-08-05" """
    return str(nepali_datetime.date.from_datetime_date(day).isoformat())


def spelled(day: date, *, with_year: bool = True) -> str:
    """ "5 Mangsir 2083"; "" for a day beyond the tables, where nobody can know it."""
    if not _FIRST <= day <= _LAST:
        return ""
    that = nepali_datetime.date.from_datetime_date(day)
    return f"{that.day} {MONTHS[that.month - 1]}" + (f" {that.year}" if with_year else "")


def both(at: datetime | date, form: str) -> str:
    """ "Saturday 21 November, 18:00 (5 Mangsir)": a day or a moment, local already, in both calendars, as a reader
    likes it. form: Django's; with a year in it, both have one."""
    local = spelled(at.date() if isinstance(at, datetime) else at, with_year="Y" in form)
    return alone(at, form) + numerals.said(f" ({local})" if local else "")


def on_page(at: datetime | date, form: str) -> str:
    """The same, and what stands in brackets stays in one line. An SMS has no letter for that."""
    day, bracket, local = both(at, form).partition(" (")
    return day + bracket + local.replace(" ", "\N{NO-BREAK SPACE}")


def alone(at: datetime | date, form: str) -> str:
    """The same in the calendar of the world, where there is no room for both."""
    return numerals.said(date_format(at, form))


def fiscal_year(day: date) -> str:
    """ "2083/84", from 1 Shrawan 2083 to the end of Ashadh 2084."""
    today = nepali_datetime.date.from_datetime_date(day)
    first = today.year if today.month >= FIRST_MONTH else today.year - 1
    return f"{first}/{(first + 1) % 100:02d}"
