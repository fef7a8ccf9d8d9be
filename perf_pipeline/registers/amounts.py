"""What an amount means by what stands beside it: void, taken off, a red entry, another currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from perf_pipeline.domain.traditional import simplified
from perf_pipeline.registers.cells import Cell, shown
from perf_pipeline.registers.declaration import AmountMeaning, Words
from perf_pipeline.registers.header import label_key

_LOUD = (
    "作废|冲销|红冲|冲红|冲正|冲账|抹账|红字|冲减|冲回|退票|退汇|退库|退付|退款|撤销|撤回"
    "|银行退(?![休役伍])|被退回|已退回|(?:支付|付款|转账|交易)(?:失败|[不未]成功)"
    "|(?:户名|账[号户])(?:有误|错误|不符)"
    r"|\bvoid(?:ed)?\b|\brefund|\brevers(?:al|ed)|\bcancel|\bcredit (?:memo|note)"
)
# beside the amount, in a column that nobody knows; in a purpose 退回 may be what is paid for
_LOUD_BESIDE = re.compile(
    r"(?m:^重复)|(?m:^(?:用款|授权|支付)?(?:额度|指标|计划)(?:下达|到账|收回|注销|结余|调[整增减])$)"
    r"|下达(?:额度|指标)|失败|退回|驳回|拒绝|拒付|未(?:支付|付|清算|入账|记账|审|过账|生效|完成|到账|结算|通过|确认)"
)
_LOUD_HEADING = re.compile(
    f"{_LOUD}|退回|收回|核减|扣减|扣回|删除|取消|is_?void|delete|汇率|exchange ?rate", re.I
)
# beside a payment only: a contract's 履约保证金 or 是否跨年 says nothing of whether it counts
_LOUD_HEADING_OF_PAYMENTS = re.compile("扣[款留]|[代预]扣|抵扣|冲抵|质保金|保证金|跨年")
# 含税 and 公务卡 beside 已付 say nothing of whether; 户名不符 beside 交易成功 does
_UNDONE = re.compile(
    r"[未不没非错误异待拒败驳退缺超冻挂销撤]|重复|关闭|在途|[理核批付]中$"
    "|not(?!e)|closed|invalid|insufficient|mismatch|wrong|error|reject|fail|return|pend|hold"
)
_NOTHING = {"", "0", "0.0", "0.00", "1.0", "-", "--", "—", "/", "否", "无", "n", "no", "false", "f"}


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

    def look_over(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Take D for 贷 where J stands for 借: alone it is a debit."""
        texts = {row[self.position] for row in rows if self.position < len(row)}
        if {"j", "d"} & set(self._known()) == {"d"} and {"J", "j"} & texts:
            self._kinds.update(j="counted", d="reversed")

    def _known(self) -> dict[str, str]:
        if not self._kinds:
            for kind in ("counted", "reversed", "negative", "void"):
                for word in getattr(self.words, kind):
                    self._kinds.setdefault(label_key(word), kind)
        return self._kinds

    def kind(self, cell: Cell) -> str | None:
        """Return counted, reversed, negative or void; None for a word nobody knows."""
        return self._known().get(label_key(shown(cell)))


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
        if cell is None or not shown(cell).strip():
            continue
        said = f"“{column.heading}”是“{shown(cell).strip()}”"
        kind = column.kind(cell)
        if kind == "void":
            return Verdict(amount, void=(column.heading, shown(cell).strip()))
        if kind is None:
            verdict.question = f"{said}，不知这一笔怎么算；请在说明里写清，或改成通用的写法"
        elif kind == "reversed" and amount is not None:
            if amount < 0:
                verdict.question = f"{said}，金额又是负数，不知是加还是减"
            verdict.amount = -amount
        elif kind == "negative" and amount is not None and amount > 0:
            verdict.question = f"{said}，金额却是正数，不知是加还是减；红字请写成负数"
    return verdict


@lru_cache(maxsize=16)
def loud_words(meaning: AmountMeaning) -> re.Pattern[str]:
    """Return what finds words that mean so much that they are asked about wherever they stand.

    The words that do more than count a row are such where they stand alone, and some wherever.
    """
    said = {w for words in meaning.beside for w in (*words.void, *words.reversed, *words.negative)}
    said -= {w for words in meaning.beside for w in words.counted}
    alone = "|".join(re.escape(w) for w in sorted(said) if len(w) > (1 if w[0] > "~" else 3))
    return re.compile(rf"{_LOUD}|^\s*(?:{alone})\s*$", re.M | re.I)


@lru_cache(maxsize=16)
def usual_words(meaning: AmountMeaning) -> tuple[str, ...]:
    """Return the words by which a column says that a payment counts: 支付成功, 已付."""
    told = (words for words in meaning.beside if words.void)  # 授权支付 is no state
    said = (word for words in told for word in words.counted if len(word) > 1)
    return tuple({label_key(word) for word in said})


def unlike_the_usual(cells: Sequence[Cell], usual: tuple[str, ...]) -> set[Cell]:
    """Return what else a column says that mostly says that payments count: 交易成功, 户名不符."""
    filled = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    others = {cell for cell in set(filled) if not label_key(cell).endswith(usual)}
    if 2 * sum(cell in others for cell in filled) > len(filled):
        return set()
    return {cell for cell in others if _UNDONE.search(label_key(cell))}


def is_loud_heading(heading: str, *, of_payments: bool) -> bool:
    """Tell whether a heading says that what stands under it takes from its row: 作废日期."""
    said = simplified(heading)
    takes_off = of_payments and _LOUD_HEADING_OF_PAYMENTS.search(said) is not None
    return takes_off or _LOUD_HEADING.search(said) is not None


def says_something(cell: Cell) -> bool:
    """Tell whether a cell under such a heading is filled with more than a no."""
    return cell is not None and cell is not False and label_key(shown(cell)) not in _NOTHING


def loud_in(cell: Cell, loud: re.Pattern[str], *, beside: bool) -> bool:
    """Tell whether a cell says that its row may not count; `beside`: of a column nobody knows."""
    if not isinstance(cell, str):
        return False
    said = simplified(cell)
    return loud.search(said) is not None or (beside and _LOUD_BESIDE.search(said) is not None)
