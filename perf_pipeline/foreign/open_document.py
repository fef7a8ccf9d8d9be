"""What the XML of an .ods workbook says of its cells: percentages, errors, how far they reach."""

from __future__ import annotations

import re
import zipfile

from lxml import etree

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.foreign.sheet_looks import chunks, refuse_broken
from perf_pipeline.foreign.workbook import Looks, refuse_wide, whole

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_PERCENT = "0.00%"
_BROKEN = re.compile(rb"<!\[CDATA\[")  # which the library reads as nothing
MOST_REPEATED = 1_000  # cells or rows that may hold the same thing: no list has more
_REPEATED = "有一{}内容重复了{}次，不像是填出来的，不读取；请只留要交的行，另存为 .xlsx 后重交"


def open_document_looks(
    archive: zipfile.ZipFile, part: str, place: Place, most_cells: int
) -> dict[str, Looks]:
    """Return the looks of every table by its name.

    A repeated cell or row counts as often as it is repeated. Raises UnreadableFileError for a table
    that is larger than it may be, or a value in CDATA.
    """
    found: dict[str, Looks] = {}
    for chunk, _ in chunks(archive, part):
        refuse_broken(chunk, place, _BROKEN)
    with archive.open(part) as stream:
        tags = (f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-cell")
        events = etree.iterparse(
            stream, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True
        )
        looks, row, column = Looks(), 0, 0
        for event, element in events:
            if event == "start" and element.tag == tags[0]:
                if element.getroottree().docinfo.internalDTD is not None:
                    raise UnreadableFileError("可能有害（定义了 XML 实体），不读取", place)
                looks, row = Looks(), 0
                found[str(element.get(f"{_TABLE}name") or "")] = looks
            elif event == "start" and element.tag == tags[1]:
                column = 0
            elif event == "end" and element.tag == tags[2]:
                times = whole(element.get(f"{_TABLE}number-columns-repeated"), 1)
                _look_at_cell(element, looks, row, column, times)
                column += times
                element.clear(keep_tail=False)
            elif event == "end" and element.tag == tags[1]:
                times = whole(element.get(f"{_TABLE}number-rows-repeated"), 1)
                where = Place(place.file, next(reversed(found), None))
                if times > MOST_REPEATED and looks.height == row + 1:
                    raise UnreadableFileError(_REPEATED.format("行", times), where)
                _end_row(element, looks, row, times)
                row += times
                refuse_wide(looks, where, most_cells)
                element.clear(keep_tail=False)
    return found


def _look_at_cell(cell: etree._Element, looks: Looks, row: int, column: int, times: int) -> None:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind is None and not len(cell):
        return
    looks.height = max(looks.height, row + 1)
    if column + times > looks.width:
        looks.width = column + times
    for at in range(column, column + min(times, MOST_REPEATED)):
        if kind == "percentage":
            looks.formats[row, at] = _PERCENT
        if cell.get(f"{_CALCEXT}value-type") == "error":
            looks.instead[row, at] = "#ERROR!"


def _end_row(element: etree._Element, looks: Looks, row: int, times: int) -> None:
    if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
        looks.hidden_rows |= set(range(row + 1, row + min(times, MOST_REPEATED) + 1))
    if looks.height == row + 1 and times > 1:  # a row that holds something, repeated
        looks.height = row + times
        for kept in (looks.formats, looks.instead):
            here = {at: text for at, text in kept.items() if at[0] == row}
            for more in range(1, min(times, MOST_REPEATED)):
                kept.update({(row + more, column): text for (_, column), text in here.items()})
