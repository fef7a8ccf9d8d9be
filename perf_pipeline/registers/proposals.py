"""Which column of a file may be one that is missing: by its heading and by what stands below it.

A proposal is sure where content and heading both say so, no other column does, and the heading
says nothing beyond the column's names (实际付款日期; not 计划付款日期, not 累计支付金额): it is
taken, and told. Any other is only named, in the question that the file waits with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from perf_pipeline.registers.cells import Cell, CellError, is_blank, read_cell
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.habits import is_foreign_amount, is_short_date
from perf_pipeline.registers.headings import label_key
from perf_pipeline.registers.spelling import one_spelling
from perf_pipeline.registers.units import without_unit

ALIKE = 0.6
_CONTAINED = 0.85
# what a heading may say beside a column's name without meaning another thing
_SAYS_NOTHING = re.compile(
    r"(?:实际|所属|本次|本期|本笔|当期|当次|本位币|人民币|rmb|cny|名称|信息|情况|全称|明细|数额?|额|值|日期|时间"
    r"|的|之|the|of|actual|local|name|[\W_])*"
)
# of which a heading says one and a column the other: none is proposed for the other
_CONTRARY = (("前", "后"), ("[增减]", "后"), ("上年", "本年"), ("收入", "支出"), ("金额", "比例"))
_PLAIN = (ColumnType.MONEY, ColumnType.DATE, ColumnType.CHOICE)


@dataclass(frozen=True)
class Proposal:
    """A file's column that may be a declared one, with its certainty between 0 and 1."""

    column: str
    heading: str
    position: int
    certainty: float
    sure: bool


def propose(
    missing: Sequence[Column],
    headings: Mapping[int, str],
    below: Sequence[Sequence[Cell]],
    projects: Collection[str] | None,
) -> list[Proposal]:
    """Return a proposal for each missing column that has one.

    `headings` are the columns that nothing is known of, by position; `below` are the first rows
    under the header; `projects` those of the department, where they are known.
    """
    found: list[Proposal] = []
    for column in missing:
        scored = []
        for position, heading in headings.items():
            if _says_the_contrary(column, heading):
                continue
            cells = [r[position] for r in below if position < len(r) and not is_blank(r[position])]
            fits = _fits(column, cells, projects)
            alike = _alike(column, heading)
            scored.append((fits * 0.5 + alike * 0.5, fits, alike, position, heading))
        scored.sort(key=lambda each: -each[0])
        if not scored or scored[0][0] < ALIKE / 2:
            continue
        certainty, fits, alike, position, heading = scored[0]
        rivals = [each for each in scored[1:] if each[1] == 1 and each[2] >= ALIKE]
        told_by_content = column.known_project and bool(projects)
        others = [each for each in scored[1:] if each[1] == 1]
        plain = alike >= ALIKE and _says_no_more(column, heading)
        sure = fits == 1 and not rivals and (plain or (told_by_content and not others))
        sure = sure and (column.type in _PLAIN or told_by_content)
        found.append(Proposal(column.name, heading, position, certainty, sure))
    taken = [each.position for each in found]
    return [
        each
        if taken.count(each.position) == 1
        else Proposal(each.column, each.heading, each.position, each.certainty, sure=False)
        for each in found
    ]


def _says_the_contrary(column: Column, heading: str) -> bool:
    """Tell 调整前预算数 from 调整后预算数."""
    return any(
        re.search(one, heading) and re.search(other, column.label) and not re.search(other, heading)
        for pair in _CONTRARY
        for one, other in (pair, pair[::-1])
    )


def _alike(column: Column, heading: str) -> float:
    said = label_key(heading)
    best = 0.0
    for label in (column.label, *column.aliases):
        one = label_key(label)
        if len(one) >= 2 and one in said:
            best = max(best, _CONTAINED)
        best = max(best, fuzz.ratio(one, said) / 100)
    return best


def _says_no_more(column: Column, heading: str) -> bool:
    """Tell whether a heading says nothing beyond the column's names, or only a part of one."""
    names = sorted(
        {label_key(each) for each in (column.label, *column.aliases)}, key=len, reverse=True
    )
    rest = label_key(without_unit(heading))
    if len(rest) > 1 and any(rest in name for name in names):
        return True
    for name in names:
        rest = rest.replace(name, "") if len(name) > 1 else rest
    return _SAYS_NOTHING.fullmatch(rest) is not None


def _fits(column: Column, cells: Sequence[Cell], projects: Collection[str] | None) -> float:
    if not cells:
        return 0.0
    if column.known_project and projects:
        spelled = one_spelling(projects, None)
        return sum(spelled(str(cell).strip()) in projects for cell in cells) / len(cells)
    return sum(_readable(cell, column) for cell in cells) / len(cells)


def _readable(cell: Cell, column: Column) -> bool:
    if column.type is ColumnType.DATE and is_short_date(cell):
        return True
    if column.type is ColumnType.MONEY and is_foreign_amount(cell):
        return True
    try:
        return read_cell(cell, column) is not None
    except CellError:
        return False
