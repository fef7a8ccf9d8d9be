"""What the XML of an .xlsx workbook says of its cells: formats, errors, formulas, hidden rows.

A sheet whose bytes show none of this, and no cell far to the right, is not parsed at all: that is
nearly always so, and parsing takes several times what reading the values takes.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import IO

from lxml import etree

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.foreign.number_formats import BUILT_IN, tells
from perf_pipeline.foreign.sheet_marks import (
    Fonts,
    column_of,
    fonts,
    mark,
    marked_texts,
    notes,
    page_words,
)
from perf_pipeline.foreign.workbook import (
    MOST_ERRORS,
    NO_RESULT,
    Looks,
    refuse_errors,
    refuse_wide,
    whole,
)

LARGEST_PART = 64 * 1024**2
MAIN, RELATIONS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
STRINGS = "xl/sharedstrings.xml"
ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
ERRORS |= {"#SPILL!", "#CALC!", "#GETTING_DATA"}
UNTOLD = "#ERROR!"  # an error of another name

_CHUNK = 16 * 1024**2
_MOST_HIDDEN = 1_000  # columns that are named as hidden: "all to the right" are 16384
_LONGEST = 512  # bytes of what may be cut in two between chunks
# a formula, an error, a hidden row, a cell beyond column Z that holds something, marks within texts
_MARKS = re.compile(
    rb"""<(?:\w+:)?f[\s/>]|\bt\s*=\s*["']e["']|\bhidden\s*=|"""
    rb"""<(?:\w+:)?c\s[^<>]*\br\s*=\s*["'][A-Za-z]{2,}[0-9]+\s*["'](?:[^<>]*[^/<>])?>"""
    rb"""|<(?:\w+:)?headerFooter|<(?:\w+:)?strike|"su(?:per|b)script"|<!DOCTYPE|<!ENTITY|&\#|\x00"""
)
_MARKED = re.compile(rb"strike|su(?:per|b)script")
_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^<>]*\s)?r\s*=\s*["']\s*0*(\d{1,11})\s*["']""")
# a comment, CDATA, a second value, or a sign written &#48; in a number: the library reads a part
_BROKEN = re.compile(
    rb"<(?:\w+:)?(?:t(?:\s[^<>]*)?>[^<]*<!|v(?:\s[^<>]*)?>(?:[^<]*<[^/]|[-+.0-9Ee\s]*&\#))"
    rb"|</(?:\w+:)?v\s*>\s*<(?:\w+:)?v[\s>/]"
)
_PLACE = re.compile(r"\s*\$?([A-Za-z]{1,9})\$?(\d{1,11})\s*")


def sheet_looks(
    archive: zipfile.ZipFile, names: Mapping[str, str], place: Place, most_cells: int
) -> dict[str, Looks]:
    """Return the looks of every worksheet by its name; `names` are the parts' by lower case.

    Raises KeyError or XMLSyntaxError for a damaged workbook, UnreadableFileError for one with
    entities or with a sheet larger than it may be.
    """
    styles = _xml(archive, names[STYLES], place) if STYLES in names else None
    codes = _formats(styles) if styles is not None else {}
    known = fonts(styles) if styles is not None else Fonts()
    marked = False
    for chunk, _ in chunks(archive, names[STRINGS]) if STRINGS in names else ():
        refuse_broken(chunk, place)
        marked = marked or _MARKED.search(chunk) is not None
    if marked:
        with archive.open(names[STRINGS]) as stream:
            struck, raised = marked_texts(_elements(stream, ("{*}si",), place))
        known = replace(known, texts=struck, raised=raised)
    targets = {
        each.get("Id"): str(each.get("Target") or "")
        for each in _xml(archive, names[RELATIONS], place)
    }
    found: dict[str, Looks] = {}
    for sheet in _xml(archive, names[MAIN], place).iter("{*}sheet"):
        relation = next((str(v) for k, v in sheet.items() if str(k).endswith("}id")), "")
        target = targets.get(relation, "").replace("\\", "/")
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()
        if part in names:
            name = str(sheet.get("name") or "")
            where = Place(place.file, name)
            looks = _looks(archive, names[part], codes, known, where, most_cells)
            looks.notes = notes(archive, names, part, partial(_xml, archive, place=place))
            found[name] = looks
    return found


def _formats(styles: etree._Element) -> dict[str, str]:
    """Return the number formats worth knowing, by the number of the cell style."""
    declared = {str(number): code for number, code in BUILT_IN.items()}
    declared |= {
        str(each.get("numFmtId") or ""): str(each.get("formatCode") or "")
        for each in styles.iter("{*}numFmt")
    }
    cells = styles.find("{*}cellXfs")
    used = [str(each.get("numFmtId") or "") for each in cells] if cells is not None else []
    return {str(n): declared[each] for n, each in enumerate(used) if each in declared}


def _looks(
    archive: zipfile.ZipFile,
    part: str,
    codes: dict[str, str],
    known: Fonts,
    place: Place,
    most_cells: int,
) -> Looks:
    telling = {style: code for style, code in codes.items() if tells(code)}
    marks = [_MARKS.pattern]
    if told := {*telling, *known.struck, *known.red}:
        styles = b"|".join(re.escape(style.encode()) for style in sorted(told))
        marks.append(rb"""\bs\s*=\s*["'](?:%s|[^"']*&)""" % styles)
    if known.texts or known.raised:
        marks.append(rb"""\bt\s*=\s*["']s["']""")
    looks, says = Looks(), re.compile(b"|".join(marks))
    if not _says_more(chunks(archive, part), says, place):
        return looks
    with archive.open(part) as stream:
        for element in _elements(stream, ("{*}cols", "{*}row", "{*}headerFooter"), place):
            if _local(element) == "cols":
                _look_at_columns(element, looks)
                continue
            if _local(element) == "headerFooter":
                looks.page_words = page_words(element)
                continue
            _look_at_row(element, looks, telling, known)
            refuse_wide(looks, place, most_cells)
            if len(looks.instead) > MOST_ERRORS:
                refuse_errors(looks, place)
    return looks


def _says_more(chunks: Iterable[tuple[bytes, int]], says: re.Pattern[bytes], place: Place) -> bool:
    """Tell whether a sheet's bytes show more than values.

    Raises UnreadableFileError where two rows have one number, or a value is cut by a comment: only
    one, or a part, would be read.
    """
    found, numbers = False, set[bytes]()
    for chunk, seen in chunks:
        refuse_broken(chunk, place)
        found = found or says.search(chunk) is not None
        for row in _ROW.finditer(chunk):
            if row.end() > seen and row[1] in numbers:
                raise UnreadableFileError(
                    f"内部有两个第{int(row[1])}行，只有一个读得到；"
                    "请用 Excel 打开，另存为新文件后重交",
                    place,
                )
            numbers.add(row[1])
    return found


def refuse_broken(chunk: bytes, place: Place, broken: re.Pattern[bytes] = _BROKEN) -> None:
    """Raise UnreadableFileError where a value is written so that only a part would be read."""
    if broken.search(chunk):
        raise UnreadableFileError(
            "单元格的值里夹着注释，读不完整；请用 Excel 打开，另存为新文件后重交", place
        )


def _look_at_columns(columns: etree._Element, looks: Looks) -> None:
    for column in columns:
        if column.get("hidden") in ("1", "true"):
            first = whole(column.get("min"), 1)
            last = min(whole(column.get("max"), first), first + _MOST_HIDDEN)
            looks.hidden_columns.update(range(first - 1, last))


def _look_at_row(
    row: etree._Element, looks: Looks, telling: Mapping[str, str], known: Fonts
) -> None:
    number = whole(row.get("r"), looks.height + 1)
    looks.height = max(looks.height, number)
    if row.get("hidden") in ("1", "true"):
        looks.hidden_rows.add(number)
    column = 0
    for cell in row.iter("{*}c"):
        own, column = _place(cell, number, column)
        if len(cell):
            looks.height = max(looks.height, own)
            if column > looks.width:
                looks.width = column
                looks.farthest = str(cell.get("r") or "")
            at = own - 1, column - 1
            mark(looks, at, cell, known)
            code = telling.get((cell.get("s") or "").strip())
            if code is not None:
                looks.formats[at] = code
            if (text := _instead(cell)) is not None:
                looks.instead[at] = text


def _instead(cell: etree._Element) -> str | None:
    """Return what stands for a cell that shows an error, or whose formula has no result."""
    value = next((each for each in cell if _local(each) == "v"), None)
    if (cell.get("t") or "").strip() == "e":
        text = (value.text or "").strip() if value is not None else ""
        return text if text in ERRORS else UNTOLD
    # a formula of text may well give none: its type says that it was worked out
    worked_out = value is not None and (value.text or cell.get("t") == "str")
    is_formula = any(_local(each) == "f" for each in cell)
    return NO_RESULT if is_formula and not worked_out else None


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _place(cell: etree._Element, row: int, before: int) -> tuple[int, int]:
    found = _PLACE.fullmatch(cell.get("r") or "")
    if found is None:
        return row, before + 1
    return int(found[2]), column_of(found[1])


def _elements(stream: IO[bytes], tag: Sequence[str], place: Place) -> Iterator[etree._Element]:
    """Give elements one after another, holding none of them."""
    first = True
    parser = etree.iterparse(
        stream, events=("end",), tag=tag, resolve_entities=False, no_network=True, huge_tree=True
    )
    for _, element in parser:
        if first:
            _refuse_entities(element, place)
            first = False
        yield element
        element.clear(keep_tail=False)
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _xml(archive: zipfile.ZipFile, part: str, place: Place) -> etree._Element:
    with archive.open(part) as stream:
        content = stream.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise UnreadableFileError(
            f"内部的 {part} 大于{LARGEST_PART // 1024**2}MB，不读取；"
            "请把要交的行复制到新的工作簿里，另存为 .xlsx 后重交",
            place,
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(content, parser)
    _refuse_entities(root, place)
    return root


def _refuse_entities(element: etree._Element, place: Place) -> None:
    information = element.getroottree().docinfo
    if information.internalDTD is not None:
        raise UnreadableFileError(
            "已损坏或可能有害（内部定义了 XML 实体），不读取；请用 Excel 另存为新文件后重交", place
        )


def chunks(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, int]]:
    """Give a part's content in pieces, and how much of each its forerunner has: a tag's length."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield tail + chunk, len(tail)
            tail = chunk[-_LONGEST:]
