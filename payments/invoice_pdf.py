"""An invoice on paper. Pure: words in, the bytes of a PDF out; fpdf2 lays out, HarfBuzz shapes the Devanagari."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from payments.invoice_words import Told
from showsewa import paper as papers

_FAMILY = papers.FAMILY
_GREY = (90, 90, 90)
_LINE = 6.0


def render(told: Told, *, mark: str, made_at: datetime) -> bytes:
    """mark: "Original" or which copy. made_at: of this print."""
    made_at = made_at.astimezone(ZoneInfo(told.time_zone))
    paper = _blank(told, made_at)
    _head(paper, told, mark)
    _parties(paper, told)
    _lines(paper, told)
    _sums(paper, told)
    _foot(paper, told, made_at)
    return bytes(paper.output())


def _blank(told: Told, made_at: datetime) -> FPDF:
    title = f"{told.title} {told.number}"
    paper = papers.blank("A4", margin=18, title=title, author=told.seller, language=told.language, made_at=made_at)
    paper.add_page()
    return paper


def _head(paper: FPDF, told: Told, mark: str) -> None:
    half = paper.epw / 2
    top = paper.get_y()
    paper.set_font(_FAMILY, "B", 14)
    paper.multi_cell(half, 7, told.seller, new_x="LMARGIN", new_y="NEXT")
    paper.set_font(_FAMILY, "", 10)
    pan = [f"{_('PAN')}: {told.pan}"] if told.pan else []
    for line in [*told.seller_lines, *pan]:
        paper.multi_cell(half, 5.5, line, new_x="LMARGIN", new_y="NEXT")
    bottom = paper.get_y()
    paper.set_xy(paper.l_margin + half, top)
    paper.set_font(_FAMILY, "B", 18)
    paper.multi_cell(half, 8, told.title, align="R", new_x="LEFT", new_y="NEXT")
    paper.set_font(_FAMILY, "B", 11)
    paper.multi_cell(half, 6, mark, align="R", new_x="LEFT", new_y="NEXT")
    paper.set_xy(paper.l_margin, max(bottom, paper.get_y()) + 4)
    _rule(paper)


def _parties(paper: FPDF, told: Told) -> None:
    """Facts in two columns, so that the eye finds number and date beside the buyer."""
    left = [(_("Number"), told.number), (_("Date"), told.date), (_("Date (B.S.)"), told.date_bs)]
    right = [(_("Buyer"), told.buyer or "-"), (_("Buyer's PAN"), told.buyer_pan or "-"), (_("Booking"), told.booking)]
    if told.original:
        left.append((_("Invoice"), told.original))
        right.append((_("Reason"), told.reason))
    half = paper.epw / 2
    for (name, value), (name_too, value_too) in zip(left, right, strict=True):
        top = paper.get_y()
        ends = []
        for column, one, text in ((0, name, value), (1, name_too, value_too)):
            paper.set_xy(paper.l_margin + column * half, top)
            paper.set_font(_FAMILY, "", 10)
            paper.set_text_color(*_GREY)
            paper.cell(30, _LINE, one)
            paper.set_text_color(0)
            paper.multi_cell(half - 32, _LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
            ends.append(paper.get_y())
        paper.set_y(max(ends))
    paper.ln(4)


def _lines(paper: FPDF, told: Told) -> None:
    paper.set_font(_FAMILY, "", 10)
    names = (_("Description"), _("Quantity"), _("Price"), _("Discount"), _("Amount"))
    with paper.table(
        col_widths=(46, 12, 14, 14, 14),
        text_align=("LEFT", "RIGHT", "RIGHT", "RIGHT", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD"),
        line_height=_LINE,
        padding=1,
    ) as table:
        table.row(names)
        for line in told.lines:
            table.row((line.text, line.quantity, line.price, line.discount or "-", line.amount))
    paper.ln(3)


def _sums(paper: FPDF, told: Told) -> None:
    width = paper.epw / 2
    for name, amount in told.sums:
        paper.set_x(paper.l_margin + width)
        paper.set_text_color(*_GREY)
        paper.cell(width * 0.65, _LINE, name)
        paper.set_text_color(0)
        paper.cell(width * 0.35, _LINE, amount, align="R", new_x="LMARGIN", new_y="NEXT")
    paper.set_font(_FAMILY, "B", 12)
    paper.set_x(paper.l_margin + width)
    paper.cell(width * 0.5, 9, _("Total"))
    paper.cell(width * 0.5, 9, told.total, align="R", new_x="LMARGIN", new_y="NEXT")
    paper.set_font(_FAMILY, "", 10)
    paper.multi_cell(0, _LINE, f"{_('In words')}: {told.in_words}", new_x="LMARGIN", new_y="NEXT")
    paper.ln(4)


def _foot(paper: FPDF, told: Told, made_at: datetime) -> None:
    _rule(paper)
    paper.set_font(_FAMILY, "", 9)
    paper.set_text_color(*_GREY)
    if told.sums:
        paper.multi_cell(0, 5, told.about_taxes, new_x="LMARGIN", new_y="NEXT")
    said = _("Printed %(date)s. Every print after the first is a copy and says so.")
    paper.multi_cell(0, 5, said % {"date": f"{made_at:%Y-%m-%d %H:%M}"}, new_x="LMARGIN", new_y="NEXT")


def _rule(paper: FPDF) -> None:
    paper.set_draw_color(190)
    paper.line(paper.l_margin, paper.get_y(), paper.l_margin + paper.epw, paper.get_y())
    paper.set_draw_color(0)
    paper.ln(3)
