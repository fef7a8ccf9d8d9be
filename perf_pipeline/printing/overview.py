"""What the command line prints at the end of a run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.items.state import OVER
from perf_pipeline.overview import Overview
from perf_pipeline.printing.inbox import print_open_points
from perf_pipeline.printing.marks import light_text, shares
from perf_pipeline.quality.open_points import Open

LONGEST_LIST = 60
MOST_ITEMS = 5
MOST_DEPARTMENTS = 10  # with more, counts are printed and the worst ten
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
    departments = {judged["department"] for judged in overview.judgements}
    if len(departments) > MOST_DEPARTMENTS:
        console.print(_counts_table(overview, len(departments)))
        console.print(_worst_table(overview))
    else:
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
        said = f"  {each.number}｜{each.label}｜{due}{name}　{each.gap}"
        console.print(said, markup=False, highlight=False, soft_wrap=True)
    if len(live) > MOST_ITEMS:
        console.print(f"  ……其余 {len(live) - MOST_ITEMS} 项见 perf-pipeline items")


def overview_dict(overview: Overview) -> dict[str, Any]:
    """Return what a run left as plain values: counts by quarter, and the items that are open."""
    return {
        "quarters": [
            {"quarter": quarter, **_counts(overview, quarter)} for quarter in _quarters(overview)
        ],
        "items": [
            {
                "number": each.number,
                "state": str(each.state),
                "department": each.office,
                "name": each.name,
                "gap": each.gap or None,
                "due_on": each.due_on,
            }
            for each in overview.items
            if each.state not in OVER
        ],
        "files": len(overview.files),
        "rows_quarantined": len(overview.quarantined),
        "waiting": len(overview.points),
        "alerts": overview.alerts,
        "new_alerts": overview.new_alerts,
    }


def _counts(overview: Overview, quarter: str) -> dict[str, dict[str, int]]:
    """Count a quarter's lights and statuses over all departments."""
    of = [judged for judged in overview.judgements if judged["quarter"] == quarter]
    lights = Counter(str(line["light"]) for judged in of for line in judged["spending"])
    statuses = Counter(str(line["status"]) for judged in of for line in judged["indicators"])
    return {"lights": dict(lights), "statuses": dict(statuses)}


def _counts_table(overview: Overview, departments: int) -> Table:
    """Lay out how many projects have which light, and indicators which status, a quarter a row."""
    heads = (*LIGHT_LABELS.values(), *STATUS_LABELS.values())
    title = f"{departments} 个部门：项目按灯色、指标按状态计数"
    table = Table("检查点", *heads, title=title)
    for quarter in _quarters(overview):
        counts = _counts(overview, quarter)
        numbers = [str(counts["lights"].get(str(light), 0)) for light in LIGHT_LABELS]
        numbers += [str(counts["statuses"].get(str(each), 0)) for each in STATUS_LABELS]
        table.add_row(quarter, *numbers)
    return table


def _worst_table(overview: Overview) -> Table:
    """Lay out the departments with most projects and indicators astray at the newest quarter."""
    newest = _quarters(overview)[-1]
    astray = sorted(
        (
            -sum(str(line["light"]) == str(Light.RED) for line in judged["spending"]),
            -sum(str(line["status"]) == str(Status.MISSED) for line in judged["indicators"]),
            judged["department"],
        )
        for judged in overview.judgements
        if judged["quarter"] == newest
    )
    table = Table(title=f"{newest} 最需要关注的 {MOST_DEPARTMENTS} 个部门")
    table.add_column("部门", overflow="fold")
    for head in ("支出预警", "指标未达标"):
        table.add_column(head, justify="right")
    for red, missed, department in astray[:MOST_DEPARTMENTS]:
        table.add_row(escape(department), str(-red), str(-missed))
    return table


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
