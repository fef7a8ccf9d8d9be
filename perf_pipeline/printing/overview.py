"""What the command line prints at the end of a run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.items.state import OVER
from perf_pipeline.overview import Overview
from perf_pipeline.printing.inbox import print_open_points
from perf_pipeline.printing.marks import light_text, picked, print_line, shares, status_counts
from perf_pipeline.quality.open_points import Open

LONGEST_LIST = 60
MOST_ITEMS = 5
MOST_DEPARTMENTS = 10  # with more, counts are printed and the worst ten
MOST_POINTS = 10  # of what waits, where there are more departments
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
    for file in refused[:LONGEST_LIST]:
        said = f"[red]拒收[/] {escape(file['path'])}：{escape(file['reason'])}"
        console.print(said, soft_wrap=True)
    if len(refused) > LONGEST_LIST:
        console.print(f"……共拒收 {len(refused)} 份，见 perf-pipeline check")
    for row in overview.quarantined[:LONGEST_LIST]:
        said = f"[yellow]隔离[/] {escape(_place(row))}：{escape(row['reason'])}"
        console.print(said, soft_wrap=True)
    if len(overview.quarantined) > LONGEST_LIST:
        console.print(f"……共隔离 {len(overview.quarantined)} 行，见表 quarantined_row")
    departments = len({judged["department"] for judged in overview.judgements})
    print_line(
        console,
        f"部门 {departments} 个，项目 {overview.projects} 个，"
        f"项目指标 {overview.project_indicators} 个，"
        f"部门指标 {overview.department_indicators} 个，检查点 {len(_quarters(overview))} 个",
    )
    if overview.history:
        past = "、".join(overview.history)
        print_line(console, f"{past} 按以前的检查点日历评价过，现行日历没有，留作历史")
    _print_quarters(console, overview, departments)
    _print_items(console, overview)
    others = [each for each in overview.points if each.kind not in TOLD_ABOVE]
    if others:
        longest = LONGEST_LIST if departments <= MOST_DEPARTMENTS else MOST_POINTS
        console.print("[bold]待办[/]")
        print_open_points(console, others[:longest])
        if len(others) > longest:
            console.print(f"  ……共 {len(others)} 项，见 perf-pipeline check")
    told = f"预警 {overview.alerts} 条，其中本次新增 {overview.new_alerts} 条，见各检查点的报告页"
    print_line(console, told)


def _print_quarters(console: Console, overview: Overview, departments: int) -> None:
    """Print the newest quarter by project or department, then a line for each older one."""
    if not (quarters := _quarters(overview)):
        return
    *older, newest = quarters
    console.print(f"\n[bold]{_quarter_line(overview, newest)}[/]", highlight=False)
    if departments <= MOST_DEPARTMENTS:
        console.print(_lights_table(overview, newest))
    if departments > 1 and (astray := _astray(overview, newest)):
        console.print(_worst_table(astray))
    for quarter in reversed(older):
        console.print(_quarter_line(overview, quarter), highlight=False)


def _print_items(console: Console, overview: Overview) -> None:
    """Print how many items stand where, and the gravest."""
    live = [each for each in overview.items if each.state not in OVER]
    counts = Counter(each.label for each in live)
    told = "，".join(f"{label} {count}" for label, count in counts.items())
    over = len(overview.items) - len(live)
    said = f"需要关注的事项 {len(live)} 项"
    if over:
        said = f"需要关注的事项 {len(live)} 项，另已销号或接续 {over} 项"
    console.print(f"{said}：{told}" if told else said, highlight=False)
    of_one = len({each.office for each in overview.items}) == 1
    for each in live[:MOST_ITEMS]:
        due = f"{each.due_on}前｜" if each.due_on else ""
        name = each.name if of_one else f"{each.place}：{each.subject}"
        why = each.gap or (each.words if each.due_on else "")
        said = f"  {each.number}｜{each.label}｜{due}{name}　{why}"
        print_line(console, said)
    if len(live) > MOST_ITEMS:
        console.print(f"  ……其余 {len(live) - MOST_ITEMS} 项见 perf-pipeline items")


def overview_dict(overview: Overview) -> dict[str, object]:
    """Return what a run left as plain values: counts by quarter, and the items that are open."""
    return {
        "quarters": [
            {"quarter": quarter, **_counts(overview, quarter)} for quarter in _quarters(overview)
        ],
        "items": [
            picked(each, "number", "state")
            | {"department": each.office, "name": each.name, "gap": each.gap or None}
            | {"due_on": each.due_on}
            for each in overview.items
            if each.state not in OVER
        ],
        "files": len(overview.files),
        "rows_quarantined": len(overview.quarantined),
        "waiting": len(overview.points),
        **picked(overview, "alerts", "new_alerts"),
    }


def _counts(overview: Overview, quarter: str) -> dict[str, dict[str, int]]:
    """Count a quarter's lights and statuses over all departments."""
    of = [judged for judged in overview.judgements if judged["quarter"] == quarter]
    lights = Counter(str(line["light"]) for judged in of for line in judged["spending"])
    statuses = Counter(str(line["status"]) for judged in of for line in judged["indicators"])
    return {"lights": dict(lights), "statuses": dict(statuses)}


def _quarter_line(overview: Overview, quarter: str) -> str:
    """Say how many projects have which light at a quarter, and indicators which status."""
    counts = _counts(overview, quarter)
    lights = [(light_text(str(light)), counts["lights"].get(str(light), 0)) for light in Light]
    told = "，".join(f"{light} {count}" for light, count in lights if count)
    judged = [each for each in overview.judgements if each["quarter"] == quarter]
    statuses = status_counts([line for each in judged for line in each["indicators"]])
    return f"{quarter}　项目：{told or '无'}；指标：{statuses or '无'}"


def _astray(overview: Overview, quarter: str) -> list[tuple[int, int, str]]:
    """Return the departments with most projects and indicators astray at a quarter (below 0)."""
    counted = (
        (
            -sum(str(line["light"]) == str(Light.RED) for line in judged["spending"]),
            -sum(str(line["status"]) == str(Status.MISSED) for line in judged["indicators"]),
            judged["department"],
        )
        for judged in overview.judgements
        if judged["quarter"] == quarter
    )
    return sorted(each for each in counted if each[0] or each[1])[:MOST_DEPARTMENTS]


def _worst_table(astray: list[tuple[int, int, str]]) -> Table:
    """Lay out the departments that are most astray."""
    table = Table(title=f"最需要关注的部门，{len(astray)} 个")
    table.add_column("部门", overflow="fold")
    for head in ("支出预警", "指标未达标"):
        table.add_column(head, justify="right")
    for red, missed, department in astray:
        table.add_row(escape(department), str(-red), str(-missed))
    return table


def _place(row: dict[str, Any]) -> str:
    place = Place(row["path"], row["sheet"], row["row_number"], row["column_label"])
    value = f"，值“{row['value']}”" if row["value"] is not None else ""
    return f"{place}{value}"


def _quarters(overview: Overview) -> list[str]:
    return sorted({judged["quarter"] for judged in overview.judgements})


def _lights_table(overview: Overview, quarter: str) -> Table:
    """Lay out the lights of a quarter, a line a project."""
    table = Table("部门", "项目", "灯", "执行率", "计划", "偏差（百分点）")
    for column in table.columns[:2]:
        column.overflow = "fold"
    for judged in overview.judgements:
        for line in judged["spending"] if judged["quarter"] == quarter else ():
            names = (escape(judged["department"]), escape(line["project_name"]))
            table.add_row(*names, light_text(line["light"]), *shares(line))
    return table
