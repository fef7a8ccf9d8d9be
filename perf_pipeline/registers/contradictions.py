"""Columns that nobody asked for and that contradict what is read: another year, another amount."""

from __future__ import annotations

import re

from perf_pipeline.domain.capital_amounts import capital_fen
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.cells import Cell, as_whole
from perf_pipeline.registers.columns_read import Columns, cells_at
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.header import Header
from perf_pipeline.registers.headings import label_key

_YEAR_OF = re.compile(r"(?:会计|预算|财政|核算|业务|记账|凭证)?年[度份]?|(?:fiscal)?year")
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?年?度?")
_OTHER_YEAR = "“{}”是“{}”，不是{}年度；不知这一行算在哪一年，属于上年度的请填“所属年度”一列"
_OTHER_AMOUNT = "“{}”写着{}元，与这一列的{}元不同，不知哪一个对"


def ask_contradictions(declared: Register, header: Header, read: Columns, fiscal_year: int) -> None:
    """Ask about a ledger's rows of another year, or whose amount in capitals is another."""
    if declared.amount is None:
        return
    name = declared.amount.column
    wrong, amounts = read.wrong[name], read.values[name]
    for at, heading in header.unused.items():
        key = label_key(heading)
        cells = cells_at(read.rows, at)
        if _YEAR_OF.fullmatch(key):
            for n, cell in enumerate(cells):
                year = _year(cell)
                if year is not None and year != fiscal_year:
                    wrong.setdefault(n, _OTHER_YEAR.format(heading, year, fiscal_year))
        elif "大写" in key:
            for n, cell in enumerate(cells):
                said, amount = capital_fen(str(cell)), as_whole(amounts[n])
                if None not in (said, amount) and said != abs(amount or 0):
                    words = format_yuan(said or 0), format_yuan(amount or 0)
                    wrong.setdefault(n, _OTHER_AMOUNT.format(heading, *words))


def _year(cell: Cell) -> int | None:
    found = _YEAR.fullmatch(str(cell).strip()) if cell is not None else None
    return int(found[1]) if found else None
