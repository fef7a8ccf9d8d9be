"""What an amount means by what stands beside it: void, taken off, a red entry, another currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.declaration import AmountMeaning, Words
from perf_pipeline.registers.header import label_key

_LOUD = ("作废", "冲销", "红冲", "冲红", "退票", "退汇", "撤销", "冲减", "冲回", "退款")


@dataclass
class Verdict:
    """What becomes of a row: its amount, a question about it, or a reason to leave it out."""

    amount: int | None
    question: str | None = None
    void: tuple[str, str] | None = None  # the column's heading and its word


@dataclass(frozen=True)
class Beside:
    """A column of words beside the amount, with its heading."""

    position: int
    heading: str
    words: Words
    _kinds: dict[str, str] = field(default_factory=dict)

    def kind(self, cell: Cell) -> str | None:
        """Return counted, reversed, negative or void; None for a word nobody knows."""
        if not self._kinds:
            for kind in ("counted", "reversed", "negative", "void"):
                for word in getattr(self.words, kind):
                    self._kinds.setdefault(label_key(word), kind)
        return self._kinds.get(label_key(_text(cell)))


def net(debit: int | None, credit: int | None) -> tuple[int | None, str | None]:
    """Return an amount of two columns (借方 less 贷方), or a question where both are filled."""
    if debit and credit:
        return None, "同一行两个金额列都有数，不知这一笔算多少"
    if debit is None and credit is None:
        return None, "不能为空"
    return (debit or 0) - (credit or 0), None


def judge(amount: int | None, cells: Sequence[Cell], beside: Sequence[Beside]) -> Verdict:
    """Say what a row's amount is, by the words beside it."""
    verdict = Verdict(amount)
    for column in beside:
        cell = cells[column.position] if column.position < len(cells) else None
        if cell is None or not _text(cell).strip():
            continue
        said = f"“{column.heading}”是“{_text(cell).strip()}”"
        kind = column.kind(cell)
        if kind == "void":
            return Verdict(amount, void=(column.heading, _text(cell).strip()))
        if kind is None:
            verdict.question = f"{said}，不知这一笔怎么算；请在说明里写清，或改成通用的写法"
        elif kind == "reversed" and amount is not None:
            if amount < 0:
                verdict.question = f"{said}，金额又是负数，不知是加还是减"
            verdict.amount = -amount
        elif kind == "negative" and amount is not None and amount > 0:
            verdict.question = f"{said}，金额却是正数，不知是加还是减；红字请写成负数"
    return verdict


def loud_words(meaning: AmountMeaning) -> re.Pattern[str]:
    """Return what finds words that mean so much that they are asked about wherever they stand.

    The words that make a row void are such where they stand alone, and some wherever they stand.
    """
    void = {word for words in meaning.beside for word in words.void}
    alone = "|".join(re.escape(word) for word in sorted(void) if len(word) > 1 and word[0] > "~")
    return re.compile(rf"{'|'.join(_LOUD)}|^\s*(?:{alone})\s*$", re.M)


def loud_in(cell: Cell, loud: re.Pattern[str]) -> bool:
    """Tell whether a cell of a column that nobody knows says that its row may not count."""
    return isinstance(cell, str) and loud.search(cell) is not None


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
