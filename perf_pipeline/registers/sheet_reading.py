"""A register's file, sheet by sheet, in the reader's process: which sheets count, and how.

Hidden sheets, sheets of another year beside those of this one, and sheets without the header are
left; what is left is told. Hidden and filtered rows of a sheet that counts do count, and are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.domain.personal import without_numbers
from perf_pipeline.registers.batch import At, Batch, QuarantinedRow, SoFar, Told
from perf_pipeline.registers.cells import is_blank_row
from perf_pipeline.registers.declaration import ColumnType, Register
from perf_pipeline.registers.files import OpenedSheet, open_sheets
from perf_pipeline.registers.header import SEARCHED_ROWS, Header, Known, find_header
from perf_pipeline.registers.journals import SUMS_UP, Runs, recaps, sums_up
from perf_pipeline.registers.matching import subject_alone
from perf_pipeline.registers.missing_columns import MissingColumnsError, lacking
from perf_pipeline.registers.month_and_day import with_days
from perf_pipeline.registers.months_across import by_months
from perf_pipeline.registers.notices import Notice, Tally
from perf_pipeline.registers.one_sheet import OneSheet
from perf_pipeline.registers.other_payments import may_not_count
from perf_pipeline.registers.project_of_sheet import (
    is_grouped,
    lacks_project,
    project_named,
    with_project,
    without_blank_projects,
)
from perf_pipeline.registers.row_text import name_cells, row_text
from perf_pipeline.registers.sheet_habits import day_of, habits_of, holds_rows
from perf_pipeline.registers.sheet_rows import SheetRows
from perf_pipeline.registers.spelling import Spellings
from perf_pipeline.registers.stated_units import StatedUnits

ROWS_AT_ONCE = 4_000
_RECAP = "别的工作表有凭证号，这张没有，像是汇总；是支付的请加上凭证号，或另存成一个文件"
_BY_MONTHS = "没有日期一列：每月的数作一笔，按表上所写月份的最后一天计入"
_GROUPED = "没有“项目名称”一列，按各段上面的项目名读"


def read_batches(
    path: Path, declared: Register, fiscal_year: int, known: Known
) -> Iterator[Batch | Told]:
    """Give a file's batches, and at the end what the file tells beside them."""
    reading = _FileReading(path, declared, fiscal_year, known)
    yield from reading.batches()
    yield reading.told()


def read_row_texts(
    path: Path, declared: Register, _fiscal_year: int, known: Known, places: Collection[At]
) -> dict[At, str]:
    """Return the texts of rows that stand at places."""
    found: dict[At, str] = {}
    for opened in open_sheets(path):
        wanted = {number for name, number in places if name == opened.name}
        if not wanted:
            continue
        sheet = with_days(opened)
        header: Header | None = None
        with suppress(LayoutError):
            sheet, header, _ = _header_of(sheet, path, declared, known)
        for number, row in enumerate(sheet.rows(), start=1):
            if (at := sheet.number_of(number)) in wanted:
                found[sheet.name, at] = row_text(name_cells(declared, header, row))
    return found


def _header_of(
    sheet: OpenedSheet, path: Path, declared: Register, known: Known
) -> tuple[OpenedSheet, Header, str | None]:
    """Find a sheet's header; of a ledger that lacks its column of projects, with that, and told."""
    place = Place(path.name, sheet.name)
    sheet = by_months(sheet, path, declared, known)
    head = list(islice(sheet.rows(), SEARCHED_ROWS))
    try:
        header = find_header(head, declared, place, known)
        bare = without_blank_projects(sheet, header, declared)
        if bare is sheet or not is_grouped(bare, declared, known, header.row):
            return sheet, header, None
        sheet = bare  # it lacks that column now, as the ledgers below do
        find_header(list(islice(sheet.rows(), SEARCHED_ROWS)), declared, place, known)
        return sheet, header, None
    except MissingColumnsError as error:
        told = None
        if lacks_project(declared, error) and is_grouped(sheet, declared, known, error.row):
            sheet, told = with_project(sheet, declared, error.row, None, known), _GROUPED
        elif (project := project_named(sheet, path, declared, known, error)) is not None:
            sheet = with_project(sheet, declared, error.row, project, known)
            told = f"没有“项目名称”一列，按名称或标题里的“{project}”读"
        else:
            raise
        head = list(islice(sheet.rows(), SEARCHED_ROWS))
        return sheet, find_header(head, declared, place, known), told


_Refused = tuple[LayoutError, OpenedSheet]


class _FileReading:
    """One pass over a file."""

    def __init__(self, path: Path, declared: Register, fiscal_year: int, known: Known) -> None:
        self._path = path
        self._declared = declared
        self._fiscal_year = fiscal_year
        self._known = known
        self._of_year = known, fiscal_year
        self._titles: list[str] = []
        self._ignored: list[str] = []
        self._lacking: list[str] = []
        self._notices: list[Notice] = []
        self._marks: set[str] = set()
        self._so_far: Counter[SoFar] = Counter()
        self._tally = Tally()
        self._runs = Runs()  # over all sheets: a month each
        self._spellings = Spellings()
        self._units = StatedUnits(path, declared)
        if subject := subject_alone(path, declared):
            words = f"文件名里有“{subject}”，当作“{declared.label}”读；不是的请改名或拿走"
            self._notices.append(Notice("by_subject", words))
        self._sums: dict[str, int] = {}  # of a ledger's sheets
        self._money = [c for c in declared.columns if c.type is ColumnType.MONEY]

    def told(self) -> Told:
        stated = next(iter(self._units.found), None)
        usual = self._money[0].unit or "元" if self._money else None
        return Told(
            " ".join(dict.fromkeys(self._titles)) or None,
            tuple(dict.fromkeys(self._ignored)),
            stated or usual,
            (*self._notices, *self._tally.notices()),
            tuple(dict.fromkeys(self._lacking)),
            frozenset(self._marks),
            dict(self._so_far),
        )

    def batches(self) -> Iterator[Batch]:
        found, near = self._with_header()
        numbered = [each for each in found if self._has_numbers(each[1])]
        for sheet, header in found:
            at = Place(self._path.name, sheet.name, header.row + 1)
            doubt = may_not_count(
                self._declared, self._path, sheet, header, self._known, self._fiscal_year
            )
            if doubt is None and numbered and not self._has_numbers(header):
                doubt = _RECAP
            if doubt is not None:
                near.append((LayoutError(doubt, at), sheet))
            elif len(found) > 1 and self._is_of_another_year(sheet, header):
                yield self._left_out(sheet, header)
            else:
                yield from self._sheet(sheet, header)
        self._notices += self._runs.cumulative(Place(self._path.name))
        self._notices += recaps(self._sums, self._path.name)
        for refusal, sheet in near:
            if self._may_recap(refusal, sheet) and sums_up(sheet, sum(self._sums.values())):
                words = f"工作表“{sheet.name}”是其他各表的汇总，没有读入"
                self._notices.append(Notice("recap", words))
            else:
                yield self._refused_sheet(refusal, sheet)

    def _may_recap(self, refusal: LayoutError, sheet: OpenedSheet) -> bool:
        """Tell whether a sheet may sum up the others: it has no days, or its name says so."""
        if self._declared.amount is None:
            return False
        lacking = refusal.lacking if isinstance(refusal, MissingColumnsError) else ()
        named = SUMS_UP.search(sheet.name or "") and str(refusal).endswith(_RECAP)
        return self._declared.amount.day in {column.name for column in lacking} or bool(named)

    def _with_header(
        self,
    ) -> tuple[list[tuple[OpenedSheet, Header]], list[_Refused]]:
        """Return the sheets that hold this register, and those with a fault in their header.

        Raises LayoutError where there is none to read.
        """
        refused: list[_Refused] = []
        found: list[tuple[OpenedSheet, Header]] = []
        hidden = False
        for opened in open_sheets(self._path):
            sheet = with_days(opened)
            head = list(islice(sheet.rows(), SEARCHED_ROWS))
            if all(map(is_blank_row, head)) and all(map(is_blank_row, sheet.rows())):
                continue
            if sheet.is_instructions:
                self._units.take_aside(sheet, head)
                continue
            try:
                sheet, header, told = _header_of(sheet, self._path, self._declared, self._known)
            except LayoutError as error:
                if not sheet.hidden:
                    refused.append((error, sheet))
                if error.place.row is None and not sheet.hidden:
                    self._units.take_aside(sheet, head)
                continue
            if told is not None:
                self._notices.append(Notice("no_project", told, sheet.name or ""))
            if sheet.numbers:
                self._notices.append(Notice("by_months", _BY_MONTHS, sheet.name or ""))
            if sheet.hidden:
                hidden = True
                self._tell_of_hidden(sheet, header)
            else:
                found.append((sheet, header))
        # a sheet whose place has a row holds this register, with a fault in its header
        near = [each for each in refused if each[0].place.row is not None]
        if found:
            near += [
                each for each in refused if each not in near and holds_rows(each[1], self._declared)
            ]
            return found, near
        if hidden:
            raise LayoutError(
                "有数据的工作表是隐藏的，隐藏的表不读；请取消隐藏后重交", Place(self._path.name)
            )
        if not refused:
            raise LayoutError("文件里没有数据", Place(self._path.name))
        raise (near or refused)[0][0]

    def _sheet(self, sheet: OpenedSheet, header: Header) -> Iterator[Batch]:
        place = Place(self._path.name, sheet.name)
        self._titles += [header.notice] if header.notice else []
        self._ignored += header.ignored
        unseen = sheet.looks.hidden_columns
        hidden = [header.heading(at) for at in header.positions.values() if at in unseen]
        if hidden:
            words = f"列“{'”“'.join(hidden)}”是隐藏的，照样读入；不该读的请删去后重交"
            self._notices.append(Notice("hidden_columns", words, sheet.name or ""))
        for each in header.taken:
            label = self._declared.column(each.column).label
            words = f"“{each.heading}”一列当作“{label}”读（把握{each.certainty:.0%}）"
            self._notices.append(Notice("column_taken", words, sheet.name or ""))
        habits, told = habits_of(sheet, header, self._declared, self._fiscal_year, self._path)
        self._notices += told
        one = OneSheet(
            self._declared,
            sheet,
            header,
            self._read_unit(sheet, header, place),
            habits,
            self._fiscal_year,
            self._known,
            place,
            self._tally,
            self._runs,
            self._spellings,
            sum(self._sums.values()),
        )
        rows = SheetRows(one)
        below = islice(sheet.rows(), header.row + 1, None)
        number = header.row + 2
        says = False
        while some := list(islice(below, ROWS_AT_ONCE)):
            yield (batch := rows.batch(number, some))
            says, number = says or bool(batch.keys), number + len(some)
        self._lacking += lacking(self._declared, header.positions) if says else ()
        self._notices += rows.notices()
        self._marks |= rows.marks
        self._so_far.update(rows.so_far)
        if rows.sum_fen is not None:
            self._sums[sheet.name or ""] = rows.sum_fen

    def _has_numbers(self, header: Header) -> bool:
        meaning = self._declared.amount
        return meaning is not None and meaning.number in header.positions

    def _read_unit(self, sheet: OpenedSheet, header: Header, place: Place) -> str | None:
        unit = self._units.of(sheet, header, place)
        if unit and self._money and unit != self._money[0].unit:
            self._notices.append(Notice("unit", f"金额按“{unit}”读取", sheet.name or ""))
        return unit

    def _is_of_another_year(self, sheet: OpenedSheet, header: Header) -> bool:
        column = next(iter(self._declared.days), None)
        if column is None or column.carried_over_until or column.name not in header.positions:
            return False
        position = header.positions[column.name]
        dates = 0
        for row in islice(sheet.rows(), header.row + 1, None):
            day = day_of(row[position], column) if position < len(row) else None
            if day is not None and day.year == self._fiscal_year:
                return False
            dates += day is not None
        return dates > 0

    def _left_out(self, sheet: OpenedSheet, header: Header) -> Batch:
        rows = sum(1 for _ in islice(sheet.rows(), header.row + 1, None))
        words = f"工作表“{sheet.name}”的{rows}行都不是{self._fiscal_year}年度的，没有计入"
        self._notices.append(Notice("sheet_of_another_year", words))
        return Batch(sheet.name, rows, (), (), [[] for _ in self._declared.columns], (), rows)

    def _tell_of_hidden(self, sheet: OpenedSheet, header: Header) -> None:
        rows = islice(sheet.rows(), header.row + 1, None)
        count = sum(not is_blank_row(row) for row in rows)
        words = f"隐藏的工作表“{sheet.name}”里有{count}行，没有计入；要计入请取消隐藏后重交"
        self._notices.append(Notice("hidden_sheet", words))

    def _refused_sheet(self, error: LayoutError, sheet: OpenedSheet) -> Batch:
        """Put a sheet that cannot be read in quarantine, at its header row."""
        number = error.place.row or 1
        message = str(error).removeprefix(f"{error.place}：")
        reason = f"整个工作表没有读入：{message}"
        beginning = next(islice(sheet.rows(), number - 1, None))
        text = row_text(name_cells(self._declared, None, beginning))
        told = without_numbers(reason)
        row = QuarantinedRow(error.place.sheet, number, None, None, told, text)
        return Batch(error.place.sheet, 1, (), (), [[] for _ in self._declared.columns], [row], 0)
