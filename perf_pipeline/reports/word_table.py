"""Tables of a Word report, made as XML: python-docx looks every cell up anew, which takes minutes.

The head is repeated on each page, a row stays on one page, numbers stand on the right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from perf_pipeline.reports.word_look import WIDTH

SIZE = 9.0  # points
TALLEST_ROW = 25  # lines that a row may have and still stay on one page
TWIPS_PER_MM = 1440 / 25.4
PADDING_MM = 1.0
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


def table_element(caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> Any:
    """Return a table (w:tbl) as wide as the text, with its caption for those who cannot see it."""
    whole = sum(column.width for column in columns)
    widths = [column.width * WIDTH / whole for column in columns]
    table = _element("w:tbl")
    table.append(_properties(caption))
    grid = _within(table, "w:tblGrid")
    for width in widths:
        _within(grid, "w:gridCol", w=_twips(width))
    table.append(_head(columns, widths))
    for row in rows:
        if isinstance(row, Band):
            table.append(_band(row, len(columns)))
        else:
            table.append(_row(row, columns, widths))
    return table


def _properties(caption: str) -> Any:
    properties = _element("w:tblPr")
    _within(properties, "w:tblW", w="5000", type="pct")
    _within(properties, "w:jc", val="center")
    borders = _within(properties, "w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _within(borders, f"w:{side}", val="single", sz="4", space="0", color=LINE)
    _within(properties, "w:tblLayout", type="fixed")
    margins = _within(properties, "w:tblCellMar")
    for side, size in (("top", 0.6), ("left", PADDING_MM), ("bottom", 0.6), ("right", PADDING_MM)):
        _within(margins, f"w:{side}", w=_twips(size), type="dxa")
    _within(properties, "w:tblLook", val="0020", firstRow="1", noHBand="1", noVBand="1")
    _within(properties, "w:tblCaption", val=caption)
    return properties


def _head(columns: Sequence[Column], widths: Sequence[float]) -> Any:
    row, settings = _new_row()
    _within(settings, "w:cantSplit")
    _within(settings, "w:tblHeader")
    for column, width in zip(columns, widths, strict=True):
        row.append(_cell(column.head, "center", width, fill=HEAD_FILL, bold=True))
    return row


def _band(band: Band, columns: int) -> Any:
    row, settings = _new_row()
    _within(settings, "w:cantSplit")
    cell = _cell(band.text, "left", WIDTH, span=columns, fill=BAND_FILL, bold=True)
    style = cell.find(f".//{qn('w:pStyle')}")
    style.addnext(_element("w:keepNext"))  # it names the row below it
    row.append(cell)
    return row


def _row(cells: Sequence[Cell], columns: Sequence[Column], widths: Sequence[float]) -> Any:
    row, settings = _new_row()
    lines = 0.0
    for cell, column, width in zip(cells, columns, widths, strict=True):
        said = cell.text if isinstance(cell, Tinted) else cell
        lines = max(lines, len(said) * SIZE * 25.4 / 72 / (width - 2 * PADDING_MM))
        color = cell.color if isinstance(cell, Tinted) else None
        row.append(_cell(said, column.align, width, color=color))
    if lines < TALLEST_ROW:  # one that is taller than a page must be split
        _within(settings, "w:cantSplit")
    return row


def _cell(
    text: str,
    align: str,
    width: float,
    *,
    span: int = 1,
    fill: str | None = None,
    color: str | None = None,
    bold: bool = False,
) -> Any:
    cell = _element("w:tc")
    properties = _within(cell, "w:tcPr")
    _within(properties, "w:tcW", w=_twips(width), type="dxa")
    if span > 1:
        _within(properties, "w:gridSpan", val=str(span))
    if fill:
        _within(properties, "w:shd", val="clear", color="auto", fill=fill)
    _within(properties, "w:vAlign", val="center")
    paragraph = _within(cell, "w:p")
    _within(_within(paragraph, "w:pPr"), "w:pStyle", val="TableText")
    if align != "left":
        _within(paragraph[0], "w:jc", val=align)
    if said := plain(text):
        run = _within(paragraph, "w:r")
        if bold or color:
            look = _within(run, "w:rPr")
            if bold:
                _within(look, "w:b")
            if color:
                _within(look, "w:color", val=color)
        _within(run, "w:t").text = said
    return cell


def _new_row() -> tuple[Any, Any]:
    row = _element("w:tr")
    return row, _within(row, "w:trPr")


def _within(parent: Any, tag: str, **attributes: str) -> Any:
    child = _element(tag, **attributes)
    parent.append(child)
    return child


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _twips(millimetres: float) -> str:
    return str(round(millimetres * TWIPS_PER_MM))
