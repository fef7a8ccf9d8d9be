"""Rows that a person marked (做了标记的行): struck out, a red amount, a note that says void.

The values alone do not tell. None of it is decided: the row waits with a question.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from perf_pipeline.registers.cells import as_whole
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.one_sheet import OneSheet

_STRUCK = "有删除线，不知这一行算不算；算的请去掉删除线，不算的请删去整行"
_RED = "是红字而不是负数，不知是加还是减；冲销的请写成负数，不是的请改成黑字"
_NOTE = "批注写着“{}”，不知这一行算不算；算的请删去批注，不算的请删去整行"
_LONGEST_NOTE = 40


class MarkedCells:
    """Asks about the marked rows of one sheet, batch after batch."""

    def __init__(self, one: OneSheet, says_void: Callable[[str], bool]) -> None:
        """Find the marks that stand in columns which are read; `says_void` tells it of a note."""
        declared, header, looks = one.declared, one.header, one.sheet.looks
        self._key = declared.key[0]
        self._amount = declared.amount.column if declared.amount else None
        read = set(header.positions.values())
        below = header.row + 1
        self._struck = {row for row, column in looks.struck if row >= below and column in read}
        self._notes = {
            row: text for (row, _), text in looks.notes.items() if row >= below and says_void(text)
        }
        at = header.positions.get(self._amount) if self._amount else None
        self._red = {row for row, column in looks.red if row >= below and column == at}

    def ask(self, read: Columns, without: Collection[int]) -> None:
        """Add to what is wrong with the rows, but for those that are left out."""
        if not (self._struck or self._red or self._notes):
            return
        amounts = read.values[self._amount] if self._amount else []
        wrong = read.wrong[self._amount or self._key]
        # where most payments are red it is how the sheet looks, not what it says
        paid = [n for n, amount in enumerate(amounts) if (as_whole(amount) or 0) > 0]
        red = {n for n in paid if read.numbers[n] - 1 in self._red}
        asked = red if 2 * len(red) <= len(paid) else set()
        for n, number in enumerate(read.numbers):
            row = number - 1
            if n in without:
                continue
            if row in self._struck:
                wrong.setdefault(n, _STRUCK)
            if n in asked:
                wrong.setdefault(n, _RED)
            if row in self._notes:
                said = " ".join(self._notes[row].split())[:_LONGEST_NOTE]
                wrong.setdefault(n, _NOTE.format(said))
