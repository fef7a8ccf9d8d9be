"""How an adjusted amount came about (调整前, 调增, 调减): the columns beside it must agree.

A register of first amounts has the amount that is in force beside it (调整后预算): where the two
differ the row waits, for nobody knows since when.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.columns_read import Columns, cells_at
from perf_pipeline.registers.declaration import Change
from perf_pipeline.registers.headings import label_key
from perf_pipeline.registers.one_sheet import OneSheet
from perf_pipeline.registers.units import unit_in_heading, without_unit

_SIGNS = {"before": 1, "up": 1, "down": -1}
_DISAGREES = "按调整前的数和增减额算应为{}元，不知哪一个写错或写反了"
_ADJUSTED = "{}，与本列不同，不知从哪天起；本表请只留年初数并删去那一格，调整的写明日期填进{}"
_OTHER = "{}，与本列不同，不知按哪个；请在本列写现行的数并删去那一格"
# 增加3个点位 and 较上年减少5万元 change no amount of this year
_TOLD = re.compile(
    r"(?<![上去]年)(?:调整|调增|调减|追加|核减|压减|变更|增加|减少)[为至到了后]*[^\d，。；]{0,6}"
    r"\d[\d,.]*(?:[十百千]?[万亿]|[十百千]?元|(?<=[\d,.]{4})$)"
)
_NO_AMOUNT = re.compile(  # 下达文号, 变更后乙方, 比上年增减
    "[上去]年|同比|率|比例|(?:号|文件|日期|时间|单位|部门|机关|原因|理由|依据|说明|内容|方式"
    "|名称|事项|[甲乙]方|人|人数|数量|次数|期限)$"
)


class Changes:
    """Reads the columns of a sheet that say from what, and by how much, an amount was changed."""

    def __init__(self, one: OneSheet) -> None:
        """Find the columns by their headings."""
        self._change = one.declared.change
        self._readers: list[tuple[int, str, ColumnReader]] = []
        if self._change is None:
            return
        self._headings = one.header.unused
        self._other = _ADJUSTED if self._change.entered_in else _OTHER
        amount = one.declared.column(self._change.column)
        for at, heading in self._headings.items():
            said = label_key(without_unit(heading))
            kind = _kind(self._change, said)
            if kind is not None:
                in_unit = unit_in_heading(heading) or one.unit or amount.unit
                update = {"unit": in_unit, "required": False, "minimum": None}
                reader = ColumnReader(amount.model_copy(update=update))
                self._readers.append((at, kind, reader))
        kinds = {kind for _, kind, _ in self._readers}
        if self._change.before and ("before" not in kinds or len(kinds) == 1):
            self._readers = []

    def ask(self, read: Columns) -> None:
        """Ask about rows whose amount is not what was before, more or less what was changed."""
        if self._change is None or (self._change.before and not self._readers):
            return
        amounts = read.values[self._change.column]
        asked = read.wrong[self._change.column]
        if not self._change.before:
            self._ask_adjusted(read, amounts, asked)
            return
        expected: list[int | None] = [0] * len(read.rows)
        for at, kind, reader in self._readers:
            values, wrong = reader.read(cells_at(read.rows, at))
            expected = [
                None if n in wrong else _more(sum_, _SIGNS[kind], values[n])
                for n, sum_ in enumerate(expected)
            ]
        for n, (sum_, amount) in enumerate(zip(expected, amounts, strict=True)):
            if isinstance(amount, int) and sum_ is not None and sum_ != amount:
                asked.setdefault(n, _DISAGREES.format(format_yuan(sum_)))

    def _ask_adjusted(self, read: Columns, amounts: Sequence[Value], asked: dict[int, str]) -> None:
        """Ask about first amounts beside which another is in force, or something was added."""
        assert self._change is not None
        for at, kind, reader in self._readers:
            cells = cells_at(read.rows, at)
            values, wrong = reader.read(cells)
            for n, (value, amount) in enumerate(zip(values, amounts, strict=True)):
                unread = n in wrong and kind == "after"
                same = value in (None, amount) if kind == "after" else not value
                if unread or not same:
                    said = f"“{self._headings[at]}”是“{cells[n]}”"
                    asked.setdefault(n, self._other.format(said, self._change.entered_in))
        for at, heading in self._headings.items():
            for n, cell in enumerate(cells_at(read.rows, at)):
                if isinstance(cell, str) and _TOLD.search(cell):
                    said = f"“{heading}”写着“{cell.strip()[:40]}”"
                    asked.setdefault(n, self._other.format(said, self._change.entered_in))


def _kind(change: Change, said: str) -> str | None:
    """Return what a heading says of a change; of first amounts a part of the heading does."""
    if not change.before and _NO_AMOUNT.search(said):
        return None
    for kind in ("before", "after", "up", "down"):
        labels = map(label_key, getattr(change, kind))
        if any(label == said or (not change.before and label in said) for label in labels):
            return kind
    return None


def _more(sum_: int | None, sign: int, value: Value) -> int | None:
    if sum_ is None or isinstance(value, str):
        return None
    return sum_ + sign * (value if isinstance(value, int) else 0)
