"""Workbooks (.xlsx, .xlsm): each sheet as paragraphs and tables on its own grid."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from perf_pipeline.documents.model import Block
from perf_pipeline.documents.number_formats import PERCENTS, Value, shown
from perf_pipeline.documents.package import Package, open_package
from perf_pipeline.documents.sheet_blocks import Merged, sheet_blocks
from perf_pipeline.domain.errors import Place, UnreadableFileError

MAIN = "xl/workbook.xml"
MOST_CELLS = 2_000_000
MOST_SHEETS = 500

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass
class _Looks:
    """What a sheet's XML says that values do not: number formats, hidden rows, its size."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


def read_workbook(path: Path) -> list[Block]:
    """Read a workbook's sheets, hidden ones and hidden rows included.

    A formula gives the value that was last computed; nothing is computed, no link is followed and
    no macro is run. Raises UnreadableFileError for a file that is none, is damaged, or whose
    sheets are larger than memory should hold.
    """
    place = Place(path.name)
    with open_package(path) as package:
        looks = _looks(package, place)
        if "xl/sharedStrings.xml" in package.names:
            package.read("xl/sharedStrings.xml")  # is it whole, and no larger than it says
    blocks: list[Block] = []
    try:
        with CalamineWorkbook.from_path(path) as book:
            for sheet in book.sheets_metadata:
                if sheet.typ is SheetTypeEnum.WorkSheet:
                    _read_sheet(book.get_sheet_by_name(sheet.name), looks.get(sheet.name), blocks)
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFileError(f"不是可读的工作簿，或已损坏（{error}）", place) from error
    except BaseException as error:
        # a panic in the reader's Rust code, as some damaged files cause, is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError("工作簿已损坏，或没有传完整", place) from error
    return blocks


def _read_sheet(sheet: CalamineSheet, looks: _Looks | None, blocks: list[Block]) -> None:
    looks = looks or _Looks()
    values: list[list[Value]] = [[*row] for row in sheet.to_python(skip_empty_area=False)]
    texts = [
        [shown(value, looks.formats.get((r, c))) for c, value in enumerate(row)]
        for r, row in enumerate(values)
    ]
    merged: list[Merged] = [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
    blocks += sheet_blocks(sheet.name, texts, merged, looks.hidden, len(blocks))


def _looks(package: Package, place: Place) -> dict[str, _Looks]:
    formats = _cell_formats(package)
    targets = {
        each.get("Id"): each.get("Target") or ""
        for each in package.xml("xl/_rels/workbook.xml.rels")
    }
    found: dict[str, _Looks] = {}
    for sheet in package.xml(MAIN).iter(f"{_S}sheet"):
        target = targets.get(sheet.get(f"{_R}id"), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in package.names:
            found[sheet.get("name") or ""] = _looks_of_sheet(package, part, formats, place)
        if len(found) > MOST_SHEETS:
            raise UnreadableFileError(f"工作表多于{MOST_SHEETS}张", place)
    return found


def _cell_formats(package: Package) -> dict[str, str]:
    """Return the number formats worth knowing, by the number of the cell style."""
    if "xl/styles.xml" not in package.names:
        return {}
    styles = package.xml("xl/styles.xml")
    declared = {
        each.get("numFmtId") or "": each.get("formatCode") or ""
        for each in styles.iter(f"{_S}numFmt")
    }
    declared |= {str(number): code for number, code in PERCENTS.items()}
    cells = styles.find(f"{_S}cellXfs")
    used = [each.get("numFmtId") or "" for each in cells] if cells is not None else []
    return {str(n): declared[each] for n, each in enumerate(used) if each in declared}


def _looks_of_sheet(package: Package, part: str, formats: dict[str, str], place: Place) -> _Looks:
    looks = _Looks()
    height = width = 0
    for row in package.elements(part, f"{_S}row"):
        number = _whole(row.get("r"), height + 1)
        height = max(height, number)
        if row.get("hidden") in ("1", "true"):
            looks.hidden.add(number)
        column = 0
        for cell in row:
            column = _column(cell, column)
            if len(cell):
                width = max(width, column)
                code = formats.get(cell.get("s") or "")
                if code is not None:
                    looks.formats[number - 1, column - 1] = code
        if width * height > MOST_CELLS:
            raise UnreadableFileError(
                f"工作表宽{width}列、高{height}行，大得不像绩效目标文件；请删除远处多余的单元格后另存",
                place,
            )
    return looks


def _column(cell: etree._Element, before: int) -> int:
    found = _PLACE.fullmatch(cell.get("r") or "")
    if found is None:
        return before + 1
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _whole(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else otherwise
