"""What the command line prints of the outlook's scores on past years."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.printing.marks import or_dash

LONGEST_LIST = 60

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
        console.print(f"[yellow]注意[/] {escape(note)}", highlight=False, soft_wrap=True)
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
            *(or_dash(row[key], "{:.1%}".format) for key in ("coverage_80", "coverage_95")),
            *(or_dash(row[key], "{:.5g}".format) for key in ("pinball", "crps")),
            *(or_dash(row["naive"][name]["crps"], "{:.5g}".format) for name in METHOD_LABELS),
            or_dash(row["crps_gain"], "{:.1%}".format),
        )
    console.print(table)
    console.print(
        f"按上年数折算后 CRPS 改进 {or_dash(group['crps_scaled_gain'], '{:.1%}'.format)}；"
        "简单方法加上自身往年误差的分布后，改进 "
        f"{or_dash(group['crps_gain_over_spread'], '{:.1%}'.format)}",
        highlight=False,
    )


def _print_calibration(console: Console, group: dict[str, Any], event: str) -> None:
    others = "，".join(
        f"{label} {or_dash(group['naive'][name]['brier'], '{:.4f}'.format)}"
        for name, label in METHOD_LABELS.items()
    )
    brier = or_dash(group["brier"], "{:.4f}".format)
    console.print(f"“{event}”：Brier 分 {brier}（{others}）", highlight=False, soft_wrap=True)
    table = Table("预计可能性", "次数", "平均可能性", "实际发生", title="校准")
    for row in group["calibration"]:
        table.add_row(
            f"{row['from']:.0%}—{row['to']:.0%}",
            str(row["forecasts"]),
            or_dash(row["mean_probability"], "{:.1%}".format),
            or_dash(row["observed"], "{:.1%}".format),
        )
    console.print(table)
