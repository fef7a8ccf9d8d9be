"""The rows of one sheet, many at a time: values by column, faults by row, what is left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import compress

from perf_pipeline.registers.amounts import loud_in, loud_words
from perf_pipeline.registers.batch import MARK_LABEL, Batch, QuarantinedRow, SoFar
from perf_pipeline.registers.cells import Cell, Value, is_blank, is_blank_row
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.columns_read import Columns, cells_at, rows_without
from perf_pipeline.registers.contradictions import ask_contradictions
from perf_pipeline.registers.declaration import Column, ColumnType, Register
from perf_pipeline.registers.dittos import Dittos
from perf_pipeline.registers.entries import NOTE_SAYS_VOID, Entries
from perf_pipeline.registers.files import Row
from perf_pipeline.registers.habits import Habits, per_cent, plain_amount, plain_date
from perf_pipeline.registers.header import Header
from perf_pipeline.registers.headings import label_key, without_percent
from perf_pipeline.registers.identity import keys_of, past_key
from perf_pipeline.registers.ledger import Ledger
from perf_pipeline.registers.marked_cells import MarkedCells
from perf_pipeline.registers.merged_cells import MergedCells
from perf_pipeline.registers.misfits import LATEST, misfit
from perf_pipeline.registers.missing_columns import as_there, telling, told_absent
from perf_pipeline.registers.notices import Notice
from perf_pipeline.registers.one_sheet import OneSheet
from perf_pipeline.registers.people import without_people
from perf_pipeline.registers.row_text import name_cells, row_text
from perf_pipeline.registers.rules import rows_that_break, rules_of
from perf_pipeline.registers.spelling import one_spelling

_CLOSED_LATE = "{}行的“{}”在{}年以后，照样计入（早已超期）；写错年份的请改正后重交"
_OVER_BEFORE = (
    "有{}行在年初以前已办结，不计入本年度的任何数；上年台账里还没有办结的同一件，照此算作办结"
)
_MOVED = "有{}个单元格，表头只有{}列；内含逗号的文字应加双引号"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell of a row; the column is None where the whole row is meant."""

    column: Column | None
    cell: Cell
    reason: str


class SheetRows:
    """Reads the rows of one sheet, whose header, unit and habits are known."""

    def __init__(self, one: OneSheet) -> None:
        """Make ready what reads each column."""
        self._one = one
        self._declared, self._header = declared, header = one.declared, one.header
        year, projects = one.fiscal_year, one.known.projects
        self._in_year = replace(one.habits, near=(year,))
        self._any_year = replace(one.habits, year=None, near=(year - 1, year, year + 1))
        spelled = one_spelling(projects, year) if projects else None
        self._readers = [
            ColumnReader(
                _in_unit(as_there(column, header.positions), one.unit),
                misfit(column, year, projects, over=column.name == declared.closed_by),
                spelled if column.known_project else None,
            )
            for column in declared.columns
        ]
        self._rules = rules_of(declared, header.positions)
        self._year_begins = date(year, 1, 1)
        self._closed_late_from = date(year + LATEST + 1, 1, 1)
        meaning = declared.amount
        self._ledger = None if meaning is None else Ledger(one, meaning)
        self._entries = Entries(one) if meaning is None else None
        self._telling = telling(declared, header.positions, header.unused.values(), one.place)
        self._merged, self._dittos = MergedCells(one), Dittos(one)
        self._marked = MarkedCells(one, _says_void(declared))
        self._per_cent = _per_cent(declared, header)
        self._hidden = one.sheet.looks.hidden_rows
        self._unnamed = {at for at in range(header.width) if not header.heading(at)}
        self._unnamed -= set(header.positions.values())
        self._filled_unnamed: set[int] = set()
        self.marks: set[str] = set()  # of quarantined rows that these take the place of

    def notices(self) -> Iterator[Notice]:
        """Give what is told of the sheet when all its rows are read."""
        if self._filled_unnamed:
            words = f"第{'、'.join(map(str, sorted(self._filled_unnamed)))}列没有表头，没有读入"
            yield Notice("unnamed_columns", words, self._one.sheet.name or "")
        yield from told_absent(self._declared, self._header.positions, self._one.sheet.name)
        if self._ledger is not None:
            yield from self._ledger.notices()

    @property
    def sum_fen(self) -> int | None:
        """Return the sum of a ledger's payments so far; None in other registers."""
        return None if self._ledger is None else self._ledger.sum_fen

    @property
    def so_far(self) -> Mapping[SoFar, int]:
        """Return what a ledger's sheet tells of the year so far, in fen, as `Told.so_far`."""
        return {} if self._ledger is None else self._ledger.so_far

    def batch(self, first: int, rows: list[Row]) -> Batch:
        """Read some rows, of which the first has a number."""
        rows_read = len(rows)
        numbers: Sequence[int] = range(first, first + len(rows))
        if self._one.sheet.numbers:
            numbers = list(map(self._one.sheet.number_of, numbers))
        rows, numbers = rows_without(self._skipped(rows, first), rows, numbers)
        self._merged.fill(rows, numbers)
        rows, numbers = rows_without(self._saying_nothing(rows), rows, numbers)
        skipped = rows_read - len(rows)
        for at in self._unnamed:
            if not all(map(is_blank, cells_at(rows, at))):
                self._filled_unnamed.add(at + 1)
        self._unnamed -= {at - 1 for at in self._filled_unnamed}
        name = self._one.sheet.name
        # only in text files does a cell beyond the header mean that the others have moved
        faults = _moved(rows, self._header.width) if name is None else {}
        whole = set(faults)
        read = self._read(rows, numbers)
        left_out: Collection[int] = ()
        if self._ledger is not None:
            left_out = self._ledger.settle(read, whole)
        if self._entries is not None:
            self._entries.ask(read)
        ask_contradictions(self._one, read)
        self._marked.ask(read, {*left_out, *whole})
        self._find_faults(read, faults, whole)
        columns: Sequence[Sequence[Value]] = list(read.values.values())
        keys = self._keys(read, faults, left_out)
        void: Sequence[tuple[str, Value]] = ()
        if self._ledger is not None and self._declared.amount is not None:
            days = read.values[self._declared.amount.day]
            void = [(keys[n], days[n]) for n in sorted(self._ledger.void)]
        quarantined = [
            self._quarantined(numbers[n], rows[n], faults[n])
            for n in sorted(faults)
            if n not in left_out
        ]
        if faults or left_out:
            good = [n not in faults and n not in left_out for n in range(len(rows))]
            numbers, keys = list(compress(numbers, good)), list(compress(keys, good))
            columns = [list(compress(values, good)) for values in columns]
        self._tell_of_closing(read, numbers)
        for number in numbers if self._hidden else ():
            if number in self._hidden:
                words = "{}行是隐藏或筛选掉的，照样计入；不该计入的请删去后重交"
                self._one.tell("hidden_rows", words, number)
        self._take_marks(read, left_out)
        lost = skipped + len(left_out)
        return Batch(name, rows_read, numbers, keys, columns, quarantined, lost, void)

    def _read(self, rows: Sequence[Row], numbers: Sequence[int]) -> Columns:
        read = Columns(rows, numbers)
        for reader in self._readers:
            column = reader.column
            cells = cells_at(rows, self._header.positions.get(column.name))
            if column.type is ColumnType.DATE:
                in_year = column.in_fiscal_year and not column.carried_over_until
                cells = _plain(cells, self._in_year if in_year else self._any_year, plain_date)
            elif column.type is ColumnType.MONEY:
                cells = _plain(cells, self._one.habits, plain_amount)
            elif column.name in self._per_cent:
                cells = list(map(per_cent, cells))
            name = column.name
            read.cells[name], read.values[name], read.wrong[name] = self._dittos.read(
                reader, cells, rows, numbers
            )
        return read

    def _take_marks(self, read: Columns, left_out: Collection[int]) -> None:
        """Take the marks of rows handed back: one whose cells were emptied mends nothing."""
        marks = (cells for _, key, cells in self._one.unused(read) if key == MARK_LABEL)
        for n, cell in enumerate(next(marks, ())):
            filled = any(not is_blank(cells[n]) for cells in read.cells.values())
            if n not in left_out and filled and not is_blank(cell):
                self.marks.add(str(cell).strip().upper())

    def _tell_of_closing(self, read: Columns, kept: Collection[int]) -> None:
        """Tell of cases that were over before the year, and of those closed years later.

        The latter count as late, real ones as well as those whose year is mistyped.
        """
        closed_by = self._declared.closed_by
        if closed_by is None:
            return
        label, year = self._declared.column(closed_by).label, self._closed_late_from.year - 1
        taken = set(kept)
        for number, day in zip(read.numbers, read.values[closed_by], strict=True):
            if not isinstance(day, date) or number not in taken:
                continue
            if day < self._year_begins:
                self._one.tell("over_before", _OVER_BEFORE, number)
            elif day >= self._closed_late_from:
                self._one.tell("closed_late", _CLOSED_LATE.format("{}", label, year), number)

    def _find_faults(
        self, read: Columns, faults: dict[int, list[Fault]], whole: Collection[int]
    ) -> None:
        """Add what is wrong with the rows' cells, in the order of the columns."""
        for name, wrong in read.wrong.items():
            column = self._declared.column(name)
            for n, reason in wrong.items():
                if n not in whole:
                    faults.setdefault(n, []).append(Fault(column, read.cells[name][n], reason))
        for rule in self._rules:
            broken = rows_that_break(rule, self._declared, read)
            column, cells = self._declared.column(rule.column), read.cells[rule.column]
            for n, reason in broken.items():
                if n not in whole:
                    faults.setdefault(n, []).append(Fault(column, cells[n], reason))

    def _keys(
        self, read: Columns, faults: Collection[int], left_out: Collection[int]
    ) -> Sequence[str]:
        if self._ledger is not None and not self._ledger.has_numbers:
            return self._ledger.keys_by_content(read, {*faults, *left_out})
        keys = keys_of([read.values[name] for name in self._declared.key])
        came_in, closed_by = self._declared.came_in, self._declared.closed_by
        if came_in is not None and closed_by is not None:
            days = zip(read.values[came_in.name], read.values[closed_by], strict=True)
            for n, (came, over) in enumerate(days):
                if isinstance(came, date) and isinstance(over, date) and over < self._year_begins:
                    keys[n] = past_key(keys[n], came)
        return keys

    def _quarantined(
        self, number: int, cells: Sequence[Cell], faults: Sequence[Fault]
    ) -> QuarantinedRow:
        first, *others = faults
        reasons = [first.reason]
        reasons += [f"列“{o.column.label}”{o.reason}" for o in others if o.column is not None]
        named = name_cells(self._declared, self._header, cells)

        def told(text: str) -> str:
            return without_people(text, self._declared, named)

        return QuarantinedRow(
            self._one.sheet.name,
            number,
            first.column.label if first.column else None,
            None if is_blank(first.cell) else told(str(first.cell)),
            told("；".join(reasons)),
            row_text(named),
        )

    def _skipped(self, rows: Sequence[Row], first: int) -> set[int]:
        """Return the rows that hold no data: blank ones, totals, and the header printed again."""
        if self._entries is not None:
            return self._entries.skipped(rows, first)
        heads = {row[0] if row else None for row in self._header.rows}
        return {
            n
            for n, row in enumerate(rows)
            # most rows are told by their first cell alone
            if not row or type(row[0]) is not str or row[0] in heads or not row[0].strip()
            if row in self._header.rows or is_blank_row(row)
        }

    def _saying_nothing(self, rows: Sequence[Row]) -> set[int]:
        """Return the rows in which a template's own cells are all that is filled."""
        if not self._telling:
            return set()
        return {
            n
            for n, row in enumerate(rows)
            if not any(at < len(row) and not is_blank(row[at]) for at in self._telling)
        }


def _plain(
    cells: Sequence[Cell], habits: Habits, write: Callable[[Cell, Habits], Cell]
) -> Sequence[Cell]:
    """Write the cells of a column plainly; those that are plain already are left."""
    if habits.plain and write is plain_amount:
        return cells
    plain = {cell: write(cell, habits) for cell in set(cells) if type(cell) is str}
    if all(plain[cell] is cell for cell in plain):
        return cells
    return [plain[cell] if type(cell) is str else cell for cell in cells]


def _says_void(declared: Register) -> Callable[[str], bool]:
    """Return what tells whether a note says that its row may not count."""
    if declared.amount is None:
        return lambda text: NOTE_SAYS_VOID.search(text) is not None
    return partial(loud_in, loud=loud_words(declared.amount), beside=True)


def _per_cent(declared: Register, header: Header) -> set[str]:
    """Return the columns of text whose heading says beyond their names that it is per cent."""
    keys = {name: label_key(header.heading(at)) for name, at in header.positions.items()}
    return {
        column.name
        for column in declared.columns
        if column.type is ColumnType.TEXT
        and (key := keys.get(column.name, "")) != without_percent(key)
        and key not in map(label_key, (column.label, *column.aliases))
    }


def _in_unit(column: Column, unit: str | None) -> Column:
    if unit is None or column.type is not ColumnType.MONEY or unit == column.unit:
        return column
    return column.model_copy(update={"unit": unit})


def _moved(rows: Sequence[Row], width: int) -> dict[int, list[Fault]]:
    """Return the rows that have a filled cell beyond the header."""
    return {
        n: [Fault(None, None, _MOVED.format(len(row), width))]
        for n, row in enumerate(rows)
        if len(row) > width and not is_blank_row(row[width:])
    }
