"""Tickets on paper, one page a seat. Pure: passes in, the bytes of a PDF out."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF

from bookings import qr
from bookings.models import Booking
from bookings.passes import Pass
from showsewa import nepali, numerals, tongue
from showsewa import paper as papers
from showsewa.templatetags.words import offset

WIDTH, HEIGHT = 105.0, 148.0  # A6, in mm
_SIZES: Final = {"a6": ((WIDTH, HEIGHT), 0.0, 0.0), "a4": ((210.0, 297.0), (210 - WIDTH) / 2, 20.0)}
PAPERS = tuple(_SIZES)
_EDGE, _CODE = 8.0, 54.0
_GREY, _STAGE = (90, 90, 90), (29, 20, 37)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where the ticket lies on its paper: x and y of its corner."""

    paper: FPDF
    x: float
    y: float

    def say(self, text: str, size: float, *, bold: bool = False, grey: bool = False, most: int = 2) -> None:
        """Below what was said before; at most so many lines, for a long title must not push the code off the paper."""
        paper, width = self.paper, WIDTH - 2 * _EDGE
        paper.set_font(papers.FAMILY, "B" if bold else "", size)
        paper.set_text_color(*(_GREY if grey else (0, 0, 0)))
        height = size * 0.46
        lines = paper.multi_cell(width, height, text, align="L", dry_run=True, output="LINES")
        assert isinstance(lines, list)
        for line in lines[:most]:
            paper.set_x(self.x + _EDGE)
            paper.cell(width, height, line, new_x="LEFT", new_y="NEXT")

    def pair(self, name: str, value: str, *, left: float, width: float, top: float, size: float) -> None:
        self.paper.set_xy(self.x + left, top)
        self.paper.set_font(papers.FAMILY, "", 8)
        self.paper.set_text_color(*_GREY)
        self.paper.cell(width, 4, name)
        self.paper.set_xy(self.x + left, top + 4)
        self.paper.set_font(papers.FAMILY, "B", size)
        self.paper.set_text_color(0)
        while size > 8 and self.paper.get_string_width(value) > width - 1:
            size -= 0.5
            self.paper.set_font_size(size)
        self.paper.cell(width, 8, value)


def render(booking: Booking, passes: Sequence[Pass], *, size: str, made_at: datetime, with_reference: bool) -> bytes:
    """size: one of PAPERS. with_reference: not on a ticket that was handed on, which speaks of its own seat alone."""
    (width, height), x, y = _SIZES[size]
    language = tongue.language()
    title = f"{tongue.named(booking.showtime.movie, 'title')} · {', '.join(one.ticket.label for one in passes)}"
    paper = papers.blank((width, height), margin=0, title=title, author="ShowSewa", language=language, made_at=made_at)
    paper.set_auto_page_break(False)
    for one in passes:
        paper.add_page()
        _draw(_Sheet(paper, x, y), booking, one, with_reference=with_reference)
    return bytes(paper.output())


def _draw(sheet: _Sheet, booking: Booking, one: Pass, *, with_reference: bool) -> None:
    showtime, cinema, paper = booking.showtime, booking.showtime.cinema, sheet.paper
    starts_at = showtime.starts_at.astimezone(ZoneInfo(cinema.time_zone))
    if sheet.y:  # where to cut
        paper.set_draw_color(*_GREY)
        paper.set_dash_pattern(dash=2, gap=2)
        paper.rect(sheet.x, sheet.y, WIDTH, HEIGHT)
        paper.set_dash_pattern()
    _band(sheet, tongue.named(cinema))
    paper.set_y(sheet.y + 16)
    sheet.say(tongue.named(showtime.movie, "title"), 16, bold=True)
    when = numerals.said(f"{starts_at:%H:%M} · {date_format(starts_at, 'l j F Y')}")
    sheet.say(f"{when} ({offset(starts_at)})", 10, bold=True, most=1)
    sheet.say(numerals.said(nepali.spelled(starts_at.date())), 8, grey=True, most=1)
    top = paper.get_y() + 2
    seat = one.ticket.show_seat.seat
    sheet.pair(_("Seat"), one.ticket.label, left=_EDGE, width=24, top=top, size=20)
    sheet.pair(_("Hall"), showtime.hall.name, left=_EDGE + 25, width=34, top=top, size=12)
    sheet.pair(_("Kind"), str(seat.get_seat_type_display()), left=_EDGE + 60, width=29, top=top, size=12)
    _code(sheet, one, top + 15)
    number = booking.reference if with_reference and booking.reference else one.number
    paper.set_y(top + 16 + _CODE)
    sheet.say(f"{_('Reference') if with_reference else _('Ticket')}: {number}", 11, bold=True, most=1)
    place = ", ".join(part for part in (tongue.named(cinema), cinema.street, tongue.named(cinema, "city")) if part)
    sheet.say(place, 8, grey=True)
    said = _("One code lets one person in, once. A ticket that was moved or given back opens no door.")
    sheet.say(said, 7.5, grey=True, most=3)


def _band(sheet: _Sheet, cinema: str) -> None:
    paper = sheet.paper
    paper.set_fill_color(*_STAGE)
    paper.rect(sheet.x, sheet.y, WIDTH, 12, style="F")
    paper.set_text_color(255)
    paper.set_xy(sheet.x + _EDGE, sheet.y + 3)
    paper.set_font(papers.FAMILY, "B", 11)
    paper.cell(28, 6, "ShowSewa")
    paper.set_font(papers.FAMILY, "", 10)
    paper.cell(WIDTH - 2 * _EDGE - 28, 6, cinema[:48], align="R")


def _code(sheet: _Sheet, one: Pass, top: float) -> None:
    side = sheet.x + (WIDTH - _CODE) / 2
    sheet.paper.image(io.BytesIO(qr.png(one.code)), side, top, _CODE, _CODE, alt_text=one.ticket.label)
