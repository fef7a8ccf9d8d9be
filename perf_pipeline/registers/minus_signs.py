"""What a minus before a payment says (负数): taken off again, or paid, as banks write it.

A ledger's payments add up to more than nothing; where they do not, a minus that nothing explains is
asked about.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.amounts import loud_in
from perf_pipeline.registers.columns_read import Columns

_WRITTEN = re.compile(r"\s*[-−–—﹣－(（].*|.*[-−]\s*")
_ASKED = (
    "金额合计是负数（{}元），不知负数是支出还是退回；支出请写成正数，退回、冲销的请在用途里写明"
)


class MinusSigns:
    """Adds up the amounts of one sheet, but for those that something says are taken off."""

    def __init__(self, column: str, loud: re.Pattern[str]) -> None:
        """Remember the amounts' column, and what finds words that take a payment off."""
        self._column = column
        self._loud = loud
        self._sum = 0
        self._turned = 0  # of another column, or by a word beside
        self._paid = False

    def look_at(self, read: Columns, left_out: Collection[int]) -> None:
        """Add amounts, of doubtful rows too, but no minus of another column or with a reason."""
        amounts, cells = read.values[self._column], read.cells[self._column]
        for n, amount in enumerate(amounts):
            if not isinstance(amount, int) or n in left_out:
                continue
            if amount < 0:
                turned = not _WRITTEN.match(str(cells[n]))
                if any(loud_in(cell, self._loud, beside=True) for cell in read.rows[n]):
                    continue
                if turned:
                    self._turned += amount
                    continue
            self._sum += amount
            self._paid = self._paid or amount > 0

    def refuse_unexplained(self, place: Place) -> None:
        """Raise LayoutError where a sheet's payments add up to less than nothing."""
        if self._sum < 0:
            raise LayoutError(_ASKED.format(format_yuan(self._sum)), place)
        if self._turned and not self._paid:  # 贷方 of a bank account is what was paid
            raise LayoutError(_ASKED.format(format_yuan(self._turned)), place)
