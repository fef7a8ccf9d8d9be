"""Columns of yes and no beside what they speak of (是否办结, 是否成功): the two must agree.

Which column a heading speaks of is told by its declaration (`said_by`: whether a date is filled),
or by its words: 是否成功 speaks of a choice that holds 成功 or its contrary, 是否损坏 of 设备完好.
"""

from __future__ import annotations

import re
from fractions import Fraction

from perf_pipeline.registers.amounts import says_something
from perf_pipeline.registers.cells import NO, YES, Cell, Value, shown
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.headings import label_key
from perf_pipeline.registers.one_sheet import OneSheet

_NOT_YET = re.compile("(?:尚|还|暂)?[未没不].*|(?:正)?在办.*|办理中|处理中|进行中|[×xX✗✕]")
_STATE = re.compile(".{0,4}(?:状态|状况|进度|环节|status|state)")
_OVER_NOW = re.compile(  # a case's state, where it has an end: 已办结并回访
    "(?:已|全部)?(?:办结|结案|办毕|完结|归档|闭环)(?!中|期限|前|审)|已(?:答复|回复)|closed|completed|resolved"
)
_STILL_OPEN = re.compile(  # 未评价, 未超期 and 不再受理 say nothing of it
    "(?:已|待|正在)?(?P<step>登记|受理|交办|转办|转送|批转|分派)(?:中|待办)?|open|pending"
    "|(?:尚|还|暂)?[未没](?:有)?(?:办|处理|答复|回复|结案|完结|完成|解决).*"
    "|(?:正)?在办.*|(?:办理|处理|进行)中"
)
_ASKS = re.compile(r"^(?:是否|有无|能否|为)?(?:已经?)?(?P<word>.{2,6}?)(?:与否|标志|标识)?$")
_NEGATED = "[不未没非无]"
_CONTRARIES = {  # what is said, and what denies it
    "成功": ("失败", "不成", "未果"),
    "完好": ("损坏", "故障"),
    "在线": ("离线", "掉线"),
    "通过": ("驳回",),
}
_RATE = re.compile(r"(?P<of>.{2,6}?)(?:率|比例|占比)(?:\(%\))?")
_PERCENT = re.compile(r"(?P<number>\d+(?:\.(?P<digits>\d+))?)%")
_REMARK = re.compile("备注|说明|情况|结果|状[态况]|现状|外观|反馈|意见|remark|note")
_OVER = re.compile(  # 损坏待更换 is not over; 投资失败引发 speaks of something else
    r"(?<![待需未应要请不法])(?:修复|修好|排除|恢复|更换|换|处理|解决|重启|正常)|已修|排查"
    r"|曾|[上前]次|先前|此前|后|未[见发]|[0零]|纠纷|争议|引[发起]"
)
_LONGEST_REMARK = 20
STATE = "state"  # what a column of states asks: whether the case is over


def ask_flags(one: OneSheet, read: Columns) -> None:
    """Ask about rows where a column of yes and no contradicts what its register's column holds."""
    for column in one.declared.columns:
        if column.name not in one.header.positions:
            continue
        for heading, key, cells in one.unused(read):
            word = _word_of(column, key)
            if word is None:
                continue
            wrong, values = read.wrong[column.name], read.values[column.name]
            for n, cell in enumerate(cells):
                held = _holds(column, values[n], word)
                if word == STATE:
                    said = _over(label_key(shown(cell)), heading)
                else:
                    said = _said(cell, word, any_words=bool(column.said_by))
                if None not in (held, said) and said != held and n not in wrong:
                    stands = f"“{heading}”是“{shown(cell).strip()[:20]}”"
                    wrong[n] = f"{_found(column, values[n])}，而{stands}，不知哪一个对"


def ask_remarks(one: OneSheet, read: Columns) -> None:
    """Ask about rows of which a short remark denies a yes or a choice: 完好 and 已损坏待修."""
    for column in one.declared.columns:
        if column.type not in (ColumnType.CHOICE, ColumnType.YES_NO):
            continue
        texts = column.choices or (column.label,)
        pairs = [(g, b) for g, b in _CONTRARIES.items() if any(g in each for each in texts)]
        if not pairs:
            continue
        wrong, values = read.wrong[column.name], read.values[column.name]
        for heading, key, cells in one.unused(read):
            if _word_of(column, key) is not None or not _REMARK.search(key):
                continue
            for n, cell in enumerate(cells):
                if not isinstance(cell, str) or len(cell) > _LONGEST_REMARK or _OVER.search(cell):
                    continue
                held = column.label if values[n] is True else str(values[n])
                if any(_sign(held, *p) and _sign(cell, *p) is False for p in pairs):
                    stands = f"“{heading}”写着“{cell.strip()}”"
                    wrong.setdefault(n, f"{_found(column, values[n])}，而{stands}，不知哪一个对")


def ask_rates(one: OneSheet, read: Columns) -> None:
    """Ask about rows beside whose counts a rate stands (满意率) that no two of them make."""
    counts = [c for c in one.declared.columns if c.type is ColumnType.COUNT]
    for heading, key, cells in one.unused(read):
        stem = _RATE.fullmatch(key)
        of = next((c for c in counts if stem and c.label.startswith(stem["of"])), None)
        # of what 有效问卷率 is a part stands in no column of ours
        over = [
            r.other for r in one.declared.rules if of and (r.kind, r.column) == ("at_most", of.name)
        ]
        if of is None or not over:
            continue
        wholes = [read.values[name] for name in over]
        for n, cell in enumerate(cells):
            part, found = read.values[of.name][n], _PERCENT.fullmatch(str(cell).strip())
            if found is None or not isinstance(part, int):
                continue
            half = Fraction(1, 2 * 10 ** len(found["digits"] or ""))
            said = Fraction(found["number"])
            made = [Fraction(100 * part, w[n]) for w in wholes if isinstance(w[n], int) and w[n]]  # type: ignore[arg-type]
            if made and all(abs(each - said) > half for each in made):
                stands = f"“{heading}”写着“{cell}”"
                read.wrong[of.name].setdefault(n, f"按人数或户数算不出{stands}，不知哪一个写错了")


def _said(cell: Cell, word: str, *, any_words: bool) -> bool | None:
    """Tell what a cell answers; None for a blank, and for words that are neither yes nor no."""
    text = label_key(shown(cell))
    if not text:
        return None
    if _NOT_YET.fullmatch(text) or not says_something(cell) or text in NO:
        return False
    return True if any_words or text in YES or text.endswith(word) else None


def _over(text: str, heading: str) -> bool | None:
    """Tell whether a state says that a case is over; None for one that speaks of something else.

    受理状态 tells of being accepted alone, whatever came of it.
    """
    if still := _STILL_OPEN.fullmatch(text):
        return None if still["step"] and still["step"] in heading else False
    return True if _OVER_NOW.match(text) else None


def _word_of(column: Column, heading: str) -> str | None:
    """Return what a heading asks of a column; None where it does not speak of it."""
    if heading in map(label_key, column.said_by):
        return heading
    if column.said_by and _STATE.fullmatch(heading):
        return STATE
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
    for good, bad in _CONTRARIES.items():
        asked, said = _sign(word, good, bad), _sign(text, good, bad)
        if asked is not None:
            return None if said is None else said == asked
    if re.search(rf"(?<!{_NEGATED}){re.escape(word)}", text):
        return True
    return False if word in text else None


def _sign(text: str, good: str, bad: tuple[str, ...]) -> bool | None:
    """Tell which of two contraries a text says: True the good one, False the bad; None neither."""
    if re.search(rf"(?<!{_NEGATED})(?:{'|'.join(bad)})", text):
        return False
    if good in text:
        return re.search(rf"{_NEGATED}{good}", text) is None
    return True if any(each in text for each in bad) else None  # 无故障


def _found(column: Column, value: Value) -> str:
    if column.type is ColumnType.DATE:
        return "没有日期" if value is None else "有日期"
    return "是" if value is True else "否" if value is False else f"是“{value}”"
