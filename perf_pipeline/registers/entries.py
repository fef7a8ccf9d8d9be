"""What is particular to registers of cases, counts and budgets: entries that may not count.

A ledger's payments are settled by `ledger`. Here a column that nobody knows may say that its row
is void or in another currency, a row may be the sum of the others under any name, and a number may
stand twice in two spellings. None of it is decided: the row waits with a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from perf_pipeline.registers.amounts import is_loud_heading, says_something
from perf_pipeline.registers.cells import Cell, Value, is_blank_row, shown, visible
from perf_pipeline.registers.changes import Changes
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import ColumnType
from perf_pipeline.registers.files import Row
from perf_pipeline.registers.flags import ask_flags, ask_rates, ask_remarks
from perf_pipeline.registers.headings import HeadingNames, label_key
from perf_pipeline.registers.identity import keys_of
from perf_pipeline.registers.one_sheet import OneSheet
from perf_pipeline.registers.other_rows import (
    first_text,
    is_signature,
    is_total,
    names_the_whole,
    refuse_other_header,
)

_VOID = re.compile(
    r"(?:已|被|予以)?(?:作废|撤销|注销|删除|取消|终止|解除|无效|废止)(?:\(.*\))?"
    r"|重复件?|不予受理|测试|(?:已)?停用|void(?:ed)?|cancel(?:l?ed)?|deleted?|invalid|terminated|duplicate"
)
_SAYS_VOID = re.compile("作废|撤销|误录|录入有误|登记有误|解除|终止|废止|重复登记|重复件")
# of a note: 解除合同 and 终止服务 are what a case is about, and a column's words are only told
NOTE_SAYS_VOID = re.compile("作废|误录|录入有误|登记有误|废止|重复登记|重复件|[本此该]件.{0,4}撤销")
_FLAG = re.compile(
    r"(?:是否|为)?(?:作废|无效|撤销|删除|重复|注销|测试|终止(?!日期|时间)|解除)"
    r".{0,3}"
)
_COUNTS = re.compile(
    r"(?:是否)?(?:有效|生效|计入|纳入统计)(?:与否|标志|标识)?|is_?valid|valid|active"
)
_CURRENCY = re.compile(r"币种|货币|currency|ccy")
_OURS = {"人民币", "cny", "rmb", "元", "人民币元", "156", "¥"}
_RATE = re.compile(r"汇率|exchangerate")
_PARTS = "“{}”有几行，不知“{}”是其中一行还是各行之和；一个项目请合并成一行"
_INDEPENDENT = 3  # so many numbers that all equal the sums above are no chance


class Entries:
    """Asks about the rows of one sheet, batch after batch."""

    def __init__(self, one: OneSheet) -> None:
        """Make ready what stands beside the register's own columns."""
        self._one = one
        self._declared, self._header = declared, header = one.declared, one.header
        self._names = HeadingNames(declared, one.known.columns)
        self._in_any_words = "indicator_name" not in declared.key
        types = {column.name: column.type for column in declared.columns}
        self._numbers = [
            name
            for name in header.positions
            if types[name] in (ColumnType.COUNT, ColumnType.MONEY)
            and declared.column(name).required
        ]
        self._has_money = ColumnType.MONEY in types.values()
        self._changes = Changes(one)
        self._sums = [0] * len(self._numbers)
        self._rows_above = 0

    def skipped(self, rows: Sequence[Row], first: int) -> set[int]:
        """Return the rows that hold no data; raises LayoutError where another table begins."""
        found: set[int] = set()
        for n, row in enumerate(rows):
            text = first_text(row)
            if (not text and is_blank_row(row)) or row in self._header.rows:
                found.add(n)
            elif is_total(text, in_any_words=self._in_any_words):
                self._one.tell("no_entry", "{}行是合计、平均等，没有计入", first + n)
                found.add(n)
            elif is_signature(text):
                words = f"{{}}行像是表下的说明或签字（“{text[:20]}”），没有读入"
                self._one.tell("signature", words, first + n)
                found.add(n)
            elif refuse_other_header(row, first + n, self._names, self._header, self._one.place):
                found.add(n)
        return found

    def ask(self, read: Columns) -> None:
        """Add to what is wrong with the rows whatever is not understood of them."""
        key = self._declared.key[0]
        wrong = read.wrong[key]
        for heading, _, cells in self._one.unused(read):
            for n, cell in enumerate(cells):
                if cell is not None and (question := self._question(heading, cell)):
                    wrong.setdefault(n, question)
                elif isinstance(cell, str) and _SAYS_VOID.search(cell):
                    said = f"“{heading}”写着“{cell.strip()[:20]}”"
                    words = f"{{}}行的{said}，仍照样计入；不该计入的请删去后重交"
                    self._one.tally.add("says_void", words, None, read.numbers[n])
        for ask in (ask_flags, ask_remarks, ask_rates) if self._header.unused else ():
            ask(self._one, read)
        self._changes.ask(read)
        self._ask_parts(read)
        self._ask_sums(read)
        self._ask_spellings(read)

    def _question(self, heading: str, cell: Cell) -> str | None:
        """Ask what a row is, by a column that the register does not know."""
        label, said = label_key(heading), label_key(shown(cell))
        stands = f"“{heading}”是“{shown(cell).strip()[:40]}”"
        loud = _FLAG.fullmatch(label) or is_loud_heading(label, of_payments=False)
        flagged = loud and not _RATE.search(label)
        denied = _COUNTS.fullmatch(label) and said and not says_something(cell)
        if _VOID.fullmatch(said) or (flagged and says_something(cell)) or denied:
            return f"{stands}，不知这一行算不算；算的请删去这一格，不算的请删去整行"
        if not self._has_money or not said:
            return None
        if _CURRENCY.search(label) and said not in _OURS:
            return f"{stands}，金额不是人民币，请换算成元"
        if _RATE.search(label) and said not in ("1", "1.0", "1.00"):
            return f"{stands}，不知金额是不是人民币；请换算成元并删去这一格"
        return None

    def _ask_sums(self, read: Columns) -> None:
        """Ask about rows that equal the sum of the others, or are named as the whole of them."""
        key = self._declared.key[0]
        columns = [read.values[name] for name in self._numbers]
        whole = [_whole_numbers(each) for each in zip(*columns, strict=True)]
        wrong, few = read.wrong[key], len(read.rows) < 2 and not self._rows_above
        rest = [sum(each) for each in zip(*(v for v in whole[1:] if v), strict=True)]
        first_sums = self._rows_above == 0 and len(whole) > 2 and rest == whole[0]
        for n, numbers in enumerate(whole):
            sums_up = (n == 0 and first_sums) or (self._rows_above > 1 and numbers == self._sums)
            if len(self._numbers) >= _INDEPENDENT and sums_up and numbers and any(numbers):
                wrong.setdefault(
                    n, "各数都等于其他各行之和，像是合计行；是合计的请在第一列写明“合计”"
                )
                continue
            named = read.values[key][n]
            if self._numbers and not few and isinstance(named, str) and names_the_whole(named):
                wrong.setdefault(n, f"“{named}”像是其他各行之和；是合计的请写“合计”")
            elif numbers:
                self._sums = [a + b for a, b in zip(self._sums, numbers, strict=True)]
                self._rows_above += 1

    def _ask_parts(self, read: Columns) -> None:
        """Ask about all rows of a project's first amount that stands in several: parts, or not."""
        change = self._declared.change
        if change is None or not change.entered_in:
            return
        key = self._declared.key[0]
        rows: dict[Value, list[int]] = {}
        for n, named in enumerate(read.values[key]):
            rows.setdefault(named, []).append(n)
        for named, same in rows.items():
            if named is None or len({tuple(read.rows[n]) for n in same}) < 2:
                continue
            for n in same:
                words = _PARTS.format(named, self._declared.column(change.column).label)
                read.wrong[key].setdefault(n, words)

    def _ask_spellings(self, read: Columns) -> None:
        """Ask about a key that stands already in another spelling: Ｘ－１ beside X-1."""
        keys = keys_of([read.values[name] for name in self._declared.key])
        first = self._declared.key[0]
        for n, key in enumerate(keys):
            meant = _meant(key)
            if meant in self._one.spellings.meant and key not in self._one.spellings.written:
                label = self._declared.column(first).label
                words = f"与上面一行的“{label}”只差写法（全半角、空格或大小写），像是重复"
                read.wrong[first].setdefault(n, words)
            self._one.spellings.add(meant, key)


def _whole_numbers(values: Sequence[Value]) -> list[int]:
    """Return a row's numbers where all are there, else none."""
    numbers = [value for value in values if isinstance(value, int)]
    return numbers if len(numbers) == len(values) else []


def _meant(key: str) -> str:
    if key.isascii() and key.islower() and " " not in key:
        return key
    plain = unicodedata.normalize("NFKC", visible(key)).casefold()
    return re.sub(r"[^\S\x1f]|[.。,、;]+$", "", plain.translate(_DASHES))


_DASHES = str.maketrans("−–—﹣－", "-----")
