"""Reading a register's file by its declaration: typed rows, or quarantined ones, never neither."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell, CellError, Value, read_cell
from perf_pipeline.registers.declaration import Column, Register, Rule
from perf_pipeline.registers.files import Grid, read_grids
from perf_pipeline.registers.header import Header, find_header, label_key
from perf_pipeline.registers.row_text import NamedCells, name_cells

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


@dataclass(frozen=True)
class _Fault:
    """What is wrong with one cell of a row; the column is None where the whole row is meant."""

    column: Column | None
    cell: Cell
    reason: str


def read_register(
    path: Path,
    declared: Register,
    *,
    fiscal_year: int,
    known_projects: Collection[str] | None = None,
) -> RegisterReading:
    """Read every sheet of a file that has the register's header.

    `known_projects` are the department's projects, for columns that must name one; None skips
    that check. A sheet whose header lacks a required column, beside one that has them all, is one
    quarantined row: its header. Raises UnreadableFileError for a file that cannot be opened,
    LayoutError for one in which no sheet has the register's columns.
    """
    checks = _Checks(declared, fiscal_year, known_projects)
    notices: list[str] = []
    ignored: list[str] = []
    refused: list[tuple[LayoutError, Grid]] = []
    found = False
    for sheet, grid in read_grids(path):
        if all(_is_blank(cell) for row in grid for cell in row):
            continue
        try:
            header = find_header(grid, declared, Place(path.name, sheet))
        except LayoutError as error:
            refused.append((error, grid))
            continue
        found = True
        notices += [header.notice] if header.notice else []
        ignored += header.ignored
        checks.read_sheet(sheet, grid, header)
    # a sheet whose place has a row holds this register, with a fault in its header
    near = [each for each in refused if each[0].place.row is not None]
    if not found and not refused:
        raise LayoutError("文件里没有数据", Place(path.name))
    if not found:
        raise (near or refused)[0][0]
    for refusal, grid in near:
        checks.quarantine_sheet(refusal, grid)
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
        self._seen: dict[str, RegisterRow] = {}

    def read_sheet(self, sheet: str | None, grid: Grid, header: Header) -> None:
        """Read the rows below a sheet's header."""
        columns = [(column, header.positions.get(column.name)) for column in self.declared.columns]
        # only in text files does a cell beyond the header mean that the others have moved
        width = len(grid[header.row]) if sheet is None else None
        for number, cells in enumerate(grid[header.row + 1 :], start=header.row + 2):
            if _is_skipped(cells) or self._says_nothing(cells, header):
                self.skipped += 1
                continue
            if width is not None and len(cells) > width and not all(map(_is_blank, cells[width:])):
                reason = f"有{len(cells)}个单元格，表头只有{width}列；内含逗号的文字应加双引号"
                named = name_cells(self.declared, header, grid[header.row], cells)
                self._quarantine(sheet, number, named, [_Fault(None, None, reason)])
                continue
            values, faults = self._values(cells, columns)
            if not faults:
                faults = self._keep(RegisterRow(sheet, number, self._key(values), values))
            if faults:
                named = name_cells(self.declared, header, grid[header.row], cells)
                self._quarantine(sheet, number, named, faults)

    def _says_nothing(self, cells: Sequence[Cell], header: Header) -> bool:
        """Tell a row in which a template's own cells are all that is filled."""
        others = [p for name, p in header.positions.items() if name not in self.declared.prefilled]
        filled = (p < len(cells) and not _is_blank(cells[p]) for p in others)
        return bool(self.declared.prefilled) and not any(filled)

    def quarantine_sheet(self, error: LayoutError, grid: Grid) -> None:
        """Put a sheet that cannot be read in quarantine, at its header row."""
        number = error.place.row or 1
        message = str(error).removeprefix(f"{error.place}：")
        fault = _Fault(None, None, f"整个工作表没有读入：{message}")
        self._quarantine(
            error.place.sheet, number, name_cells(None, None, (), grid[number - 1]), [fault]
        )

    def _quarantine(
        self, sheet: str | None, number: int, cells: NamedCells, faults: Sequence[_Fault]
    ) -> None:
        first, *others = faults
        reasons = [first.reason]
        reasons += [f"列“{o.column.label}”{o.reason}" for o in others if o.column is not None]
        self.quarantined.append(
            QuarantinedRow(
                sheet,
                number,
                first.column.label if first.column else None,
                None if _is_blank(first.cell) else str(first.cell),
                "；".join(reasons),
                json.dumps(cells, ensure_ascii=False),
            )
        )

    def _values(
        self, cells: Sequence[Cell], columns: Sequence[tuple[Column, int | None]]
    ) -> tuple[dict[str, Value], list[_Fault]]:
        """Read a row's cells, and list what is wrong with them in the order of the columns."""
        values: dict[str, Value] = {}
        raw: dict[str, Cell] = {}
        faults: list[_Fault] = []
        for column, position in columns:
            cell = cells[position] if position is not None and position < len(cells) else None
            raw[column.name] = cell
            try:
                value = read_cell(cell, column)
            except CellError as error:
                faults.append(_Fault(column, cell, str(error)))
                continue
            reason = self._misfit(column, value)
            if reason:
                faults.append(_Fault(column, cell, reason))
            values[column.name] = value
        for rule in self.declared.rules:
            if rule.column in values and rule.other in values:
                column, other = self.declared.column(rule.column), self.declared.column(rule.other)
                reason = _broken(rule, column, other, values[rule.column], values[rule.other])
                if reason:
                    faults.append(_Fault(column, raw[rule.column], reason))
        return values, faults

    def _misfit(self, column: Column, value: Value) -> str | None:
        """Say why a value that is of its type is none of this year or of these projects."""
        if column.in_fiscal_year and isinstance(value, date) and value.year != self.fiscal_year:
            return f"日期不在{self.fiscal_year}年度内"
        if not column.known_project or value is None or self.known_projects is None:
            return None
        if value not in self.known_projects:
            return f"项目“{value}”不在绩效目标文件中，没有预算和目标"
        return None

    def _keep(self, row: RegisterRow) -> list[_Fault]:
        """Keep a row whose key is new; for another, say which row had it first."""
        first = self._seen.setdefault(row.key, row)
        if first is row:
            self.rows.append(row)
            return []
        labels = "、".join(self.declared.column(name).label for name in self.declared.key)
        where = f"工作表“{first.sheet}”" if first.sheet else ""
        where += f"第{first.row_number}行"
        if first.values == row.values:
            reason = f"重复行：与{where}重复，内容完全相同"
        else:
            reason = f"{labels}与{where}重复，而内容不同"
        return [_Fault(self.declared.column(self.declared.key[0]), row.key, reason)]

    def _key(self, values: dict[str, Value]) -> str:
        return KEY_MARK.join(_spell(values[name]) for name in self.declared.key)


def _spell(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_blank(cell: Cell) -> bool:
    return cell is None or cell == "" or (isinstance(cell, str) and not cell.strip())


def _is_skipped(cells: Sequence[Cell]) -> bool:
    """Tell a blank row, or one that sums up others: its first text is 合计 or the like."""
    blank = True
    for cell in cells:
        if _is_blank(cell):
            continue
        if isinstance(cell, str):
            return label_key(cell).rstrip(":") in TOTALS
        blank = False
    return blank


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
