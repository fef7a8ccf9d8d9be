"""Reading a register's file in batches: typed rows, or quarantined ones, never neither.

A file is read some thousand rows at a time, column by column, so that neither the memory nor the
work for each row grows with the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain, compress, islice
from operator import itemgetter
from pathlib import Path

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell, Value
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.declaration import Column, Register
from perf_pipeline.registers.files import Row, read_sheets
from perf_pipeline.registers.header import SEARCHED_ROWS, Header, find_header, label_key
from perf_pipeline.registers.row_text import name_cells
from perf_pipeline.registers.rules import broken, carry_over_rules

TOTALS = {"合计", "小计", "总计", "累计", "本页合计", "本页小计"}
IN_EVERY_TOTAL = "计"
KEY_MARK = "｜"
ROWS_AT_ONCE = 4_000


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that cannot be loaded, where it stood, which cell is wrong and why."""

    sheet: str | None
    row_number: int
    column_label: str | None
    value: str | None
    reason: str
    row_text: str  # its filled cells by label, as JSON


@dataclass(frozen=True)
class Batch:
    """Some rows of one sheet: good ones as columns in declared order, bad ones, skipped ones.

    `rows_read` is counted as the file gives the rows, apart from what becomes of them, so that
    the warehouse's check of the two (nothing_lost) is one.
    """

    sheet: str | None
    rows_read: int
    row_numbers: Sequence[int]
    keys: Sequence[str]
    columns: Sequence[Sequence[Value]]
    quarantined: Sequence[QuarantinedRow]
    skipped: int


@dataclass(frozen=True)
class _Fault:
    """What is wrong with one cell of a row; the column is None where the whole row is meant."""

    column: Column | None
    cell: Cell
    reason: str


class RegisterBatches:
    """One pass over every sheet of a file that has the register's header.

    `known_projects` are the department's projects, for columns that must name one; None skips
    that check. A sheet whose header lacks a required column, beside one that has them all, is one
    quarantined row: its header. Drawing batches raises UnreadableFileError for a file that cannot
    be read, LayoutError for one in which no sheet has the register's columns. What stood above the
    headers (`notice`) and the columns nobody declared are known when all batches are drawn.
    """

    def __init__(
        self,
        path: Path,
        declared: Register,
        fiscal_year: int,
        known_projects: Collection[str] | None,
    ) -> None:
        """Remember what to read, and by what; nothing is opened yet."""
        self.path = path
        self.declared = declared
        self._notices: list[str] = []
        self._ignored: list[str] = []
        self._headers: dict[str | None, Header] = {}
        self._readers = [
            ColumnReader(column, _misfit(column, fiscal_year, known_projects))
            for column in declared.columns
        ]
        self._rules = [*declared.rules, *carry_over_rules(declared)]
        self._year_begins = date(fiscal_year, 1, 1)

    @property
    def notice(self) -> str | None:
        """What stood above the headers, where it says what the figures are."""
        return " ".join(dict.fromkeys(self._notices)) or None

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Labels of the columns that the declaration does not have."""
        return tuple(dict.fromkeys(self._ignored))

    def __iter__(self) -> Iterator[Batch]:
        """Give the batches, in the order of the file."""
        refused: list[tuple[LayoutError, Sequence[Row]]] = []
        found = False
        for sheet, rows in read_sheets(self.path):
            head = list(islice(rows, SEARCHED_ROWS))
            if all(map(_is_blank_row, head)) and all(map(_is_blank_row, rows)):
                continue
            try:
                header = find_header(head, self.declared, Place(self.path.name, sheet))
            except LayoutError as error:
                refused.append((error, head))
                continue
            found = True
            self._headers[sheet] = header
            self._notices += [header.notice] if header.notice else []
            self._ignored += header.ignored
            number = header.row + 2
            below = chain(head[header.row + 1 :], rows)
            while some := list(islice(below, ROWS_AT_ONCE)):
                yield self._batch(sheet, number, some, header)
                number += len(some)
        # a sheet whose place has a row holds this register, with a fault in its header
        near = [each for each in refused if each[0].place.row is not None]
        if not found and not refused:
            raise LayoutError("文件里没有数据", Place(self.path.name))
        if not found:
            raise (near or refused)[0][0]
        for refusal, beginning in near:
            yield self._refused_sheet(refusal, beginning)

    def row_text(self, sheet: str | None, cells: Sequence[Cell]) -> str:
        """Write a row's filled cells by the labels of their columns, as JSON."""
        header = self._headers.get(sheet)
        return json.dumps(name_cells(self.declared, header, cells), ensure_ascii=False)

    def _batch(self, sheet: str | None, first: int, rows: list[Row], header: Header) -> Batch:
        rows_read = len(rows)
        skipped = _skipped(rows, header) | self._saying_nothing(rows, header)
        numbers: Sequence[int] = range(first, first + len(rows))
        if skipped:
            kept = [n not in skipped for n in range(len(rows))]
            rows, numbers = list(compress(rows, kept)), list(compress(numbers, kept))
        # only in text files does a cell beyond the header mean that the others have moved
        faults = _moved(rows, header.width) if sheet is None else {}
        columns: Sequence[Sequence[Value]] = self._columns(rows, header, faults)
        keys = self._keys(columns)
        quarantined = [
            self._quarantined(sheet, numbers[n], rows[n], faults[n]) for n in sorted(faults)
        ]
        if faults:
            good = [n not in faults for n in range(len(rows))]
            numbers, keys = list(compress(numbers, good)), list(compress(keys, good))
            columns = [list(compress(values, good)) for values in columns]
        return Batch(sheet, rows_read, numbers, keys, columns, quarantined, len(skipped))

    def _columns(
        self, rows: Sequence[Row], header: Header, faults: dict[int, list[_Fault]]
    ) -> list[list[Value]]:
        """Read the rows' cells, and add what is wrong with them in the order of the columns."""
        whole = set(faults)  # rows that are wrong as a whole: their cells are not told
        values: dict[str, list[Value]] = {}
        cells: dict[str, Sequence[Cell]] = {}
        wrong: dict[str, dict[int, str]] = {}
        for reader in self._readers:
            column = reader.column
            cells[column.name] = _cells(rows, header.positions.get(column.name))
            values[column.name], wrong[column.name] = reader.read(cells[column.name])
            for n, reason in wrong[column.name].items():
                if n not in whole:
                    fault = _Fault(column, cells[column.name][n], reason)
                    faults.setdefault(n, []).append(fault)
        for rule in self._rules:
            column, other = self.declared.column(rule.column), self.declared.column(rule.other)
            unread = whole | wrong[rule.column].keys() | wrong[rule.other].keys()
            pairs = zip(values[rule.column], values[rule.other], strict=True)
            for n, (value, against) in enumerate(pairs):
                told = broken(rule, column, other, value, against, self._year_begins)
                if told and n not in unread:
                    fault = _Fault(column, cells[rule.column][n], told)
                    faults.setdefault(n, []).append(fault)
        return list(values.values())

    def _saying_nothing(self, rows: Sequence[Row], header: Header) -> set[int]:
        """Return the rows in which a template's own cells are all that is filled."""
        prefilled = self.declared.prefilled
        if not prefilled:
            return set()
        others = [at for name, at in header.positions.items() if name not in prefilled]
        return {
            n
            for n, row in enumerate(rows)
            if not any(at < len(row) and not _is_blank(row[at]) for at in others)
        }

    def _refused_sheet(self, error: LayoutError, head: Sequence[Row]) -> Batch:
        """Put a sheet that cannot be read in quarantine, at its header row."""
        number = error.place.row or 1
        message = str(error).removeprefix(f"{error.place}：")
        fault = _Fault(None, None, f"整个工作表没有读入：{message}")
        row = self._quarantined(error.place.sheet, number, head[number - 1], [fault])
        return Batch(error.place.sheet, 1, (), (), (), [row], 0)

    def _quarantined(
        self, sheet: str | None, number: int, cells: Sequence[Cell], faults: Sequence[_Fault]
    ) -> QuarantinedRow:
        first, *others = faults
        reasons = [first.reason]
        reasons += [f"列“{o.column.label}”{o.reason}" for o in others if o.column is not None]
        return QuarantinedRow(
            sheet,
            number,
            first.column.label if first.column else None,
            None if _is_blank(first.cell) else str(first.cell),
            "；".join(reasons),
            self.row_text(sheet, cells),
        )

    def _keys(self, columns: Sequence[Sequence[Value]]) -> Sequence[str]:
        names = [column.name for column in self.declared.columns]
        parts = [list(map(_spell, columns[names.index(name)])) for name in self.declared.key]
        return parts[0] if len(parts) == 1 else list(map(KEY_MARK.join, zip(*parts, strict=True)))


def _misfit(
    column: Column, fiscal_year: int, known_projects: Collection[str] | None
) -> Callable[[Value], str | None] | None:
    """Return what says why a value is none of this year or of these projects, if anything does."""
    if column.in_fiscal_year:
        earliest = date.min if column.carried_over_until else date(fiscal_year, 1, 1)
        return partial(_of_another_year, fiscal_year, earliest)
    if column.known_project and known_projects is not None:
        return partial(_of_no_project, known_projects)
    return None


def _of_another_year(fiscal_year: int, earliest: date, value: Value) -> str | None:
    other = isinstance(value, date) and not earliest <= value <= date(fiscal_year, 12, 31)
    return f"日期不在{fiscal_year}年度内" if other else None


def _of_no_project(known_projects: Collection[str], value: Value) -> str | None:
    if value is None or value in known_projects:
        return None
    return f"项目“{value}”不在绩效目标文件中，没有预算和目标"


def _cells(rows: Sequence[Row], position: int | None) -> Sequence[Cell]:
    if position is None:
        return [None] * len(rows)
    if position < min(map(len, rows), default=0):
        return list(map(itemgetter(position), rows))
    return [row[position] if position < len(row) else None for row in rows]


def _spell(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_blank(cell: Cell) -> bool:
    return cell is None or cell == "" or (isinstance(cell, str) and not cell.strip())


def _is_blank_row(cells: Sequence[Cell]) -> bool:
    return all(map(_is_blank, cells))


def _skipped(rows: Sequence[Row], header: Header) -> set[int]:
    """Return the rows that hold no data: blank ones, totals, and the header printed again."""
    heads = {row[0] if row else None for row in header.rows}
    return {
        n
        for n, row in enumerate(rows)
        # most rows are told by their first cell alone
        if not row
        or type(first := row[0]) is not str
        or IN_EVERY_TOTAL in first
        or first in heads
        or not first.strip()
        if row in header.rows or _sums_up(row)
    }


def _sums_up(cells: Sequence[Cell]) -> bool:
    """Tell a blank row, or one that sums up others: its first text is 合计 or the like."""
    blank = True
    for cell in cells:
        if _is_blank(cell):
            continue
        if isinstance(cell, str):
            return label_key(cell).rstrip(":") in TOTALS
        blank = False
    return blank


def _moved(rows: Sequence[Row], width: int) -> dict[int, list[_Fault]]:
    """Return the rows that have a filled cell beyond the header."""
    return {
        n: [_Fault(None, None, _MOVED.format(len(row), width))]
        for n, row in enumerate(rows)
        if len(row) > width and not _is_blank_row(row[width:])
    }


_MOVED = "有{}个单元格，表头只有{}列；内含逗号的文字应加双引号"
