"""Rows of names and targets (培训人次 | ≥240人次) that stand below no heading that names both.

In a form that speaks of goals they are read where the body leaves no doubt: one column of targets,
some with a sign or in per cent, beside names each another. Else they are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from perf_pipeline.documents import head
from perf_pipeline.documents.body_columns import is_number
from perf_pipeline.documents.column_words import Part, is_term, part_of
from perf_pipeline.documents.columns import Header, header_of_rows
from perf_pipeline.documents.funds import source_of
from perf_pipeline.documents.heading import asks_for_targets, may_head
from perf_pipeline.documents.labels import LONGEST_LABEL, label, squeeze
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.loose_heading import ANY_YEAR, is_name
from perf_pipeline.documents.model import Cell
from perf_pipeline.documents.packed_cells import items_of
from perf_pipeline.documents.plan import is_plan_label
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import NUMBERS, TargetKind
from perf_pipeline.domain.target_grammar import begins_with_sign, is_sign, parse_target
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word

_WORDS = re.compile("[一-鿿]{2}")
_OF_GOALS = re.compile("指标|绩效|目标|内容|任务|事项")  # heads names, not 设备, 岗位 or 费用
_FIELD = re.compile("期限|时间$|周期|来源|方向|类[别型]|性质|属性|地点|人$|电话|编号|科室")
_SORT = re.compile("(?:定性|定量)(?:指标)?")
_SIDE = re.compile("(?:年度|项目)?绩效(?:指标|目标)")
_OF_OTHERS = re.compile(
    "[上去前往]年|历史|现状|实际|完成(?:值|情况|数)|执行|自评|监控|长期|中期|实施期"
)
_OF_OFFICE = re.compile("(?:从业|在职|在编|现有|工作)(?:人员|人数|职工)|编制")
_NOT_ASKED = re.compile("[一-鿿]标准|单价|总价|金额|预算|资金|经费|分值|权重|得分")


@dataclass(frozen=True)
class BareRows:
    """Rows that belong together, and what their columns hold; None where nobody can tell."""

    lines: tuple[Line, ...]
    header: Header | None


def bare_rows(lines: Sequence[Line], above: str, *, of_goals: bool) -> Iterator[BareRows]:
    """Give the runs of bare rows among a form's lines; `above` is what captions them.

    Outside a form of goals only rows with a cell of signs (≥ | 95 | %) look like indicators.
    """
    end = 0
    for may_be, group in groupby(lines, _may_be_of_run):
        run = list(group)
        end += len(run)
        found = [n for n, line in enumerate(run) if _is_row(line)]
        if not may_be or not found:
            continue
        if not of_goals:
            yield BareRows(tuple(filter(_has_sign_and_value, run)), None)
            continue
        begin, last = found[0], found[-1] + 1
        while begin and run[begin - 1].level_alone:
            begin -= 1
        while last < len(run) and any(map(_is_tendency_or_date, run[last].filled)):
            if _is_field(run[last]):
                break  # 实施期限 | 2024年底前
            last += 1
        at = end - len(run) + begin
        over = lines[at - 1] if at else None
        while begin < last and over and _is_of_office(over) and not is_sure(run[begin]):
            begin += 1  # 车辆数量 | 3辆 below 公用经费 | 120万元 may be the office's
        unsure = [*run[found[0] : begin], *(line for line in run[last:] if not line.level_alone)]
        if _enough(run[begin:last]):
            yield _read(run[begin:last], over, above)
            yield BareRows(tuple(unsure), None)


def is_sure(line: Line) -> bool:
    """Tell whether a row holds a sign or a share, or names a level."""
    texts = [cell.text for cell in line.filled]
    shares = (is_percent(parse_target(text).unit) for text in texts)
    return line.level_alone != "" or any(map(begins_with_sign, texts)) or any(shares)


def _is_tendency_or_date(cell: Cell) -> bool:
    target = parse_target(cell.text, fiscal_year=ANY_YEAR)
    return target.kind in (TargetKind.DIRECTION, TargetKind.DATE)


def _is_of_office(line: Line) -> bool:
    """Tell whether a line is of the office or of money: 在职人员 | 46人, 公用经费 | 120万元."""
    if len(line.filled) != 2:
        return False
    name, value = (cell.text for cell in line.filled)
    return "元" in (parse_target(value).unit or "") or _OF_OFFICE.match(name) is not None


def _is_field(line: Line) -> bool:
    """Tell whether a line says one thing of the project: 实施期限 | 一年, 总体目标 | 修渠."""
    first = label(line.filled[0].text) if len(line.filled) == 2 else ""
    return bool(_FIELD.search(first) or head.OBJECTIVE.fullmatch(first) or head.is_field(first))


def _enough(rows: Sequence[Line]) -> bool:
    """Tell whether rows look like indicators: two where one has a sign, three in any case.

    人员 | 30人 may be about the office.
    """
    sure = [line for line in rows if not line.level_alone]
    signed = len(sure) < len(rows) or any(
        begins_with_sign(cell.text) for line in sure for cell in line.filled
    )
    return len(sure) > 2 or (len(rows) > 1 and signed)


def _read(run: Sequence[Line], over: Line | None, above: str) -> BareRows:
    heading = over
    if over is not None and len(over.filled) == 1:
        above = over.text
    if over is not None and (len(over.filled) == 1 or _is_field(over) or not may_head(over)):
        heading = None
    apart = [own for line in run for own in _one_below_the_other(line)]
    rows = [line for line in apart if not line.level_alone]
    header = header_of_rows(heading if len(apart) == len(run) else None, rows)
    of_others = _OF_OTHERS.search(squeeze(above)) is not None
    if header is None or of_others or not _is_clear(rows, header, heading):
        return BareRows(tuple(line for line in run if not line.level_alone), None)
    return BareRows(tuple(apart), replace(header, guessed=True, lines=0))


def _is_clear(rows: Sequence[Line], header: Header, heading: Line | None) -> bool:
    """Tell whether one column alone may hold the targets, and some are clearly such."""
    if header.doubtful or header.areas or Part.VALUE not in header.columns:
        return False
    name, value = (header.columns[part][0].start for part in (Part.LEVEL3, Part.VALUE))
    pairs = [(line.covering(name), line.covering(value)) for line in rows]
    names = [n.text for n, v in pairs if n and v and n is not v]
    if len({*names}) < len(rows) or not all(map(is_name, names)):
        return False
    if heading is not None and not _asks(heading.covering(name), heading.covering(value)):
        return False
    return Part.OPERATOR in header.columns or any(map(is_sure, rows))


def _asks(name: Cell | None, value: Cell | None) -> bool:
    """Tell whether headings that nobody knows may be of names and targets."""
    if name is None or value is None:
        return False
    said = label(name.text) + label(value.text)
    if (_NOT_ASKED.search(said) and not asks_for_targets(value)) or _OF_OTHERS.search(said):
        return False
    return asks_for_targets(value) or _OF_GOALS.search(label(name.text)) is not None


def _may_be_of_run(line: Line) -> bool:
    """Tell whether a row is bare, a level above such, or words that may stand among them."""
    texts = [cell.text for cell in line.filled]
    if line.level_alone or _is_row(line):
        return True
    words = len(texts) > 1 and all(len(text) <= LONGEST_LABEL for text in texts)
    of_head = any(is_of_project(t) or source_of(t) or _OF_OFFICE.match(t) for t in texts)
    return words and not (line.is_foot or of_head)


def _is_row(line: Line) -> bool:
    stated = len(line.filled) == 1 and items_of(line.filled[0].text, "")  # 维修管网≥15公里
    return bool(stated) or names_and_target(line) or _has_sign_and_value(line)


def names_and_target(line: Line) -> bool:
    """Tell whether a row holds a name and, beside it, a target; an amount of money needs a sign."""
    texts = [cell.text for cell in line.filled]
    if len(texts) > 2 and _SIDE.fullmatch(label(texts[0])):
        texts = texts[1:]
    if len(texts) == 2 and parse_target(texts[0]).kind in NUMBERS:
        texts.reverse()
    at = next((n for n, text in enumerate(texts) if _WORDS.search(text)), len(texts))
    if line.is_foot or at + 1 >= len(texts) or any(is_of_project(t) for t in texts[: at + 1]):
        return False
    beside = texts[at + 1 :]
    units = [t for t in beside if is_measure_word(squeeze(t)) and "元" not in t]
    for text in beside:
        target = parse_target(text)
        counted = bool(target.unit and "元" not in target.unit) or bool(units and is_number(text))
        counted = counted and not _OF_OFFICE.match(texts[at])
        if is_sign(text) or (target.kind in NUMBERS and (begins_with_sign(text) or counted)):
            return parse_target(texts[at]).kind not in NUMBERS
    return False


def _has_sign_and_value(line: Line) -> bool:
    """Tell whether a row is like an indicator's without any heading: a sign stands in a cell."""
    filled = line.filled
    return len(filled) > 2 and any(
        is_sign(cell.text) or _SORT.fullmatch(squeeze(cell.text)) for cell in filled[1:]
    )


def is_of_project(text: str) -> bool:
    """Tell whether a text is a label of a form's head, of a plan or of a column, or a time."""
    bare = label(text)
    field = head.is_field(text) or head.OBJECTIVE.fullmatch(bare) is not None
    return field or part_of(text) is not None or is_plan_label(text) or is_term(text)


def _one_below_the_other(line: Line) -> list[Line]:
    """Set pairs of a name and its target, side by side or in one cell, below each other."""
    texts = [cell.text for cell in line.filled]
    pairs = (
        items_of(texts[0], "") if len(texts) == 1 else [*zip(texts[::2], texts[1::2], strict=False)]
    )
    each = [replace(line, cells=(Cell(name, 0), Cell(value, 1))) for name, value in pairs]
    alone = len(texts) in (1, 4, 6) and bool(each) and all(map(names_and_target, each))
    return each if alone else [line]
