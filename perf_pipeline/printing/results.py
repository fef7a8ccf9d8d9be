"""What the command line prints of restatements, scores and roll-ups."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.domain.figures import share_beside
from perf_pipeline.domain.money import format_wan
from perf_pipeline.domain.scoring import Verdict, write_points
from perf_pipeline.domain.share import percent
from perf_pipeline.printing.marks import print_line

if TYPE_CHECKING:
    from perf_pipeline.monitoring.causes import Restated
    from perf_pipeline.monitoring.restatement import Restatement
    from perf_pipeline.monitoring.rollup import Rollup

LONGEST_LIST = 30  # rows shown with a figure; --json gives all
ROLLUP_HEADINGS = (
    *("单位", "项目数", "预算（万元）", "支付（万元）", "执行率", "指标数", "达标或正常"),
)


def print_restatements(console: Console, restatements: list[Restatement]) -> None:
    """Print what changed between two versions of each department's quarter, and why."""
    for each in restatements:
        console.print(f"[bold]{escape(each.department)} {each.quarter}[/]", end=" ")
        if each.from_version is None:
            console.print(f"只有第{each.to_version}版，没有重述")
        elif not each.figures:
            console.print(f"第{each.from_version}版与第{each.to_version}版的数字相同")
        else:
            console.print(
                f"第{each.from_version}版 → 第{each.to_version}版：{len(each.figures)} 项有变"
            )
        for figure in each.figures:
            _print_restated(console, figure)
        if each.adjustments:
            console.print(adjustments_table([kept.to_dict() for kept in each.adjustments]))


def _print_restated(console: Console, figure: Restated) -> None:
    from perf_pipeline.monitoring.cause import CHANGE_LABELS, cause_text

    change = figure.change
    place = change.project_name or change.section or ""
    named = change.name if change.name == place else f"{place} {change.name}"
    console.print(f"\n● {named}（{CHANGE_LABELS[change.kind]}）", markup=False, highlight=False)
    for field in change.fields:
        away = f"（{field.difference}）" if field.difference else ""
        told = f"    {field.label}：{field.old_text} → {field.new_text}{away}"
        print_line(console, told)
    for cause in figure.causes[:LONGEST_LIST]:
        print_line(console, f"    {cause_text(cause)}")
    if len(figure.causes) > LONGEST_LIST:
        console.print(f"    ……共 {len(figure.causes)} 行，用 --json 看全部")
    if not figure.explained:
        console.print("    [yellow]来源行不足以说明全部变化：评价规则、界限或程序可能有变[/]")


def adjustments_table(adjustments: list[dict[str, Any]]) -> Table:
    """Lay out the adjustments that closed quarters left to a quarter."""
    table = Table("关账检查点", "项目或指标", "关账时", "现在所知", "相差", "来源行", title="调整")
    for each in adjustments:
        rows = len(each["sources"]["rows"]) + each["sources"]["beyond"]
        table.add_row(
            each["quarter"],
            escape(each["name"]),
            escape(each["closed_text"]),
            escape(each["known_text"]),
            each["difference_text"] or "—",
            str(rows),
        )
    return table


def print_scores(console: Console, departments: list[dict[str, Any]]) -> None:
    """Print a year's self-evaluation: each department, project and indicator with its sums."""
    for each in departments:
        console.print(f"[bold]{escape(each['department'])}[/] {_score_text(each)}", highlight=False)
        print_line(console, f"  {each['arithmetic']}")
        for project in each["projects"]:
            table = Table("指标", "分值", "得分", "结论")
            table.add_column("算式", overflow="fold")
            for row in project["results"]:
                table.add_row(
                    escape(row["name"]),
                    write_points(row["points_centi"]),
                    write_points(row["score_centi"]),
                    Verdict(row["verdict"]).label,
                    escape(row["arithmetic"]),
                )
            console.print(
                f"\n[bold]{escape(project['project_name'])}[/] {_score_text(project)}",
                highlight=False,
            )
            console.print(f"  {project['arithmetic']}", markup=False, highlight=False)
            console.print(table)


def _score_text(scored: dict[str, Any]) -> str:
    if scored["score_centi"] is None:
        return "无法计分"
    graded = scored["grade"] or "等级未定（数据不全）"
    return f"{write_points(scored['score_centi'])}分 {graded}"


def print_rollup(console: Console, rollup: Rollup) -> None:
    """Print the totals of each unit, then a league table a level."""
    table = Table(title=f"{rollup.quarter} 汇总（第{rollup.version}版）")
    for heading in ROLLUP_HEADINGS:
        table.add_column(heading, overflow="fold")
    for unit in rollup.units:
        figures = unit.figures
        table.add_row(
            f"{unit.level.label} {escape(unit.unit)}".strip(),
            str(_sum(figures, "projects")),
            format_wan(_sum(figures, "budget_fen")),
            format_wan(_sum(figures, "paid_fen")),
            _share(figures.get("execution")),
            str(_sum(figures, "indicators")),
            _share(figures.get("attainment")),
        )
    console.print(table)
    for league in rollup.leagues:
        title = f"{league.level.label}排名：{rollup.figure_label}"
        ranking = Table("名次", "单位", "占比", "件数", "95%区间", "说明", title=title)
        for row in league.rows:
            ranking.add_row(
                "—" if row.rank is None else str(row.rank),
                escape(row.unit),
                _share((row.numerator, row.denominator)),
                f"{row.numerator}/{row.denominator}",
                f"{percent(row.lower_bp)}—{percent(row.upper_bp)}" if row.denominator else "—",
                row.reason,
            )
        console.print(ranking)
        if league.reason:
            console.print(f"[yellow]{league.reason}[/]")


def _sum(figures: dict[str, tuple[int, int | None]], name: str) -> int:
    return figures.get(name, (0, None))[0]


def _share(figure: tuple[int, int | None] | None) -> str:
    if figure is None or not figure[1]:
        return "—"
    return share_beside(figure[0], figure[1], [Fraction(100)])
