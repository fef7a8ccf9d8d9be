"""What declared forms have in common: whose form it is, the heads of indicators, their targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.domain.target_grammar.signs import SIGN_OF
from perf_pipeline.reports.form_blocks import (
    NARROW_LABEL,
    SMALL_LABEL,
    department_and_code,
    named,
)
from perf_pipeline.reports.form_declaration import LevelHead, TaskHead
from perf_pipeline.reports.form_parts import Fact, Identity, IndicatorColumn, IndicatorHead
from perf_pipeline.reports.model import IndicatorLine, QuarterReport
from perf_pipeline.reports.sheet import CENTERED, LABEL, TEXT, Columns, FormSheet, Look, Value

Cell = tuple[Columns, Value, Look]
Head = LevelHead | IndicatorHead | TaskHead  # those that may share a label


def facts_of(report: QuarterReport, project: str | None = None) -> dict[Fact, Value]:
    """Return what identity cells say of a department and, where one is given, its project."""
    return {
        Fact.PROJECT: named(report, project) if project is not None else None,
        Fact.DEPARTMENT: report.department,
        Fact.DEPARTMENT_AND_CODE: department_and_code(report),
        Fact.BLANK: None,
    }


def wanted_of(line: IndicatorLine) -> dict[IndicatorColumn, Value]:
    """Return an indicator's name and its target, in one cell and in three."""
    target = parse_target(line.raw_target)
    single = target.kind is TargetKind.NUMBER and target.operator is not None
    sign = SIGN_OF.get(target.operator, "区间") if target.operator else "定性"
    return {
        IndicatorColumn.NAME: line.name,
        IndicatorColumn.TARGET: line.raw_target,
        IndicatorColumn.SIGN: sign,
        IndicatorColumn.NUMBER: target.value if single else line.raw_target,
        IndicatorColumn.UNIT: target.unit if single else None,
    }


def write_identity(
    form: FormSheet, row: int, lines: Sequence[Sequence[Identity]], facts: Mapping[Fact, Value]
) -> int:
    """Write labels and what they say, line by line; return the next row."""
    for line in lines:
        cells: list[Cell] = []
        for each in line:
            look = TEXT if each.says is Fact.REASONS else CENTERED
            cells += [(each.at, each.label, LABEL), (each.value_at, facts[each.says], look)]
        row = form.line(row, cells, least=22)
    return row


def write_heads(
    form: FormSheet,
    row: int,
    heads: Sequence[Head],
    *,
    least: float = 0,
    below: Look = NARROW_LABEL,
    months: str = "",
) -> int:
    """Write heads on one row, on two where some share a label; return the next row.

    `least` is the height of a single row in points, `below` the look of what stands under a
    shared label; {months} in a label is replaced.
    """

    def label(head: Head) -> str:
        return head.label.replace("{months}", months)

    if not any(each.under for each in heads):
        cells: list[Cell] = [(each.span, label(each), SMALL_LABEL) for each in heads]
        return form.line(row, cells, least=least)
    for under, group in groupby(heads, key=lambda each: each.under):
        some = list(group)
        if under is None:
            for each in some:
                form.put(row, each.span, label(each), SMALL_LABEL, rows=2)
            continue
        form.put(row, (some[0].span[0], some[-1].span[1]), under, SMALL_LABEL)
        for each in some:
            form.put(row + 1, each.span, label(each), below)
    return row + 2
