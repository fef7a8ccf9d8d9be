"""What the command line prints of judgements, traces and health checks."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.status import DEVIATIONS
from perf_pipeline.measures.catalogue import spoken_label
from perf_pipeline.monitoring.counted import IN_FEN, counted_from, is_rate, write_counted
from perf_pipeline.printing.marks import harmless, light_text, shares, status_counts
from perf_pipeline.printing.results import adjustments_table

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from perf_pipeline.doctor import HealthCheck
    from perf_pipeline.monitoring.project_money import ProjectMoney
    from perf_pipeline.monitoring.source_rows import TracedRow
    from perf_pipeline.monitoring.tracing import TracedFigure

LONGEST_TRACE = 30
PLACE = ("文件", "工作表", "行", "主键")


def print_status(console: Console, judgements: list[dict[str, Any]]) -> None:
    """Print each judged quarter: a line a project, and how many indicators stand where.

    What is noted of indicators stands once a department, under its newest quarter: most of it is
    of its document, and so of every quarter.
    """
    if not judgements:
        console.print("数据仓库里还没有这样的评价：请先运行 perf-pipeline run")
    newest = {judged["department"]: judged for judged in judgements}
    for judged in judgements:
        closed = "，已关账" if judged["closed"] else ""
        if judged["history"]:
            closed += "，按以前的检查点日历评价，留作历史"
        title = (
            f"{escape(judged['department'])} {judged['quarter']}（第{judged['version']}版{closed}）"
        )
        table = Table("项目", "灯", "执行率", "计划", "偏差（百分点）", "追溯号", title=title)
        for line in judged["spending"]:
            table.add_row(
                escape(line["project_name"]),
                light_text(line["light"]),
                *shares(line),
                line["figure"],
            )
        console.print(table)
        noted = judged["indicators"] if newest[judged["department"]] is judged else []
        for line in (*judged["spending"], *noted):
            if line["note"]:
                console.print(f"{_subject(line)}：{line['note']}", markup=False)
        console.print(f"指标：{status_counts(judged['indicators'])}")
        console.print(f"待说明偏差：{_unexplained(judged)} 项\n")
        if judged["adjustments"]:
            console.print(adjustments_table(judged["adjustments"]))


def print_money(console: Console, day: date, money: list[ProjectMoney]) -> None:
    """Print how the money of each project stands on a day."""
    if not money:
        console.print(f"{day.year}年度还没有项目。")
        return
    title = f"截至{day} 的资金情况"
    table = Table("部门", "项目", "灯", "执行率", "计划", "偏差（百分点）", "说明", title=title)
    for each in money:
        over = f"；自{each.overspent_since}起超出预算" if each.overspent_since else ""
        table.add_row(
            escape(each.department),
            escape(each.project_name or ""),
            light_text(each.light),
            *shares(each._asdict()),
            escape(f"{each.reason}{over}"),
        )
    console.print(table)


def _subject(line: dict[str, Any]) -> str:
    """Name what a result is about: its project, or its place and the indicator."""
    place = line["project_name"] or line.get("section")
    return "：".join(filter(None, (place, line.get("name"))))


def _unexplained(judged: dict[str, Any]) -> int:
    """Count the deviations that staff have given no reason for."""
    said = [(line["light"], line["cause"]) for line in judged["spending"]]
    said += [(line["status"], line["cause"]) for line in judged["indicators"]]
    return sum(word in DEVIATIONS and cause is None for word, cause in said)


def print_trace(console: Console, traced: TracedFigure, *, every: bool = False) -> None:
    """Print a figure and the source rows behind it: the first thirty, or every one.

    Of a rate, the rows that fall short come first.
    """
    console.print(
        f"[bold]{traced.figure}[/] {escape(traced.department)} {traced.quarter} "
        f"{escape(traced.name)}"
    )
    console.print(f"度量：{_measured(traced)}；{escape(traced.reason)}")
    if counted := counted_from(traced.numerator, traced.denominator, traced.measure):
        console.print(f"{counted}，来源 {len(traced.rows)} 行")
    if not traced.adds_up:
        console.print("[yellow]当时已知的各行合计与该版数字不一致[/]")
    elif not traced.still_so:
        console.print("[yellow]来源数据此后有更新；以下为该版当时已知的各行[/]")
    if traced.rows:
        rows = traced.failing_first
        table = Table(*_trace_headings(traced))
        for row in rows if every else rows[:LONGEST_TRACE]:
            table.add_row(*map(escape, _trace_cells(traced, row)))
        console.print(table)
    if len(traced.rows) > LONGEST_TRACE and not every:
        console.print(f"……共 {len(traced.rows)} 行，用 --all 列出全部，--csv 另存")


def _measured(traced: TracedFigure) -> str:
    """Name what was measured; what is stored in fen is told in yuan."""
    if traced.measure is None:
        return "未覆盖"
    label = spoken_label(traced.measure)
    if traced.measure in IN_FEN:
        label = label.replace("（分）", "（元）").replace("(fen)", "(yuan)")
    return f"{label}（{traced.measure}）"


def write_trace(traced: TracedFigure, path: Path) -> None:
    """Write all source rows of a figure as CSV that spreadsheets open: UTF-8 with its mark.

    Each with its own cells, as they were read. Amounts are in yuan. What a spreadsheet would take
    for a formula is written as text.
    """
    from perf_pipeline.monitoring.source_rows import cell_labels

    money = traced.measure in IN_FEN
    counted = _trace_headings(traced)[len(PLACE) :]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        told = [f"{each}（元）" if money else each for each in counted]
        registers = sorted({row.register for row in traced.rows})
        own = [label for name in registers for label in cell_labels(name)]
        writer.writerow((*PLACE, *told, *own, "文件 SHA-256"))
        for row in traced.failing_first:
            place = _trace_cells(traced, row)[: len(PLACE)]
            cells = [
                each
                for name in registers
                for each in (row.cells if name == row.register else [""] * len(cell_labels(name)))
            ]
            parts = (row.numerator, row.denominator)[: len(counted)]
            amounts = (Decimal(each).scaleb(-2) if money else each for each in parts)
            writer.writerow((*map(harmless, place), *amounts, *map(harmless, cells), row.sha256))


def _trace_headings(traced: TracedFigure) -> tuple[str, ...]:
    counted = ("分子", "分母") if is_rate(traced.measure, traced.denominator) else ("计入",)
    return (*PLACE, *counted)


def _trace_cells(traced: TracedFigure, row: TracedRow) -> tuple[str, ...]:
    rate = is_rate(traced.measure, traced.denominator)
    parts = (row.numerator, row.denominator) if rate else (row.numerator,)
    counted = (write_counted(part, traced.measure) for part in parts)
    return (row.file, row.sheet or "", str(row.row or ""), row.key, *counted)


def print_check(console: Console, check: HealthCheck) -> bool:
    """Print one health check on a line; tell whether it passed."""
    mark = "[green]✓[/]" if check.passed else "[bold red]✗[/]"
    console.print(
        f"{mark} {escape(check.name)}：{escape(check.finding)}", highlight=False, soft_wrap=True
    )
    return check.passed
