"""What the command line prints for people: tables in the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.share import percent, points
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status

if TYPE_CHECKING:
    from perf_pipeline.doctor import HealthCheck
    from perf_pipeline.monitoring.tracing import TracedFigure
    from perf_pipeline.overview import Overview

LIGHT_STYLES = {"green": "green", "yellow": "yellow", "red": "bold red", "ahead": "magenta"}
STATUS_STYLES = {"met": "green", "on_track": "green", "behind": "yellow", "missed": "red"}
LONGEST_TRACE = 30
LONGEST_LIST = 60


def light_text(light: str) -> str:
    """Write a light for the terminal, in its colour and in words."""
    style = LIGHT_STYLES.get(light, "dim")
    return f"[{style}]● {LIGHT_LABELS[Light(light)]}[/]"


def status_text(status: str) -> str:
    """Write an indicator's status for the terminal, in its colour and in words."""
    style = STATUS_STYLES.get(status, "dim")
    return f"[{style}]{STATUS_LABELS[Status(status)]}[/]"


def print_status(console: Console, judgements: list[dict[str, Any]]) -> None:
    """Print each judged quarter: a line a project, and how many indicators stand where."""
    if not judgements:
        console.print("数据仓库里还没有评价。")
    for judged in judgements:
        title = f"{judged['department']} {judged['quarter']}（第{judged['version']}版）"
        table = Table("项目", "灯", "执行率", "计划", "偏差（百分点）", "追溯号", title=title)
        for line in judged["spending"]:
            table.add_row(
                line["project_name"],
                light_text(line["light"]),
                _or_dash(line["actual_bp"], percent),
                _or_dash(line["planned_bp"], percent),
                _or_dash(line["deviation_bp"], points),
                line["figure"],
            )
        console.print(table)
        console.print(f"指标：{_counts(judged['indicators'])}\n")


def _or_dash(value: int | None, write: Any) -> str:
    return "—" if value is None else str(write(value))


def _counts(indicators: list[dict[str, Any]]) -> str:
    parts = []
    for status in Status:
        count = sum(1 for line in indicators if line["status"] == status)
        if count:
            parts.append(f"{status_text(status)} {count}")
    return "，".join(parts)


def print_document(console: Console, document: dict[str, Any]) -> None:
    """Print what was read from a target document."""
    head = document["document"]
    console.print(f"[bold]{head['department']} {head['fiscal_year']}年 {head['title']}[/]")
    for project in document["projects"]:
        table = Table("一级指标", "二级指标", "三级指标", "指标值", "读作", title=project["name"])
        for indicator in project["indicators"]:
            table.add_row(
                indicator["level1"],
                indicator["level2"],
                indicator["level3"],
                indicator["raw_value"],
                _target_text(indicator["target"]),
            )
        console.print(table)
    table = Table("分项工作", "部门指标", "指标值", "读作", title="部门指标")
    for indicator in document["department_indicators"]:
        table.add_row(
            indicator["section"],
            indicator["name"],
            indicator["raw_value"],
            _target_text(indicator["target"]),
        )
    console.print(table)
    for finding in document["findings"]:
        console.print(f"[yellow]{finding['severity']}[/] {finding['message']} {finding['where']}")


def _target_text(target: dict[str, Any]) -> str:
    parts = (target["operator"], target["value"], target["upper"], target["unit"])
    return " ".join(part for part in parts if part) + f"（{target['kind']}）"


def print_trace(console: Console, traced: TracedFigure) -> None:
    """Print a figure and the source rows behind it, the first thirty of them."""
    console.print(f"[bold]{traced.figure}[/] {traced.department} {traced.quarter} {traced.name}")
    console.print(f"度量：{traced.measure or '未覆盖'}；{traced.reason}")
    if traced.numerator is not None:
        console.print(
            f"分子 {traced.numerator}，分母 {traced.denominator}，来源 {len(traced.rows)} 行"
        )
    if not traced.adds_up:
        console.print("[yellow]来源数据此后有更新，现行各行合计与该版数字不一致[/]")
    if traced.rows:
        table = Table("文件", "工作表", "行", "主键", "分子", "分母")
        for row in traced.rows[:LONGEST_TRACE]:
            numbers = (str(row.numerator), str(row.denominator))
            table.add_row(row.file, row.sheet or "", str(row.row or ""), row.key, *numbers)
        console.print(table)
    if len(traced.rows) > LONGEST_TRACE:
        console.print(f"……共 {len(traced.rows)} 行，用 --json 看全部")


def print_check(console: Console, check: HealthCheck) -> None:
    """Print one health check on a line."""
    mark = "[green]✓[/]" if check.passed else "[bold red]✗[/]"
    console.print(f"{mark} {check.name}：{check.finding}", highlight=False, soft_wrap=True)


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
    refused = [file for file in overview.files if file["outcome"] == "refused"]
    counts = {
        name: sum(file[name] for file in overview.files)
        for name in ("rows_read", "rows_loaded", "rows_quarantined", "rows_skipped")
    }
    console.print(
        f"文件 {len(overview.files)} 份（拒收 {len(refused)} 份）：读到 {counts['rows_read']} 行，"
        f"入库 {counts['rows_loaded']}，隔离 {counts['rows_quarantined']}，"
        f"跳过 {counts['rows_skipped']}",
        highlight=False,
    )
    for file in refused:
        console.print(f"[red]拒收[/] {file['path']}：{file['reason']}", soft_wrap=True)
    for row in overview.quarantined[:LONGEST_LIST]:
        console.print(f"[yellow]隔离[/] {_place(row)}：{row['reason']}", soft_wrap=True)
    if len(overview.quarantined) > LONGEST_LIST:
        console.print(f"……共隔离 {len(overview.quarantined)} 行，见表 quarantined_row")
    console.print(
        f"项目 {overview.projects} 个，项目指标 {overview.project_indicators} 个，"
        f"部门指标 {overview.department_indicators} 个，检查点 {len(_quarters(overview))} 个",
        highlight=False,
    )
    console.print(_lights_table(overview))
    console.print(_statuses_table(overview))
    console.print(f"预警 {overview.alerts} 条，其中本次新增 {len(overview.new_alerts)} 条")
    for each in overview.new_alerts[:LONGEST_LIST]:
        console.print(f"  {each}", markup=False, highlight=False, soft_wrap=True)
    if len(overview.new_alerts) > LONGEST_LIST:
        console.print(f"  ……共 {len(overview.new_alerts)} 条，见各检查点的报告页")


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
            share = _or_dash(line["actual_bp"], percent)
            away = _or_dash(line["deviation_bp"], points)
            row[judged["quarter"]] = f"{light_text(line['light'])}\n{share} ({away})"
    for (department, project), row in cells.items():
        table.add_row(department, project, *(row.get(quarter, "") for quarter in quarters))
    return table


def _statuses_table(overview: Overview) -> Table:
    table = Table("部门", "检查点", *STATUS_LABELS.values(), title="绩效指标（个）")
    for judged in overview.judgements:
        counts = Counter(line["status"] for line in judged["indicators"])
        numbers = (str(counts.get(str(status), 0)) for status in STATUS_LABELS)
        table.add_row(judged["department"], judged["quarter"], *numbers)
    return table


METHOD_LABELS = {"pro_rata": "按时间比例", "last_year": "按上年进度"}
GROUP_LABELS = {"three_years": "有三年以上往年数据", "all": "全部"}
KIND_LABELS = {"spending": "支出", "rates": "比率", "counts": "数量"}


def print_backtest(console: Console, scores: dict[str, Any]) -> None:
    """Print how well the outlook would have done on past years."""
    first, last = scores["years"]
    console.print(
        f"[bold]{escape(scores['file'])}[/]（{KIND_LABELS[scores['kind']]}）："
        f"{scores['entities']} 个单位，"
        f"{first}—{last} 年，{scores['rows']} 行，预计 {scores['forecasts']} 次；"
        "最后一期的数即全年数，不计分",
        highlight=False,
    )
    for note in scores["notes"][:LONGEST_LIST]:
        console.print(f"[yellow]注意[/] {note}", highlight=False, soft_wrap=True)
    for group in scores["groups"]:
        _print_scores(console, group)
    if scores["groups"]:
        _print_calibration(console, scores["groups"][0], scores["event"])
    else:
        console.print("没有简单方法也能预计的年份，无法比较")


def _print_scores(console: Console, group: dict[str, Any]) -> None:
    title = f"{GROUP_LABELS[group['group']]}：{group['forecasts']} 次"
    table = Table(
        "期",
        "次数",
        "80%区间",
        "95%区间",
        "分位损失",
        "CRPS",
        *METHOD_LABELS.values(),
        "CRPS改进",
        title=title,
    )
    for row in (*group["by_period"], {"period": "合计", **group}):
        table.add_row(
            str(row["period"]),
            str(row["forecasts"]),
            *(_or_dash(row[key], "{:.1%}".format) for key in ("coverage_80", "coverage_95")),
            *(_or_dash(row[key], "{:.5g}".format) for key in ("pinball", "crps")),
            *(_or_dash(row["naive"][name]["crps"], "{:.5g}".format) for name in METHOD_LABELS),
            _or_dash(row["crps_gain"], "{:.1%}".format),
        )
    console.print(table)
    console.print(
        f"按上年数折算后 CRPS 改进 {_or_dash(group['crps_scaled_gain'], '{:.1%}'.format)}；"
        "简单方法加上自身往年误差的分布后，改进 "
        f"{_or_dash(group['crps_gain_over_spread'], '{:.1%}'.format)}",
        highlight=False,
    )


def _print_calibration(console: Console, group: dict[str, Any], event: str) -> None:
    others = "，".join(
        f"{label} {_or_dash(group['naive'][name]['brier'], '{:.4f}'.format)}"
        for name, label in METHOD_LABELS.items()
    )
    brier = _or_dash(group["brier"], "{:.4f}".format)
    console.print(f"“{event}”：Brier 分 {brier}（{others}）", highlight=False, soft_wrap=True)
    table = Table("预计可能性", "次数", "平均可能性", "实际发生", title="校准")
    for row in group["calibration"]:
        table.add_row(
            f"{row['from']:.0%}—{row['to']:.0%}",
            str(row["forecasts"]),
            _or_dash(row["mean_probability"], "{:.1%}".format),
            _or_dash(row["observed"], "{:.1%}".format),
        )
    console.print(table)
