"""A register's file read plainly: one header, every cell as written, no guess at all.

Knows a register's declaration and nothing else of the product: openpyxl and csv in the place of the
readers. Whatever is not plain is refused with the reason, so that nothing is compared that was only
guessed at.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from perf_pipeline.registers.declaration import Column, ColumnType, Register

Value = str | int | bool | date | None
HEADER_WITHIN = 20  # rows above which a header must stand
LARGEST = 64 * 1024 * 1024  # bytes of a file, and of all that a workbook unpacks to
FEN = 100
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")
_AMOUNT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?")
_TOTALS = re.compile(r"合计|小计|总计|累计|结转|承前页|过次页")
_OTHER_UNIT = re.compile(r"单位[：:]\s*(?!元|人民币元)\S|万元|千元|百元")


class NotPlain(Exception):  # noqa: N818 - no error: the plain path says where it ends
    """What the plain path does not read, and why, for people."""


@dataclass(frozen=True)
class PlainRow:
    """One row of a file: where it stands, and its cells by the names of the declared columns."""

    file: str
    sheet: str | None
    number: int
    cells: Mapping[str, Value]


@dataclass(frozen=True)
class PutAside:
    """Rows of a file that the department was told are in quarantine; no number: a whole sheet."""

    rows: frozenset[tuple[str | None, int | None]] = frozenset()

    def has(self, sheet: str | None, number: int) -> bool:
        """Tell whether a row was put aside."""
        return (sheet, number) in self.rows or (None, number) in self.rows


def read_original(path: Path, sha256: str) -> bytes:
    """Return the content of an original file; it must be the one that was judged, to the bit."""
    try:
        if path.stat().st_size > LARGEST:
            raise NotPlain("文件太大")
        content = path.read_bytes()
    except OSError as error:
        raise NotPlain("收件文件夹里没有这个文件，或不能读") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotPlain("收件文件夹里的文件已不是读入的那一份（SHA-256 不同）")
    return content


def plain_rows(
    content: bytes, path: str, register: Register, put_aside: PutAside
) -> tuple[PlainRow, ...]:
    """Read all rows of a register from a file's content, but for those put aside.

    Raises NotPlain for a file, sheet or row that is not written as the template is.
    """
    if any(number is None for _, number in put_aside.rows):
        raise NotPlain(f"{path}：有整张工作表在隔离中")
    ending = Path(path).suffix.lower()
    if ending == ".csv":
        sheets: Iterator[tuple[str | None, Sequence[Sequence[object]]]] = iter(
            [_csv(content, path)]
        )
    elif ending == ".xlsx":
        sheets = _sheets(content, path)
    else:
        raise NotPlain(f"{path}：复算只读 .xlsx 和 .csv")
    found: list[PlainRow] = []
    headed = 0
    for sheet, rows in sheets:
        at, columns = _header(rows, register)
        if columns is None:
            if any(sum(cell not in (None, "") for cell in row) > 1 for row in rows):
                raise NotPlain(f"{path}：工作表“{sheet or ''}”的表头不是模板的写法")
            continue
        headed += 1
        _refuse_other_meanings(rows, at, register, path)
        below = _without_last_total(rows[at + 1 :])
        for number, row in enumerate(below, start=at + 2):
            if not put_aside.has(sheet, number) and any(cell not in (None, "") for cell in row):
                found.append(PlainRow(path, sheet, number, _cells(row, columns, path, number)))
    if headed != 1:
        raise NotPlain(f"{path}：有 {headed} 张工作表像“{register.label}”，复算只读一张")
    return tuple(found)


def _without_last_total(rows: Sequence[Sequence[object]]) -> Sequence[Sequence[object]]:
    """Leave out a line of totals at the very end; one in between is not plain."""
    last = max((at for at, row in enumerate(rows) if any(row)), default=-1)
    if last >= 0 and any("".join(str(cell).split()) in ("合计", "总计") for cell in rows[last]):
        return rows[:last]
    return rows


def _cells(
    row: Sequence[object], columns: Mapping[int, Column], path: str, number: int
) -> dict[str, Value]:
    cells = {
        column.name: _cell(row[place] if place < len(row) else None, column, path, number)
        for place, column in columns.items()
    }
    lacking = any(each.required and cells[each.name] is None for each in columns.values())
    if lacking or any(isinstance(cell, str) and _TOTALS.search(cell) for cell in row[:3]):
        raise NotPlain(f"{path} 第{number}行：不是平常的一行")
    return cells


def _csv(content: bytes, path: str) -> tuple[None, list[list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return None, list(csv.reader(StringIO(content.decode(encoding)), strict=True))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise NotPlain(f"{path}：编码或引号读不出")


def _sheets(content: bytes, path: str) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    try:
        with ZipFile(BytesIO(content)) as parts:
            unpacked = sum(each.file_size for each in parts.infolist())
        if unpacked > LARGEST:
            raise NotPlain(f"{path}：文件太大")
        book = load_workbook(BytesIO(content), data_only=True)
    except NotPlain:
        raise
    except Exception as error:  # whatever a foreign file provokes is no figure
        raise NotPlain(f"{path}：打不开（{type(error).__name__}）") from error
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        hidden = any(each.hidden for each in sheet.row_dimensions.values())
        merged = [each for each in sheet.merged_cells.ranges if each.min_row != each.max_row]
        if hidden or merged or sheet.auto_filter.filterColumn:
            raise NotPlain(f"{path}：工作表“{sheet.title}”有隐藏、筛选或跨行合并的单元格")
        yield (
            sheet.title,
            [tuple(_shown(each) for each in row) for row in sheet.iter_rows()],
        )


class _Percent(float):
    """A number that a sheet shows as a percentage: what it says is not what it holds."""


def _shown(cell: Any) -> Any:
    percent = isinstance(cell.value, int | float) and "%" in str(cell.number_format)
    return _Percent(cell.value) if percent else cell.value


def _spelled(heading: object) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(heading))).lower()


def _header(
    rows: Sequence[Sequence[object]], register: Register
) -> tuple[int, dict[int, Column] | None]:
    """Find the row that names all required columns, and which column stands in which place."""
    named = {
        _spelled(name): column
        for column in reversed(register.columns)
        for name in (*column.aliases, column.label)
    }
    may_lack = register.amount.may_lack if register.amount else frozenset()
    wanted = {each.name for each in register.columns if each.required} - may_lack
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        found = {
            place: named[_spelled(cell)]
            for place, cell in enumerate(row)
            if cell not in (None, "") and _spelled(cell) in named
        }
        names = [each.name for each in found.values()]
        if wanted <= set(names):
            return (at, found) if len(names) == len(set(names)) else (at, None)
    return 0, None


def _refuse_other_meanings(
    rows: Sequence[Sequence[object]], at: int, register: Register, path: str
) -> None:
    """Refuse what changes the meaning of amounts: other units, credit and status columns."""
    above = [str(cell) for row in rows[: at + 1] for cell in row if cell not in (None, "")]
    money = any(each.type is ColumnType.MONEY for each in register.columns)
    if money and any(_OTHER_UNIT.search(text) for text in above):
        raise NotPlain(f"{path}：金额不是以元为单位")
    if register.amount is None:
        return
    beside = [label for each in register.amount.beside for label in each.labels]
    known = tuple(map(_spelled, (*beside, *register.amount.credit)))
    for cell in rows[at]:
        if cell not in (None, "") and _spelled(cell).endswith(known):
            raise NotPlain(f"{path}：列“{cell}”决定金额怎样计，复算不判断")


def _cell(cell: object, column: Column, path: str, number: int) -> Value:
    """Read a cell that is written plainly as its column's type."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    value: Value = _READERS[column.type](cell)
    if value is None or (column.choices and value not in column.choices):
        raise NotPlain(f"{path} 第{number}行：“{column.label}”不是平常的写法")
    return value


def _text(cell: object) -> str | None:
    if isinstance(cell, str):
        return cell.strip()
    whole = isinstance(cell, int) and not isinstance(cell, bool)
    return str(cell) if whole and not isinstance(cell, _Percent) else None


def _date(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    found = _DATE.fullmatch(cell.strip()) if isinstance(cell, str) else None
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _count(cell: object) -> int | None:
    if isinstance(cell, bool | _Percent):
        return None
    if isinstance(cell, str) and re.fullmatch(r"\d{1,15}", cell.strip()):
        return int(cell)
    return int(cell) if isinstance(cell, int | float) and cell == int(cell) else None


def _money(cell: object) -> int | None:
    """Return whole fen of an amount in yuan."""
    if isinstance(cell, bool | _Percent):
        return None
    if isinstance(cell, str):
        cell = cell.strip()
        if not _AMOUNT.fullmatch(cell):
            return None
    try:
        fen = Decimal(str(cell).replace(",", "")) * FEN
    except InvalidOperation:
        return None
    return int(fen) if fen == fen.to_integral_value() else None


def _yes_no(cell: object) -> bool | None:
    if isinstance(cell, bool):
        return cell
    return {"是": True, "否": False}.get(str(cell).strip())


_READERS: Mapping[ColumnType, Any] = {
    ColumnType.TEXT: _text,
    ColumnType.CHOICE: _text,
    ColumnType.DATE: _date,
    ColumnType.COUNT: _count,
    ColumnType.MONEY: _money,
    ColumnType.YES_NO: _yes_no,
}
