"""Columns of yes and no beside what they speak of (是否办结, 是否成功): the two must agree.

Which column a heading speaks of is told by its declaration (`said_by`: whether a date is filled),
or by its words: 是否成功 speaks of a choice that holds 成功 or its contrary, 是否损坏 of 设备完好.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from perf_pipeline.registers.amounts import says_something
from perf_pipeline.registers.cells import NO, YES, Cell, Value
from perf_pipeline.registers.columns_read import Columns, cells_at
from perf_pipeline.registers.declaration import Column, ColumnType, Register
from perf_pipeline.registers.header import Header, label_key

_NOT_YET = re.compile("(?:尚|还|暂)?[未没不].*|(?:正)?在办.*|办理中|处理中|进行中|[×xX✗✕]")
_ASKS = re.compile(r"^(?:是否|有无|能否|为)?(?:已经?)?(?P<word>.{2,6}?)(?:与否|标志|标识)?$")
_NEGATED = "[不未没非无]"
_CONTRARIES = (
    *(("成功", "失败"), ("成功", "不成"), ("成功", "未果"), ("通过", "驳回")),
    *(("完好", "损坏"), ("完好", "故障"), ("在线", "离线"), ("在线", "掉线")),
)


def ask_flags(declared: Register, header: Header, read: Columns) -> None:
    """Ask about rows where a column of yes and no contradicts what its register's column holds."""
    for column in declared.columns:
        if column.name not in header.positions:
            continue
        for at, heading in header.unused.items():
            word = _word_of(column, label_key(heading))
            if word is None:
                continue
            wrong, values = read.wrong[column.name], read.values[column.name]
            for n, cell in enumerate(cells_at(read.rows, at)):
                held = _holds(column, values[n], word)
                said = _said(cell, word, any_words=bool(column.said_by))
                if None not in (held, said) and said != held and n not in wrong:
                    stands = f"“{heading}”是“{_shown(cell).strip()[:20]}”"
                    wrong[n] = f"{_found(column, values[n])}，而{stands}，不知哪一个对"


def _said(cell: Cell, word: str, *, any_words: bool) -> bool | None:
    """Tell what a cell answers; None for a blank, and for words that are neither yes nor no."""
    text = label_key(_shown(cell)) if cell is not None else ""
    if not text:
        return None
    if _NOT_YET.fullmatch(text) or not says_something(cell) or text in NO:
        return False
    return True if any_words or text in YES or text.endswith(word) else None


def _word_of(column: Column, heading: str) -> str | None:
    """Return what a heading asks of a column; None where it does not speak of it."""
    if heading in map(label_key, column.said_by):
        return heading
    found = _ASKS.fullmatch(heading)
    if found is None or column.type not in (ColumnType.CHOICE, ColumnType.YES_NO):
        return None
    word = found["word"]
    texts = column.choices or (column.label,)
    # of 来访, 来信, 网上 each choice is another thing: 满意 is one that is said and denied
    both = {_says(word, text) for text in texts}
    return word if True in both or (column.type is ColumnType.YES_NO and False in both) else None


def _holds(column: Column, value: Value, word: str) -> bool | None:
    """Tell whether a value is what the word says; None where it says nothing of it."""
    if column.type is ColumnType.DATE:
        return value is not None
    if value is None:
        return None
    if column.type is ColumnType.YES_NO:
        return bool(value) == (_says(word, column.label) is True)
    return _says(word, str(value)) is True


def _says(word: str, text: str) -> bool | None:
    """Tell whether a text says a word or denies it: 不满意 and 调解不成; None where neither."""
    if re.search(rf"(?<!{_NEGATED}){re.escape(word)}", text):
        return True
    contrary = any(each in text for each in _contraries(word))
    return False if word in text or contrary else None


def _contraries(word: str) -> Iterator[str]:
    for one, other in _CONTRARIES:
        if one in word:
            yield word.replace(one, other)
        if other in word:
            yield word.replace(other, one)


def _found(column: Column, value: Value) -> str:
    if column.type is ColumnType.DATE:
        return "没有日期" if value is None else "有日期"
    return "是" if value is True else "否" if value is False else f"是“{value}”"


def _shown(cell: Cell) -> str:
    return "是" if cell is True else "否" if cell is False else str(cell)
