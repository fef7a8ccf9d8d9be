"""Columns that nobody asked for and that contradict what is read: another year, another amount."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perf_pipeline.domain.money import capital_fen, format_yuan
from perf_pipeline.registers.cells import Cell, Value, as_whole
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.one_sheet import OneSheet

_YEAR_OF = re.compile(r"(?:会计|预算|财政|核算|业务|记账|凭证)?年[度份]?|(?:fiscal)?year|fy")
_YEAR = re.compile(r"(?:FY ?)?((?:19|20)\d\d)(?:\.0)?年?度?")
_IN_CAPITALS = re.compile(
    "(?:人民币|支付|付款|实付|实际支付|本次支付)?(?:金额|数)?[(]?大写[)]?(?:金额|数|人民币)?"
)
_OTHER_YEAR = "“{}”是“{}”，不是{}年度；不知这一行算在哪一年，属于上年度的请填“所属年度”一列"
_OTHER_AMOUNT = "“{}”写着{}元，与这一列的{}元不同，不知哪一个对"


def ask_contradictions(one: OneSheet, read: Columns) -> None:
    """Ask about a ledger's rows of another year, or whose amount in capitals is another."""
    meaning = one.declared.amount
    if meaning is None:
        return
    name = meaning.column
    wrong, amounts = read.wrong[name], read.values[name]
    for heading, key, cells in one.unused(read):
        if _YEAR_OF.fullmatch(key):
            told = read.values.get("belongs_to_year", [None] * len(cells))
            for n, (cell, own) in enumerate(zip(cells, told, strict=True)):
                year = _year(cell)
                if year is not None and year not in (one.fiscal_year, own):
                    wrong.setdefault(n, _OTHER_YEAR.format(heading, year, one.fiscal_year))
        elif _IN_CAPITALS.fullmatch(key):  # no 合同金额大写
            numbers = read.values[meaning.number]
            vouchers = _sums(numbers, amounts)
            for n, cell in enumerate(cells):
                said, amount = capital_fen(str(cell)), as_whole(amounts[n])
                meant = abs(amount or 0), abs(vouchers[numbers[n]])
                if None not in (said, amount) and said not in meant:
                    words = format_yuan(said or 0), format_yuan(amount or 0)
                    wrong.setdefault(n, _OTHER_AMOUNT.format(heading, *words))


def _sums(numbers: Sequence[Value], amounts: Sequence[Value]) -> Mapping[Value, int]:
    """Add up the lines of each voucher: its capitals are of the whole."""
    sums: dict[Value, int] = {}
    for number, amount in zip(numbers, amounts, strict=True):
        sums[number] = sums.get(number, 0) + (as_whole(amount) or 0)
    return sums


def _year(cell: Cell) -> int | None:
    found = _YEAR.fullmatch(str(cell).strip()) if cell is not None else None
    return int(found[1]) if found else None
