"""What is none of a ledger's payments: a whole journal (整本记账凭证), a sheet of sums (汇总)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import islice, pairwise

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell, Value
from perf_pipeline.registers.columns import MOST_YUAN
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import AmountMeaning
from perf_pipeline.registers.files import OpenedSheet
from perf_pipeline.registers.lines import called
from perf_pipeline.registers.notices import Notice

_WHOLE = "借方合计与贷方合计相等：像是整本记账凭证，而不只是支付；请只导出支出科目后重交"
CUMULATIVE = (
    "{}每个项目每月一行，数只增不减，又没有凭证号，像是年初以来的累计数；"
    "请改交各笔支付，或换成当月数并加上凭证号后重交"
)
_RISE = (
    "每个项目每月一行，数逐月增加，又没有凭证号：照各月的支付读；是年初以来的累计数的，请改交当月数"
)
_RISING = 3  # steps that all rise: of four months by chance one time in twenty-four
_MAY_RISE = 2
_SEARCHED = 1_000  # rows of a sheet that may sum up
SUMS_UP = re.compile("汇总|合计|总表|总账|统计|累计|全年|小结|total|summary", re.I)


def recaps(sums: Mapping[str, int], file: str) -> Iterator[Notice]:
    """Tell of sheets that may sum up the others; `sums` are the payments in fen by sheet.

    Raises LayoutError where a sheet's name says so, too.
    """
    whole = sum(sums.values())
    for name, of_sheet in sums.items() if len(sums) > 1 else ():
        if not of_sheet or 2 * of_sheet != whole:
            continue
        if SUMS_UP.search(name):
            words = f"工作表“{name}”的金额等于其他各表之和，像是汇总；请删去或隐藏后重交"
            raise LayoutError(words, Place(file, name))
        if len(sums) > 2:
            words = "金额等于其他各表之和，照样计入；是汇总的请删去或隐藏后重交"
            yield Notice("sums_up", words, name)


def sums_up(sheet: OpenedSheet, whole: int) -> bool:
    """Tell whether a column of a sheet that is no ledger adds up to the payments of the others."""
    columns: dict[int, int] = {}
    for row in islice(sheet.rows(), _SEARCHED) if whole else ():
        for at, cell in enumerate(row) if not any(map(_is_total, row)) else ():
            if isinstance(cell, float) and abs(cell) < MOST_YUAN:
                columns[at] = columns.get(at, 0) + round(cell * 100)
    return whole in columns.values()


def _is_total(cell: Cell) -> bool:
    return isinstance(cell, str) and called([cell]) is not None


class Runs:
    """What projects paid by their days, and whether those are sums since the year's beginning."""

    def __init__(self) -> None:
        """Begin with no row."""
        self._of: dict[Value, dict[tuple[int, int], int]] = {}
        self._single = True  # nothing paid twice in a month

    def add(self, read: Columns, meaning: AmountMeaning, left_out: Collection[int]) -> None:
        """Add rows but for those left out."""
        names = (meaning.whose, meaning.day, meaning.column)
        rows = zip(*(read.values[name] for name in names), strict=True)
        for n, row in enumerate(rows) if self._single else ():
            if n not in left_out:
                self.see(*row)

    def see(self, owner: Value, day: Value, amount: Value) -> None:
        """Add a row."""
        if isinstance(day, date) and isinstance(amount, int):
            months = self._of.setdefault(owner, {})
            self._single = self._single and (day.year, day.month) not in months
            months[day.year, day.month] = amount

    def cumulative(
        self, place: Place, beside: str = "", *, known: bool = False
    ) -> Iterator[Notice]:
        """Raise LayoutError where each project has one row a month that only rises or stays.

        Where too few steps rise to be sure, that is told. `beside` names the files that the rows
        stand in, where they are of more than one; `known` says that one of them waits as running
        sums, so that few steps tell.
        """
        steps: list[int] = []
        mixed = False
        for months in self._of.values() if self._single else ():
            amounts = [months[month] for month in sorted(months)]
            mine = [later - before for before, later in pairwise(amounts)]
            mixed |= 0 in mine and any(mine)  # the same each month may be a rent
            steps += mine
        rising = len(steps) >= _RISING and min(steps) > 0
        if steps and min(steps) >= 0 and (known or mixed or rising):
            raise LayoutError(CUMULATIVE.format(beside), place)
        if len(steps) >= _MAY_RISE and min(steps) > 0:
            yield Notice("may_be_sums", f"{beside}{_RISE}")


class Sides:
    """What a sheet's lines pay and take off, in fen, and whether that is a journal's two sides."""

    def __init__(self) -> None:
        """Begin with no line."""
        self._paid = self._taken_off = self._lines = 0
        self._numbers: set[Value] = set()  # of the first lines: two of one are a whole entry

    def add(self, paid: int, taken_off: int, number: Value) -> None:
        """Add a line with its voucher's number."""
        self._paid += paid
        self._taken_off += taken_off
        self._lines += 1
        if len(self._numbers) < 2:
            self._numbers.add(number)

    def refuse_journal(self, place: Place) -> None:
        """Raise LayoutError where as much is taken off as paid, over more than one payment."""
        one = len(self._numbers) == 1 and None not in self._numbers
        entries = self._lines > 2 or (self._lines == 2 and one)
        if entries and self._paid and self._paid == self._taken_off:
            raise LayoutError(_WHOLE, place)
