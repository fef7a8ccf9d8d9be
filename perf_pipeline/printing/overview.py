"""What the command line prints at the end of a run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.status import STATUS_LABELS
from perf_pipeline.items.state import State
from perf_pipeline.overview import Overview
from perf_pipeline.printing.inbox import print_open_points
from perf_pipeline.printing.marks import light_text, shares
from perf_pipeline.quality.open_points import Open

LONGEST_LIST = 60
MOST_ITEMS = 5
TOLD_ABOVE = frozenset({Open.FAILED, Open.REFUSED, Open.QUARANTINED})


def print_overview(console: Console, overview: Overview, year: int) -> None:
    """Print what a run left in the warehouse: files, targets, lights, statuses, alerts."""
    notices = dict.fromkeys(file["notice"] for file in overview.files if file["notice"])
    made_up = sum("模拟数据" in notice for notice in notices)
    console.print(f"\n[bold]{year}年度绩效运行监控[/]")
    if made_up:
        console.print(f"[yellow]数据说明：{made_up} 份台账为模拟数据，非真实数据，仅供演示[/]")
    if not overview.files:
        console.print(
            f"[yellow]收件文件夹里没有{year}年度的文件：应放在 {year}/部门/targets 和 registers[/]"
        )
    refused = [file for file in overview.files if file["outcome"] != "loaded"]
    counts = {
        name: sum(file[name] for file in overview.files)
        for name in ("rows_read", "rows_loaded", "rows_quarantined", "rows_skipped")
    }
    console.print(
        f"文件 {len(overview.files)} 份（拒收 {len(refused)} 份，其中本次新拒收 "
        f"{overview.newly_unread} 份）：读到 {counts['rows_read']} 行，"
        f"入库 {counts['rows_loaded']}，隔离 {counts['rows_quarantined']}，"
        f"跳过 {counts['rows_skipped']}",
        highlight=False,
    )
    for file in refused:
        console.print(
            f"[red]拒收[/] {escape(file['path'])}：{escape(file['reason'])}", soft_wrap=True
        )
    for row in overview.quarantined[:LONGEST_LIST]:
        console.print(
            f"[yellow]隔离[/] {escape(_place(row))}：{escape(row['reason'])}", soft_wrap=True
        )
    if len(overview.quarantined) > LONGEST_LIST:
        console.print(f"……共隔离 {len(overview.quarantined)} 行，见表 quarantined_row")
    console.print(
        f"项目 {overview.projects} 个，项目指标 {overview.project_indicators} 个，"
        f"部门指标 {overview.department_indicators} 个，检查点 {len(_quarters(overview))} 个",
        highlight=False,
    )
    if overview.history:
        console.print(
            f"{'、'.join(overview.history)} 按以前的检查点日历评价过，现行日历没有，留作历史",
            highlight=False,
        )
    console.print(_lights_table(overview))
    console.print(_statuses_table(overview))
    others = [each for each in overview.points if each.kind not in TOLD_ABOVE]
    if others:
        console.print("[bold]待办[/]")
        print_open_points(console, others[:LONGEST_LIST])
        if len(others) > LONGEST_LIST:
            console.print(f"  ……共 {len(others)} 项，见 perf-pipeline check")
    _print_items(console, overview)
    console.print(
        f"预警 {overview.alerts} 条，其中本次新增 {overview.new_alerts} 条，见各检查点的报告页",
        highlight=False,
    )


def _print_items(console: Console, overview: Overview) -> None:
    """Print how many items stand where, and the gravest."""
    live = [each for each in overview.items if each.state is not State.CLOSED]
    counts = Counter(each.label for each in live)
    told = "，".join(f"{label} {count}" for label, count in counts.items())
    over = len(overview.items) - len(live)
    closed = f"（另已销号 {over} 项）" if over else ""
    console.print(
        f"需要关注的事项 {len(live)} 项{closed}{'：' if told else ''}{told}", highlight=False
    )
    for each in live[:MOST_ITEMS]:
        due = f"{each.due_on}前｜" if each.due_on else ""
        said = f"  {each.number}｜{each.label}｜{due}{each.name}　{each.gap}"
        console.print(said, markup=False, highlight=False, soft_wrap=True)
    if len(live) > MOST_ITEMS:
        console.print(f"  ……其余 {len(live) - MOST_ITEMS} 项见 perf-pipeline items")


def _place(row: dict[str, Any]) -> str:
    place = Place(row["path"], row["sheet"], row["row_number"], row["column_label"])
    value = f"，值“{row['value']}”" if row["value"] is not None else ""
    return f"{place}{value}"


def _quarters(overview: Overview) -> list[str]:
    return list(dict.fromkeys(judged["quarter"] for judged in overview.judgements))


def _lights_table(overview: Overview) -> Table:
    quarters = _quarters(overview)
    table = Table(title="预算执行（执行率，与计划相差的百分点）")
    for heading in ("部门", "项目"):
        table.add_column(heading, overflow="fold")
    for quarter in quarters:
        table.add_column(quarter, no_wrap=True)
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for judged in overview.judgements:
        for line in judged["spending"]:
            row = cells.setdefault((judged["department"], line["project_name"]), {})
            share, _, away = shares(line)
            row[judged["quarter"]] = f"{light_text(line['light'])}\n{share} ({away})"
    for (department, project), row in cells.items():
        table.add_row(
            escape(department), escape(project), *(row.get(quarter, "") for quarter in quarters)
        )
    return table


def _statuses_table(overview: Overview) -> Table:
    table = Table("部门", "检查点", *STATUS_LABELS.values(), title="绩效指标（个）")
    for judged in overview.judgements:
        counts = Counter(line["status"] for line in judged["indicators"])
        numbers = (str(counts.get(str(status), 0)) for status in STATUS_LABELS)
        table.add_row(escape(judged["department"]), judged["quarter"], *numbers)
    return table
