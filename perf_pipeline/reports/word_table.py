"""Tables of a Word report, written as XML: an object for each cell would take most of the time.

The head is repeated on each page, a row stays on one page, numbers stand on the right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from perf_pipeline.language.spoken import say
from perf_pipeline.reports.word_look import WIDTH

SIZE = 9.0  # points
TALLEST_ROW = 25  # lines that a row may have and still stay on one page
TWIPS_PER_MM = 1440 / 25.4
PADDING_MM = 1.0
LETTER_MM = 1.95  # of a bold letter of a head, at most
HEAD_FILL, BAND_FILL, LINE = "E9EDF2", "F5F6F8", "8A949E"
_NOT_XML = re.compile(r"[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile(r"[\x00-\x20\x85\u2028\u2029]+")


@dataclass(frozen=True)
class Column:
    """A column: its head, its part of the table's width, and where its text stands."""

    head: str
    width: float
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Tinted:
    """A cell's text with a colour (RRGGBB); the text alone says all."""

    text: str
    color: str


@dataclass(frozen=True)
class Band:
    """A row across the table that names the rows below it."""

    text: str


Cell = str | Tinted
Row = Sequence[Cell] | Band


def plain(text: str) -> str:
    """Return a text on one line, without the characters that a Word file cannot hold."""
    return _NOT_XML.sub("\ufffd", _BLANKS.sub(" ", text)).strip()


def table_xml(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> str:
    """Return a table (w:tbl) as wide as the text, with its caption for those who cannot see it."""
    widths = _widths(columns)
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    drawn = (
        _band(row, len(columns)) if isinstance(row, Band) else _row(row, columns, widths)
        for row in rows
    )
    return (
        f"<w:tbl><w:tblPr>{_PROPERTIES}<w:tblCaption w:val={quoteattr(caption)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{_head(columns, widths)}{''.join(drawn)}</w:tbl>"
    )


def _widths(columns: Sequence[Column]) -> list[float]:
    """Return the columns' widths in mm: each its part, but no word of a head is broken.

    Chinese breaks anywhere; what a longer word needs the other columns give, by what they have.
    """
    whole = sum(column.width for column in columns)
    parts = [column.width * WIDTH / whole for column in columns]
    words = [max(say(column.head).split() or [""], key=len) for column in columns]
    least = [
        len(word) * LETTER_MM + 2 * PADDING_MM + 0.5 if word.isascii() else 0.0 for word in words
    ]
    lacking = sum(max(need - part, 0.0) for need, part in zip(least, parts, strict=True))
    spare = sum(max(part - need, 0.0) for need, part in zip(least, parts, strict=True))
    given = min(lacking / spare, 1.0) if spare else 0.0
    return [
        max(need, part) - given * max(part - need, 0.0)
        for need, part in zip(least, parts, strict=True)
    ]


def _twips(millimetres: float) -> str:
    return str(round(millimetres * TWIPS_PER_MM))


_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_MARGINS = "".join(
    f'<w:{side} w:w="{_twips(size)}" w:type="dxa"/>'
    for side, size in (("top", 0.6), ("left", PADDING_MM), ("bottom", 0.6), ("right", PADDING_MM))
)
_PROPERTIES = (
    '<w:tblW w:w="5000" w:type="pct"/><w:jc w:val="center"/>'
    f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/>'
    f"<w:tblCellMar>{_MARGINS}</w:tblCellMar>"
    '<w:tblLook w:val="0020" w:firstRow="1" w:noHBand="1" w:noVBand="1"/>'
)
_WHOLE = "<w:cantSplit/>"


def _head(columns: Sequence[Column], widths: Sequence[float]) -> str:
    cells = (
        _cell(column.head, "center", width, fill=HEAD_FILL, bold=True)
        for column, width in zip(columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr>{_WHOLE}<w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _band(band: Band, columns: int) -> str:
    # it names the row below it, and stays with it
    cell = _cell(band.text, "left", WIDTH, span=columns, fill=BAND_FILL, bold=True, next_=True)
    return f"<w:tr><w:trPr>{_WHOLE}</w:trPr>{cell}</w:tr>"


def _row(cells: Sequence[Cell], columns: Sequence[Column], widths: Sequence[float]) -> str:
    drawn, lines = [], 0.0
    for cell, column, width in zip(cells, columns, widths, strict=True):
        said = cell.text if isinstance(cell, Tinted) else cell
        lines = max(lines, len(said) * SIZE * 25.4 / 72 / (width - 2 * PADDING_MM))
        color = cell.color if isinstance(cell, Tinted) else None
        drawn.append(_cell(said, column.align, width, color=color))
    whole = _WHOLE if lines < TALLEST_ROW else ""  # one that is taller than a page must be split
    return f"<w:tr><w:trPr>{whole}</w:trPr>{''.join(drawn)}</w:tr>"


def _cell(
    text: str,
    align: str,
    width: float,
    *,
    span: int = 1,
    fill: str | None = None,
    color: str | None = None,
    bold: bool = False,
    next_: bool = False,
) -> str:
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    filled = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    kept = "<w:keepNext/>" if next_ else ""
    aligned = f'<w:jc w:val="{align}"/>' if align != "left" else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>{spans}{filled}'
        f'<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/>'
        f"{kept}{aligned}</w:pPr>{run(plain(say(text)), bold=bold, color=color)}</w:p></w:tc>"
    )


def run(said: str, *, bold: bool = False, color: str | None = None) -> str:
    """Return a run (w:r) of a plain text; nothing for no text."""
    if not said:
        return ""
    looks = ("<w:b/>" if bold else "") + (f'<w:color w:val="{color}"/>' if color else "")
    look = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    kept = ' xml:space="preserve"' if said.endswith(" ") else ""
    return f"<w:r>{look}<w:t{kept}>{escape(said)}</w:t></w:r>"
