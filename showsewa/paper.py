"""Blank sheets for what we print as PDF: fpdf2 lays out, HarfBuzz shapes the Devanagari of our own font."""

import logging
from datetime import datetime
from pathlib import Path

from fpdf import FPDF

# It tells at INFO of every glyph it leaves out of a font.
logging.getLogger("fontTools").setLevel(logging.WARNING)

FAMILY = "Noto"
_FONTS = Path(__file__).parent / "fonts"


def blank(
    size: str | tuple[float, float], *, margin: float, title: str, author: str, language: str, made_at: datetime
) -> FPDF:
    """No page yet. size: "A4", another that fpdf knows, or width and height. All in mm."""
    paper = FPDF(format=size)
    paper.add_font(FAMILY, "", _FONTS / "NotoSansDevanagari-Regular.ttf")
    paper.add_font(FAMILY, "B", _FONTS / "NotoSansDevanagari-Bold.ttf")
    paper.set_text_shaping(True)
    paper.set_margin(margin)
    paper.set_title(title)
    paper.set_author(author)
    paper.set_lang(language)
    paper.set_creation_date(made_at)
    return paper
