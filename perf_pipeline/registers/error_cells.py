"""Cells of a workbook that show an error (#REF!), looked up in the file itself.

Calamine gives them as blank, as if nobody had filled them. In .xlsx and .xlsm they are found in the
XML, in .xls by xlrd; in .xlsb and .ods an error still reads as a blank cell.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import xlrd
from lxml import etree

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.registers.cells import ERROR_VALUES
from perf_pipeline.registers.workbook_size import DAMAGE, chunks, column_number

MOST_ERRORS = 100_000
LARGEST_PART = 16 * 1024**2

Errors = dict[tuple[int, int], str]

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*\bt=["']e["'][^<>]*>""")
_MARKS = (b't="e"', b"t='e'")
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_SHOWN = re.compile(rb"<(?:\w+:)?v>(#[^<>]{1,20})<")
_UNTOLD = "#ERROR!"  # an error of another name, or one that stands behind a long formula
_NEAR = 300  # bytes
_TEXTS = cast(dict[object, str], xlrd.error_text_from_code)  # of an old workbook's codes


def error_cells(path: Path, place: Place) -> dict[str, Errors]:
    """Return what cells show an error, by sheet and by row and column from 0.

    Raises UnreadableFileError for a file that has more of them than a register would, or whose
    parts cannot be unpacked.
    """
    if path.suffix.lower() == ".xls":
        return _old_errors(path, place)
    if not zipfile.is_zipfile(path):
        return {}
    found: dict[str, Errors] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name.lower() for name in archive.namelist()}
            if not {_WORKBOOK, _RELATIONS} <= parts:
                return {}
            for sheet, part in _sheets(archive):
                if part.lower() in parts:
                    found[sheet] = _errors(archive, part, Place(place.file, sheet))
    except (*DAMAGE, KeyError, etree.XMLSyntaxError) as error:
        raise UnreadableFileError(f"工作簿已损坏（{error}）", place) from error
    return found


def _old_errors(path: Path, place: Place) -> dict[str, Errors]:
    """Return the error cells of a workbook of the old kind, of which a sheet has 65,536 rows."""
    try:
        book = xlrd.open_workbook(str(path), logfile=io.StringIO())
        return {
            sheet.name: {
                (row, column): _TEXTS.get(sheet.cell_value(row, column), _UNTOLD)
                for row in range(sheet.nrows)
                for column, kind in enumerate(sheet.row_types(row))
                if kind == xlrd.XL_CELL_ERROR
            }
            for sheet in book.sheets()
        }
    except Exception as error:  # the reader has no one exception for damage
        raise UnreadableFileError(f"工作簿已损坏或加密（{error}）", place) from error


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Give the name of every sheet, and of the part that holds it."""
    targets = {each.get("Id"): each.get("Target", "") for each in _xml(archive, _RELATIONS)}
    for sheet in _xml(archive, _WORKBOOK).iter("{*}sheet"):
        relation = next((str(v) for k, v in sheet.items() if str(k).endswith("}id")), "")
        part = posixpath.normpath(posixpath.join("/xl", targets.get(relation, "")))
        yield sheet.get("name", ""), part.lstrip("/")


def _xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    with archive.open(name) as stream:
        content = stream.read(LARGEST_PART)
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _errors(archive: zipfile.ZipFile, part: str, place: Place) -> Errors:
    errors: Errors = {}
    for chunk in chunks(archive, archive.getinfo(part)):
        if not any(mark in chunk for mark in _MARKS):
            continue  # nearly always, and much faster than looking at every cell
        for cell in _ERROR_CELL.finditer(chunk):
            at = _REFERENCE.search(cell[0])
            if at is None:
                continue
            shown = _SHOWN.search(chunk[cell.end() : cell.end() + _NEAR].partition(b"</c>")[0])
            where = int(at[2]) - 1, column_number(at[1]) - 1
            value = shown[1].decode("ascii", "replace") if shown else _UNTOLD
            errors[where] = value if value in ERROR_VALUES else _UNTOLD
        if len(errors) > MOST_ERRORS:
            reason = f"错误值（如 #REF!）多于{MOST_ERRORS}个，请改正公式后重交"
            raise UnreadableFileError(reason, place)
    return errors
