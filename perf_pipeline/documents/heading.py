"""Where a table of indicators begins: its heading rows, and the body that proves them.

The body decides. A row that names a level (产出指标, 数量指标) beside other cells is of the body;
what stands right above the first such row and holds only short words without figures is heading,
whatever it says. Labels are needed only where the body names no level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perf_pipeline.documents.column_words import (
    ABOUT_INDICATORS,
    LEVELS,
    NAMES_INSTEAD,
    Part,
    is_all_areas,
    is_area,
    is_term,
    names_level,
    part_of,
)
from perf_pipeline.documents.head import is_field
from perf_pipeline.documents.labels import after_colon, label, squeeze
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.loose_heading import is_name, is_target, widened
from perf_pipeline.documents.model import Cell
from perf_pipeline.domain.target import NUMBERS
from perf_pipeline.domain.target_grammar import parse_target

ROWS_LOOKED_AT = 12
MOST_ROWS = 3  # of a heading
MOST_OF_A_LEVEL = 40  # rows below one level's name, which text writes once
LONGEST_HEADING = 24
_FIGURES = re.compile(r"[≥≤<>=√✓]|\d\s*%|^[\d.,]+$|\d(?!\d*(?:年|[-—至~]\d*月|月))")
_UNIT = re.compile(r"\([^()\d]{1,6}\)")  # （人次） below 目标值
_SIDE = re.compile("绩效|指标|目标")  # what stands beside a whole table of indicators
_YEARS = re.compile(r"20\d{2}年?|\d{1,2}[-—至~]\d{1,2}月|[(（].*[)）]|/\d")
_ASKS = re.compile(  # heads targets that no label names, not 评分标准, 补助标准, 行业标准
    "目标|预期|要求|(?:^|绩效|考核|工作|质量|完成|达到)标准"
)
_OF_OTHERS = re.compile(  # heads money, shares, dates or people, not what is promised
    "(?P<more>.{0,6})(?:占比|比例|比重|金额|[单总]价|小计|合计|资金|经费|预算数?|用途|科目|规格(?:型号)?"
    "|型号|数量|进度|系数|区间|支出(?:明细|内容|项目|标准|数)|测算(?:依据|说明|标准|过程)?|责任(?:人|单位|科室|部门)"
    "|姓名|职[称务]|电话|[甲乙]方|供应商|完成时[间限]|时间|日期|概率|措施"
    "|(?:执行|支出|到岗|得分|履约)率|权重|分值|得分|备注|说明)"
)
_UNITS_OF_OTHERS = (
    (re.compile("金额|价|资金|经费|预算|合计|小计"), "元"),
    (re.compile("占比|比例|比重|率$"), "%"),
)
_TASKS = re.compile("任务|工作|事项")  # whose money is read from its own table
_SURE = LEVELS | {Part.VALUE, Part.OPERATOR, Part.UNIT}  # 执行率 | 得分 head money, too


@dataclass(frozen=True)
class Heading:
    """The heading rows of a table of indicators and the first rows below them.

    `rows` may be empty where the table has no heading. `upper` is the row above, which may say
    whose columns stand below it (中期指标 | 年度指标).
    """

    rows: tuple[Line, ...]
    body: tuple[Line, ...]
    upper: Line | None = None

    def over(self, column: int) -> tuple[Cell, ...]:
        """Return the heading cells over a column, from top to bottom, each once."""
        found: list[Cell] = []
        for row in self.rows:
            cell = row.covering(column)
            if cell is None or not cell.text.strip():
                continue
            if not (found and cell.continues and found[-1].text == cell.text):
                found.append(cell)
        return tuple(found)


def find_heading(lines: Sequence[Line], at: int, *, by_labels: bool = False) -> Heading | None:
    """Return the heading that begins at a line, or None where none begins there.

    `by_labels` asks for one that two labels show, as a heading again among a form's rows must be.
    """
    line = lines[at]
    if not may_head(line):
        return None
    labelled = len(line.about) > 1 and not line.about.isdisjoint(_SURE)
    if by_labels and not labelled:
        return None
    count = _rows_of_heading(lines, at)
    body = _body(lines, at + count)
    if not labelled:
        said = [cell for cell in line.cells if cell.text.strip()]
        nearer = any(len(row.about) > 1 for row in lines[at + 1 : at + count])
        nearer = nearer and not _heads_projects(line, lines[at + 1])
        proven = bool(body) and bool(body[0].is_of_body or body[0].level_alone)
        proven = proven and len(said) > 2 and count < 3
        proven = proven or heads_names_and_targets(line, body)
        if nearer or not proven or _goes_on_above(lines, at):
            return None
    rows = tuple(lines[at : at + count])
    upper = lines[at - 1] if at else None
    if line.loose:
        rows = widened(rows, body, upper)
    return Heading(rows, body, upper)


def is_labelled_heading(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a heading begins at a line that names levels or names and more."""
    heading = find_heading(lines, at, by_labels=True)
    if heading is None:
        named = all(_names_and_values(lines[at]))
        return named and heads_names_and_targets(lines[at], _body(lines, at + 1))
    proven = bool(heading.body) and heading.body[0].is_of_body
    parts = {part for row in heading.rows for part in row.parts}
    return proven or (bool(parts & LEVELS) and len(parts - {None}) > 2)


def _goes_on_above(lines: Sequence[Line], at: int) -> bool:
    """Tell whether a row carries on a row of the body above: a level is merged down to it."""
    first = lines[at].cells[0]
    if first.continues:
        return _SIDE.search(first.text) is None
    above = lines[at - 1].filled if at else ()
    return lines[at].loose and not first.text.strip() and len(above) > 3


def _heads_projects(line: Line, below: Line) -> bool:
    """Tell whether a line heads a list of projects whose indicators are headed in the next."""
    project = next((c for c in line.filled if part_of(c.text) is Part.PROJECT), None)
    under = below.covering(project.column) if project is not None else None
    return under is not None and (under.continues or not under.text.strip())


def without_heading(lines: Sequence[Line], at: int) -> Heading | None:
    """Return a body that begins at a line without any heading: two rows name levels."""
    if not lines[at].is_of_body:
        return None
    named = sum(line.is_of_body for line in lines[at : at + MOST_OF_A_LEVEL])
    return Heading((), _body(lines, at), None) if named > 1 else None


def heads_names_and_targets(line: Line, body: Sequence[Line]) -> bool:
    """Tell whether a line heads indicators that have no levels: 绩效指标 | 指标值 over such.

    Its words must name both, and words and targets must stand below them.
    """
    names, values = _names_and_values(line)
    return len(names) == 1 and any(_stand_beside(body, names[0], value) for value in values)


def _stand_beside(body: Sequence[Line], name: Cell, value: Cell) -> bool:
    rows = [row for row in body if not row.level_alone]
    said = [(row.covering(name.column), row.covering(value.column)) for row in rows]
    pairs = [(n.text, v.text) for n, v in said if n and v and n.text.strip() and v.text.strip()]
    fits = sum(is_name(named) and is_target(target) for named, target in pairs)
    return 2 * fits > len(pairs) > 0


def _names_and_values(line: Line) -> tuple[list[Cell], list[Cell]]:
    sure = [NAMES_INSTEAD.get(label(c.text), 0) for c in line.cells]
    names = [c for c, each in zip(line.cells, sure, strict=True) if each == max(sure) > 0]
    names = names or [c for c in line.cells if part_of(c.text) is Part.LEVEL3]
    if not names:
        return [], []
    values = [c for c in line.cells if part_of(c.text) in (Part.VALUE, Part.OBJECTIVE)]
    words = (c for c in line.cells if part_of(c.text) in (None, Part.DESCRIPTION, Part.BASIS))
    values = values or [c for c in words if c not in names and asks_for_targets(c)]
    if not values:
        areas = [c for c in line.cells if is_area(c.text) or is_all_areas(c.text)]
        values = areas if len(areas) > 1 else []
    return names, values


def asks_for_targets(cell: Cell) -> bool:
    """Tell whether a heading asks for something: 预期要求, 2025年目标, not 评分标准."""
    return _ASKS.search(label(cell.text)) is not None


def heads_others(line: Line) -> bool:
    """Tell whether a row heads another table: 支出内容 | 测算依据 | 占比, 进度安排 | 完成时间."""
    first, *others = line.filled or (None,)
    if first is None or names_level(first.text) or _TASKS.search(label(first.text)):
        return False
    if not all(_is_heading(cell.text) for cell in line.filled):
        return False
    if any(asks_for_targets(c) or part_of(c.text) in _SURE - {Part.UNIT} for c in line.filled):
        return False
    if _OF_OTHERS.fullmatch(label(first.text)):  # 姓名 | 职称 | 承担内容
        others.append(first)
    known = [each for cell in others if (each := _OF_OTHERS.fullmatch(label(cell.text)))]
    more = [len(each["more"]) for each in known]
    plain = 0 in more or (more[1:] and {*more} == {2})  # 发生概率 | 应对措施, not 落实整改措施
    return bool(plain) and 2 * len(known) > len(others)


def begins_others(lines: Sequence[Line], index: int) -> bool:
    """Tell whether a line heads another table, or is a banner over its heading (合同履行情况)."""
    line, below = lines[index], lines[index + 1 : index + 2]
    banner = len(line.filled) == 1 and not line.level_alone
    return heads_others(line) or (banner and any(map(heads_others, below)))


def is_of_others(line: Line, heading: Line) -> bool:
    """Tell whether a row holds money and shares wherever another table's heading says so."""
    held = [
        (unit, line.covering(cell.column))
        for cell in heading.filled
        for words, unit in _UNITS_OF_OTHERS
        if words.search(label(cell.text))
    ]
    said = [(unit, parse_target(cell.text)) for unit, cell in held if cell is not None]
    fits = [target.kind in NUMBERS and unit in (target.unit or unit) for unit, target in said]
    return len(fits) == len(held) > 0 and all(fits)


def may_head(line: Line) -> bool:
    """Tell whether a row may be of a heading: short words without figures, and no level."""
    if sum(bool(cell.text.strip()) for cell in line.cells) < 2 or line.names_a_level:
        return False
    return len(line.about) > 2 or all(_is_heading(cell.text) for cell in line.filled)


def _is_heading(text: str) -> bool:
    if part_of(text) is not None:
        return True
    plain = squeeze(text)
    if len(plain) > LONGEST_HEADING or _FIGURES.search(_YEARS.sub("", plain)):
        return False
    return after_colon(text) is None and not is_field(text)


def _rows_of_heading(lines: Sequence[Line], at: int) -> int:
    """Count the heading's rows: down to the first row that names a level, else by their look."""
    end = at + 1
    while end < min(len(lines), at + MOST_ROWS + 1):
        row = lines[end]
        fresh = row.filled
        if row.is_of_body or row.level_alone:
            return end - at
        if len(fresh) < 2 or not may_head(row):
            break
        end += 1
    end = at + 1
    while end < min(len(lines), at + MOST_ROWS) and _goes_on(lines[at], lines[end]):
        end += 1
    return end - at


def _goes_on(line: Line, row: Line) -> bool:
    """Tell whether a row carries a heading on: what is below its levels is merged or blank."""
    unit = len(row.filled) == 1 and _UNIT.fullmatch(squeeze(row.filled[0].text)) is not None
    if not unit and (len(row.filled) < 2 or not may_head(row)):
        return False
    levels = [c.column for c, part in zip(line.cells, line.parts, strict=True) if part in LEVELS]
    below = [row.covering(column) for column in levels]
    if levels and all(c is not None and (c.continues or not c.text.strip()) for c in below):
        return not line.loose or all(_names_column(cell) for cell in row.filled)
    return sum(part_of(cell.text) in ABOUT_INDICATORS for cell in row.filled) > 1


def _names_column(cell: Cell) -> bool:
    text = cell.text
    known = part_of(text) is not None or is_term(text) or is_area(text) or is_all_areas(text)
    return known or len(label(text)) <= 6


def _body(lines: Sequence[Line], start: int) -> tuple[Line, ...]:
    below = (line for line in lines[start : start + ROWS_LOOKED_AT + 4] if line.filled)
    found: list[Line] = []
    for line in below:
        if sum(part_of(cell.text) in LEVELS for cell in line.filled) > 1:
            break  # the heading again, on a new page
        if found and (line.is_foot or heads_others(line)):
            break
        if len(line.filled) == 1 and not line.level_alone:
            continue  # a banner: the office whose projects follow
        found.append(line)
    return tuple(found[:ROWS_LOOKED_AT])
