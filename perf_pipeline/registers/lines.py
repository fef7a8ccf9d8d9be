"""Lines of a ledger that are no payments (非支付行): totals, carried over, opening balances.

Such a line is known by what it is: it has no voucher number, nobody is paid and for nothing, it
equals the sum of what stands above, it holds a balance and no amount; what it calls itself is one
sign among these. No sign decides alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from perf_pipeline.domain.traditional import simplified
from perf_pipeline.registers.cells import Cell, Value, is_blank
from perf_pipeline.registers.other_rows import first_text, is_signature

ENOUGH = 3
_SUMS = "合计|小计|总计|累计|共计|总额|合共"
_CALLED = re.compile(
    rf".{{0,20}}(?:{_SUMS})(?:支付|支出|付款|金额|发生额|数|余额)?(?:\(.{{0,12}}\))?"
    r"|(?:承|接|过|转)(?:前|上|次|下|后|入|出)[页月年期]?(?:余额|合计)?"
    r"|(?:上|本|去|前|当)?[年月期季日](?:初|末|底|度)?(?:结转|结存|结余|余额|累计|发生额?)(?:数|余额|下年|上年)?"
    r"|(?:结转|转入|转出)(?:下|上|次|本)[年页月期](?:余额)?|(?:期初|期末|年初|月初|月末|年末)(?:数|余额|结存|结余)?"
    r"|(?:sub|grand)?total.{0,20}|(?:opening|closing)balance|balance(?:b/f|c/f|broughtforward|carriedforward)"
    r"|brought forward|carriedforward|broughtforward",
    re.I,
)
_DIGITS = frozenset("0123456789")
_CALENDAR = re.compile(r"\d{1,4}\s*(?:年|月|季|日|页|期|号楼)|第\s*\d+\s*(?:页|季)")
_OF_WHICH = re.compile(r"其中(?::.*)?")
_SO_MANY = re.compile(r"[共计合]{0,2}\d+[笔张条户项]")
_NEXT_TABLE = re.compile("[一二三四五六七八九十]+、")
_WHOLE = re.compile(r"(?:合计|总计|累计|共计|本年累计|全年合计|grandtotal|total)")


@dataclass(frozen=True)
class Line:
    """What a line has of a payment, and its cells.

    `number` is what stands in the column of voucher numbers, `numbered` whether there is such a
    column; `told` whether payee or purpose are given, `may_tell` whether there are columns for it.
    `dated` says that there is a day and no other words in its column, `sums_up` that its amount is
    the sum of the lines above.
    """

    cells: Sequence[Cell]
    number: str | None
    numbered: bool
    has_day: bool
    dated: bool
    has_owner: bool
    told: bool
    may_tell: bool
    amount: int | None
    holds_balance: bool
    sums_up: bool


def has_number(text: str | None) -> bool:
    """Tell whether a voucher's name holds a number: 记-3 does, 3月小计 does not."""
    if text is None or _CALLED.fullmatch(bare := _bare(text)) or _SO_MANY.fullmatch(bare):
        return False
    return re.search(r"\d", _CALENDAR.sub("", text)) is not None


def without_numbers(numbers: Sequence[Value]) -> set[int]:
    """Return which of many vouchers' names hold no number; nearly all are told by their end."""
    return {
        n
        for n, number in enumerate(numbers)
        if not number or (text := str(number))[-1] not in _DIGITS or "计" in text
        if not has_number(None if number is None else str(number))
    }


def called(cells: Sequence[Cell]) -> str | None:
    """Return what a line calls itself, where that is a total or the like."""
    for cell in cells:
        if isinstance(cell, str) and 1 < len(cell) < 40 and (key := _name_of_sum(cell)):
            return key
    return None


@lru_cache(maxsize=16_384)
def _name_of_sum(text: str) -> str | None:
    return key if _CALLED.fullmatch(key := _bare(text)) else None


def is_of_which(cells: Sequence[Cell]) -> bool:
    """Tell whether a line says what of the line above (其中) something is."""
    first = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), "")
    return _OF_WHICH.match(_bare(first)) is not None


def begins_another(cells: Sequence[Cell]) -> bool:
    """Tell whether a line is the title of the next table: 三、4月支付."""
    said = [str(cell).strip() for cell in cells if not is_blank(cell)]
    return len(said) == 1 and _NEXT_TABLE.match(said[0]) is not None


def signs(line: Line) -> int:
    """Count the signs that a line is no payment; `ENOUGH` of them say so."""
    count = 2 if called(line.cells) else 0
    signed = line.amount is None and not line.dated
    count += 2 if signed and is_signature(first_text(line.cells)) else 0
    count += 1 if line.numbered and not has_number(line.number) else 0
    count += 1 if line.may_tell and not line.told else 0
    count += 0 if line.has_day else 1
    count += 0 if line.has_owner else 1
    count += 2 if line.sums_up and not (line.has_day and line.has_owner and line.told) else 0
    count += 2 if line.amount is None and line.holds_balance else 0
    return count


def is_of_all(cells: Sequence[Cell]) -> bool:
    """Tell whether a line sums up all that stands above, and not a page or a month."""
    name = called(cells)
    return name is not None and _WHOLE.fullmatch(name) is not None


def _bare(text: str) -> str:
    return re.sub(r"\s", "", simplified(unicodedata.normalize("NFKC", text))).rstrip(":.")
