"""How much memory a zipped workbook would need, looked up before it is opened.

A workbook of a few kilobytes can unpack to gigabytes, and one forgotten cell in the last column
makes the reader lay out billions of blank ones, which ends the whole process.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from perf_pipeline.domain.errors import Place, UnreadableFileError

LARGEST_UNPACKED = 2 * 1024**3
MOST_CELLS = 40_000_000

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_CHUNK = 16 * 1024**2
_LONGEST_TAG = 512
# a cell beyond column Z; one that ends with "/>" is formatted but empty, and takes no room
_WIDE_CELL = re.compile(rb'\sr="([A-Z]{2,3})(\d{1,7})"[^<>]*>')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^<>]*?\br="(\d{1,7})"')


def refuse_oversized(path: Path, place: Place) -> None:
    """Raise UnreadableFileError for a workbook that would need more memory than is sensible.

    Files that are not zipped (.xls) are bounded by their format and pass.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > LARGEST_UNPACKED:
                raise UnreadableFileError(f"解压后有{unpacked // 1024**2}MB，不读取", place)
            for entry in entries:
                if "worksheets/" in entry.filename.lower() and entry.filename.endswith(".xml"):
                    _refuse_sparse(archive, entry, place)
    except DAMAGE as error:
        raise UnreadableFileError(f"工作簿已损坏，无法解压（{error}）", place) from error


def _refuse_sparse(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Place) -> None:
    width, farthest = 0, b""
    for chunk in chunks(archive, entry):
        for found in _WIDE_CELL.finditer(chunk):
            if not found[0].endswith(b"/>") and (column := column_number(found[1])) > width:
                width, farthest = column, found[1] + found[2]
    if not width:
        return  # 26 columns of the most rows a sheet can have still fit
    rows = (int(found[1]) for chunk in chunks(archive, entry) for found in _ROW.finditer(chunk))
    height = max(rows, default=1)
    if width * height > MOST_CELLS:
        raise UnreadableFileError(
            f"工作表宽{width}列、高{height}行，大得无法读取；"
            f"请删除远处多余的单元格（如 {farthest.decode('ascii')}）后另存",
            place,
        )


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Give an entry's content in pieces that overlap by a tag's length."""
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_LONGEST_TAG:]


def column_number(letters: bytes) -> int:
    """Return the number of a column from 1: 27 of AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
