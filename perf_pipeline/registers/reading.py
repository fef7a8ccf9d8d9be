"""Reading a register's file by its declaration: typed rows, or quarantined ones, never neither."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell, CellError, Value, read_cell
from perf_pipeline.registers.declaration import Column, Register, Rule
from perf_pipeline.registers.files import Grid, read_grids
from perf_pipeline.registers.header import Header, find_header, label_key

TOTALS = {"合计", "小计", "总计", "累计", "本页合计", "本页小计"}
KEY_MARK = "｜"


@dataclass(frozen=True)
class RegisterRow:
    """A row that can be loaded: its key, its typed values, and where it stood."""

    sheet: str | None
    row_number: int
    key: str
    values: dict[str, Value]


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that cannot be loaded, where it stood, which cell is wrong and why."""

    sheet: str | None
    row_number: int
    column_label: str | None
    value: str | None
    reason: str
    row_text: str


@dataclass(frozen=True)
class RegisterReading:
    """All that a file held: rows_read = rows + quarantined + skipped (blank rows and totals)."""

    notice: str | None
    rows: Sequence[RegisterRow]
    quarantined: Sequence[QuarantinedRow]
    skipped: int
    ignored_columns: tuple[str, ...]

    @property
    def rows_read(self) -> int:
        """Number of rows below the headers."""
        return len(self.rows) + len(self.quarantined) + self.skipped


class _RowError(Exception):
    """A row that cannot be loaded, for one of its columns."""

    def __init__(self, column: Column | None, cell: Cell, reason: str) -> None:
        self.column_label = column.label if column else None
        self.value = None if cell is None else str(cell)
        self.reason = reason
        super().__init__(reason)


def read_register(
    path: Path,
    declared: Register,
    *,
    fiscal_year: int,
    known_projects: Collection[str] | None = None,
) -> RegisterReading:
    """Read every sheet of a file that has the register's header.

    `known_projects` are the department's projects, for columns that must name one; None skips
    that check. Raises UnreadableFileError for a file that cannot be opened, LayoutError for one in
    which no sheet has the register's columns.
    """
    checks = _Checks(declared, fiscal_year, known_projects)
    notices: list[str] = []
    ignored: list[str] = []
    found = False
    refusal: LayoutError | None = None
    for sheet, grid in read_grids(path):
        if not any(label_key(cell) for row in grid for cell in row):
            continue
        try:
            header = find_header(grid, declared, Place(path.name, sheet))
        except LayoutError as error:
            refusal = refusal or error
            continue
        found = True
        notices += [header.notice] if header.notice else []
        ignored += header.ignored
        checks.read_sheet(sheet, grid, header)
    if not found:
        raise refusal or LayoutError("文件里没有数据", Place(path.name))
    notice = " ".join(dict.fromkeys(notices)) or None
    return RegisterReading(
        notice, checks.rows, checks.quarantined, checks.skipped, tuple(dict.fromkeys(ignored))
    )


class _Checks:
    """Reads row after row, and remembers the keys it has seen."""

    def __init__(
        self, declared: Register, fiscal_year: int, known_projects: Collection[str] | None
    ) -> None:
        self.declared = declared
        self.fiscal_year = fiscal_year
        self.known_projects = known_projects
        self.rows: list[RegisterRow] = []
        self.quarantined: list[QuarantinedRow] = []
        self.skipped = 0
        self._seen: dict[str, tuple[str | None, int]] = {}

    def read_sheet(self, sheet: str | None, grid: Grid, header: Header) -> None:
        """Read the rows below a sheet's header."""
        for number, cells in zip(count(header.row + 2), grid[header.row + 1 :], strict=False):
            if _is_skipped(cells):
                self.skipped += 1
                continue
            try:
                values = self._values(cells, header)
                key = self._key(values, sheet, number)
            except _RowError as error:
                self.quarantined.append(
                    QuarantinedRow(
                        sheet,
                        number,
                        error.column_label,
                        error.value,
                        error.reason,
                        json.dumps(
                            ["" if c is None else str(c) for c in cells], ensure_ascii=False
                        ),
                    )
                )
            else:
                self.rows.append(RegisterRow(sheet, number, key, values))

    def _values(self, cells: Sequence[Cell], header: Header) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for column in self.declared.columns:
            position = header.positions.get(column.name)
            cell = cells[position] if position is not None and position < len(cells) else None
            try:
                value = read_cell(cell, column)
            except CellError as error:
                raise _RowError(column, cell, str(error)) from None
            self._check_value(column, cell, value)
            values[column.name] = value
        for rule in self.declared.rules:
            self._check_rule(rule, values)
        return values

    def _check_value(self, column: Column, cell: Cell, value: Value) -> None:
        if column.in_fiscal_year and isinstance(value, date) and value.year != self.fiscal_year:
            raise _RowError(column, cell, f"日期不在{self.fiscal_year}年度内")
        unknown = (
            column.known_project
            and value is not None
            and self.known_projects is not None
            and value not in self.known_projects
        )
        if unknown:
            reason = f"项目“{value}”不在绩效目标文件中，没有目标和预算"
            raise _RowError(column, cell, reason)

    def _check_rule(self, rule: Rule, values: dict[str, Value]) -> None:
        column, other = self.declared.column(rule.column), self.declared.column(rule.other)
        value, against = values[rule.column], values[rule.other]
        reason = _broken(rule, column, other, value, against)
        if reason:
            raise _RowError(column, None if value is None else str(value), reason)

    def _key(self, values: dict[str, Value], sheet: str | None, number: int) -> str:
        key = KEY_MARK.join(_spell(values[name]) for name in self.declared.key)
        first = self._seen.setdefault(key, (sheet, number))
        if first != (sheet, number):
            labels = "、".join(self.declared.column(name).label for name in self.declared.key)
            where = f"工作表“{first[0]}”第{first[1]}行" if first[0] else f"第{first[1]}行"
            column = self.declared.column(self.declared.key[0])
            raise _RowError(column, key, f"{labels}与{where}重复")
        return key


def _spell(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_skipped(cells: Sequence[Cell]) -> bool:
    """Tell a blank row, or one that sums up others: its first words are 合计 or the like."""
    first = next((label_key(cell) for cell in cells if label_key(cell)), None)
    return first is None or first.rstrip(":") in TOTALS


def _broken(rule: Rule, column: Column, other: Column, value: Value, against: Value) -> str | None:
    match rule.kind:
        case "not_before":
            if not isinstance(value, date):
                return None
            if not isinstance(against, date):
                return f"有{column.label}而没有{other.label}"
            return f"早于{other.label}{against}" if value < against else None
        case "at_most":
            comparable = isinstance(value, int) and isinstance(against, int)
            if comparable and value > against:  # type: ignore[operator]
                return f"大于{other.label}"
            return None
        case "both_or_neither":
            if (value is None) != (against is None):
                return f"{column.label}与{other.label}应同时填写或同时留空"
            return None
        case "any_of":
            if value is None and against is None:
                return f"{column.label}与{other.label}至少填写一项"
            return None
