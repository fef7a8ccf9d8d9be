"""Word files (.docx): paragraphs and tables in their order, on their own grid of columns.

Read from the XML by lxml: python-docx builds an object for every cell each time it is asked, and
leaves out text boxes, content controls and list numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from perf_pipeline.documents.model import Block, Cell, Paragraph, Row, Table
from perf_pipeline.documents.word_numbering import Numbering, W
from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.domain.raised_digits import SMALL, raised_behind
from perf_pipeline.foreign.package import Package, open_package

MAIN, STYLES = "word/document.xml", "word/styles.xml"
DEEPEST = 40  # tables in tables in content controls: no form goes deeper
WIDEST = 200  # grid columns

_STRICT = "purl.oclc.org/ooxml"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_P, _TBL, _TR, _TC = f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc"
_P_PR, _TC_PR, _TR_PR = f"{W}pPr", f"{W}tcPr", f"{W}trPr"
_SPAN, _V_MERGE, _VAL = f"{W}gridSpan", f"{W}vMerge", f"{W}val"
_T, _SYMBOL, _TEXT_BOX = f"{W}t", f"{W}sym", f"{W}txbxContent"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MATH_T, _SMALL_TERMS, _ROOT = f"{_MATH}t", (f"{_MATH}sup", f"{_MATH}sub"), f"{_MATH}rad"
_FRACTION, _TERMS = f"{_MATH}f", (f"{_MATH}num", f"{_MATH}den")
_SPACES = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_SHOWN = {_P, _TBL, _TR, _TC, _TC_PR}
# signs that Word keeps as places in a symbol font
_SIGNS = {
    ("symbol", 0xB3): "≥",
    ("symbol", 0xA3): "≤",
    ("symbol", 0xB1): "±",
    ("symbol", 0xB0): "°",
    ("wingdings", 0xFC): "√",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xA8): "□",
    ("wingdings 2", 0x50): "√",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0xA3): "□",
}
_GONE = {
    f"{W}{name}"
    for name in ("del", "moveFrom", "rPr", "pPr", "instrText", "tblPr", "tblGrid", "rt")
}
_GONE |= {_FALLBACK, _TR_PR, f"{W}sectPr"}
_R, _R_PR, _ALIGN, _POSITION = f"{W}r", f"{W}rPr", f"{W}vertAlign", f"{W}position"
_UNSEEN = {f"{W}{name}" for name in ("vanish", "strike", "dstrike")}  # hidden, or struck out
_OFF = ("0", "false", "off")


def read_word(path: Path) -> list[Block]:
    """Read a Word file's paragraphs and tables.

    Text boxes follow the paragraph they hang on; a table inside a cell follows the table around
    it. Raises UnreadableFileError for a file that is not one, is damaged, or would unpack to more
    than memory should hold.
    """
    with open_package(path) as package:
        if MAIN not in package.names:
            raise UnreadableFileError("不是 Word 文件（.docx）", Place(path.name))
        whole = package.xml(MAIN)
        body = whole.find(f"{W}body")
        _take_styles(whole, package)
        numbering = Numbering.of(package)
    if body is None and _STRICT in whole.tag:
        raise UnreadableFileError(
            "是“Strict Open XML”格式的 Word 文件；请用 Word 另存为普通的 .docx", Place(path.name)
        )
    if body is None:
        raise UnreadableFileError("Word 文件里没有正文", Place(path.name))
    reader = _Reader(numbering, Place(path.name))
    reader.read(body, 0)
    return reader.blocks


class _Reader:
    """Walks the body once, counting paragraphs and tables as a reader of the page would."""

    def __init__(self, numbering: Numbering, place: Place) -> None:
        self.blocks: list[Block] = []
        self._numbering = numbering
        self._place = place
        self._paragraphs = 0
        self._tables = 0

    def read(self, container: etree._Element, depth: int) -> None:
        """Read the paragraphs and tables of a body, content control, cell or text box."""
        if depth > DEEPEST:
            raise UnreadableFileError(f"表格嵌套多于{DEEPEST}层", self._place)
        for part in container:
            if part.tag == _P:
                self._paragraph(part, depth)
            elif part.tag == _TBL:
                self._table(part, depth)
            elif isinstance(part.tag, str) and part.tag not in _GONE:
                self.read(part, depth + 1)  # sdt, ins, customXml, smartTag

    def _paragraph(self, paragraph: etree._Element, depth: int) -> None:
        boxes: list[etree._Element] = []
        text = self._text(paragraph, boxes).strip()
        if text:
            self._paragraphs += 1
            self.blocks.append(Paragraph(text, self._paragraphs))
        for box in boxes:
            self.read(box, depth + 1)

    def _table(self, table: etree._Element, depth: int) -> None:
        self._tables += 1
        name = f"表{self._tables}"
        inner: list[etree._Element] = []
        rows: list[Row] = []
        above: dict[int, Cell] = {}
        for row in _rows(table):
            cells = self._row(row, above, inner)
            above = {cell.column: cell for cell in cells}
            rows.append(cells)
        self.blocks.append(Table(tuple(rows), name))
        for each in inner:
            self._table(each, depth + 1)

    def _row(self, row: etree._Element, above: dict[int, Cell], inner: list[etree._Element]) -> Row:
        cells: list[Cell] = []
        before = row.find(f"{W}trPr/{W}gridBefore")
        column = min(_number(before, 0), WIDEST) if before is not None else 0
        for cell in _unwrapped(row):
            if cell.tag != _TC:
                continue
            text, width, continues = self._cell(cell, inner)
            if column + width > WIDEST:
                raise UnreadableFileError(f"表格多于{WIDEST}列", self._place)
            upper = above.get(column) if continues else None
            cells.append(Cell(upper.text if upper else text, column, width, upper is not None))
            column += width
        return tuple(cells)

    def _cell(self, cell: etree._Element, inner: list[etree._Element]) -> tuple[str, int, bool]:
        """Return a cell's text, its width in grid columns, and whether it continues one above."""
        lines: list[str] = []
        width, continues = 1, False
        for part in _unwrapped(cell):
            tag = part.tag
            if tag == _P:
                boxes: list[etree._Element] = []
                lines.append(self._text(part, boxes))
                lines += [_inside(p) for box in boxes for p in box.iter(_P)]
            elif tag == _TBL:
                inner.append(part)
            elif tag == _TC_PR:
                for each in part:
                    if each.tag == _SPAN:
                        width = max(1, _number(each, 1))
                    elif each.tag == _V_MERGE:
                        continues = each.get(_VAL) != "restart"
        return "\n".join(lines).strip(), width, continues

    def _text(self, paragraph: etree._Element, boxes: list[etree._Element]) -> str:
        found: list[str] = []
        _collect(paragraph, found, boxes)
        if len(paragraph) and paragraph[0].tag == _P_PR:
            found.insert(0, self._numbering.label(paragraph[0]))
        return "".join(found)


def _unwrapped(container: etree._Element) -> Iterator[etree._Element]:
    """Give what a container holds, seen through content controls and tracked insertions."""
    for part in container:
        if part.tag in _SHOWN:
            yield part
        elif isinstance(part.tag, str) and part.tag not in _GONE:
            yield from _unwrapped(part)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    return (
        part
        for part in _unwrapped(table)
        if part.tag == _TR and part.find(f"{W}trPr/{W}del") is None
    )


def _number(element: etree._Element, otherwise: int) -> int:
    written = element.get(f"{W}val") or ""
    return int(written) if written.isascii() and written.isdigit() else otherwise


def _inside(element: etree._Element) -> str:
    found: list[str] = []
    _collect(element, found, [])
    return "".join(found)


def _collect(element: etree._Element, found: list[str], boxes: list[etree._Element]) -> None:
    """Gather the pieces of text inside an element, and the text boxes that hang on it."""
    for part in element:
        tag = part.tag
        if tag in (_T, _MATH_T):
            found.append(part.text or "")
        elif tag in _GONE or not isinstance(tag, str) or (tag == _R and _is_unseen(part)):
            continue
        elif tag in _SPACES:
            found.append(_SPACES[tag])
        elif tag == _SYMBOL:
            found.append(_sign(part))
        elif tag == _TEXT_BOX:
            boxes.append(part)
        elif tag == _FRACTION:
            terms = (_inside(each) for each in part if each.tag in _TERMS)
            apart = " " if "".join(found)[-1:].isdigit() else ""  # 3½ is no 31/2
            found.append(apart + "/".join(terms))
        elif tag in _SMALL_TERMS or (tag == _R and _is_small(part)):
            small: list[str] = []
            _collect(part, small, boxes)
            found.append(raised_behind("".join(found), "".join(small)))
        elif tag == _ROOT:
            found.append(f"√{_inside(part)}")
        else:
            _collect(part, found, boxes)


def _is_unseen(run: etree._Element) -> bool:
    """Tell whether a run of text is hidden or struck out: whoever reads the page reads past it."""
    return any(each.tag in _UNSEEN and each.get(_VAL) not in _OFF for each in _looks(run))


def _is_small(run: etree._Element) -> bool:
    """Tell whether a run of text is raised or lowered, as the number of a note is."""
    return any(
        (each.tag == _ALIGN and each.get(_VAL) in SMALL)
        or (each.tag == _POSITION and _number(each, 0) > 0)
        for each in _looks(run)
    )


def _take_styles(whole: etree._Element, package: Package) -> None:
    """Write into each run that a style of it raises or lowers that it is so."""
    styled = list(whole.iter(f"{W}rStyle"))
    if not styled or STYLES not in package.names:
        return
    align = {
        each.get(f"{W}styleId"): found
        for each in package.xml(STYLES).iter(f"{W}style")
        if (found := each.find(f"{W}rPr/{_ALIGN}")) is not None
    }
    for each in styled:
        looks, found = each.getparent(), align.get(each.get(_VAL))
        if looks is not None and found is not None and looks.find(_ALIGN) is None:
            etree.SubElement(looks, _ALIGN, {_VAL: found.get(_VAL) or ""})


def _looks(run: etree._Element) -> Iterable[etree._Element]:
    return run[0] if len(run) and run[0].tag == _R_PR else ()


def _sign(symbol: etree._Element) -> str:
    """Return the sign that a place in a symbol font shows; others than ours are left out."""
    font, char = symbol.get(f"{W}font") or "", symbol.get(f"{W}char") or ""
    try:
        place = int(char, 16) & 0xFF
    except ValueError:
        return ""
    return _SIGNS.get((font.lower(), place), "")
