"""Web pages, and the workbooks that older systems export as web pages under the name .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from perf_pipeline.documents.model import Block, Cell, Paragraph, Row, Table
from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.domain.raised_digits import raised_behind

WIDEST, MOST_ROWS, DEEPEST = 200, 100_000, 100

_LINES = {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "title", "dd", "dt"}
_SMALL = {"sup", "sub"}
_SILENT = {"script", "style", "noscript", "template", "head", "select", "button", "rt", "rp"}
_SILENT |= {"s", "strike", "del"}  # struck out, as in a Word file
_UNSEEN = re.compile(r"line-through|display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def read_html(text: str, place: Place) -> list[Block]:
    """Read a page's paragraphs and tables; nothing it refers to is fetched, no script is run."""
    parser = html.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFileError("网页里没有内容", place) from error
    reader = _Reader(place)
    reader.read(root, 0)
    reader.end_line()
    return reader.blocks


class _Reader:
    def __init__(self, place: Place) -> None:
        self.blocks: list[Block] = []
        self._place = place
        self._line: list[str] = []
        self._paragraphs = self._tables = 0

    def read(self, element: etree._Element, depth: int) -> None:
        """Read an element's text and tables in their order."""
        if depth > DEEPEST:
            return
        self._line.append(element.text or "")
        for part in element:
            tag = part.tag
            if tag == "table":
                self.end_line()
                self._table(part)
            elif tag == "br":
                self.end_line()
            elif tag in _SMALL:
                self._line.append(_raised("".join(self._line), part))
            elif isinstance(tag, str) and not _is_unseen(part):
                if tag in _LINES:
                    self.end_line()
                self.read(part, depth + 1)
                if tag in _LINES:
                    self.end_line()
            self._line.append(part.tail or "")

    def end_line(self) -> None:
        """End the paragraph that is being read."""
        text = " ".join("".join(self._line).split())
        self._line = []
        if text:
            self._paragraphs += 1
            self.blocks.append(Paragraph(text, self._paragraphs))

    def _table(self, table: etree._Element) -> None:
        inner: list[etree._Element] = []
        rows: list[Row] = []
        above: dict[int, tuple[int, Cell]] = {}  # column: rows still to fill, the cell
        for row in _own(table, "tr"):
            if len(rows) >= MOST_ROWS:
                raise UnreadableFileError(f"表格多于{MOST_ROWS}行", self._place)
            rows.append(_row(row, above, inner))
        if any(len(row) > 1 for row in rows):
            self._tables += 1
            self.blocks.append(Table(tuple(rows), f"表{self._tables}"))
        else:  # a frame around the page's content, or lines of text
            for text in (cell.text for cells in rows for cell in cells):
                self._line = [text]
                self.end_line()
        for each in inner:
            self._table(each)


def _is_unseen(part: etree._Element) -> bool:
    unseen = part.get("hidden") is not None or _UNSEEN.search(part.get("style") or "")
    return part.tag in _SILENT or bool(unseen)


def _raised(before: str, part: etree._Element) -> str:
    return raised_behind(before, "".join(map(str, part.itertext())))


def _own(table: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Give a table's own rows, or a row's own cells, not those of tables inside."""
    for part in table:
        if part.tag == tag or (tag == "td" and part.tag == "th"):
            yield part
        elif part.tag in ("tbody", "thead", "tfoot"):
            yield from _own(part, tag)


def _row(
    row: etree._Element, above: dict[int, tuple[int, Cell]], inner: list[etree._Element]
) -> Row:
    cells: list[Cell] = []
    column = 0

    def from_above() -> None:
        nonlocal column
        while column in above:
            left, cell = above.pop(column)
            cells.append(Cell(cell.text, column, cell.width, True))
            if left > 1:
                above[column] = (left - 1, cell)
                column += cell.width
                continue
            column += cell.width

    for cell in _own(row, "td"):
        from_above()
        width, height = _span(cell, "colspan"), _span(cell, "rowspan")
        if column + width > WIDEST:
            break
        made = Cell(_cell_text(cell, inner), column, width)
        cells.append(made)
        if height > 1:
            above[column] = (height - 1, made)
        column += width
    from_above()
    return tuple(cells)


def _span(cell: etree._Element, name: str) -> int:
    written = (cell.get(name) or "1").strip()
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 5 else 1
    return min(max(number, 1), WIDEST if name == "colspan" else MOST_ROWS)


def _cell_text(cell: etree._Element, inner: list[etree._Element]) -> str:
    found: list[str] = []

    def walk(element: etree._Element, depth: int) -> None:
        found.append(" ".join((element.text or "").split()))
        for part in element:
            if part.tag == "table":
                inner.append(part)
            elif part.tag in _SMALL:
                found.append(_raised("".join(found), part))
            elif isinstance(part.tag, str) and not _is_unseen(part) and depth < DEEPEST:
                if part.tag in _LINES or part.tag == "br":
                    found.append("\n")
                walk(part, depth + 1)
            found.append(" ".join((part.tail or "").split()))

    walk(cell, 0)
    lines = (line.strip() for line in "".join(found).split("\n"))
    return "\n".join(line for line in lines if line)
