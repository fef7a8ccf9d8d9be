"""The header of a table of indicators: which column says what, however it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from perf_pipeline.documents.labels import label
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell


class Part(StrEnum):
    """What a column of a table of indicators holds."""

    PROJECT = "project"
    UNIT_NAME = "unit_name"
    OBJECTIVE = "objective"
    AMOUNT = "amount"
    LEVEL1 = "level1"
    LEVEL2 = "level2"
    LEVEL3 = "level3"
    DESCRIPTION = "description"
    OPERATOR = "operator"
    VALUE = "value"
    UNIT = "unit"
    WEIGHT = "weight"
    BASIS = "basis"
    ACTUAL = "actual"
    OUTLOOK = "outlook"
    SCORE = "score"
    REASON = "reason"
    LIKELIHOOD = "likelihood"
    REMARK = "remark"


_YEAR = (
    r"(?:\d{4}年?|年度|全年|本年度?|当年|年初|预期|计划|设定|绩效|考核|目标|项目|三级|指标|预计)*"
)
_LABELS: tuple[tuple[Part, str], ...] = (
    (Part.LEVEL1, r"一级(?:绩效)?(?:指标|目标)?(?:名称)?|指标类型|指标类别"),
    (Part.LEVEL2, r"二级(?:绩效)?(?:指标|目标)?(?:名称)?"),
    (
        Part.LEVEL3,
        r"三级(?:绩效)?(?:指标|目标)?(?:名称|内容)?|(?:绩效|具体|末级|四级)?指标名称|具体指标",
    ),
    (Part.VALUE, r"(?:年度|全年|当年)?(?:计划|目标|预期|预计|应)(?:完成|实现)值"),
    (
        Part.OPERATOR,
        r"(?:绩效)?(?:指标)?(?:值)?(?:符号|运算符号?|计算符号?|比较符号?|逻辑符号?|性质|方向性?)",
    ),
    (Part.UNIT, r"(?:绩效)?(?:指标)?值?(?:计量|度量|计算)?单位"),
    (
        Part.WEIGHT,
        r"(?:绩效)?(?:指标)?(?:标准|设定)?(?:权重|分值)(?:权重|分值)?(?:比例)?|权值|标准分",
    ),
    (
        Part.BASIS,
        r"绩效标准|.*(?:确定|设定|设置|制定|来源|取值|指标值)(?:的)?依据.*|指标来源|数据来源|依据|证明材料|佐证材料",
    ),
    (Part.OUTLOOK, r"(?:全年|年度|年底)?预计(?:全年)?(?:完成|实现)(?:情况|值|程度|结果)?"),
    (
        Part.ACTUAL,
        r".*(?:实际完成|执行情况|实际值|实际实现).*|.{0,12}"
        r"(?:完成值|完成情况|实现值|完成结果)|自评完成.*",
    ),
    (Part.SCORE, r"(?:自评|评价|实际|指标|最终)?(?:得分|评分|自评分|分数)"),
    (Part.REASON, r".*(?:偏差|未完成|差异|偏离).*|原因(?:说明|分析)?|改进措施"),
    (Part.LIKELIHOOD, r".*可能性.*"),
    (Part.REMARK, r"备注|说明|其他|备注说明"),
    (
        Part.VALUE,
        _YEAR + r"(?:指标值|目标值|绩效值|预期值|计划值|标准值|值)(?:/描述|/内容|及单位|内容)?",
    ),
    (
        Part.DESCRIPTION,
        r"(?:绩效)?(?:指标)?(?:值)?(?:描述|说明|解释|内容|定义|内涵|释义|备注)|(?:评价|评分|打分|计分|考核)?"
        r"(?:标准|规则|办法)|计算公式|计算方法|评扣分标准|指标解释及计算方法",
    ),
    (Part.PROJECT, r"(?:项目支出|专项|预算)?项目名称|项目"),
    (Part.UNIT_NAME, r"(?:预算|主管|项目|实施)?(?:单位|部门)(?:名称|编码)?"),
    (Part.OBJECTIVE, r"(?:项目|年度|总体|绩效|支出|整体)*目标"),
    (Part.AMOUNT, r"(?:项目|年度|预算|资金|财政)*(?:金额|预算数|预算|资金|总额)"),
)
_PARTS = tuple((part, re.compile(pattern)) for part, pattern in _LABELS)
# what stands for the third level where no column is called so
_INSTEAD = ("指标内容", "绩效指标", "绩效指标内容", "指标", "三级指标内容", "具体内容", "指标描述")
# what stands for the value where no column is called so
_ONLY_VALUES = ("绩效标准", "目标", "年度目标", "绩效目标")
_ANNUAL = re.compile(r"(?:\d{4}年?)?(?:年度|当年|本年).{0,8}")  # a heading, not a sentence
_OTHER_TERM = re.compile(r"上年|去年|往年|历史|基期|中期|实施期|长期|总目标|三年|项目期|全周期")
_GROUPS = (Part.REASON, Part.LIKELIHOOD, Part.VALUE, Part.WEIGHT, Part.ACTUAL)
_SEVERAL = (Part.REASON, Part.LIKELIHOOD, Part.OPERATOR)  # one thing said in several columns
_BEHIND = (Part.ACTUAL, Part.OUTLOOK, Part.WEIGHT, Part.SCORE, Part.REASON, Part.REMARK)

_FIRST_LEVEL = re.compile(r"(?:成本|产出|效益|效果|(?:服务对象)?满意度)指标?")
_LEVEL = re.compile(
    rf"{_FIRST_LEVEL.pattern}"
    r"|(?:数量|质量|时效|(?:经济|社会|生态)效益|可持续影响|(?:经济|社会|生态环境)成本)指标?"
)
_INSIDE = (("成本", "产出"), ("成本", "成本"), ("满意", "满意"))  # second levels named like first
_LEVELS: set[Part | None] = {Part.LEVEL1, Part.LEVEL2, Part.LEVEL3}

Columns = dict[Part, tuple[Cell, ...]]


@dataclass(frozen=True)
class Header:
    """Where the columns of a table of indicators stand.

    `subs` are the labels below a heading that spans several columns (经费保障, 确定能). `lines` is
    how many rows the header takes. `guessed` tells that a column was taken by likeness.
    `midterm` are the columns of a second set of indicators beside the year's (中期指标).
    """

    columns: Columns
    subs: tuple[Cell, ...] = ()
    lines: int = 1
    guessed: bool = False
    midterm: tuple[Cell, ...] = ()


def part_of(text: str) -> Part | None:
    """Return what a column of that label holds."""
    return _part(label(text))


@lru_cache(maxsize=8192)
def _part(bare: str) -> Part | None:
    if not bare:
        return None
    return next((part for part, pattern in _PARTS if pattern.fullmatch(bare)), None)


def level_alone(line: Line) -> str:
    """Return the level that a row names and nothing else, as in 一、产出指标; empty for another."""
    words = line.filled[0].text if len(line.filled) == 1 else ""
    return label(words) if names_level(words) else ""


def names_level(text: str) -> bool:
    """Tell whether a text is the name of a first or second level, numbered or not."""
    return _LEVEL.fullmatch(label(text)) is not None


def is_first_level(name: str, above: str) -> bool:
    """Tell a first level from a second; cost and satisfaction are both, by what stands above."""
    below = any(inner in name and outer in above for inner, outer in _INSIDE)
    return _FIRST_LEVEL.fullmatch(name) is not None and not below


def read_header(line: Line, following: Line | None, upper: Line | None = None) -> Header | None:
    """Return the header that a line begins, or None where it begins none.

    `upper` is the row above, which may say which of two sets of columns is the year's.
    """
    if not any("级" in each or "指标" in each for each in line.labels):
        return None
    found = _named(line)
    levels = {part for _, part in found} & _LEVELS
    if not levels and not (following is not None and level_alone(following)):
        return None
    named = {part for _, part in found}
    guessed = False
    if Part.LEVEL3 not in levels:
        found, guessed = _instead(found, levels)
        named = {part for _, part in found}
    if Part.LEVEL3 not in named or not named & {
        Part.VALUE,
        Part.ACTUAL,
        Part.OPERATOR,
        Part.LEVEL2,
    }:
        return None
    if len(named - {None}) < 3:
        return None
    found, midterm = _one_set(_without_side(found), upper)
    subs, taken = _subheader(found, following)
    if not taken and line.loose and following is not None:
        parts = {cell.column: part for cell, part in found}
        spread = line.spread().cells
        wider = [(cell, parts[cell.column]) for cell in spread if cell.column in parts]
        subs, taken = _subheader(wider, following)
        found = wider if taken else found
    if line.loose and upper is not None:
        found += _from_above(line, upper, {part for _, part in found})
    columns: dict[Part, tuple[Cell, ...]] = {}
    for cell, part in found:
        below = [each for each in subs if cell.column <= each.column < cell.column + cell.width]
        finer = [(each, part_of(each.text)) for each in below]
        terms = [each for each in below if not _OTHER_TERM.match(label(each.text))]
        if part is Part.VALUE and 0 < len(terms) < len(below):
            columns[part] = tuple(terms)  # the year's, not the last one's or that of all years
        elif part is Part.VALUE and any(p in (Part.OPERATOR, Part.UNIT) for _, p in finer):
            for each, sub in finer:
                columns[sub or Part.VALUE] = (*columns.get(sub or Part.VALUE, ()), each)
        elif part is Part.WEIGHT and Part.LEVEL3 in columns:
            columns[part] = (cell,)  # those before are of the levels above
        elif part is not None and (part not in columns or part in _SEVERAL):
            columns[part] = (*columns.get(part, ()), cell)
    return Header(columns, tuple(subs), 1 + taken, guessed, midterm)


Found = list[tuple[Cell, Part | None]]


def _named(line: Line) -> Found:
    found = [(cell, part_of(cell.text)) for cell in line.cells if cell.text.strip()]
    if Part.VALUE not in {part for _, part in found}:
        found = [(c, Part.VALUE if label(c.text) in _ONLY_VALUES else p) for c, p in found]
    return found


def _from_above(line: Line, upper: Line, known: set[Part | None]) -> Found:
    """Name a header's blank cells by the row above, whose headings reach down over both rows."""
    blanks = [cell for cell in line.cells if not cell.text.strip()]
    heads = [part for _, part in _named(upper) if part in _BEHIND and part not in known]
    return list(zip(blanks, heads, strict=True)) if len(blanks) == len(heads) else []


def _without_side(found: Found) -> Found:
    """Leave out what stands left of the levels, but for the columns of a list of projects."""
    first = min(cell.column for cell, part in found if part in _LEVELS)
    of_list = (Part.PROJECT, Part.UNIT_NAME, Part.OBJECTIVE, Part.AMOUNT)
    return [(cell, part) for cell, part in found if cell.column >= first or part in of_list]


def _instead(found: Found, levels: set[Part | None]) -> tuple[Found, bool]:
    for words in _INSTEAD:
        for index, (cell, _) in enumerate(found):
            if label(cell.text) == words and (index or len(found) > 2):
                changed = [*found]
                changed[index] = (cell, Part.LEVEL3)
                return changed, words not in ("指标内容", "绩效指标内容")
    if levels == {Part.LEVEL1, Part.LEVEL2}:  # a form of two levels: the second names it
        changed = [(c, Part.LEVEL3 if p is Part.LEVEL2 else p) for c, p in found]
        return changed, True
    return found, False


def _one_set(found: Found, upper: Line | None) -> tuple[Found, tuple[Cell, ...]]:
    """Keep the year's columns where a form has 中期 and 年度 indicators side by side."""
    thirds = [cell for cell, part in found if part is Part.LEVEL3]
    if len(thirds) < 2:
        return found, ()
    firsts = [
        cell
        for cell, part in found
        if part in (Part.LEVEL1, Part.LEVEL2) and thirds[0].column < cell.column < thirds[1].column
    ]
    border = min((cell.column for cell in firsts), default=thirds[1].column)
    above = upper.filled if upper is not None else ()
    says = [*above, *(cell for cell, _ in found)]
    years_first = any(_ANNUAL.fullmatch(label(cell.text)) for cell in says if cell.column < border)
    shared: Found = [(c, p) for c, p in found if p is Part.LEVEL1]
    left: Found = [(c, p) for c, p in found if c.column < border and p is not Part.LEVEL1]
    right: Found = [(c, p) for c, p in found if c.column >= border and p is not Part.LEVEL1]
    year, other = (left, right) if years_first else (right, left)
    firsts_of_year = [each for each in shared if (each[0].column < border) is years_first]
    return (
        (firsts_of_year or shared[:1]) + year,
        tuple(cell for cell, part in other if part is Part.LEVEL3),
    )


def _subheader(found: Found, following: Line | None) -> tuple[list[Cell], int]:
    """Return the cells of a second header row, and 1 where there is one."""
    if following is None or not following.filled:
        return [], 0
    wide = [cell for cell, part in found if cell.width > 1 or part in _GROUPS]
    merged_down = any(cell.continues and part_of(cell.text) is not None for cell in following.cells)
    merged_down |= following.loose and not re.search(r"[\d√]", following.text)
    below = [
        each
        for each in following.filled
        if any(cell.column <= each.column < cell.column + cell.width for cell in wide)
    ]
    if len(below) != len(following.filled):
        return [], 0
    spread = any(sum(c.column <= b.column < c.column + c.width for b in below) > 1 for c in wide)
    return (below, 1) if merged_down and (spread or len(below) > 1) else ([], 0)
