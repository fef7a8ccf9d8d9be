"""What the official forms have in common: title, money, levels of indicators, notes, signatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from xlsxwriter.utility import xl_rowcol_to_cell

from perf_pipeline.domain.figures import decimals_beside
from perf_pipeline.domain.scoring import CENTI
from perf_pipeline.domain.status import DEVIATIONS
from perf_pipeline.reports.amounts import exact_wan, rate
from perf_pipeline.reports.form_parts import IndicatorColumn, IndicatorHead
from perf_pipeline.reports.model import IndicatorLine, QuarterReport, SpendingLine
from perf_pipeline.reports.sheet import (
    AMOUNT,
    CENTERED,
    LABEL,
    RATE,
    SONG,
    Columns,
    FormSheet,
    Formula,
    Look,
    Value,
)

MISSING = "未提供"
ROOM_FOR_INDICATORS = 250.0  # points that one page leaves for them
SIDE_LABEL = "绩\n效\n指\n标"

TITLE = Look(SONG, 18, bold=True, grid=False)
SUBTITLE = Look(SONG, 12, grid=False)
SMALL_LABEL = Look(SONG, 9, bold=True, fill=True)
SOURCE_LABEL = Look(SONG, 9, bold=True, fill=True, align="left")
NARROW_LABEL = Look(SONG, 8, bold=True, fill=True)
CELL = Look(size=9.5)
SENTENCE = Look(size=8, align="left")  # in a cell beside figures
SOURCE = Look(size=8.5, align="left", grid=False, color="#404040")


def heading(form: FormSheet, name: str, report: QuarterReport, moment: str | None = None) -> int:
    """Write the form's name, year, moment and what the data say of themselves (数据说明)."""
    across = (1, len(form.widths))
    year = f"（ {report.checkpoint.fiscal_year} 年度）"
    lines = [(name, TITLE, 30.0), (year, SUBTITLE, 0.0)]
    if moment:
        lines.append((moment, SUBTITLE, 19.0))
    row = 1
    for text, look, least in lines:
        row = form.line(row, [(across, text, look)], least=least)
    return form.mark(row, report.notice_line)


def department_and_code(report: QuarterReport) -> str:
    """Write a department with its code (部门代码), which is of digits; a folder's name is none."""
    code = report.department_code
    return f"{report.department}（{code}）" if code.isdecimal() else report.department


def named(report: QuarterReport, project: str) -> str:
    """Write a project's name with its code: 信访维稳经费（项目编码：2010308）."""
    code = report.project(project).code
    return f"{project}（项目编码：{code}）" if code else project


def amount(fen: int | None, absent: str | None = None) -> tuple[Value, Look]:
    """Return an amount in 万元, all its fen kept and two decimals shown, and how it looks."""
    return (absent, CENTERED) if fen is None else (exact_wan(fen), AMOUNT)


def points(centi: int) -> Decimal:
    """Return hundredths of a point as a number for a cell."""
    return Decimal(centi) / CENTI


def known_points(centi: int | None) -> Decimal | None:
    """Return hundredths of a point as a number for a cell; None where they are not known."""
    return None if centi is None else points(centi)


def initial_budget(line: SpendingLine) -> int | None:
    """Return the budget of the year's beginning; that in force where no other is known."""
    return line.budget_fen if line.initial_budget_fen is None else line.initial_budget_fen


def execution_rate(
    paid: tuple[int | None, int, int], whole: tuple[int | None, int, int]
) -> tuple[Value, Look]:
    """Return 执行率 as a live formula over two amounts, each with its row and column."""
    share, look = executed_share(paid[0], whole[0])
    if share is None:
        return None, look
    places = -int(share.as_tuple().exponent)
    return Formula(f"=ROUND({cell(*paid[1:])}/{cell(*whole[1:])},{places})", share), look


def executed_share(paid: int | None, whole: int | None) -> tuple[Decimal | None, Look]:
    """Return 执行率 and how it looks: decimals enough to tell it from the whole budget."""
    if paid is None or whole is None or whole <= 0:
        return None, RATE
    places = decimals_beside(Fraction(100 * paid, whole), [Fraction(100)])
    return rate(paid, whole, places + 2), replace(RATE, format=f"0.{'0' * places}%")


def cell(row: int, column: int) -> str:
    """Name a cell as formulas do: row 3, column 2 is B3."""
    name: str = xl_rowcol_to_cell(row - 1, column - 1)
    return name


@dataclass(frozen=True)
class Levels:
    """The first two levels of an indicator and the row that it begins at."""

    level1: str
    level2: str
    row: int


def write_levels(
    form: FormSheet, levels: Sequence[Levels], below: int, depth: int, header: int
) -> None:
    """Write the side label in the first column, and `depth` levels (1 or 2) in those beside it.

    Neighbours of one group share a cell, as on the official form. `header` is the first row of the
    header; `below` is the row below the indicators.
    """
    ends = [*(each.row for each in levels[1:]), below]
    form.put(header, (1, 1), SIDE_LABEL, LABEL, rows=below - header)
    for column in range(2, depth + 2):
        groups = [(each.level1, each.level2)[: column - 1] for each in levels]
        start = 0
        for index in range(1, len(levels) + 1):
            if index < len(levels) and groups[index] == groups[start]:
                continue
            row, end = levels[start].row, ends[index - 1]
            form.put(row, (column, column), groups[start][-1], CELL, rows=end - row)
            start = index


def write_indicators(
    form: FormSheet,
    row: int,
    indicators: Sequence[IndicatorLine],
    heads: Sequence[IndicatorHead],
    looks: Mapping[IndicatorColumn, Look],
    said: Callable[[IndicatorLine], Callable[[IndicatorHead], Value]],
) -> tuple[list[Levels], int]:
    """Write a row an indicator, of what is `said` of it under each head; return the next row.

    A form without indicators keeps one empty line to write on.
    """
    levels = []
    least = min(max(ROOM_FOR_INDICATORS / max(len(indicators), 1), 24), 38)  # few fill the page
    for line in indicators or (None,):
        first, second = (line.level1 or line.section, line.level2) if line else ("", "")
        levels.append(Levels(first or "", second or "", row))
        told = said(line) if line else lambda _head: None
        cells = [(head.span, told(head), looks.get(head.value, CELL)) for head in heads]
        row = form.line(row, cells, least=least)
    return levels, row


def sources(
    report: QuarterReport,
    line: SpendingLine,
    indicators: Sequence[IndicatorLine],
    heads: Sequence[IndicatorHead],
) -> list[str]:
    """Say where a form's figures come from, what is known of the money, and why it has its light.

    What is noted of an indicator stands here where no column (备注) takes it.
    """
    figures = "、".join(indicator.figure for indicator in indicators)
    version = f"，报告第{report.version}版" if report.version is not None else ""
    said = [
        f"数据来源：{report.checkpoint.name}绩效运行监控，评价第{report.monitoring_version}版{version}。"
        f"追溯号：项目资金 {line.figure}"
        + (f"；绩效指标自上而下 {figures}。" if figures else "。"),
    ]
    document = report.project(line.project_name).document
    if document:
        said.append(f"绩效目标文件：{document}。")
    known = [line.reason if line.light in DEVIATIONS else None, line.note]
    if any(known):
        said.append(f"预算执行：{'；'.join(filter(None, known))}。")
    if all(each.value is not IndicatorColumn.REMARK for each in heads):
        said += [f"{each.name}：{each.note}。" for each in indicators if each.note]
    if line.said:
        said.append(f"预算执行偏差原因：{line.said}")
    elif line.hint:
        said.append(f"预算执行（系统提示）：{line.hint}。")
    if line.ledger_moved_on:
        said.append(
            "支付台账在本版评价之后有变动：执行数为评价时的数，分来源的数待重新评价后填列。"
        )
    return said


def notes(
    form: FormSheet, row: int, said: Sequence[str], signs: Sequence[tuple[Columns, str]]
) -> int:
    """Write notes below the form, then where people sign; return the last row."""
    for text in said:
        row = form.line(row, [((1, len(form.widths)), text, SOURCE)])
    form.line(row, [(columns, text, SOURCE) for columns, text in signs], least=26)
    return row
